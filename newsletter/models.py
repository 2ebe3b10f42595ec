from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.audit.models import append_only
from core.audit.triggers import audited
from mailing.models import Message
from newsletter.choices import IssueStatus, Section
from newsletter.querysets import IssueQuerySet


class Issue(models.Model):
    """One number of the mail magazine. Approval gives the number, so none is skipped."""

    number = models.PositiveIntegerField(_("number"), null=True, blank=True, unique=True)
    week_of = models.DateField(
        _("week of"), null=True, blank=True, unique=True, help_text=_("Monday of its week.")
    )
    title = models.CharField(_("title"), max_length=80)
    lead = models.TextField(_("opening words"), blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=IssueStatus.choices, default=IssueStatus.DRAFT
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
        help_text=_("Who submitted it for approval; cannot approve it."),
    )
    send_at = models.DateTimeField(_("send at"), null=True, blank=True)
    message = models.OneToOneField(
        Message, models.PROTECT, null=True, blank=True, related_name="issue",
        verbose_name=_("message"),
    )  # fmt: skip
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering: ClassVar = [models.F("number").desc(nulls_first=True), "-id"]
        permissions: ClassVar = [
            ("approve_issue", "Can give the final approval"),
            ("schedule_issue", "Can schedule an approved issue"),
            ("stop_issue", "Can stop an issue that is being sent"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=[IssueStatus.DRAFT, IssueStatus.SUBMITTED,
                                        IssueStatus.CANCELLED])
                | Q(number__isnull=False),
                name="issue_numbered_once_approved",
            ),
            models.CheckConstraint(
                condition=~Q(status=IssueStatus.SCHEDULED) | Q(send_at__isnull=False),
                name="issue_scheduled_has_moment",
            ),
        ]  # fmt: skip
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return f"第{self.number}号 {self.title}" if self.number else self.title

    @property
    def issued_at(self) -> datetime | None:
        """When readers got it; the hour of sending while the last letters are on their way."""
        return self.sent_at or self.send_at


class IssueItem(models.Model):
    """One item of an issue."""

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="items")
    section = models.CharField(
        _("section"), max_length=1, choices=Section.choices, default=Section.SECRETARIAT
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"))
    url = models.URLField(_("web address"), max_length=300, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering: ClassVar = ["section", "position", "id"]
        triggers: ClassVar = audited()

    def __str__(self) -> str:
        return self.title


class Approval(models.Model):
    """A second person's yes to exactly this text for exactly this audience."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="approvals")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    digest = models.CharField(_("digest of the text"), max_length=64)
    recipient_count = models.PositiveIntegerField(_("recipients"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        triggers: ClassVar = append_only()

    def __str__(self) -> str:
        return f"{self.approver} {self.at:%Y-%m-%d}"
