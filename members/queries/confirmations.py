"""Rounds of the yearly confirmation: who is asked, who has answered, who has to be called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from members.choices import SPEAKING_DUTIES, ConfirmationStatus, Duty
from members.models import (
    Affiliation,
    ChangeRequest,
    Confirmation,
    ConfirmationRound,
    Organization,
)
from members.queries.mailboxes import mailboxes_of
from members.querysets import ConfirmationQuerySet, OrganizationQuerySet


def waiting_confirmations(user: User, day: date) -> ConfirmationQuerySet:
    """What waits for an answer by this person: of organisations that they may speak for."""
    return (
        Confirmation.objects.in_open_rounds()
        .waiting()
        .filter(organization__in=Organization.objects.acted_for_by(user, day).values("pk"))
        .select_related("round", "organization")
    )


@dataclass(frozen=True)
class Progress:
    """How far a round has come."""

    asked: int
    waiting: int
    unchanged: int
    changed: int
    by_phone_only: int
    """Asked, but without any mailbox: they have to be called."""

    @property
    def answered(self) -> int:
        return self.unchanged + self.changed


def progress_of(confirmation_round: ConfirmationRound) -> Progress:
    """One query."""
    states = {status.value: Count("pk", filter=Q(status=status)) for status in ConfirmationStatus}
    found = Confirmation.objects.filter(round=confirmation_round).aggregate(
        asked=Count("pk"), by_phone_only=Count("pk", filter=Q(address=None)), **states
    )
    return Progress(**found)


def rounds_with_counts(rounds: QuerySet[ConfirmationRound]) -> QuerySet[ConfirmationRound]:
    """Adds `asked` and `answered`."""
    said = ~Q(confirmations__status=ConfirmationStatus.WAITING)
    return rounds.annotate(
        asked=Count("confirmations"), answered=Count("confirmations", filter=said)
    )


def answers_by_day(confirmation_round: ConfirmationRound) -> list[tuple[date, int]]:
    """How many answers came on each day that had any, earliest first. One query."""
    moments = (
        Confirmation.objects.filter(round=confirmation_round, answered_at__isnull=False)
        .order_by("answered_at")
        .values_list("answered_at", flat=True)
    )
    counts: dict[date, int] = {}
    for moment in moments:
        day = timezone.localdate(moment)
        counts[day] = counts.get(day, 0) + 1
    return list(counts.items())


def members_to_ask(confirmation_round: ConfirmationRound, day: date) -> OrganizationQuerySet:
    """Members on `day` that are not in the round yet; those who joined later among them."""
    asked = Confirmation.objects.filter(round=confirmation_round).values("organization")
    return Organization.objects.active_on(day).exclude(pk__in=asked).order_by("sort_key", "pk")


@dataclass(frozen=True)
class Outlook:
    """Who would get the letter, before it is sent."""

    members: int
    without_mailbox: list[Organization]

    @property
    def letters(self) -> int:
        return self.members - len(self.without_mailbox)


def outlook_of(confirmation_round: ConfirmationRound, day: date) -> Outlook:
    """Three queries."""
    members = list(members_to_ask(confirmation_round, day))
    reachable = mailboxes_of([member.pk for member in members], day)
    return Outlook(
        members=len(members),
        without_mailbox=[member for member in members if member.pk not in reachable],
    )


def is_answerable(confirmation: Confirmation, day: date) -> bool:
    """The round is open and the organisation is still a member."""
    if confirmation.round.closed_at is not None:
        return False
    return confirmation.organization.memberships.active_on(day).exists()


def sent_with(confirmation: Confirmation) -> QuerySet[ChangeRequest]:
    """The change requests that came with the last answer."""
    if confirmation.answered_at is None:
        return ChangeRequest.objects.none()
    return ChangeRequest.objects.filter(
        organization=confirmation.organization_id, created_at=confirmation.answered_at
    )


# --- who has to be called -------------------------------------------------------------------------


@dataclass(frozen=True)
class Chased:
    """One line of the list to call down."""

    confirmation: Confirmation
    organization: Organization
    contacts: list[Affiliation]
    phones: list[str]


def chase_rows(confirmations: Iterable[Confirmation], day: date) -> list[Chased]:
    """Names and numbers for confirmations fetched with their organisation. One query."""
    rows = list(confirmations)
    people: dict[int, list[Affiliation]] = {}
    standing = (
        Affiliation.objects.active_on(day)
        .filter(organization__in=[row.organization_id for row in rows], duty__in=SPEAKING_DUTIES)
        .select_related("person")
        .order_by("position", "pk")
    )
    for row in standing:
        people.setdefault(row.organization_id, []).append(row)
    return [_chased(row, people.get(row.organization_id, [])) for row in rows]


def _chased(row: Confirmation, people: list[Affiliation]) -> Chased:
    people = sorted(people, key=lambda person: person.duty == Duty.REPRESENTATIVE)
    numbers = [row.organization.phone, *(person.phone for person in people)]
    return Chased(
        confirmation=row,
        organization=row.organization,
        contacts=people,
        phones=[number for number in dict.fromkeys(numbers) if number],
    )


def to_chase(confirmation_round: ConfirmationRound, day: date) -> ConfirmationQuerySet:
    """Members without an answer, in the order of every list. Who has left is not called."""
    members = Organization.objects.active_on(day).values("pk")
    return (
        Confirmation.objects.filter(round=confirmation_round, organization__in=members)
        .waiting()
        .select_related("organization", "address")
        .order_by("organization__sort_key", "pk")
    )
