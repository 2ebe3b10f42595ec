"""The facts of an organisation that only the secretariat changes, as they are registered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from members.change_fields import CHANGE_FIELDS
from members.choices import Duty
from members.models import Affiliation, ChangeRequest, Organization

_COLUMNS = (
    "name", "name_kana", "display_name", "kind", "corporate_number", "local_government_code",
)  # fmt: skip


def representative_on(organization: Organization, day: date) -> Affiliation | None:
    """Who represents the organisation on `day`; the first in its order when several do."""
    return (
        organization.affiliations.active_on(day)
        .filter(duty=Duty.REPRESENTATIVE)
        .select_related("person")
        .first()
    )


def registered_values(organization: Organization, day: date) -> dict[str, str]:
    """The values of every key of CHANGE_FIELDS on `day`, empty where there is none. Two queries."""
    values = {name: getattr(organization, name) for name in _COLUMNS}
    period = organization.memberships.active_on(day).first()
    values["category"] = period.category if period else ""
    person = representative_on(organization, day)
    values["representative_title"] = person.title if person else ""
    values["representative_name"] = person.person.name if person else ""
    values["representative_kana"] = person.person.name_kana if person else ""
    return values


def fields_in_request(organization: Organization, *, besides: int | None = None) -> dict[str, str]:
    """Fields of open change requests of the organisation, with the receipt number of each."""
    waiting = ChangeRequest.objects.filter(organization=organization).open().exclude(pk=besides)
    rows = waiting.values_list("changes", "receipt_number")
    return {key: number or "" for changes, number in rows for key in changes}


@dataclass(frozen=True)
class Difference:
    """One line of a change request, in words."""

    key: str
    label: str
    old: str
    new: str
    now: str
    """What is registered today."""
    moved: bool
    """The registered value is no longer the one it was asked against."""
    done: bool
    """What is asked for is registered already."""


def differences_of(change_request: ChangeRequest, day: date) -> list[Difference]:
    """What is asked for, beside what was and what is registered."""
    registered = registered_values(change_request.organization, day)
    return list(_lines(change_request, registered))


def _lines(change_request: ChangeRequest, registered: dict[str, str]) -> Iterable[Difference]:
    for key, field in CHANGE_FIELDS.items():
        change = change_request.changes.get(key)
        if change is None:
            continue
        old, new, now = change["old"], change["new"], registered[key]
        yield Difference(
            key=key,
            label=str(field.label),
            old=field.shown(old),
            new=field.shown(new),
            now=field.shown(now),
            moved=now not in (old, new),
            done=now == new,
        )


def changed_labels(change_request: ChangeRequest) -> list[str]:
    """What it is about, in words: 正式名称、代表者氏名. No query."""
    changes = change_request.changes
    return [str(field.label) for key, field in CHANGE_FIELDS.items() if key in changes]


def asked_lines(change_request: ChangeRequest) -> list[tuple[str, str, str]]:
    """Label, old and new value of each line, for a letter. No query."""
    changes = change_request.changes
    return [
        (str(field.label), field.shown(changes[key]["old"]), field.shown(changes[key]["new"]))
        for key, field in CHANGE_FIELDS.items()
        if key in changes
    ]
