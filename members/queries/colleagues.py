"""Who stands for an organisation, one line a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from members.choices import SPEAKING_DUTIES, Duty
from members.models import Affiliation, Organization, Person


def details_of(row: Affiliation) -> dict[str, str]:
    """What a contact may put right by themselves."""
    return {
        "department": row.department,
        "title": row.title,
        "phone": row.phone,
        "email": row.address.email if row.address else "",
    }


@dataclass(frozen=True)
class Colleague:
    """A person with all their duties in one organisation that hold or will hold."""

    person: Person
    rows: tuple[Affiliation, ...]
    day: date

    @property
    def first(self) -> Affiliation:
        return self.rows[0]

    @property
    def duties(self) -> list[str]:
        return list(dict.fromkeys(str(Duty(row.duty).label) for row in self.rows))

    @property
    def speaks(self) -> bool:
        return any(row.duty in SPEAKING_DUTIES for row in self.rows)

    @property
    def represents(self) -> bool:
        """Whether they are the representative, who changes by a change request only."""
        return any(row.duty == Duty.REPRESENTATIVE for row in self.rows)

    @property
    def movable(self) -> tuple[Affiliation, ...]:
        """The duties that the organisation itself may end or hand over."""
        return tuple(row for row in self.rows if row.duty != Duty.REPRESENTATIVE)

    @property
    def starts_on(self) -> date | None:
        """The first day, while it lies ahead."""
        first = min(row.valid_from for row in self.rows)
        return first if first > self.day else None

    @property
    def until(self) -> date | None:
        """The day from which none of the duties holds any more; None while one has no end."""
        ends = [row.valid_until for row in self.rows]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None

    @property
    def last_day(self) -> date | None:
        """As people say it: the day before `until`."""
        return self.until - date.resolution if self.until else None


def colleagues_of(organization: Organization, day: date) -> list[Colleague]:
    """Who stands for the organisation on `day` or will, in the order of its list. One query."""
    rows = organization.affiliations.not_over_on(day).select_related("person", "address")
    return grouped(rows.order_by("position", "pk"), day)


def grouped(rows: Iterable[Affiliation], day: date) -> list[Colleague]:
    people: dict[int, list[Affiliation]] = {}
    for row in rows:
        people.setdefault(row.person_id, []).append(row)
    return [Colleague(found[0].person, tuple(found), day) for found in people.values()]


@dataclass(frozen=True)
class Handover:
    """A booked change of hands: who leaves, who comes, on which day."""

    organization: Organization
    rows: tuple[Affiliation, ...]
    """The duties of the successor, each with its predecessor."""

    @property
    def before(self) -> Person:
        predecessor = self.rows[0].predecessor
        assert predecessor is not None  # noqa: S101 -- `booked_handovers` asks for nothing else
        return predecessor.person

    @property
    def after(self) -> Person:
        return self.rows[0].person

    @property
    def effective_on(self) -> date:
        return self.rows[0].valid_from

    @property
    def duties(self) -> list[str]:
        return list(dict.fromkeys(str(Duty(row.duty).label) for row in self.rows))


def booked_handovers(organizations: Iterable[Organization], day: date) -> list[Handover]:
    """Handovers whose day lies ahead of `day`, the soonest first. One query."""
    known = {organization.pk: organization for organization in organizations}
    rows = (
        Affiliation.objects.filter(organization__in=known, valid_from__gt=day)
        .exclude(predecessor=None)
        .select_related("person", "predecessor__person")
        .order_by("valid_from", "position", "pk")
    )
    together: dict[tuple[int, int, date], list[Affiliation]] = {}
    for row in rows:
        if row.predecessor is not None:
            key = (row.organization_id, row.predecessor.person_id, row.valid_from)
            together.setdefault(key, []).append(row)
    return [Handover(known[key[0]], tuple(found)) for key, found in together.items()]
