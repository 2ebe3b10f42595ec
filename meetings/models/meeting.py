"""Meetings, what is on their agenda, who is invited and what they answered."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from core.links import LINK_KEY_LENGTH, new_link_key
from meetings.choices import Audience, MeetingMode, MeetingStatus, Openness, Reply
from meetings.models.body import Body, Seat
from meetings.querysets import InvitationQuerySet, MeetingQuerySet
from members.models import Person


class Meeting(models.Model):
    """One meeting of a body. It has a number from the day it is announced."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    body = models.ForeignKey(
        Body, models.PROTECT, related_name="meetings", verbose_name=_("body")
    )  # fmt: skip
    # Fiscal year and number are computed by services; era and weekday only when shown.
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"), editable=False)
    number = models.PositiveSmallIntegerField(_("number"), null=True, editable=False)
    title = models.CharField(_("theme"), max_length=100, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=MeetingStatus.choices, default=MeetingStatus.DRAFT
    )
    audience = models.CharField(
        _("who may know of it"), max_length=12, choices=Audience.choices, default=Audience.PUBLIC
    )
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    mode = models.CharField(
        _("way of meeting"), max_length=10, choices=MeetingMode.choices, default=MeetingMode.ONLINE
    )
    place = models.CharField(_("place"), max_length=200, blank=True)
    online_url = models.URLField(
        _("online address"), max_length=500, blank=True,
        help_text=_("Only those who are invited see it."),
    )  # fmt: skip
    online_note = models.CharField(
        _("words beside the online address"), max_length=300, blank=True,
        help_text=_("For example the passcode."),
    )  # fmt: skip
    online_from = models.DateTimeField(_("online address shown from"), null=True, blank=True)
    openness = models.CharField(
        _("open or closed"), max_length=10, choices=Openness.choices, default=Openness.CLOSED
    )
    closed_reason = models.CharField(_("reason for closing"), max_length=300, blank=True)
    reply_by = models.DateTimeField(_("replies by"), null=True, blank=True)
    message = models.TextField(_("words of the invitation"), blank=True)
    # Who was there besides the seats: the head of the minutes needs it.
    guests = models.TextField(_("guests and speakers"), blank=True)
    staff_present = models.CharField(_("staff present"), max_length=300, blank=True)
    listeners = models.PositiveSmallIntegerField(_("number of listeners"), null=True, blank=True)
    cancelled_reason = models.CharField(_("reason for cancelling"), max_length=300, blank=True)
    # RFC 5545 SEQUENCE: grows with every move, so that calendars follow.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    announced_at = models.DateTimeField(_("announced at"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering: ClassVar = ["-starts_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meeting_runs_forward",
                violation_error_message=_("The meeting must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(status=MeetingStatus.DRAFT) | Q(number__isnull=False),
                name="announced_meeting_has_number",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["body", "-starts_at"], name="meeting_of_body"),
            models.Index(fields=["starts_at"], name="meeting_by_day"),
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        # Without its body and its fiscal year, which would have to be fetched: see `labels`.
        number = f"第{self.number}回" if self.number else str(self.get_status_display())
        return f"{number} {self.title}".strip()


class AgendaItem(models.Model):
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    title = models.CharField(_("item"), max_length=200)
    note = models.CharField(
        _("who and with what"), max_length=200, blank=True,
        help_text=_("For example the speaker, or 資料2-1."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda")
        ordering: ClassVar = ["position", "id"]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.title


class Invitation(models.Model):
    """One seat asked to one meeting: its answer before, its attendance after.

    Whoever has the link may answer; the online address is shown there, too.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitations")
    seat = models.ForeignKey(
        Seat, models.PROTECT, related_name="invitations", verbose_name=_("seat")
    )
    link_key = models.CharField(
        max_length=LINK_KEY_LENGTH, unique=True, default=new_link_key, editable=False
    )
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    reply = models.CharField(_("reply"), max_length=10, choices=Reply.choices, blank=True)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("who attends"),
    )  # fmt: skip
    # As typed: a substitute need not be in our books.
    attendee = models.CharField(_("name of who attends"), max_length=100, blank=True)
    opinion = models.TextField(_("opinion beforehand"), blank=True)
    replied_at = models.DateTimeField(_("replied at"), null=True, editable=False)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    reminded_at = models.DateTimeField(_("reminded at"), null=True, editable=False)
    attendance = models.CharField(_("attendance"), max_length=10, choices=Reply.choices, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering: ClassVar = ["seat__role", "seat__organization__sort_key", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="seat_invited_once")
        ]
        triggers: ClassVar = audited(masked=("link_key",))

    def __str__(self) -> str:
        return str(self.get_reply_display())


class CalendarFeed(models.Model):
    """The revocable address under which a person's calendar program fetches their meetings."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed"
    )
    link_key = models.CharField(max_length=LINK_KEY_LENGTH, unique=True, default=new_link_key)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("personal calendar")
        verbose_name_plural = _("personal calendars")
        default_permissions: ClassVar = ()
        triggers: ClassVar = audited(masked=("link_key",))

    def __str__(self) -> str:
        return str(self.user_id)
