"""Fixtures of all tests: a system Chromium, and a database that is soon clean again."""

import gc
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.postgresql.creation import DatabaseCreation
from django.test import TransactionTestCase, override_settings
from playwright.sync_api import expect
from pytest_django.plugin import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.database import go_back, remember_the_beginning

# Playwright's event loop lives in the main thread, where the tests also use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# The headless shell draws the same pages with a third less work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), "")
WHOLE = ("tests/resilience/",)
EARLY = (*WHOLE, "tests/test_roles_matrix.py", "tests/meetings/test_leaks.py")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _drop_with_its_sessions(self: DatabaseCreation, name: str, verbosity: int) -> None:
    """A thread of the live server may hold a connection for a moment after the last test."""
    with self._nodb_cursor() as cursor:
        quoted = self.connection.ops.quote_name(name)
        cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


class FileByFile(LoadScopeScheduling):
    """A worker takes a whole file, or a folder of `WHOLE`: what its tests share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        folder = next((folder for folder in WHOLE if nodeid.startswith(folder)), None)
        return folder or nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FileByFile:
    config.option.loadscopereorder = False  # the order is that of the collection, below
    return FileByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first: begun last, they would leave the other core idle at the end."""
    slow = {item.path for item in items if item.get_closest_marker("browser")}

    def rank(item: pytest.Item) -> int:
        early = (n for n, start in enumerate(EARLY) if item.nodeid.startswith(start))
        return next(early, len(EARLY) + (item.path not in slow))

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """What is loaded now stays: a fifth of the time went into looking for rubbish in there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 50)


@pytest.fixture(scope="session", autouse=True)
def _database_can_be_dropped() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseCreation, "_destroy_test_db", _drop_with_its_sessions)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Any:
    """Django's, and transactional tests clean up in the way of `tests.database`."""
    with django_db_blocker.unblock():
        clean = remember_the_beginning()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: go_back(clean))
        yield


@pytest.fixture(scope="session", autouse=True)
def _files_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What tests upload never lies beside the files of the checkout."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture(scope="session")
def base_url() -> None:
    """Tests name the live server themselves; the plugin's fixture warns about its own make."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    if not Path(CHROMIUM).is_file():
        pytest.fail("Chromium is missing. Install it, or set CHROMIUM to its path.")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    expect.set_options(timeout=15_000)  # both cores may be busy with something else
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}
