from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Staff roles. Each is a group of the same name; what it may do is declared by the apps."""

    ADMINISTRATOR = "administrator", _("Administrator")
    OFFICER = "officer", _("Officer")
    CONTRACTOR = "contractor", _("Contractor")
    AUDITOR = "auditor", _("Auditor")
