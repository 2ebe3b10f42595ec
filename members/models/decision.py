"""Decisions on applications: taken in batches, written once, superseded but never edited."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.models import append_only
from core.audit.triggers import audited
from members.choices import Category, Verdict
from members.models.application import MembershipApplication


class DecisionBatch(models.Model):
    """One round of decisions (for example of the 1st and the 15th): one list for the committee."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=100)
    held_on = models.DateField(
        _("day of the decision"), help_text=_("The committee meets or is asked on this day.")
    )
    member_from = models.DateField(
        _("member from"), help_text=_("First day of membership of those who are approved.")
    )
    reference = models.CharField(
        _("reference of the resolution"), max_length=100, blank=True,
        help_text=_("Number of the resolution or of the minutes."),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("round of decisions")
        verbose_name_plural = _("rounds of decisions")
        ordering: ClassVar = ["-held_on", "-id"]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.title


class Decision(models.Model):
    """The decision on one application. A later one supersedes it; the row itself never changes.

    `reason` is internal, `text` is what the applicant reads.
    """

    application = models.ForeignKey(
        MembershipApplication, models.PROTECT, related_name="decisions",
        verbose_name=_("application"),
    )  # fmt: skip
    batch = models.ForeignKey(
        DecisionBatch, models.PROTECT, null=True, related_name="decisions",
        verbose_name=_("round of decisions"),
    )  # fmt: skip
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    category = models.CharField(_("category"), max_length=12, choices=Category.choices, blank=True)
    member_from = models.DateField(_("member from"), null=True)
    number = models.CharField(_("member number"), max_length=12, blank=True)
    reason = models.TextField(_("reason, internal"), blank=True)
    text = models.TextField(_("text for the applicant"), blank=True)
    reference = models.CharField(_("reference of the resolution"), max_length=100, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"))
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by",
        verbose_name=_("supersedes"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("decision on an application")
        verbose_name_plural = _("decisions on applications")
        ordering: ClassVar = ["decided_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(supersedes__isnull=True),
                name="one_first_decision",
            )
        ]
        triggers: ClassVar = [*audited(), *append_only()]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}"
