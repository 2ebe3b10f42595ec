"""The yearly round: is what we have of you still true?"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from core.links import LINK_KEY_LENGTH, new_link_key
from mailing.models import Address, Message
from members.choices import ConfirmationStatus, Reception
from members.models.organization import Organization
from members.querysets import ConfirmationQuerySet


class ConfirmationRound(models.Model):
    """One letter to every member, and the answers."""

    title = models.CharField(_("title"), max_length=100)
    opens_on = models.DateField(_("opens on"))
    due_on = models.DateField(_("answers by"))
    lead = models.TextField(_("words at the head of the letter"), blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("sent by"),
    )  # fmt: skip
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("confirmation round")
        verbose_name_plural = _("confirmation rounds")
        ordering: ClassVar = ["-opens_on", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")), name="round_runs_forward",
                violation_error_message=_("The answers cannot be due before the round opens."),
            ),
        ]  # fmt: skip
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.title


class Confirmation(models.Model):
    """What one member answered. The link may be passed on inside the organisation."""

    round = models.ForeignKey(
        ConfirmationRound, models.CASCADE, related_name="confirmations", verbose_name=_("round")
    )
    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="confirmations", verbose_name=_("organization")
    )
    link_key = models.CharField(
        max_length=LINK_KEY_LENGTH, unique=True, default=new_link_key, editable=False
    )
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=ConfirmationStatus.choices,
        default=ConfirmationStatus.WAITING,
    )
    # Where the letter went; none for a member that has to be called.
    address = models.ForeignKey(
        Address, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("mailbox")
    )
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("letter")
    )
    channel = models.CharField(
        _("answered by"), max_length=10, choices=Reception.choices, blank=True
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.CharField(_("name of who answered"), max_length=100, blank=True)
    called_at = models.DateTimeField(_("last called at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering: ClassVar = ["organization__sort_key", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "organization"], name="confirmed_once")
        ]
        triggers: ClassVar = audited(masked=("link_key",))

    def __str__(self) -> str:
        return f"{self.get_status_display()}"
