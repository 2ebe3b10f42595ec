"""Everything but success, written down with its consequences: delays, dead mailboxes, pauses."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core.audit.acts import record
from mailing.choices import AddressStatus, EnvelopeStatus
from mailing.delivery.claim import database_now
from mailing.delivery.replies import Outcome
from mailing.models import Address, Message
from mailing.services import suspend_address

GIVE_UP_AFTER = timedelta(hours=48)
HARD_LIMIT = 1
SOFT_LIMIT = 3
REFUSAL_LIMIT = 5
FIRST_DELAY, LONGEST_DELAY, LONGEST_UNREACHABLE = 60.0, 2 * 3600.0, 600.0

_SETTLE = """
UPDATE mailing_envelope e SET
    status = CASE WHEN r.status = 'deferred' AND e.first_tried_at < clock_timestamp() - %(give_up)s
        THEN 'failed' ELSE r.status END,
    phase = r.phase, reply = r.reply, lease_until = NULL, last_tried_at = clock_timestamp(),
    due_at = CASE WHEN r.delay > 0 THEN clock_timestamp() + r.delay * interval '1 second'
        ELSE e.due_at END,
    finished_at = CASE WHEN r.status = 'queued' OR (r.status = 'deferred'
            AND e.first_tried_at >= clock_timestamp() - %(give_up)s)
        THEN NULL ELSE clock_timestamp() END
FROM unnest(%(ids)s::bigint[], %(attempts)s::int[], %(status)s::text[], %(phase)s::text[],
    %(reply)s::text[], %(delay)s::float8[]) AS r(id, attempt, status, phase, reply, delay)
WHERE e.id = r.id AND e.attempts = r.attempt AND e.lease_holder = %(holder)s
  AND (e.status = 'in_flight' OR (e.status = 'uncertain' AND r.status <> 'queued'))
RETURNING e.id, e.status, e.message_id, e.address_id
"""

# The mail server cannot be reached at all: everything due waits, each with its own growing delay.
_DEFER_ALL = """
UPDATE mailing_envelope SET
    status = CASE WHEN first_tried_at < clock_timestamp() - %(give_up)s
        THEN 'failed' ELSE 'deferred' END,
    finished_at = CASE WHEN first_tried_at < clock_timestamp() - %(give_up)s
        THEN clock_timestamp() END,
    phase = 'connect', reply = %(reply)s, attempts = attempts + 1,
    first_tried_at = COALESCE(first_tried_at, clock_timestamp()),
    last_tried_at = clock_timestamp(),
    due_at = clock_timestamp() + (0.75 + random() / 2) * interval '1 second'
        * LEAST(%(first)s * power(2, LEAST(attempts, 10)), %(longest)s)
WHERE id IN (
    SELECT e.id FROM mailing_envelope e JOIN mailing_message m ON m.id = e.message_id
    WHERE e.status IN ('queued', 'deferred') AND e.due_at <= clock_timestamp()
      AND m.paused_at IS NULL AND m.cancelled_at IS NULL
    FOR UPDATE OF e SKIP LOCKED)
"""

_RELEASE = """
UPDATE mailing_envelope SET due_at = clock_timestamp()
WHERE status = 'deferred' AND phase = 'connect' AND due_at > clock_timestamp()
"""


@dataclass(frozen=True)
class Settled:
    """One attempt and its end."""

    envelope_id: int
    attempt: int
    outcome: Outcome


def delay_before(attempt: int, phase: str) -> float:
    """Seconds until the next try: doubling, with jitter, so that not all come back at once."""
    longest = LONGEST_UNREACHABLE if phase == "connect" else LONGEST_DELAY
    doubled: float = FIRST_DELAY * 2 ** min(attempt - 1, 10)
    return min(doubled, longest) * random.uniform(0.75, 1.25)  # noqa: S311 -- spreads load only


def settle(holder: str, rows: Sequence[Settled]) -> Counter[str]:
    """Write the ends of attempts; rows that are not ours any more stay as they are."""
    outcomes = {row.envelope_id: row.outcome for row in rows}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, _parameters(holder, rows))
            written = cursor.fetchall()
        at = database_now()
        for key, status, _message, address in written:
            _count_bounce(outcomes[key], status, address, at)
        refused = Counter(row[2] for row in written if outcomes[row[0]].refused_content)
        for message, number in refused.items():
            _count_refusals(message, number, at)
    return Counter(status for _key, status, *_rest in written)


def _parameters(holder: str, rows: Sequence[Settled]) -> dict[str, Any]:
    return {
        "holder": holder,
        "give_up": GIVE_UP_AFTER,
        "ids": [row.envelope_id for row in rows],
        "attempts": [row.attempt for row in rows],
        "status": [row.outcome.status.value for row in rows],
        "phase": [row.outcome.phase for row in rows],
        "reply": [row.outcome.reply[:500] for row in rows],
        "delay": [_delay(row) for row in rows],
    }


def _delay(row: Settled) -> float:
    deferred = row.outcome.status == EnvelopeStatus.DEFERRED
    return delay_before(row.attempt, row.outcome.phase) if deferred else 0.0


def _count_bounce(outcome: Outcome, status: str, address_id: int, at: datetime) -> None:
    if outcome.dead_mailbox:
        _count("hard_bounces", HARD_LIMIT, address_id, outcome, at)
    elif outcome.phase == "rcpt" and status == EnvelopeStatus.FAILED:
        _count("soft_bounces", SOFT_LIMIT, address_id, outcome, at)


def _count(counter: str, limit: int, address_id: int, outcome: Outcome, at: datetime) -> None:
    Address.objects.filter(pk=address_id).update(**{counter: F(counter) + 1})
    address = Address.objects.get(pk=address_id)
    if address.status == AddressStatus.ACTIVE and getattr(address, counter) >= limit:
        suspend_address(address=address, reason=outcome.reply, actor=None, at=at)


def _count_refusals(message_id: int, number: int, at: datetime) -> None:
    """The same letter refused again and again: stop before the sender's name suffers."""
    Message.objects.filter(pk=message_id).update(refusals=F("refusals") + number)
    changed = Message.objects.filter(
        pk=message_id, refusals__gte=REFUSAL_LIMIT, paused_at__isnull=True
    ).update(paused_at=at, paused_reason=_("The mail server refused this mail several times."))
    if changed:
        message = Message.objects.get(pk=message_id)
        record(None, "mailing.message.paused", message, at=at, reason=message.paused_reason)


def forget_refusals(message_ids: set[int]) -> None:
    """Somebody's copy was accepted, so the refusals were not in a row."""
    Message.objects.filter(pk__in=message_ids, refusals__gt=0).update(refusals=0)


def defer_everything_due(reply: str) -> int:
    """No line to the mail server: what is due waits and shows why."""
    parameters: dict[str, Any] = {
        "give_up": GIVE_UP_AFTER,
        "reply": reply[:500],
        "first": FIRST_DELAY,
        "longest": LONGEST_UNREACHABLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DEFER_ALL, parameters)
        return int(cursor.rowcount)


def release_unreachable() -> int:
    """The mail server answers again: nobody needs to wait for the rest of the delay."""
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE)
        return int(cursor.rowcount)
