"""A private platform for a bench: own servers, migrated, with as many members as asked for."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platform_site.embedded import places
from platform_site.embedded.child import humble_account
from platform_site.embedded.postgres import Postgres
from platform_site.embedded.redis import Redis

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def servers() -> Iterator[Path]:
    """PostgreSQL (durable, as in production) and Redis in a folder of their own.

    Sets DATABASE_URL, REDIS_URL and the other variables; the caller sets Django up afterwards.
    """
    folder = Path(tempfile.mkdtemp(prefix="kodoku-bench-", dir=places.open_base(humble_account())))
    postgres, redis = Postgres(folder / "data", folder), Redis(folder)
    try:
        os.environ.update(
            DATABASE_URL=postgres.start(),
            REDIS_URL=redis.start(),
            SECRET_KEY="bench" * 12,
            ALLOWED_HOSTS="127.0.0.1",
            PLATFORM_MODE="local",
            DJANGO_SETTINGS_MODULE="bench.settings",
        )
        yield folder
    finally:
        redis.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def manage(*arguments: str) -> None:
    """Run one management command of the platform in a process of its own."""
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip


@contextmanager
def gunicorn(application: str, port: int, log: Path) -> Iterator[None]:
    """Two gthread workers on loopback, warm when this yields."""
    command = [
        sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}",
        "--workers", "2", "--threads", "2", "--worker-class", "gthread", "--log-level", "error",
    ]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out)
    try:
        time.sleep(3)
        if process.poll() is not None:
            raise SystemExit(f"{application} did not start:\n{log.read_text()[-2000:]}")
        yield
    finally:
        process.terminate()
        process.wait(20)
