"""The minute tick: beat calls it, it asks each app what is due."""

from collections.abc import Callable
from datetime import datetime

import structlog
from celery import shared_task
from django.db import connection

from core.audit.context import acting
from core.audit.seal import seal
from core.files.waiting import sweep_waiting
from core.heartbeat import beat_both
from mailing.delivery.claim import database_now
from mailing.sweeper import sweep
from meetings.services.digest import send_digests
from meetings.services.indexing import read_waiting
from meetings.services.inviting import remind_invited
from meetings.services.minutes_checks import remind_checkers
from meetings.services.versions import sweep_papers_daily
from members.roster.jobs import sweep_due
from members.services.applying import forget_old_drafts
from members.services.scans import sweep_daily
from newsletter.services import weekly_round

log = structlog.get_logger(__name__)

# Each is safe to run twice and at the same time, and returns nothing. The one that may take long,
# a big uploaded list, comes last.
DUTIES: tuple[Callable[..., object], ...] = (
    beat_both, weekly_round, sweep, seal, forget_old_drafts, sweep_waiting, sweep_daily,
    sweep_papers_daily, remind_invited, remind_checkers, send_digests, read_waiting, sweep_due,
)  # fmt: skip
LONGEST_SECONDS = 600


@shared_task(soft_time_limit=LONGEST_SECONDS)
def tick() -> None:
    """Do what is due in every app. One duty that fails is logged and does not stop the others.

    The hour is the database's: workers whose clocks go wrong agree with each other and with the
    leases, and no sign of life is written into the future.
    """
    with acting(name="worker"):
        run_duties(DUTIES, database_now())


def run_duties(duties: tuple[Callable[..., object], ...], at: datetime) -> int:
    """Call each duty with `at=`. Returns how many failed."""
    failed = 0
    for duty in duties:
        try:
            duty(at=at)
        except Exception:
            log.exception("duty_failed", duty=f"{duty.__module__}.{duty.__name__}")
            failed += 1
            _fresh_connection()
    return failed


def _fresh_connection() -> None:
    """The next duty must not suffer from a connection that the last one lost or left busy."""
    if not connection.in_atomic_block:
        connection.close()
