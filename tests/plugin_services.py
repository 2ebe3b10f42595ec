"""Pytest plugin: every test run has its own PostgreSQL and Redis, gone when it ends.

Loaded by `-p tests.plugin_services`, before pytest-django reads the settings. Workers of xdist
share the servers of the run that started them: pytest-django gives each its own database, and
here each gets its own Redis database. Whoever sets DATABASE_URL or REDIS_URL brings the server.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import IO

import pytest

from platform_site.embedded import places
from platform_site.embedded.child import humble_account
from platform_site.embedded.postgres import Postgres
from platform_site.embedded.redis import Redis

PREFIX = "kodoku-test-"
DURABILITY_OFF = {"fsync": "off", "full_page_writes": "off", "log_min_messages": "fatal"}
DEFAULTS = {
    "SECRET_KEY": "only-for-tests-and-never-anywhere-else-0123456789",
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
    "EMAIL_URL": "smtp://127.0.0.1:9",
}


class Services:
    """The servers of one run in one short folder."""

    def __init__(self) -> None:
        self.servers: list[Postgres | Redis] = []
        self.folder: Path | None = None
        self._mark: IO[str] | None = None

    def start(self) -> None:
        needed = {name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)}
        if not needed:
            return
        account = humble_account()
        base = places.open_base(account)
        _sweep(base)
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        self._mark = places.lock(self.folder / "in-use")
        if "DATABASE_URL" in needed:
            postgres = Postgres(self.folder / "data", self.folder, settings=DURABILITY_OFF)
            self.servers.append(postgres)
            os.environ["DATABASE_URL"] = postgres.start()
        if "REDIS_URL" in needed:
            redis = Redis(self.folder)
            self.servers.append(redis)
            os.environ["REDIS_URL"] = redis.start()

    def stop(self) -> None:
        while self.servers:
            self.servers.pop().stop()
        if self._mark is not None:
            self._mark.close()
            self._mark = None
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None


def _sweep(base: Path) -> None:
    """Folders of runs that were killed: nobody holds their mark any more."""
    for folder in base.glob(f"{PREFIX}*"):
        try:
            ours = folder.stat().st_uid == os.geteuid()
            old = time.time() - folder.stat().st_mtime > 120
        except OSError:
            continue
        mark = places.lock(folder / "in-use") if ours and old else None
        if mark is not None:
            shutil.rmtree(folder, ignore_errors=True)
            mark.close()


def _own_redis_database(worker: str) -> None:
    """`gw3` uses database 4; 0 belongs to the run without workers."""
    url = os.environ["REDIS_URL"]
    if url.startswith("unix://") and "?" not in url:
        os.environ["REDIS_URL"] = f"{url}?db={int(worker.removeprefix('gw')) + 1}"


SERVICES = Services()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        _own_redis_database(worker)
    else:
        early_config.add_cleanup(SERVICES.stop)
        SERVICES.start()
    return (yield)
