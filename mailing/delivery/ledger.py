"""The book in which every dot is written down before it is sent, and every answer after.

One statement at a time travels on the database connection while the lines go on talking; what
gathers meanwhile shares the next one. So each letter has its own durable row change before its dot,
and many letters share one flush of the disk.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from select import select
from typing import Any

from django.db import connection
from psycopg import Error, pq

from mailing.delivery.claim import LEASE_SECONDS
from mailing.delivery.line import Job, Line

# $1-$3: accepted letters; $4-$5: letters about to get their dot; $6: who we are.
_STATEMENT = f"""
WITH accepted AS (
    UPDATE mailing_envelope e SET
        status = 'sent', phase = 'dot', reply = r.reply, lease_until = NULL,
        last_tried_at = clock_timestamp(), finished_at = clock_timestamp()
    FROM unnest($1::bigint[], $2::int[], $3::text[]) AS r(id, attempt, reply)
    WHERE e.id = r.id AND e.attempts = r.attempt AND e.lease_holder = $6
      AND e.status IN ('in_flight', 'uncertain')
), dots AS (
    UPDATE mailing_envelope e SET
        phase = 'dot', lease_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds'
    FROM unnest($4::bigint[], $5::int[]) AS d(id, attempt), mailing_message m
    WHERE e.id = d.id AND e.attempts = d.attempt AND e.lease_holder = $6
      AND e.status = 'in_flight' AND m.id = e.message_id
      AND m.paused_at IS NULL AND m.cancelled_at IS NULL
    RETURNING e.id
)
SELECT id FROM dots
"""  # noqa: S608 -- a constant number goes in
_NAME = b"mailing_ledger"
_GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class LedgerLostError(Exception):
    """The database is gone or refuses; the statement may be sent again on a new connection."""


@dataclass
class Entry:
    """What one statement writes: answers received, dots wanted."""

    accepted: list[tuple[int, int, str]] = field(default_factory=list)
    dots: list[tuple[Job, Line]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.accepted or self.dots)


class Ledger:
    """Writes entries in the order given, never two at a time."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        self.pending = Entry()
        self.travelling: Entry | None = None

    def fileno(self) -> int:
        return int(self._link.socket)

    @property
    def busy(self) -> bool:
        return self.travelling is not None

    def accepted(self, job: Job, reply: str) -> None:
        self.pending.accepted.append((job.envelope_id, job.attempt, reply))

    def want_dot(self, job: Job, line: Line) -> None:
        self.pending.dots.append((job, line))

    def send(self) -> None:
        """Let what has gathered travel, unless something already does."""
        if self.travelling is None and self.pending:
            self.travelling, self.pending = self.pending, Entry()
            self._dispatch()

    def resend(self) -> None:
        """After a new connection: writing the same entry twice changes nothing."""
        if self.travelling is not None:
            self._dispatch()

    def receive(self) -> tuple[Entry, set[int]] | None:
        """The finished entry and the envelopes whose dot may be sent; None if not there yet."""
        try:
            link = self._link
            link.consume_input()
            if link.is_busy():
                return None
            granted = self._results()
        except Error as error:
            raise LedgerLostError(str(error)) from error
        entry, self.travelling = self.travelling, None
        return entry or Entry(), granted

    def _results(self) -> set[int]:
        granted: set[int] = set()
        while (result := self._link.get_result()) is not None:
            if result.status not in _GOOD:
                raise LedgerLostError(result.error_message.decode("utf-8", "replace"))
            rows = range(result.ntuples)
            granted |= {int(result.get_value(row, 0) or b"0") for row in rows}
        return granted

    @property
    def _link(self) -> Any:
        """libpq's own handle below Django's connection: same session, same transaction."""
        if connection.connection is None:
            raise LedgerLostError("no connection")
        return connection.connection.pgconn

    def _dispatch(self) -> None:
        entry = self.travelling or Entry()
        try:
            link = self._link
            self._prepare(link)
            link.send_query_prepared(_NAME, self._values(entry))
            while link.flush():
                select([], [link.socket], [], 1)
        except Error as error:
            raise LedgerLostError(str(error)) from error

    def _prepare(self, link: Any) -> None:
        """Once per session: the plan lives as long as the connection, which outlives the round."""
        if getattr(connection, "mailing_ledger", None) is link:
            return
        prepared = link.prepare(_NAME, _STATEMENT.encode())
        if prepared.status not in _GOOD:
            raise LedgerLostError(prepared.error_message.decode("utf-8", "replace"))
        connection.mailing_ledger = link  # type: ignore[attr-defined] # rides on the session

    def _values(self, entry: Entry) -> list[bytes]:
        return [
            _numbers(row[0] for row in entry.accepted),
            _numbers(row[1] for row in entry.accepted),
            _texts(row[2] for row in entry.accepted),
            _numbers(job.envelope_id for job, _line in entry.dots),
            _numbers(job.attempt for job, _line in entry.dots),
            self.holder.encode(),
        ]


def _numbers(values: Iterable[int]) -> bytes:
    return b"{%s}" % ",".join(map(str, values)).encode()


def _texts(values: Iterable[str]) -> bytes:
    quoted = (value.replace("\\", r"\\").replace('"', r"\"") for value in values)
    return b"{%s}" % ",".join(f'"{value}"' for value in quoted).encode()
