"""Taking envelopes to deliver. The database's clock alone decides what is due and whose lease ends.

`FOR UPDATE SKIP LOCKED` keeps two workers from taking one row; the lease brings back the rows of a
worker that died. Whoever must not be written to is held back here, at the last moment.
"""

import json
import socket
from dataclasses import dataclass
from datetime import datetime
from os import getpid
from typing import Any
from uuid import uuid4

from django.db import connection

from mailing.choices import EnvelopeStatus

LEASE_SECONDS = 60

_CLAIM = """
WITH due AS (
    SELECT e.id
    FROM mailing_envelope e JOIN mailing_message m ON m.id = e.message_id
    WHERE e.status IN ('queued', 'deferred') AND e.due_at <= clock_timestamp()
      AND m.paused_at IS NULL AND m.cancelled_at IS NULL
    ORDER BY e.rank, e.due_at, e.id
    LIMIT %(limit)s
    FOR UPDATE OF e SKIP LOCKED
), judged AS (
    SELECT e.id, a.email, m.refusals,
        CASE WHEN a.status = 'suspended' THEN 'suspended'
             WHEN m.kind = 'newsletter' AND COALESCE((
                SELECT c.action FROM mailing_consent c
                WHERE c.address_id = a.id AND c.purpose = 'newsletter'
                ORDER BY c.id DESC LIMIT 1), 'withdrawn') <> 'given' THEN 'no consent'
             ELSE '' END AS bar
    FROM due JOIN mailing_envelope e ON e.id = due.id
    JOIN mailing_address a ON a.id = e.address_id
    JOIN mailing_message m ON m.id = e.message_id
)
UPDATE mailing_envelope e SET
    status = CASE judged.bar WHEN '' THEN 'in_flight' ELSE 'suppressed' END,
    phase = '',
    reply = CASE judged.bar WHEN '' THEN e.reply ELSE judged.bar END,
    attempts = e.attempts + CASE judged.bar WHEN '' THEN 1 ELSE 0 END,
    lease_holder = %(holder)s,
    lease_until = CASE judged.bar WHEN ''
        THEN clock_timestamp() + %(lease)s * interval '1 second' END,
    first_tried_at = COALESCE(
        e.first_tried_at, CASE judged.bar WHEN '' THEN clock_timestamp() END),
    finished_at = CASE judged.bar WHEN '' THEN NULL ELSE clock_timestamp() END
FROM judged WHERE e.id = judged.id
RETURNING e.id, e.attempts, e.message_id, e.address_id, judged.email, e.recipient_name, e.merge,
    judged.refusals, e.status
"""

_RENEW = """
UPDATE mailing_envelope SET lease_until = clock_timestamp() + %s * interval '1 second'
WHERE status = 'in_flight' AND lease_holder = %s
"""

# A row whose holder vanished: before the dot nothing was delivered, after it nobody can know.
_EXPIRE = """
UPDATE mailing_envelope SET
    status = CASE phase WHEN 'dot' THEN 'uncertain' ELSE 'queued' END,
    reply = CASE phase WHEN 'dot' THEN 'worker lost after the message was sent' ELSE reply END,
    finished_at = CASE phase WHEN 'dot' THEN clock_timestamp() END,
    lease_until = NULL
WHERE id IN (
    SELECT id FROM mailing_envelope
    WHERE status = 'in_flight' AND lease_until < clock_timestamp()
    FOR UPDATE SKIP LOCKED
)
RETURNING status
"""

_DUE = """
SELECT EXISTS (
    SELECT FROM mailing_envelope e JOIN mailing_message m ON m.id = e.message_id
    WHERE e.status IN ('queued', 'deferred') AND e.due_at <= clock_timestamp()
      AND m.paused_at IS NULL AND m.cancelled_at IS NULL)
"""


@dataclass(frozen=True)
class Claimed:
    """An envelope that is ours until the lease ends."""

    id: int
    attempt: int
    message_id: int
    address_id: int
    email: str
    name: str
    merge: dict[str, str]
    refusals: int


@dataclass(frozen=True)
class Batch:
    """What one claim brought: to deliver, and how many were held back by rule."""

    envelopes: list[Claimed]
    suppressed: int


def new_holder() -> str:
    """A name for one round of one worker; nobody ever had it before."""
    return f"{socket.gethostname()[:20]}:{getpid()}:{uuid4().hex[:12]}"


def anything_due() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_DUE)
        return bool(cursor.fetchone()[0])


def claim(holder: str, limit: int) -> Batch:
    """Lease up to `limit` due envelopes, in a transaction of its own unless the caller has one."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"limit": limit, "holder": holder, "lease": LEASE_SECONDS})
        rows = cursor.fetchall()
    taken = [
        Claimed(
            id=row[0], attempt=row[1], message_id=row[2], address_id=row[3], email=row[4],
            name=row[5], merge=_values(row[6]), refusals=row[7],
        )
        for row in rows
        if row[8] == EnvelopeStatus.IN_FLIGHT
    ]  # fmt: skip
    taken.sort(key=lambda envelope: envelope.id)
    return Batch(taken, len(rows) - len(taken))


def _values(merge: Any) -> dict[str, str]:
    """JSON from the raw cursor comes as text or as a mapping, whichever the driver likes."""
    loaded = json.loads(merge) if isinstance(merge, str) else merge
    return {str(key): str(value) for key, value in dict(loaded or {}).items()}


def renew(holder: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, [LEASE_SECONDS, holder])


def expire_leases() -> dict[str, int]:
    """Rows of dead workers: back into the queue, or to a person. Returns how many went where."""
    counts = {"queued": 0, "uncertain": 0}
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRE)
        for (status,) in cursor.fetchall():
            counts[status] += 1
    return counts


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
