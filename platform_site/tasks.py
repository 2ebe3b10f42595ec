"""The minute tick: beat calls it, it asks each app what is due."""

from collections.abc import Callable
from datetime import datetime

import structlog
from celery import shared_task
from django.utils import timezone

from core.audit.context import acting
from core.audit.seal import seal
from core.heartbeat import beat_both
from mailing.sweeper import sweep
from members.roster.jobs import sweep_due
from newsletter.services import weekly_round

log = structlog.get_logger(__name__)

# In this order. Each is safe to run twice and at the same time, and returns nothing.
DUTIES: tuple[Callable[..., object], ...] = (beat_both, weekly_round, sweep_due, sweep, seal)


@shared_task
def tick() -> None:
    """Do what is due in every app. One duty that fails is logged and does not stop the others."""
    at = timezone.now()
    with acting(name="worker"):
        run_duties(DUTIES, at)


def run_duties(duties: tuple[Callable[..., object], ...], at: datetime) -> int:
    """Call each duty with `at=`. Returns how many failed."""
    failed = 0
    for duty in duties:
        try:
            duty(at=at)
        except Exception:
            log.exception("duty_failed", duty=f"{duty.__module__}.{duty.__name__}")
            failed += 1
    return failed
