"""The engine behind the wake-up calls: once a minute everything that was forgotten is found."""

from datetime import datetime

import structlog

from core.audit.context import acting
from mailing.choices import EnvelopeStatus
from mailing.delivery.claim import anything_due, expire_leases
from mailing.delivery.office import WORKER
from mailing.models import Envelope
from mailing.wake import wake_worker

logger = structlog.get_logger(__name__)


def sweep(*, at: datetime) -> dict[str, int]:
    """Bring back what dead workers held and wake the worker if anything is due.

    Safe to run twice and at the same time.
    """
    with acting(name=WORKER):
        expired = expire_leases()
        stopped = _stop_cancelled(at)
    if expired["uncertain"] or expired["queued"]:
        logger.warning("leases_expired", **expired)
    if anything_due():
        wake_worker()
    return {**expired, "cancelled": stopped}


def _stop_cancelled(at: datetime) -> int:
    """Envelopes that were in flight when their message was stopped, and came back."""
    return Envelope.objects.filter(
        message__cancelled_at__isnull=False,
        status__in=[EnvelopeStatus.QUEUED, EnvelopeStatus.DEFERRED],
    ).update(status=EnvelopeStatus.CANCELLED, finished_at=at)
