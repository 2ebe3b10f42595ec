"""What is registered of an organisation, in words: for the yearly letter and its page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet

from core.japan.codes import prefecture_name
from mailing.models import Address
from members.change_fields import CHANGE_FIELDS
from members.choices import Category, Duty, Field, PublicField, Target
from members.models import Affiliation, Organization
from members.querysets import OrganizationQuerySet

_DUTIES = list(Duty)


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
