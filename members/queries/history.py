"""What happened to an organisation, told to its own people: who, what, when, in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.audit.models import Act, Change
from core.japan.calendar import era_date
from members.choices import Category, Duty
from members.models import Affiliation, ChangeRequest, Organization, Withdrawal

NEWEST = 50

# Only these are told; what the secretariat does for itself stays with it.
_WORDS = {
    "members.profile.updated": gettext_noop("Changed the registered items: %(fields)s"),
    "members.contact.added": gettext_noop("Added a contact: %(person)s (%(duty)s)"),
    "members.contact.corrected": gettext_noop(
        "Corrected how a contact is reached: %(person)s (%(fields)s)"
    ),
    "members.contact.ended": gettext_noop("Ended a contact: %(person)s (until %(until)s)"),
    "members.contact.handed_over": gettext_noop(
        "Handed over from %(before)s to %(after)s (from %(effective_on)s)"
    ),
    "members.contact.handover_cancelled": gettext_noop(
        "Took back the handover from %(before)s to %(after)s"
    ),
    "members.organization.registered": gettext_noop("Became a member (from %(valid_from)s)"),
    "members.organization.renamed": gettext_noop(
        "Entered a new name: from %(before)s to %(after)s"
    ),
    "members.organization.category_changed": gettext_noop(
        "Changed the category: from %(before)s to %(after)s (from %(effective_on)s)"
    ),
    "members.organization.membership_ended": gettext_noop(
        "Recorded the end of the membership (from %(until)s)"
    ),
    "members.organization.rejoined": gettext_noop("Became a member again (from %(valid_from)s)"),
    "members.change_request.received": gettext_noop("Asked for a change: %(fields)s"),
    "members.change_request.answered": gettext_noop("Replied about a change: %(fields)s"),
    "members.change_request.returned": gettext_noop("Asked about a change: %(fields)s"),
    "members.change_request.accepted": gettext_noop("Accepted a change: %(fields)s"),
    "members.change_request.refused": gettext_noop("Refused a change: %(fields)s"),
    "members.change_request.retracted": gettext_noop("Took back a change: %(fields)s"),
    "members.withdrawal.filed": gettext_noop("Handed in the notice of withdrawal"),
    "members.withdrawal.returned": gettext_noop("Asked about the notice of withdrawal"),
    "members.withdrawal.answered": gettext_noop("Replied about the notice of withdrawal"),
    "members.withdrawal.accepted": gettext_noop("Accepted the notice of withdrawal"),
    "members.withdrawal.refused": gettext_noop("Refused the notice of withdrawal"),
    "members.withdrawal.retracted": gettext_noop("Took back the notice of withdrawal"),
    "members.confirmation.answered": gettext_noop("Confirmed the registered items"),
}
# May be done without a login, by whoever was given the letter of the yearly round.
_BY_LINK = frozenset(
    {"members.profile.updated", "members.change_request.received", "members.confirmation.answered"}
)
_VALUES = {**dict(Category.choices), **dict(Duty.choices)}
_MISSING = "—"


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    """In words; empty for the secretariat, whose people are not named to members."""
    what: str


def history_of(organization: Organization, limit: int = NEWEST) -> list[Line]:
    """The newest first. Four queries."""
    acts = list(Act.objects.filter(_about(organization), verb__in=_WORDS).order_by("-id")[:limit])
    own = _own_accounts(organization)
    return [Line(act.at, _who(act, own), _words(act)) for act in acts]


def last_changes(
    organization: Organization, columns: Iterable[str]
) -> dict[str, tuple[str, datetime]]:
    """Who last changed these columns of the organisation, and when; "" for the secretariat."""
    own = _own_accounts(organization)
    rows = Change.objects.filter(
        table=organization._meta.db_table,
        row_id=str(organization.pk),
        operation=Change.Operation.UPDATE,
    )
    found: dict[str, tuple[str, datetime]] = {}
    for column in columns:
        row = rows.filter(after__has_key=column).order_by("-id").first()
        if row is not None:
            found[column] = (row.actor_name if row.actor_id in own else "", row.at)
    return found


def _about(organization: Organization) -> Q:
    known = Q(table=organization._meta.db_table, row_id=str(organization.pk))
    for model in (ChangeRequest, Withdrawal):
        keys = model.objects.filter(organization=organization).values_list("pk", flat=True)
        known |= Q(table=model._meta.db_table, row_id__in=[str(key) for key in keys])
    return known


def _who(act: Act, own: set[str]) -> str:
    if act.actor_id in own:
        return _("%(name)s, a contact") % {"name": act.actor_name}
    if act.actor_id or act.verb not in _BY_LINK:
        return ""
    name = act.detail.get("name")
    by_link = _("By the link of the yearly confirmation")
    return f"{name}({by_link})" if name else by_link


def _own_accounts(organization: Organization) -> set[str]:
    """Keys of everybody who ever stood for it."""
    rows = Affiliation.objects.filter(organization=organization).exclude(person__user=None)
    return {str(key) for key in rows.values_list("person__user", flat=True)}


def _words(act: Act) -> str:
    told = _Told({name: _value(value) for name, value in act.detail.items()})
    return _(_WORDS[act.verb]) % told


class _Told(dict[str, str]):
    """An act of an earlier version may know less than today's words ask for."""

    def __missing__(self, key: str) -> str:
        return _MISSING


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(_value(part) for part in value)
    text = str(value)
    if text in _VALUES:
        return str(_VALUES[text])
    if text in _COLUMNS:
        return str(_COLUMNS[text])
    try:
        return era_date(date.fromisoformat(text))
    except ValueError:
        return text


_COLUMNS = {
    **{field.name: field.verbose_name for field in Affiliation._meta.concrete_fields},
    **{field.name: field.verbose_name for field in Organization._meta.concrete_fields},
    "email": Affiliation._meta.get_field("address").verbose_name,
}
