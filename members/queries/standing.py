"""For whom an account acts, today and soon, and at which mailboxes it reads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q

from accounts.models import User
from core.periods import holds_on
from mailing.choices import AddressStatus, Purpose
from mailing.models import Address
from mailing.queries import with_consent
from members.choices import SPEAKING_DUTIES
from members.models import Affiliation, Organization


@dataclass(frozen=True)
class Standing:
    """The duties of one account: those that hold, and the first day of those that will."""

    duties: tuple[Affiliation, ...]
    coming: tuple[date, ...]
    """Nothing else of a duty that has not begun: not even for whom it will be."""

    @property
    def organizations(self) -> list[Organization]:
        """Those the account may act for: as `organizations_of`, without asking again."""
        found = {
            duty.organization_id: duty.organization
            for duty in self.duties
            if duty.duty in SPEAKING_DUTIES
        }
        return list(found.values())


def standing_of(user: User, day: date) -> Standing:
    """One query. Duties in an organisation that is no member are none.

    Periods never overlap, so the join doubles nothing.
    """
    rows = list(
        Affiliation.objects.not_over_on(day)
        .filter(person__user=user)
        .filter(_member_when_it_holds(day))
        .select_related("organization", "address", "person")
        .order_by("organization__sort_key", "organization_id", "position", "pk")
    )
    return Standing(
        duties=tuple(row for row in rows if row.valid_from <= day),
        coming=tuple(sorted({row.valid_from for row in rows if row.valid_from > day})),
    )


def _member_when_it_holds(day: date) -> Q:
    """Begun: the organisation is a member today. Coming: it is one on the first day."""
    periods = "organization__memberships__"
    first = F("valid_from")
    then = Q(**{f"{periods}valid_from__lte": first}) & (
        Q(**{f"{periods}valid_until": None}) | Q(**{f"{periods}valid_until__gt": first})
    )
    return Q(valid_from__lte=day) & holds_on(day, prefix=periods) | Q(valid_from__gt=day) & then


def organizations_of(user: User, day: date) -> list[Organization]:
    """Those the account may act for on `day`, with their category. One query."""
    return list(
        Organization.objects.acted_for_by(user, day)
        .select_related("mailbox")
        .order_by("sort_key", "pk")
    )


@dataclass(frozen=True)
class Mailbox:
    """A mailbox, and what it wishes about the magazine."""

    address: Address
    wants_magazine: bool
    own: bool = True
    """Whether this reader may say so; of a colleague's mailbox one only reads it."""
    shared: bool = False
    """The organisation's own."""

    @property
    def suspended(self) -> bool:
        return self.address.status == AddressStatus.SUSPENDED


def wanting(addresses: Iterable[Address]) -> set[int]:
    """Keys of those whose newest wish is the magazine. One query."""
    keys = [address.pk for address in addresses]
    chosen = with_consent(Address.objects.filter(pk__in=keys), Purpose.NEWSLETTER)
    return set(chosen.values_list("pk", flat=True))


def mailboxes_of_duties(duties: Iterable[Affiliation]) -> list[Mailbox]:
    """The mailboxes at which somebody reads in these duties, each once."""
    addresses = {duty.address.pk: duty.address for duty in duties if duty.address}
    wants = wanting(addresses.values())
    return [Mailbox(address, key in wants) for key, address in addresses.items()]


def mailboxes_in(
    organization: Organization, rows: Iterable[Affiliation], user: User
) -> list[Mailbox]:
    """All mailboxes of an organisation: its own first, then those of its contacts, each once."""
    found: dict[int, Address] = {}
    own: set[int] = set()
    if organization.mailbox is not None:
        found[organization.mailbox.pk] = organization.mailbox
        own.add(organization.mailbox.pk)
    for row in rows:
        if row.address is None:
            continue
        found.setdefault(row.address.pk, row.address)
        if row.person.user_id == user.pk:
            own.add(row.address.pk)
    wants = wanting(found.values())
    return [
        Mailbox(address, key in wants, own=key in own, shared=key == organization.mailbox_id)
        for key, address in found.items()
    ]


def own_address(user: User, email: str, day: date) -> Address | None:
    """The mailbox, if this account reads it in one of its duties on `day`."""
    duties = Affiliation.objects.of_members_on(day).filter(person__user=user)
    return Address.objects.filter(email=email, affiliations__in=duties).distinct().first()
