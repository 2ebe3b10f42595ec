"""The chain of digests over the trail: what was written once can be changed by nobody unnoticed.

The digest of a row is SHA-256 over the JSON of its columns in a fixed form; a link is SHA-256 over
the previous link and this digest. A database administrator can switch triggers off and rewrite a
row, but not without breaking the chain from there on; and who rewrites the chain too is found out
by an old head kept elsewhere (`verify_audit --expect`). The heads go to the log with every pass.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction

log = structlog.get_logger(__name__)

GENESIS = "0" * 64
BATCH = 5000
LOCK = 0x5EA1

# The columns a digest covers, by source. Never change a list: a new column needs a new list beside
# it and a mark on the links that use it.
_ENTRY = ("id", "at", "transaction_id", "actor_id", "actor_name", "why", "request_id")
COLUMNS = {
    "change": (*_ENTRY, "table", "row_id", "operation", "before", "after"),
    "act": (*_ENTRY, "verb", "table", "row_id", "target_name", "detail"),
}
_JSON = {"before", "after", "detail"}


def selected(source: str, alias: str) -> str:
    """The column list of a source for a SELECT, in forms that no setting of a session changes."""
    return ", ".join(_form(name).format(f'{alias}."{name}"') for name in COLUMNS[source])


def _form(name: str) -> str:
    if name == "at":
        return """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')"""
    return "{}::text" if name in _JSON else "{}"


def _exact(number: str) -> dict[str, str]:
    return {"number": number}


def _plain(name: str, value: Any) -> Any:
    # Numbers keep their digits: 0.1 and 0.10 are different words.
    return json.loads(value, parse_float=_exact) if name in _JSON and value else value


def digest(source: str, values: Iterable[Any]) -> str:
    """SHA-256 of one row, independent of server settings and of later columns."""
    row = {name: _plain(name, value) for name, value in zip(COLUMNS[source], values, strict=True)}
    text = json.dumps(
        {"source": source, **row}, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def link(previous: str, row_digest: str) -> str:
    return hashlib.sha256(f"{previous}{row_digest}".encode()).hexdigest()


def head() -> str:
    """The newest link: keep it elsewhere, and a shortened trail is noticed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT chain FROM core_seal ORDER BY id DESC LIMIT 1")
        row = cursor.fetchone()
    return row[0] if row else GENESIS


def seal(at: datetime) -> int:
    """Seal every row that has no link yet; returns how many. Of two at once, one does nothing."""
    total = 0
    while True:
        with transaction.atomic():
            done = _seal_batch()
        total += done
        if done < BATCH:
            break
    if total:
        log.info("audit_sealed", rows=total, head=head(), at=at.isoformat())
    return total


def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        horizon, floor = _window(cursor)
        rows = list(_unsealed(cursor, floor))
        if not rows:
            return 0
        # With more to come the next batch must look from the same place again.
        reached = floor if len(rows) == BATCH else horizon
        chain = head()
        with cursor.copy(
            "COPY core_seal (source, source_id, digest, chain, horizon) FROM STDIN"
        ) as copy:
            for source, values in rows:
                row_digest = digest(source, values)
                chain = link(chain, row_digest)
                copy.write_row((source, values[0], row_digest, chain, reached))
    return len(rows)


def _window(cursor: Any) -> tuple[int, int]:
    """The oldest transaction still running, and what it was when the newest link was made.

    A row that becomes visible later belongs to a transaction not older than that: looking from
    there finds all and reads little. Numbers start anew in a restored database: then look at all.
    """
    cursor.execute(
        """
        SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
               COALESCE((SELECT horizon FROM core_seal ORDER BY id DESC LIMIT 1), 0)
        """
    )
    horizon, floor = cursor.fetchone()
    return horizon, floor if floor <= horizon else 0


def _unsealed(cursor: Any, floor: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    left = BATCH
    for source in COLUMNS:
        cursor.execute(
            f"""
            SELECT {selected(source, "row")} FROM core_{source} AS row
            WHERE row.transaction_id >= %s AND NOT EXISTS (
                SELECT FROM core_seal WHERE source = %s AND source_id = row.id
            )
            ORDER BY row.id LIMIT %s
            """,  # noqa: S608 -- names from the constant above
            [floor, source, left],
        )
        found = cursor.fetchall()
        left -= len(found)
        yield from ((source, values) for values in found)
        if not left:
            return
