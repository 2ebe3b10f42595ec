"""Bodies and their seats: who sits where, as what, from when until when."""

import uuid
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from core.periods import overlapping, runs_forward, same
from meetings.choices import Audience, BodyKind, Numbering, Office, SeatRole
from meetings.querysets import BodyQuerySet, SeatQuerySet
from members.models import Organization, Person

_ONLY_ONE = [BodyKind.ASSEMBLY, BodyKind.STEERING]


class Body(models.Model):
    """The assembly, the steering committee, a subcommittee or a working group of one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address part"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=15, choices=BodyKind.choices)
    name = models.CharField(_("name"), max_length=100, help_text=_("For example 分科会1."))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="groups",
        verbose_name=_("works for"), help_text=_("Only for working groups."),
    )  # fmt: skip
    basis = models.CharField(
        _("legal basis"), max_length=100, blank=True, help_text=_("For example 規約第21条.")
    )
    numbering = models.CharField(
        _("numbering of meetings"), max_length=12, choices=Numbering.choices,
        default=Numbering.RUNNING,
    )  # fmt: skip
    audience = models.CharField(
        _("who may know of it"), max_length=12, choices=Audience.choices, default=Audience.PUBLIC
    )
    seats_planned = models.PositiveSmallIntegerField(
        _("number of seats"), null=True, blank=True,
        help_text=_("Empty when there is no fixed number."),
    )  # fmt: skip
    note = models.TextField(_("note of the secretariat"), blank=True)
    valid_from = models.DateField(_("established on"))
    valid_until = models.DateField(_("dissolved on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        ordering: ClassVar = ["kind", "name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=runs_forward(), name="body_period_forward",
                violation_error_message=_("The period must end after it begins."),
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind__in=_ONLY_ONE), name="one_assembly_one_committee",
                violation_error_message=_("There is one of this kind already."),
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | Q(kind=BodyKind.WORKING_GROUP),
                name="only_groups_work_for_a_body",
            ),
        ]  # fmt: skip
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """An organisation in a body. Its people of today read; with a name, that person alone."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    body = models.ForeignKey(
        Body, models.PROTECT, related_name="seats", verbose_name=_("body")
    )  # fmt: skip
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="seats", verbose_name=_("organization")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="seats",
        verbose_name=_("named person"),
        help_text=_("Empty: everybody who speaks for the organization."),
    )  # fmt: skip
    role = models.CharField(
        _("role"), max_length=10, choices=SeatRole.choices, default=SeatRole.MEMBER
    )
    office = models.CharField(_("office"), max_length=10, choices=Office.choices, blank=True)
    display_name = models.CharField(
        _("name shown"), max_length=200, blank=True,
        help_text=_("When the body knows it by another name, for example よりそいホットライン."),
    )  # fmt: skip
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("First day on which it no longer holds.")
    )
    # 補欠: whoever comes in between serves the remainder of the term.
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by",
        verbose_name=_("serves the remainder of"),
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering: ClassVar = ["body", "role", "organization__sort_key", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=runs_forward(), name="seat_period_forward",
                violation_error_message=_("The period must end after it begins."),
            ),
            ExclusionConstraint(
                name="one_seat_at_a_time",
                expressions=[same("body_id"), same("organization_id"), overlapping()],
                violation_error_message=_(
                    "The organization has a seat in this body at that time already."
                ),
            ),
            ExclusionConstraint(
                name="one_chair_at_a_time",
                expressions=[same("body_id"), overlapping()],
                condition=Q(office=Office.CHAIR),
                violation_error_message=_("The body has a chair at that time already."),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["organization", "valid_from", "valid_until"], name="seat_asof")
        ]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.display_name or str(self.get_role_display())
