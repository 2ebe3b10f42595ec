"""Fixtures of all tests: a system Chromium, and a flush that the trail lets through."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings

# Playwright's event loop lives in the main thread, where the tests also use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

_flush = DatabaseOperations.execute_sql_flush


def _flush_past_triggers(self: DatabaseOperations, sql_list: Sequence[str]) -> Any:
    """Append-only tables refuse TRUNCATE, which is how transactional tests clean up.

    Only the clean-up sets the triggers aside; in the tests themselves they hold.
    """
    return _flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])


def _drop_with_its_sessions(self: DatabaseCreation, name: str, verbosity: int) -> None:
    """A thread of the live server may hold a connection for a moment after the last test."""
    with self._nodb_cursor() as cursor:
        quoted = self.connection.ops.quote_name(name)
        cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


@pytest.fixture(scope="session", autouse=True)
def _database_can_be_cleaned() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", _flush_past_triggers)
        patch.setattr(DatabaseCreation, "_destroy_test_db", _drop_with_its_sessions)
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
    if not Path(CHROMIUM).exists():
        pytest.fail(f"Chromium is missing at {CHROMIUM}. Install it, or set CHROMIUM to its path.")
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": CHROMIUM_ARGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}
