"""Who reads, in the terms that every paper is judged by. Made anew for every request."""

from dataclasses import dataclass, field

from django.db.models import Q

from meetings.choices import Audience, BodyKind

# The steering committee follows what its subcommittees work at.
FOLLOWED_BY_STEERING = (BodyKind.STEERING, BodyKind.SUBCOMMITTEE, BodyKind.WORKING_GROUP)

# An empty Q says nothing in a disjunction: `Q(…) | Q()` is `Q(…)`.
_NOTHING = Q(pk__in=[])
_EVERYTHING = ~_NOTHING
_ALL = frozenset(Audience)


@dataclass(frozen=True)
class Sight:
    """What one reader has of one body: things for an audience of `told` as soon as they are out,
    things for one of `run` (they run the body) before that, too."""

    told: frozenset[Audience]
    run: frozenset[Audience] = frozenset()

    def opens(self, audience: str, *, out: bool) -> bool:
        return audience in self.run or (out and audience in self.told)

    def among(self, out: Q) -> Q:
        """Of the body's things those that this reader has; `out`: which of them are out."""
        told = out & Q(audience__in=self.told)
        return told | Q(audience__in=self.run) if self.run else told


@dataclass(frozen=True)
class Reader:
    """What today's affiliations, seats and staff role give one person.

    `seats`: keys of the seats that let them in; `bodies`: of the bodies in which an organisation
    of theirs sits; `leads`: of those that they run (as a lead organisation, working groups below
    them included). Readers are equal who read the same, through whichever seats.
    """

    is_member: bool = False
    seats: frozenset[int] = field(default=frozenset(), compare=False)
    bodies: frozenset[int] = frozenset()
    leads: frozenset[int] = frozenset()
    is_steering: bool = False
    # Staff: reads everything but the steering committee; reads that too; runs meetings and papers.
    reads_all: bool = False
    reads_steering: bool = False
    runs_all: bool = False

    def runs(self, body_id: int, kind: str) -> bool:
        """Whether this person may call meetings of the body and put papers up."""
        if self.runs_all:
            return kind != BodyKind.STEERING or self.reads_steering
        return body_id in self.leads

    def allowed(self, *, audience: str = "audience", body: str = "body") -> Q:
        """Rows whose `audience` (and `body`, a path to the Body) lets this person in.

        It says nothing of time: whether a thing is published already is another question.
        """
        if self.reads_all:
            return _EVERYTHING if self.reads_steering else ~_of_steering(audience, body)
        found = Q(**{audience: Audience.PUBLIC})
        if self.is_member:
            found |= Q(**{audience: Audience.MEMBERS})
        if self.is_steering:
            followed = {audience: Audience.BODY, f"{_kind_of(body)}__in": FOLLOWED_BY_STEERING}
            found |= Q(**{audience: Audience.STEERING}) | Q(**followed)
        if self.bodies:
            found |= Q(**{audience: Audience.BODY, f"{body}__in": self.bodies})
        return found

    def run(self, *, audience: str = "audience", body: str = "body") -> Q:
        """Rows of bodies that this person runs: seen before they are published, too."""
        if self.runs_all:
            return _EVERYTHING if self.reads_steering else ~_of_steering(audience, body)
        if not self.leads:
            return _NOTHING
        # A lead organisation is no secretariat.
        return Q(**{f"{body}__in": self.leads}) & ~Q(**{audience: Audience.SECRETARIAT})

    def sight(self, body_id: int, kind: str) -> Sight:
        """`allowed` and `run` for one body that is at hand: a page of it asks much less so."""
        staff = _ALL if self.reads_steering else _for_staff(kind)
        run: frozenset[Audience] = frozenset()
        if self.runs_all:
            run = staff
        elif body_id in self.leads:
            run = _ALL - {Audience.SECRETARIAT}
        if self.reads_all:
            return Sight(staff, run)
        told = {Audience.PUBLIC}
        if self.is_member:
            told.add(Audience.MEMBERS)
        if self.is_steering:
            told.add(Audience.STEERING)
        if body_id in self.bodies or (self.is_steering and kind in FOLLOWED_BY_STEERING):
            told.add(Audience.BODY)
        return Sight(frozenset(told), run)


ANYBODY = Reader()


def _of_steering(audience: str, body: str) -> Q:
    closed = Q(**{_kind_of(body): BodyKind.STEERING}) & ~Q(**{audience: Audience.PUBLIC})
    return Q(**{audience: Audience.STEERING}) | closed


def _for_staff(kind: str) -> frozenset[Audience]:
    """The audiences that `_of_steering` leaves of a body of this kind."""
    if kind == BodyKind.STEERING:
        return frozenset({Audience.PUBLIC})
    return _ALL - {Audience.STEERING}


def _kind_of(body: str) -> str:
    """The path to the kind of the body that `body` leads to."""
    return "kind" if body == "pk" else f"{body}__kind"
