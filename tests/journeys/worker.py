"""A real worker beside a test: its own process, the test's database, a real mail server."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(settings.BASE_DIR)


@contextmanager
def celery_worker(*, site_url: str, smtp_port: int, log: Path) -> Iterator[None]:
    """`celery worker` on the test's database and broker, gone when the block ends."""
    environment = os.environ | {
        "DATABASE_URL": _database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "SITE_URL": site_url,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, "-m", "celery", "-A", "platform_site", "worker", "-c", "2", "-l",
               "warning"]  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _database_url() -> str:
    values = connection.settings_dict
    host = values["HOST"] or values["OPTIONS"]["host"]
    return f"postgresql://{values['USER']}@/{values['NAME']}?host={host}"


def wait_for(condition: Callable[[], object], *, what: str, seconds: float = 60) -> None:
    """Ask until it holds; fails by name when it does not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:.0f} s in vain for: {what}")
        time.sleep(0.2)
