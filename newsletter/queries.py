"""Reads of the magazine that span apps."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, QuerySet
from django.utils import timezone

from mailing.choices import Purpose
from mailing.models import Address
from mailing.queries import sender_identity_on, with_consent
from members.models import Affiliation
from members.queries import newsletter_addresses_on
from newsletter.choices import IssueStatus
from newsletter.models import Approval, Issue
from newsletter.rendering import Rendered, audience_digest, render


@dataclass(frozen=True)
class Proof:
    """What an approver sees and signs: the text, the mailboxes, and one digest over both."""

    rendered: Rendered
    number: int
    address_ids: tuple[int, ...]

    @property
    def digest(self) -> str:
        return audience_digest(self.rendered.digest, self.address_ids)

    @property
    def recipient_count(self) -> int:
        return len(self.address_ids)


def next_number() -> int:
    """The number the next approved issue will take; a cancelled draft leaves no gap."""
    highest = Issue.objects.aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def sending_day(issue: Issue, at: datetime) -> date:
    """The day whose members and sender count for this issue."""
    return timezone.localdate(issue.send_at or at)


def recipients_on(day: date) -> QuerySet[Address]:
    """Mailboxes of people who act for a member on `day` and want the magazine, each once."""
    return newsletter_addresses_on(day)


def rendered(issue: Issue, at: datetime) -> tuple[Rendered, int]:
    """The issue as it would go out now, and its number."""
    number = issue.number or next_number()
    sender = sender_identity_on(sending_day(issue, at))
    return render(issue, issue.items.all(), number, sender), number


def proof(issue: Issue, at: datetime) -> Proof:
    """Text and audience as they are now, for the approver's eyes."""
    text, number = rendered(issue, at)
    day = sending_day(issue, at)
    ids = tuple(recipients_on(day).order_by("id").values_list("id", flat=True))
    return Proof(text, number, ids)


def latest_approval(issue: Issue) -> Approval | None:
    """The newest approval, whether or not it still fits the text."""
    return issue.approvals.select_related("approver").order_by("-id").first()


def issue_of_week(week_of: date) -> Issue | None:
    """The regular issue of the week that begins on `week_of`, cancelled ones aside."""
    return Issue.objects.filter(week_of=week_of).exclude(status=IssueStatus.CANCELLED).first()


@dataclass(frozen=True)
class Audience:
    """How the number of mailboxes of an issue comes about. All are counts of mailboxes."""

    contacts: int
    unwilling: int
    suspended: int
    total: int


def audience_on(day: date) -> Audience:
    """Mailboxes of current contacts, less those without consent, less those suspended."""
    contacts = Address.objects.filter(
        pk__in=Affiliation.objects.of_members_on(day)
        .exclude(address=None)
        .order_by()
        .values("address")
    )
    willing = with_consent(contacts, Purpose.NEWSLETTER)
    total = recipients_on(day).count()
    return Audience(
        contacts=contacts.count(),
        unwilling=contacts.count() - willing.count(),
        suspended=willing.count() - total,
        total=total,
    )
