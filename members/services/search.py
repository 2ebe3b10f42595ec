"""Keeps the search keys true to what they are made from."""

from collections.abc import Iterable

from members.choices import PublicField
from members.keys import organization_keys, search_text
from members.models import Organization, Person
from members.queries.links import absorbed_by, successors_of

_COLUMNS = ("search_text", "sort_key", "duplicate_key")
_BATCH = 1000


def _refresh_keys(organization: Organization, absorbed: Iterable[Organization]) -> bool:
    """Put fresh keys on the object; True if one of them is another than before.

    It is found by the names of those it took in, too: they have no page any more.
    """
    released = organization.public_fields
    keys = organization_keys(
        name=organization.name,
        name_kana=organization.name_kana,
        display_name=organization.display_name,
        others=[
            *(word for former in organization.former_names.all() for word in _names(former)),
            *(period.number for period in organization.memberships.all()),
            organization.corporate_number,
            organization.local_government_code,
            organization.summary if PublicField.SUMMARY in released else "",
            *(word for other in absorbed for word in _all_names(other)),
        ],
    )
    before = [getattr(organization, column) for column in _COLUMNS]
    for column in _COLUMNS:
        setattr(organization, column, getattr(keys, column))
    return before != [getattr(organization, column) for column in _COLUMNS]


def _names(former: object) -> tuple[str, str]:
    return (getattr(former, "name", ""), getattr(former, "name_kana", ""))


def _all_names(organization: Organization) -> list[str]:
    former = [word for one in organization.former_names.all() for word in _names(one)]
    return [*_names(organization), organization.display_name, *former]


def refresh_search_text(organizations: Iterable[Organization]) -> int:
    """Bring the keys of organisations up to date, reading and writing in bulk.

    Returns how many changed. Other columns of the objects given are not written. Successors of
    merged organisations are found by their names, so they come along.
    """
    given = [organization.pk for organization in organizations]
    keys = [*given, *(successors_of(given) - set(given))]
    changed = 0
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        rows = Organization.objects.filter(pk__in=batch).prefetch_related(
            "former_names", "memberships"
        )
        absorbed = absorbed_by(batch)
        stale = [row for row in rows if _refresh_keys(row, absorbed.get(row.pk, ()))]
        Organization.objects.bulk_update(stale, _COLUMNS, batch_size=_BATCH)
        changed += len(stale)
    return changed


def refresh_people(people: Iterable[Person]) -> int:
    """Bring the keys of people up to date. Returns how many changed."""
    stale = []
    for person in people:
        key = search_text(person.name, person.name_kana)
        if key != person.search_text:
            person.search_text = key
            stale.append(person)
    Person.objects.bulk_update(stale, ["search_text"], batch_size=_BATCH)
    return len(stale)
