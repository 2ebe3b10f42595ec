"""Who may take which step. A view asks here, and the service asks again."""

from accounts.models import User
from newsletter.choices import IssueStatus
from newsletter.models import Issue


def can_edit(user: User, issue: Issue) -> bool:
    """Text is edited while it is a draft."""
    return user.has_perm("newsletter.change_issue") and issue.status == IssueStatus.DRAFT


def can_approve(user: User, issue: Issue) -> bool:
    """Four eyes: whoever submitted an issue cannot approve it."""
    return user.has_perm("newsletter.approve_issue") and issue.author_id != user.pk


def can_schedule(user: User) -> bool:
    return user.has_perm("newsletter.schedule_issue")


def can_stop(user: User) -> bool:
    """Stopping is for anyone who can send: it does no harm."""
    return user.has_perm("newsletter.stop_issue")
