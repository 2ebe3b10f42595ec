"""When the office is open: how many rounds run side by side, and who calls the next one."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from core.audit.context import acting
from mailing.delivery.claim import anything_due
from mailing.delivery.round import Round
from mailing.wake import wake_worker

ROUND_SECONDS = 10.0  # a worker that is asked to stop has finished within this
WORKER = "メール配信"
_LOCK_SPACE = 0x6D61696C  # "mail"


def deliver_due(*, seconds: float = ROUND_SECONDS) -> Counter[str]:
    """One round, if there is anything to do and not enough others are at it already."""
    with _slot() as slot:
        if slot is None or not anything_due():
            return Counter()
        if slot == 0:
            wake_worker()  # a second process helps with a long list; a short one leaves it nothing
        with acting(name=WORKER):
            tally = Round(
                connections=settings.MAIL_CONNECTIONS,
                seconds=seconds,
                rate_per_minute=settings.MAIL_RATE_PER_MINUTE,
            ).run()
        more = anything_due()
    if more:
        wake_worker()
    return tally


@contextmanager
def _slot() -> Iterator[int | None]:
    """A place at the counter. With a speed limit there is one, or the limit would be doubled."""
    places = 1 if settings.MAIL_RATE_PER_MINUTE else settings.MAIL_PROCESSES
    slot = next((number for number in range(places) if _take(number)), None)
    try:
        yield slot
    finally:
        if slot is not None:
            _give_up(slot)


def _take(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, number])
        return bool(cursor.fetchone()[0])


def _give_up(number: int) -> None:
    """The lock dies with its connection, so a lost one needs no unlocking."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK_SPACE, number])
    except (OperationalError, InterfaceError):
        connection.close()
