"""What of the magazine waits for somebody."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from core.shell.today import TodayRow
from newsletter.access import can_approve
from newsletter.choices import IssueStatus
from newsletter.models import Issue

_DOING = {  # page, button
    IssueStatus.DRAFT: ("change", gettext_noop("Write")),
    IssueStatus.SUBMITTED: ("proof", gettext_noop("Read and approve")),
    IssueStatus.APPROVED: ("proof", gettext_noop("Schedule")),
}


def rows(user: User, at: datetime) -> list[TodayRow]:
    """One row per issue that is not on its way yet; due on its day of sending."""
    if not user.has_perm("newsletter.view_issue"):
        return []
    found = []
    for issue in Issue.objects.waiting().select_related("author"):
        page, action = _DOING[IssueStatus(issue.status)]
        if issue.status == IssueStatus.SUBMITTED and not can_approve(user, issue):
            action = gettext_noop("Look")
        due = timezone.localdate(issue.send_at) if issue.send_at else timezone.localdate(at)
        found.append(
            TodayRow(
                kind=_("Mail magazine"),
                icon="mail",
                title=str(issue),
                who=issue.get_status_display(),
                due=due,
                action=_(action),
                url=reverse(f"admin:newsletter_issue_{page}", args=[issue.pk]),
            )
        )
    return found
