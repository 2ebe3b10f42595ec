"""What anyone may know of a member. Public pages and files see these objects and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unicodedata import normalize

from core.japan.codes import PREFECTURES, prefecture_name
from core.japan.text import strip_legal_form
from members.choices import Category, Field, OrganizationKind, PublicField, Target
from members.models import Organization, OrganizationName

# How long a list still adds 「(旧:○○)」 after a renaming.
FORMER_NAME_SHOWN = timedelta(days=365)


@dataclass(frozen=True)
class NameThen:
    """A name and the first day of the next one; None for the present name."""

    name: str
    until: date | None = None


@dataclass(frozen=True)
class PublicMember:
    """Empty means: not released, or not known. Which of the two is nobody's business."""

    name: str
    category: Category
    slug: str = ""
    """Empty for an organisation that has left: it has no page any more."""
    official_name: str = ""
    kana: str = ""
    kind: str = ""
    prefecture: str = ""
    member_since: date | None = None
    confirmed_on: date | None = None
    former_name: str = ""
    names: tuple[NameThen, ...] = ()
    summary: str = ""
    founded: str = ""
    """Year and month: 2015-04."""
    fields: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    url: str = ""
    postal_code: str = ""
    address: str = ""
    phone: str = ""

    @property
    def monogram(self) -> str:
        return strip_legal_form(self.name)[:1]


def public_member(
    organization: Organization, *, name: str, category: str, member_since: date, today: date
) -> PublicMember:
    """What a current member shows today. `former_names` must be fetched already."""
    earlier = list(organization.former_names.all())
    return PublicMember(
        name=name,
        category=Category(category),
        slug=organization.slug,
        official_name=organization.name,
        kana=normalize("NFKC", _reading(organization, earlier, name)),
        kind=str(OrganizationKind(organization.kind).label),
        prefecture=_prefectures([organization.prefecture])[0],
        member_since=member_since,
        confirmed_on=organization.confirmed_on,
        former_name=_former_name(earlier, name, today),
        names=(
            NameThen(organization.name),
            *(NameThen(former.name, former.valid_until) for former in earlier),
        ),
        **_released(organization),
    )


def departed_member(*, name: str, category: str) -> PublicMember:
    """A member of a past day that has left since: a list of that day prints the name, no more."""
    return PublicMember(name=name, category=Category(category))


def _reading(organization: Organization, earlier: Sequence[OrganizationName], shown: str) -> str:
    """Of the name that is shown: a list of a past day prints the name of that day."""
    if shown in (organization.name, organization.display_name):
        return organization.name_kana
    return next((old.name_kana for old in earlier if old.name == shown), organization.name_kana)


def _former_name(earlier: Sequence[OrganizationName], shown: str, today: date) -> str:
    """The latest former name while it is fresh, newest first as the model orders them."""
    for former in earlier:
        until = former.valid_until
        if until <= today < until + FORMER_NAME_SHOWN and former.name != shown:
            return former.name
    return ""


def _released(organization: Organization) -> dict[str, Any]:
    """Field by field, what the organisation lets out."""
    columns: dict[PublicField, dict[str, Any]] = {
        PublicField.SUMMARY: {"summary": organization.summary, "founded": organization.founded},
        PublicField.URL: {"url": organization.url},
        PublicField.PHONE: {"phone": organization.phone},
        PublicField.ADDRESS: {
            "address": organization.address,
            "postal_code": organization.postal_code,
        },
        PublicField.FIELDS: {
            "fields": tuple(str(Field(code).label) for code in organization.fields),
            "targets": tuple(str(Target(code).label) for code in organization.targets),
            "regions": _regions(organization.regions),
        },
    }
    shown: dict[str, Any] = {}
    for field in organization.public_fields:
        shown |= columns.get(PublicField(field), {})
    return shown


def _regions(codes: Sequence[str]) -> tuple[str, ...]:
    """Every prefecture is said in one word."""
    return ("全国",) if len(set(codes)) == len(PREFECTURES) else _prefectures(codes)


def _prefectures(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(prefecture_name(code) if code else "" for code in codes)
