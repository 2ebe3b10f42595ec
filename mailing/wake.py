"""Telling the worker that there is something to do. It would find out by itself within a minute."""

from functools import cache

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = structlog.get_logger(__name__)

DELIVER = "mailing.tasks.deliver"


@cache
def _broker(url: str) -> Redis:
    return Redis.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=1, socket_timeout=1
    )


def wake_worker() -> bool:
    """Ask for a delivery round."""
    return ask_worker(DELIVER)


def ask_worker(task: str, *args: int) -> bool:
    """Hand a task over. A dead broker costs nothing but the hint, and little time.

    The broker is asked for a sign of life first: its client would retry for six seconds, and the
    caller is a request that a person waits for.
    """
    try:
        _broker(settings.REDIS_URL).ping()
        current_app.send_task(task, args=args, ignore_result=True, retry=False)
    except (RedisError, OperationalError, OSError) as error:
        logger.warning("worker_not_woken", error=type(error).__name__)
        return False
    return True
