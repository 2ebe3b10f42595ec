"""Subcommittees (規約第21条) and the wish to take part in one."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from meetings.choices import SeatRole
from meetings.models import Body, Seat
from members.models import Organization
from subcommittees.choices import ParticipationStatus, WayIn
from subcommittees.querysets import ParticipationQuerySet, SubcommitteeQuerySet


class Subcommittee(models.Model):
    """A body of part of the members, with a theme. Seats, meetings, papers are its body's."""

    body = models.OneToOneField(
        Body, models.PROTECT, related_name="subcommittee", verbose_name=_("body")
    )
    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    theme = models.CharField(_("theme"), max_length=200)
    purpose = models.TextField(_("purpose"))
    resolution = models.CharField(
        _("resolution that set it up"), max_length=200, blank=True,
        help_text=_("For example 令和4年度第1回幹事会."),
    )  # fmt: skip
    way_in = models.CharField(
        _("way in"), max_length=12, choices=WayIn.choices, default=WayIn.OPEN_CALL
    )
    call_from = models.DateField(_("open call from"), null=True, blank=True)
    call_until = models.DateField(
        _("open call until"), null=True, blank=True, help_text=_("Last day of the call.")
    )
    conditions = models.TextField(_("who can take part"), blank=True)
    takes_observers = models.BooleanField(_("takes observers"), default=True)

    objects = SubcommitteeQuerySet.as_manager()

    class Meta:
        verbose_name = _("subcommittee")
        verbose_name_plural = _("subcommittees")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(call_until__isnull=True) | Q(call_until__gte=F("call_from")),
                name="call_runs_forward",
                violation_error_message=_("The call cannot end before it begins."),
            )
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return f"分科会{self.number}"


class ParticipationRequest(models.Model):
    """An organisation asks to take part; a lead organisation or the secretariat decides."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subcommittee = models.ForeignKey(
        Subcommittee, models.PROTECT, related_name="requests", verbose_name=_("subcommittee")
    )
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="participation_requests",
        verbose_name=_("organization"),
    )  # fmt: skip
    role = models.CharField(
        _("as"), max_length=10, default=SeatRole.MEMBER,
        choices=[(role.value, role.label) for role in (SeatRole.MEMBER, SeatRole.OBSERVER)],
    )  # fmt: skip
    message = models.TextField(_("why it wants to take part"), blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=ParticipationStatus.choices,
        default=ParticipationStatus.RECEIVED,
    )  # fmt: skip
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("asked by"),
    )  # fmt: skip
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    answer = models.TextField(_("answer to the organization"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    seat = models.OneToOneField(
        Seat, models.PROTECT, null=True, editable=False, related_name="participation_request"
    )

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation request")
        verbose_name_plural = _("participation requests")
        ordering: ClassVar = ["-asked_at", "-id"]
        permissions: ClassVar = [
            ("decide_participationrequest", "Can decide who takes part in a subcommittee")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subcommittee", "organization"],
                condition=Q(status=ParticipationStatus.RECEIVED),
                name="one_open_participation_request",
            ),
            models.CheckConstraint(
                condition=~Q(status=ParticipationStatus.DECLINED) | ~Q(answer=""),
                name="declined_participation_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status=ParticipationStatus.APPROVED) | Q(seat__isnull=False),
                name="approved_participation_has_seat",
            ),
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return str(self.get_status_display())
