"""Who may be the same as somebody that is being entered. For the secretariat's eyes only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from core.japan.text import organization_key
from members.choices import OPEN_APPLICATIONS, ApplicationStatus, Category
from members.models import MembershipApplication, Organization, OrganizationName

# More than these would not be looked at one by one.
MOST = 10


@dataclass(frozen=True)
class Duplicate:
    """A record that may be the same organisation, and what speaks for it.

    `kind`: member | former | organization | application. `standing` says in words what it is today.
    """

    kind: str
    reason: str
    label: str
    standing: str = ""
    organization: Organization | None = None
    application: MembershipApplication | None = None

    @property
    def mark(self) -> str:
        """The same for the same record, to know later whether somebody has seen it."""
        if self.organization is not None:
            return f"o{self.organization.pk}"
        return f"a{self.application.pk}" if self.application is not None else ""


@dataclass(frozen=True)
class _Wanted:
    """What one is compared by."""

    key: str
    corporate_number: str
    local_government_code: str

    def columns(self) -> Q:
        """Rows that share a number or the folded name of today."""
        wanted = Q(pk=None)
        for column in ("corporate_number", "local_government_code"):
            if value := getattr(self, column):
                wanted |= Q(**{column: value})
        return wanted | Q(duplicate_key=self.key) if self.key else wanted

    def reason(self, row: Organization | MembershipApplication) -> str:
        if self.corporate_number and row.corporate_number == self.corporate_number:
            return _("same corporate number")
        code = self.local_government_code
        if code and row.local_government_code == code:
            return _("same local government code")
        return _("same name")


def duplicates_of(
    *,
    name: str,
    corporate_number: str = "",
    local_government_code: str = "",
    exclude_application: MembershipApplication | None = None,
    exclude_organization: Organization | None = None,
    day: date | None = None,
) -> list[Duplicate]:
    """Organisations and applications that may be the same as this one, the surest first.

    Same corporate number or local government code; same name however it is written (legal form in
    front or behind, full or short, half-width kana, old letters); a former or a display name; an
    application handed in before. `day` tells members from former ones.
    """
    wanted = _Wanted(organization_key(name)[:200], corporate_number, local_government_code)
    organizations = _organizations(wanted, exclude_organization, day)
    known = {found.organization.pk for found in organizations if found.organization}
    if exclude_organization is not None:
        known.add(exclude_organization.pk)
    return [*organizations, *_applications(wanted, exclude_application, known)][:MOST]


def _organizations(
    wanted: _Wanted, excluded: Organization | None, day: date | None
) -> list[Duplicate]:
    rows = Organization.objects.filter(wanted.columns() | _renamed([wanted.key]))
    if excluded is not None:
        rows = rows.exclude(pk=excluded.pk)
    if day is not None:
        rows = rows.with_membership_on(day)
    found = []
    for row in rows.prefetch_related("former_names").order_by("sort_key", "pk"):
        reason = _organization_reason(wanted, row)
        if reason:
            kind, standing = _standing(row, day)
            found.append(Duplicate(kind, reason, row.name, standing, organization=row))
    return found


def _organization_reason(wanted: _Wanted, row: Organization) -> str:
    """Empty when the folded text only contains the name by chance."""
    if _shares_columns(wanted, row):
        return wanted.reason(row)
    former = {organization_key(one.name): one.name for one in row.former_names.all()}
    if wanted.key in former:
        return _("same as its former name %(name)s") % {"name": former[wanted.key]}
    if row.display_name and organization_key(row.display_name) == wanted.key:
        return _("same as its display name")
    return ""


def _shares_columns(wanted: _Wanted, row: Organization | MembershipApplication) -> bool:
    return any(
        mine and mine == its
        for mine, its in (
            (wanted.corporate_number, row.corporate_number),
            (wanted.local_government_code, row.local_government_code),
            (wanted.key, row.duplicate_key),
        )
    )


def _standing(row: Organization, day: date | None) -> tuple[str, str]:
    if day is None:
        return "organization", ""
    category = getattr(row, "category", None)
    if category is None:
        return "former", _("Not a member")
    number = getattr(row, "number", "")
    return "member", f"{Category(category).label} {number}"


def _renamed(keys: Iterable[str]) -> Q:
    """Rows whose folded text holds a key and which have another name than the official one."""
    inside = Q(pk=None)
    for key in dict.fromkeys(filter(None, keys)):
        inside |= Q(search_text__contains=key)
    renamed = OrganizationName.objects.values("organization")  # no join: it would double rows
    return inside & (Q(pk__in=renamed) | ~Q(display_name=""))


def _applications(
    wanted: _Wanted, excluded: MembershipApplication | None, known: set[int]
) -> list[Duplicate]:
    """Applications handed in before, but those that became an organisation found already."""
    rows = MembershipApplication.objects.in_office().filter(wanted.columns())
    if excluded is not None:
        rows = rows.exclude(pk=excluded.pk)
    told = rows.exclude(organization__in=known, status=ApplicationStatus.APPROVED)
    return [
        Duplicate(
            "application",
            wanted.reason(row),
            row.name or str(row.receipt_number),
            f"{row.receipt_number} {row.get_status_display()}",
            application=row,
        )
        for row in told.order_by("-received_on", "-pk")[:MOST]
    ]


def flagged(applications: Sequence[MembershipApplication]) -> set[int]:
    """Keys of the open ones among `applications` that may be doubles; for a page of a list."""
    open_ones = [row for row in applications if row.status in OPEN_APPLICATIONS]
    if not open_ones:
        return set()
    by_column = {
        "corporate_number": {row.corporate_number for row in open_ones} - {""},
        "local_government_code": {row.local_government_code for row in open_ones} - {""},
        "duplicate_key": {row.duplicate_key for row in open_ones} - {""},
    }
    shared = Q(pk=None)
    for column, values in by_column.items():
        shared |= Q(**{f"{column}__in": values})
    renamed = _renamed(by_column["duplicate_key"])
    organizations = list(
        Organization.objects.filter(shared | renamed).prefetch_related("former_names")
    )
    others = list(
        MembershipApplication.objects.in_office()
        .filter(shared)
        .only(
            "corporate_number", "local_government_code", "duplicate_key", "status", "organization"
        )
    )
    return {row.pk for row in open_ones if _is_double(row, organizations, others)}


def _is_double(
    row: MembershipApplication,
    organizations: Iterable[Organization],
    others: Iterable[MembershipApplication],
) -> bool:
    wanted = _Wanted(row.duplicate_key, row.corporate_number, row.local_government_code)
    return any(
        one.pk != row.organization_id and _organization_reason(wanted, one) for one in organizations
    ) or any(other.pk != row.pk and _shares_columns(wanted, other) for other in others)
