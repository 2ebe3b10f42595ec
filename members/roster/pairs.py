"""Which row of the list means which person of the organisation?"""

from collections.abc import Callable

from core.japan.text import fold
from members.models import Affiliation
from members.roster.cells import ListRow
from members.roster.columns import Column
from members.roster.spelling import same_name


def pairs_of(rows: list[ListRow], here: list[Affiliation]) -> dict[int, Affiliation]:
    """Rows and the affiliations they mean: same name and mailbox first, then same name and
    reading."""
    pairs: dict[int, Affiliation] = {}
    left = {one.pk: one for one in here}
    for fits in (_same_mailbox, _same_reading):
        for row in rows:
            if row.number in pairs:
                continue
            found = _first(row, left, fits)
            if found is not None:
                pairs[row.number] = left.pop(found.pk)
    return pairs


def _first(
    row: ListRow,
    left: dict[int, Affiliation],
    fits: Callable[[ListRow, Affiliation], bool],
) -> Affiliation | None:
    name = row.values.get(Column.CONTACT_NAME, "")
    return next(
        (one for one in left.values() if fits(row, one) and same_name(one.person.name, name)), None
    )


def _same_mailbox(row: ListRow, affiliation: Affiliation) -> bool:
    stored = affiliation.address.email if affiliation.address is not None else ""
    return stored == row.values.get(Column.EMAIL, "")


def _same_reading(row: ListRow, affiliation: Affiliation) -> bool:
    told, stored = row.values.get(Column.CONTACT_KANA, ""), affiliation.person.name_kana
    return not told or not stored or fold(told) == fold(stored)
