"""What of the magazine waits for somebody."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from core.japan.calendar import era_datetime
from core.shell.today import ProgressCard, Step, TodayRow
from newsletter.access import can_approve
from newsletter.calendar import monday_of, proposed_send_at
from newsletter.choices import IssueStatus
from newsletter.models import Issue
from newsletter.queries import issue_of_week

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


_REACHED = {
    IssueStatus.DRAFT: 0,
    IssueStatus.SUBMITTED: 1,
    IssueStatus.APPROVED: 2,
    IssueStatus.SCHEDULED: 2,
    IssueStatus.SENDING: 3,
    IssueStatus.SENT: 4,
}


def card(user: User, at: datetime) -> ProgressCard | None:
    """The issue of this week and how far it has come."""
    if not user.has_perm("newsletter.view_issue"):
        return None
    week_of = monday_of(timezone.localdate(at))
    issue = issue_of_week(week_of)
    if issue is None:
        planned = proposed_send_at(week_of)
        note = _("The draft comes on Wednesday.") if planned else _("No issue in this week.")
        return ProgressCard(_("This week's issue"), _("Not begun"), note=note)
    reached = _REACHED[IssueStatus(issue.status)]
    names = (_("Draft"), _("Approval"), _("On schedule"), _("Delivery"))
    states = ["done"] * reached + ["now"] + ["next"] * len(names)
    sent = issue.sent_at or issue.send_at
    return ProgressCard(
        title=_("This week's issue"),
        name=str(issue),
        url=reverse("admin:newsletter_issue_change", args=[issue.pk]),
        status=issue.get_status_display(),
        tone="success" if issue.status == IssueStatus.SENT else "warning",
        steps=[Step(name, state) for name, state in zip(names, states, strict=False)],
        note=era_datetime(sent) if sent else "",
    )
