import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.models import append_only
from core.audit.triggers import audited
from core.periods import overlapping, runs_forward
from mailing.choices import (
    AddressStatus,
    Channel,
    ConsentAction,
    EnvelopeStatus,
    MessageKind,
    Purpose,
)


class Address(models.Model):
    """One mailbox, once, whoever reads it. The e-mail address is stored normalised."""

    email = models.CharField(_("e-mail address"), max_length=254, unique=True)
    status = models.CharField(
        _("status"), max_length=10, choices=AddressStatus.choices, default=AddressStatus.ACTIVE
    )
    suspended_reason = models.CharField(_("reason of suspension"), max_length=300, blank=True)
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)
    hard_bounces = models.PositiveIntegerField(_("permanent failures"), default=0)
    soft_bounces = models.PositiveIntegerField(_("temporary failures"), default=0)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="address_email_lower"),
            models.CheckConstraint(
                condition=Q(status=AddressStatus.ACTIVE, suspended_at__isnull=True)
                | Q(status=AddressStatus.SUSPENDED, suspended_at__isnull=False),
                name="address_suspended_has_moment",
            ),
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.email


class Consent(models.Model):
    """A wish about one purpose, given or withdrawn. The newest row holds; none is ever changed."""

    address = models.ForeignKey(
        Address, models.PROTECT, related_name="consents", verbose_name=_("mailbox")
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    action = models.CharField(_("wish"), max_length=10, choices=ConsentAction.choices)
    at = models.DateTimeField(_("at"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    wording = models.CharField(_("wording"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        indexes: ClassVar = [
            models.Index(fields=["address", "purpose", "-id"], name="consent_newest")
        ]
        triggers: ClassVar = append_only()

    def __str__(self) -> str:
        return f"{self.address} {self.get_purpose_display()} {self.get_action_display()}"


class SenderIdentity(models.Model):
    """Who the secretariat was between two days: name, address and sender of its mails."""

    name = models.CharField(_("name of the secretariat"), max_length=100)
    email = models.CharField(_("sender address"), max_length=254)
    reply_to = models.CharField(_("reply address"), max_length=254, blank=True)
    postal_address = models.CharField(_("postal address"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    fax = models.CharField(_("fax"), max_length=40, blank=True)
    office_hours = models.CharField(_("office hours"), max_length=100, blank=True)
    valid_from = models.DateField(_("applies from"))
    valid_until = models.DateField(_("applies until"), null=True, blank=True)

    class Meta:
        verbose_name = _("sender identity")
        verbose_name_plural = _("sender identities")
        ordering: ClassVar = ["-valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=runs_forward(),
                name="sender_period_forward",
            ),
            ExclusionConstraint(
                name="sender_periods_apart",
                expressions=[overlapping()],
            ),
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class Message(models.Model):
    """What is said, once, frozen. Who gets it stands on the envelopes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=MessageKind.choices)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)
    sender_name = models.CharField(_("sender name"), max_length=100)
    sender_email = models.CharField(_("sender address"), max_length=254)
    reply_to = models.CharField(_("reply address"), max_length=254, blank=True)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    reference = models.CharField(
        _("reference"),
        max_length=100,
        blank=True,
        db_index=True,
        help_text=_("What the message belongs to, as app.model:key."),
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    paused_reason = models.CharField(_("reason of the pause"), max_length=300, blank=True)
    refusals = models.PositiveSmallIntegerField(
        _("refusals in a row"),
        default=0,
        help_text=_("Contents refused by the mail server one after the other; five pause it."),
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions: ClassVar = [("stop_message", "Can pause, resume and stop a message")]
        triggers: ClassVar = audited(ignored=("refusals",), masked=("text", "html"))

    def __str__(self) -> str:
        return self.subject


class Envelope(models.Model):
    """One message to one mailbox: at most one row, at most one hand-over without a human."""

    message = models.ForeignKey(
        Message, models.PROTECT, related_name="envelopes", verbose_name=_("message")
    )
    address = models.ForeignKey(
        Address, models.PROTECT, related_name="envelopes", verbose_name=_("mailbox")
    )
    recipient_name = models.CharField(_("recipient"), max_length=200, blank=True)
    merge = models.JSONField(_("merge values"), default=dict, blank=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=EnvelopeStatus.choices,
        default=EnvelopeStatus.QUEUED,
    )
    rank = models.PositiveSmallIntegerField(_("rank"), default=2)
    due_at = models.DateTimeField(_("due at"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    phase = models.CharField(_("phase"), max_length=10, blank=True)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    lease_holder = models.CharField(_("lease holder"), max_length=60, blank=True)
    reply = models.CharField(_("last reply"), max_length=500, blank=True)
    first_tried_at = models.DateTimeField(_("first tried at"), null=True, blank=True)
    last_tried_at = models.DateTimeField(_("last tried at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        permissions: ClassVar = [
            ("resend_envelope", "Can decide about an envelope whose fate is uncertain")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "address"], name="one_envelope_per_mailbox")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["rank", "due_at", "id"],
                name="envelope_due",
                condition=Q(status__in=[EnvelopeStatus.QUEUED, EnvelopeStatus.DEFERRED]),
            ),
            models.Index(
                fields=["lease_until"],
                name="envelope_leased",
                condition=Q(status=EnvelopeStatus.IN_FLIGHT),
            ),
            models.Index(fields=["message", "status"], name="envelope_progress"),
            models.Index(
                fields=["status", "finished_at"],
                name="envelope_to_decide",
                condition=Q(status__in=[EnvelopeStatus.UNCERTAIN, EnvelopeStatus.DEFERRED]),
            ),
        ]

    def __str__(self) -> str:
        return self.recipient_name or f"{self.message_id}/{self.id}"
