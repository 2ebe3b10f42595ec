"""What the members keep true when rows come back: their search keys."""

from collections.abc import Sequence
from typing import Any

from core.audit.changesets import rows_restored
from core.audit.inverse import Inverse
from members.models import Membership, Organization, OrganizationLink, OrganizationName, Person
from members.services.search import refresh_people, refresh_search_text


def connect() -> None:
    """Wire the receivers; called once by the app's `ready`."""
    rows_restored.connect(refresh_keys, dispatch_uid="members.keys_of_restored_rows")


def refresh_keys(*, going: Sequence[Inverse], **_kwargs: Any) -> None:
    """Names, periods and people that a revert brought back or took away."""
    organizations = set(_keys(going, Organization))
    for model in (Membership, OrganizationName):
        table = model._meta.db_table
        told = [one.left | one.values for one in going if one.key.table == table]
        organizations |= {row["organization_id"] for row in told if "organization_id" in row}
        organizations |= set(
            model._base_manager.filter(pk__in=_keys(going, model)).values_list(
                "organization_id", flat=True
            )
        )
    organizations |= _successors(going)
    if organizations:
        refresh_search_text(Organization.objects.filter(pk__in=organizations).only("pk"))
    people = Person.objects.filter(pk__in=_keys(going, Person))
    refresh_people(people.only("pk", "name", "name_kana", "search_text"))


def _successors(going: Sequence[Inverse]) -> set[int]:
    """Those who are found by the names of others, or are so no more."""
    table = OrganizationLink._meta.db_table
    told = [one.left | one.values for one in going if one.key.table == table]
    return {row["other_id"] for row in told if "other_id" in row}


def _keys(going: Sequence[Inverse], model: type[Any]) -> list[int]:
    table = model._meta.db_table
    return [int(one.key.row_id) for one in going if one.key.table == table]
