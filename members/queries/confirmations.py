"""Rounds of the yearly confirmation: who is asked, who has answered, who has to be called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from core.japan.codes import prefecture_name
from mailing.models import Address
from members.change_fields import CHANGE_FIELDS
from members.choices import (
    SPEAKING_DUTIES,
    Category,
    ConfirmationStatus,
    Duty,
    Field,
    PublicField,
    Target,
)
from members.models import (
    Affiliation,
    ChangeRequest,
    Confirmation,
    ConfirmationRound,
    Organization,
)
from members.queries.mailboxes import mailboxes_of
from members.querysets import ConfirmationQuerySet, OrganizationQuerySet

_DUTIES = list(Duty)


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


# --- what is registered, in words -----------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    key: str
    label: str
    value: str


@dataclass(frozen=True)
class Standing:
    """A person as the letter and the page tell of them: the link may be passed on."""

    affiliation: Affiliation
    name: str
    duty: str
    place: str
    mailbox: str
    """Masked: enough to know one's own again."""


@dataclass(frozen=True)
class Sheet:
    """What is registered of one organisation."""

    organization: Organization
    facts: list[Fact]
    people: list[Standing]


def with_sheet_on(organizations: OrganizationQuerySet, day: date) -> QuerySet[Organization]:
    """Fetches, in three queries for all, what `sheet_of` tells."""
    people = (
        Affiliation.objects.active_on(day)
        .select_related("person", "address")
        .order_by("position", "pk")
    )
    return (
        organizations.with_membership_on(day)
        .select_related("mailbox")
        .prefetch_related(Prefetch("affiliations", queryset=people, to_attr="standing"))
    )


def sheet_of(organization: Organization) -> Sheet:
    """The sheet of an organisation fetched by `with_sheet_on`. No query."""
    standing: Sequence[Affiliation] = getattr(organization, "standing", ())
    return Sheet(
        organization=organization,
        facts=[Fact(key, label, value) for key, label, value in _facts(organization)],
        people=[
            _standing(row)
            for row in sorted(standing, key=lambda row: _DUTIES.index(Duty(row.duty)))
        ],
    )


def sheet_on(organization: Organization, day: date) -> Sheet:
    """Three queries."""
    return sheet_of(with_sheet_on(Organization.objects.filter(pk=organization.pk), day).get())


def is_answerable(confirmation: Confirmation, day: date) -> bool:
    """The round is open and the organisation is still a member."""
    if confirmation.round.closed_at is not None:
        return False
    return confirmation.organization.memberships.active_on(day).exists()


def sent_with(confirmation: Confirmation) -> QuerySet[ChangeRequest]:
    """The change requests that came with the last answer."""
    return ChangeRequest.objects.filter(
        organization=confirmation.organization_id, created_at=confirmation.answered_at
    )


def _facts(organization: Organization) -> Iterable[tuple[str, str, str]]:
    category = getattr(organization, "category", None)
    for key in ("name", "name_kana", "display_name", "kind", "corporate_number",
                "local_government_code"):  # fmt: skip
        field = CHANGE_FIELDS[key]
        yield key, str(field.label), field.shown(getattr(organization, key))
    label = str(CHANGE_FIELDS["category"].label)
    yield "category", label, str(Category(category).label) if category else ""
    place = prefecture_name(organization.prefecture) if organization.prefecture else ""
    for name, value in (
        ("postal_code", organization.postal_code),
        ("prefecture", place),
        ("address", organization.address),
        ("phone", organization.phone),
        ("fax", organization.fax),
        ("mailbox", masked(organization.mailbox)),
        ("url", organization.url),
        ("summary", organization.summary),
        ("fields", _words(Field, organization.fields)),
        ("targets", _words(Target, organization.targets)),
        ("regions", "、".join(prefecture_name(code) for code in organization.regions)),
        ("public_fields", _words(PublicField, organization.public_fields)),
    ):
        yield name, _label(name), value


def _label(name: str) -> str:
    return str(getattr(Organization._meta.get_field(name), "verbose_name", name))


def _words(choices: type[Field | Target | PublicField], values: Iterable[str]) -> str:
    return "、".join(str(choices(value).label) for value in values)


def _standing(row: Affiliation) -> Standing:
    return Standing(
        affiliation=row,
        name=row.person.name,
        duty=str(Duty(row.duty).label),
        place=" ".join(filter(None, (row.department, row.title))),
        mailbox=masked(row.address),
    )


def masked(address: Address | None) -> str:
    """「ta***@example.jp」: whoever knows the mailbox knows it again, nobody else learns it."""
    if address is None:
        return ""
    local, _at, domain = address.email.partition("@")
    shown = local[:2] if len(local) > 3 else local[:1]
    return f"{shown}***@{domain}"


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
