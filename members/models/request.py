"""What reaches the secretariat, by whatever road: the columns that every such thing has."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.choices import Reception


class Request(models.Model):
    """Received by web, mail, fax, phone or paper → checked ⇄ returned → decided.

    `answer` is the text that the sender gets to read; `internal_note` never leaves the office.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # NULL until it has been handed in: many drafts have no number, no two papers share one.
    receipt_number = models.CharField(  # noqa: DJ001
        _("receipt number"), max_length=20, unique=True, null=True, editable=False
    )
    channel = models.CharField(
        _("received by"), max_length=10, choices=Reception.choices, default=Reception.WEB
    )
    received_on = models.DateField(_("received on"), null=True, blank=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken down by"),
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in charge"),
    )
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    answer = models.TextField(_("answer to the sender"), blank=True)
    internal_note = models.TextField(_("note of the secretariat"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.receipt_number or str(_("draft"))
