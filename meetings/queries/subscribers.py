"""Everybody who reads something through a seat, with what today's rows let them read."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from accounts.models import User
from mailing.choices import AddressStatus
from mailing.models import Address
from meetings.queries.readers import StandingRow, groups_of, reader_through, standing_rows
from meetings.readers import Reader
from members.models import Affiliation, Person


@dataclass(frozen=True)
class Subscriber:
    """A person with a login that works, and the mailbox at which they read."""

    person: Person
    address: Address | None
    email: str
    """Of the account, for who has no mailbox of their own."""
    reader: Reader


def subscribers_on(day: date) -> list[Subscriber]:
    """Who sits somewhere on `day` and can log in. Four queries.

    The secretariat is not among them: it is told by Today.
    """
    users = User.objects.able_to_log_in(day).filter(is_staff=False)
    affiliations = Affiliation.objects.filter(person__user__in=users)
    rows: dict[int, list[StandingRow]] = defaultdict(list)
    for row in standing_rows(affiliations, day):
        rows[row.person].append(row)
    seated = {person: own for person, own in rows.items() if any(row.opens for row in own)}
    groups = groups_of({row.body for own in seated.values() for row in own if row.leads}, day)
    boxes = _boxes(list(seated), day)
    people = Person.objects.filter(pk__in=seated).select_related("user").order_by("pk")
    return [
        Subscriber(
            person, boxes.get(person.pk), person.user.email if person.user else "",
            reader_through(seated[person.pk], groups=groups),
        )
        for person in people
    ]  # fmt: skip


def _boxes(people: list[int], day: date) -> dict[int, Address]:
    """By person, the mailbox of the first of their affiliations that takes mail."""
    rows = (
        Affiliation.objects.of_members_on(day)
        .filter(person__in=people, address__status=AddressStatus.ACTIVE)
        .select_related("address")
        .order_by("-position", "-pk")
    )
    return {row.person_id: row.address for row in rows if row.address is not None}
