from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from core.files import private_storage, random_name
from members.models.application import MembershipApplication
from members.models.wish import ChangeRequest, Withdrawal

_PAPERS = ("application", "change_request", "withdrawal")


def _exactly_one() -> Q:
    condition = Q()
    for chosen in _PAPERS:
        condition |= Q(**{f"{paper}__isnull": paper != chosen for paper in _PAPERS})
    return condition


class Scan(models.Model):
    """The paper behind a record: a fax, a letter, a signed form. Only the secretariat reads it."""

    application = models.ForeignKey(
        MembershipApplication, models.CASCADE, null=True, blank=True, related_name="scans"
    )
    change_request = models.ForeignKey(
        ChangeRequest, models.CASCADE, null=True, blank=True, related_name="scans"
    )
    withdrawal = models.ForeignKey(
        Withdrawal, models.CASCADE, null=True, blank=True, related_name="scans"
    )
    file = models.FileField(_("file"), storage=private_storage, upload_to=random_name("scans"))
    name = models.CharField(_("name of the file"), max_length=200)
    content_type = models.CharField(_("type"), max_length=60)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("check sum"), max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("uploaded by"),
    )  # fmt: skip
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=_exactly_one(), name="scan_of_one_paper")
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.name
