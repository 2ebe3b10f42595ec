"""Minutes: written in sections, checked by those who spoke and by the chair, final, public."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.models import append_only
from core.audit.triggers import audited
from core.links import LINK_KEY_LENGTH, new_link_key
from meetings.choices import Audience, CheckRole, CheckStatus, MinutesForm, MinutesStatus
from meetings.models.meeting import Invitation, Meeting
from meetings.querysets import MinutesQuerySet


class Minutes(models.Model):
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.OneToOneField(
        Meeting, models.PROTECT, related_name="minutes", verbose_name=_("meeting")
    )
    form = models.CharField(
        _("form"), max_length=10, choices=MinutesForm.choices, default=MinutesForm.SUMMARY
    )
    status = models.CharField(
        _("status"), max_length=10, choices=MinutesStatus.choices, default=MinutesStatus.DRAFT
    )
    audience = models.CharField(
        _("who may open it"), max_length=12, choices=Audience.choices, default=Audience.PUBLIC
    )
    due_on = models.DateField(_("to be final by"))
    speakers_due_on = models.DateField(_("speakers answer by"), null=True, blank=True)
    publish_at = models.DateTimeField(_("published from"), null=True, blank=True)
    finished_at = models.DateTimeField(_("final since"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = MinutesQuerySet.as_manager()

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        ordering: ClassVar = ["-meeting__starts_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(status=MinutesStatus.PUBLISHED) | Q(publish_at__isnull=False),
                name="published_minutes_have_a_time",
            )
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return str(self.get_form_display())

    def is_out(self, at: datetime) -> bool:
        due = self.publish_at is not None and self.publish_at <= at
        return due and self.status == MinutesStatus.PUBLISHED


class MinutesSection(models.Model):
    """A part of the draft. `edition` grows with every save, so nobody overwrites unseen."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    heading = models.CharField(_("heading"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    withheld = models.BooleanField(_("withheld from readers"), default=False)
    withheld_reason = models.CharField(_("reason for withholding"), max_length=300, blank=True)
    edition = models.PositiveIntegerField(default=1, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    edited_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("section of minutes")
        verbose_name_plural = _("sections of minutes")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(withheld=False) | ~Q(withheld_reason=""),
                name="withheld_section_says_why",
                violation_error_message=_("Please say why this part is withheld."),
            )
        ]
        triggers: ClassVar = audited(ignored=("edited_at",))

    def __str__(self) -> str:
        return self.heading


class MinutesCheck(models.Model):
    """A speaker or the chair looks through the draft by a link."""

    minutes = models.ForeignKey(Minutes, models.CASCADE, related_name="checks")
    role = models.CharField(
        _("role"), max_length=10, choices=CheckRole.choices, default=CheckRole.SPEAKER
    )
    invitation = models.ForeignKey(
        Invitation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(_("mailbox"))
    link_key = models.CharField(
        max_length=LINK_KEY_LENGTH, unique=True, default=new_link_key, editable=False
    )
    status = models.CharField(
        _("status"), max_length=10, choices=CheckStatus.choices, default=CheckStatus.WAITING
    )
    comment = models.TextField(_("what to correct"), blank=True)
    due_on = models.DateField(_("answer by"))
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)
    # Set when those who write have dealt with the answer.
    settled_at = models.DateTimeField(_("dealt with at"), null=True, editable=False)

    class Meta:
        verbose_name = _("check of minutes")
        verbose_name_plural = _("checks of minutes")
        ordering: ClassVar = ["role", "id"]
        triggers: ClassVar = audited(masked=("link_key",))

    def __str__(self) -> str:
        return self.name


class MinutesEdition(models.Model):
    """What was made final, to the letter. A correction is the next number; none ever changes.

    `content`: {"head": […], "sections": [{"heading", "text", "withheld", "withheld_reason"}, …]}.
    """

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(_("number"))
    content = models.JSONField(_("content"))
    reason = models.CharField(_("reason for the correction"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("made by"),
    )  # fmt: skip
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("edition of minutes")
        verbose_name_plural = _("editions of minutes")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["minutes", "number"], name="edition_once"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="correction_says_why"
            ),
        ]
        triggers: ClassVar = [*audited(), *append_only()]

    def __str__(self) -> str:
        return f"{self.number}"
