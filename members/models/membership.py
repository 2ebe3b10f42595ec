from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.audit.triggers import audited
from core.periods import overlapping, runs_forward, same
from members.choices import Category, EndReason
from members.models.organization import Organization
from members.querysets import MembershipQuerySet


class GivenNumber(models.Model):
    """Every member number that was ever given, written by the database itself.

    A period may be corrected away, its number still never comes back.
    """

    number = models.CharField(_("member number"), max_length=12, primary_key=True)

    class Meta:
        verbose_name = _("member number")
        verbose_name_plural = _("member numbers")
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.number


def _keeps_numbers() -> list[pgtrigger.Trigger]:
    """Whatever road a period came in by: a form, the list of the secretariat, raw SQL."""
    func = """
        INSERT INTO members_givennumber (number) SELECT number FROM new_rows ON CONFLICT DO NOTHING;
        RETURN NULL;
    """
    shape: dict[str, Any] = {"level": pgtrigger.Statement, "when": pgtrigger.After, "func": func}
    new = pgtrigger.Referencing(new="new_rows")
    return [
        pgtrigger.Trigger(
            name="keep_number_insert", operation=pgtrigger.Insert, referencing=new, **shape
        ),
        pgtrigger.Trigger(
            name="keep_number_update", operation=pgtrigger.Update, referencing=new, **shape
        ),
    ]


class Membership(models.Model):
    """A period in one category. Those of one organisation never overlap; numbers never return."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="memberships", verbose_name=_("organization")
    )
    category = models.CharField(_("category"), max_length=12, choices=Category.choices)
    number = models.CharField(_("member number"), max_length=12, unique=True)
    valid_from = models.DateField(_("member from"))
    valid_until = models.DateField(
        _("member until"),
        null=True,
        blank=True,
        help_text=_("First day on which it is no longer a member."),
    )
    end_reason = models.CharField(
        _("reason of the end"), max_length=20, choices=EndReason.choices, blank=True
    )
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership period")
        verbose_name_plural = _("membership periods")
        ordering: ClassVar = ["-valid_from"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=runs_forward(),
                name="membership_period_forward",
                violation_error_message=_("The period must end after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=False) | Q(end_reason=""),
                name="membership_reason_needs_end",
                violation_error_message=_("A reason needs the day on which the period ends."),
            ),
            ExclusionConstraint(
                name="membership_periods_apart",
                expressions=[same("organization_id"), overlapping()],
                # Checked at once, but a correction of several periods may ask to wait for its end.
                deferrable=models.Deferrable.IMMEDIATE,
                violation_error_message=_(
                    "This period overlaps another period of the same organization."
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["category", "valid_from", "valid_until"], name="membership_asof")
        ]
        triggers: ClassVar = [*audited(), *_keeps_numbers()]

    def __str__(self) -> str:
        return f"{self.number} {self.get_category_display()}"
