"""Signs of life for whoever watches the machine. Names and ok/ng, never a detail."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import cache

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.heartbeat import BEAT, WORKER, fresh_names

HEARTBEAT_MAX_AGE = timedelta(minutes=3)
FREE_DISK_BYTES = 200 * 1024 * 1024
REDIS_TIMEOUT_SECONDS = 2


@login_not_required
@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers. Asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Can the site do its work? 503 without its stores; a silent worker only degrades it."""
    needed = {name: _holds(check) for name, check in NEEDED.items()}
    beating = _beating() if needed["database"] else set()
    helpers = {name: name in beating for name in (WORKER, BEAT)}
    status = "ok" if all(helpers.values()) else "degraded"
    if not all(needed.values()):
        status = "down"
    checks = {name: "ok" if good else "ng" for name, good in (needed | helpers).items()}
    return JsonResponse(
        {"status": status, "checks": checks}, status=503 if status == "down" else 200
    )


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (DatabaseError, redis.RedisError, OSError):
        return False


def database_answers() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def migrations_applied() -> bool:
    """Asked until it is true once: what a running process needs does not change any more."""
    try:
        return _migrations_complete()
    except _MigrationsPendingError:
        return False


class _MigrationsPendingError(Exception):
    pass


@cache
def _migrations_complete() -> bool:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _MigrationsPendingError
    return True


def redis_answers() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        socket_connect_timeout=REDIS_TIMEOUT_SECONDS,
    )
    try:
        return bool(client.ping())
    finally:
        client.close()


def disk_has_room() -> bool:
    return shutil.disk_usage(settings.BASE_DIR).free > FREE_DISK_BYTES


def _beating() -> set[str]:
    try:
        return fresh_names(since=timezone.now() - HEARTBEAT_MAX_AGE)
    except DatabaseError:
        return set()


NEEDED: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_applied,
    "redis": redis_answers,
    "disk": disk_has_room,
}
