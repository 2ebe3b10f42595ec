"""Recompute the whole chain over the trail and name the first thing that does not fit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit.seal import COLUMNS, GENESIS, digest, link, selected

BATCH = 5000
NAMES = {"change": gettext_lazy("Record of changes"), "act": gettext_lazy("Record of acts")}


@dataclass(frozen=True)
class Verdict:
    """What a walk along the chain found. `fault` is a sentence, empty when all is well."""

    sealed: int
    unsealed: int
    head: str
    fault: str = ""

    @property
    def good(self) -> bool:
        return not self.fault


@dataclass(frozen=True)
class _Link:
    id: int
    source: str
    source_id: int
    digest: str
    chain: str
    values: tuple[Any, ...] | None

    def fault(self, previous: str) -> str:
        place = {"source": NAMES[self.source], "id": self.source_id, "link": self.id}
        if self.values is None:
            return _("Row %(id)s of %(source)s has been removed (link %(link)s).") % place
        if digest(self.source, self.values) != self.digest:
            return _("Row %(id)s of %(source)s has been altered (link %(link)s).") % place
        if link(previous, self.digest) != self.chain:
            return _("The chain is broken before link %(link)s: row %(id)s of %(source)s.") % place
        return ""


def verify(expect: str = "") -> Verdict:
    """Walk the chain from its beginning. `expect` is a head noted elsewhere that must occur."""
    chain, sealed, met = GENESIS, 0, not expect or expect == GENESIS
    for item in _links():
        fault = item.fault(chain)
        if fault:
            return Verdict(sealed, _unsealed(), chain, fault)
        chain, sealed = item.chain, sealed + 1
        met = met or chain == expect
    fault = "" if met else _("The expected head is not in the chain: its tail has been cut off.")
    return Verdict(sealed, _unsealed(), chain, fault)


def _links() -> Iterator[_Link]:
    """Every link with the row it seals, in order, a batch at a time."""
    width = len(COLUMNS["change"])
    reached = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                f"""
                SELECT seal.id, seal.source, seal.source_id, seal.digest, seal.chain,
                       {selected("change", "change")}, {selected("act", "act")}
                FROM core_seal AS seal
                LEFT JOIN core_change AS change
                    ON seal.source = 'change' AND change.id = seal.source_id
                LEFT JOIN core_act AS act ON seal.source = 'act' AND act.id = seal.source_id
                WHERE seal.id > %s ORDER BY seal.id LIMIT %s
                """,  # noqa: S608 -- names from the constant
                [reached, BATCH],
            )
            rows = cursor.fetchall()
            for row in rows:
                values = row[5 : 5 + width] if row[1] == "change" else row[5 + width :]
                found = values if values[0] is not None else None
                yield _Link(row[0], row[1], row[2], row[3], row[4], found)
            if len(rows) < BATCH:
                return
            reached = rows[-1][0]


def _unsealed() -> int:
    """Rows that wait for their link: normally those of the last minute."""
    counts = " + ".join(
        f"""(SELECT count(*) FROM core_{source} AS row WHERE NOT EXISTS (
             SELECT FROM core_seal WHERE source = '{source}' AND source_id = row.id))"""  # noqa: S608 -- constant
        for source in COLUMNS
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return int(cursor.fetchone()[0])
