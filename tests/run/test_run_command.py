"""`manage.py run` from the outside: what it refuses, and how it says so."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_site.embedded import places
from platform_site.embedded.child import humble_account
from platform_site.run.claim import Claim, Refused
from platform_site.run.environment import Layout, adopt

PROJECT = Path(__file__).resolve().parents[2]
SERVICES = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "SITE_URL", "MAILBOX_DIR")


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kodoku-t-", dir="/tmp") as folder:
        yield Path(folder)
        places.run_folder(Path(folder), humble_account()).rmdir()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, var: Path) -> pytest.MonkeyPatch:
    """The environment of a newcomer: nothing is set."""
    for name in (*SERVICES, "PLATFORM_MODE", "PLATFORM_OWN_SERVICES"):
        monkeypatch.setenv(name, "")  # remembers what to restore, then takes it away
        monkeypatch.delenv(name)
    monkeypatch.setenv("PLATFORM_VAR", str(var))
    return monkeypatch


def run(var: Path, port: int) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in SERVICES}
    return subprocess.run(
        [sys.executable, "manage.py", "run", "--port", str(port)],
        cwd=PROJECT,
        env={**environment, "PLATFORM_VAR": str(var), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=50,
    )


def test_a_taken_port_is_named_and_another_one_proposed(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run(var, port)
    assert result.returncode == 1
    assert f"ポート {port} は別のプログラムが使っています" in result.stdout
    assert f"PORT={port + 1}" in result.stdout
    assert not (var / "postgres").exists()


def test_a_second_run_is_told_where_the_first_one_is(var: Path) -> None:
    layout = Layout(var)
    first = Claim(layout)
    first.take()
    first.write("http://127.0.0.1:8000/", [])
    with pytest.raises(Refused, match=r"すでに動いています: http://127\.0\.0\.1:8000/"):
        Claim(layout).take()
    first.release()
    assert not first.record.exists()
    second = Claim(layout)
    second.take()
    second.release()


def test_the_record_of_a_killed_run_does_not_stand_in_the_way(var: Path) -> None:
    claim = Claim(Layout(var))
    claim.record.write_text('{"pid": 1, "children": [999999999], "address": "x"}')
    claim.take()
    assert claim.leftovers() == []
    claim.record.write_text("half a rec")
    assert claim.leftovers() == []
    claim.release()


def test_a_newcomer_gets_servers_and_a_secret_of_their_own(
    bare: pytest.MonkeyPatch, var: Path
) -> None:
    adopt(["manage.py", "run", "--port", "8123"])
    sockets = places.run_folder(var, humble_account())
    assert os.environ["SITE_URL"] == "http://127.0.0.1:8123"
    assert os.environ["REDIS_URL"] == f"unix://{sockets}/redis/redis.sock"
    assert os.environ["MAILBOX_DIR"] == str(var / "mail")
    assert os.environ["PLATFORM_MODE"] == "local"
    assert os.environ["PLATFORM_OWN_SERVICES"] == "DATABASE_URL REDIS_URL EMAIL_URL"
    secret = os.environ["SECRET_KEY"]
    assert len(secret) > 50
    assert (var / "secret-key").stat().st_mode & 0o777 == 0o600
    bare.delenv("SECRET_KEY")
    adopt(["manage.py", "run"])
    assert os.environ["SECRET_KEY"] == secret


def test_servers_that_were_named_are_used(bare: pytest.MonkeyPatch) -> None:
    given = {"DATABASE_URL": "postgresql://db/x", "EMAIL_URL": "smtp://relay:25"}
    for name, value in given.items():
        bare.setenv(name, value)
    adopt(["manage.py", "run"])
    assert {name: os.environ[name] for name in given} == given
    assert os.environ["PLATFORM_OWN_SERVICES"] == "REDIS_URL"
    assert "MAILBOX_DIR" not in os.environ


def test_a_second_terminal_finds_the_running_platform(bare: pytest.MonkeyPatch, var: Path) -> None:
    adopt(["manage.py", "demo_code", "admin@example.jp"])
    assert "DATABASE_URL" not in os.environ
    (var / "local.env").write_text("DATABASE_URL='postgresql:///there'\nSECRET_KEY='s'\n")
    adopt(["manage.py", "demo_code", "admin@example.jp"])
    assert os.environ["DATABASE_URL"] == "postgresql:///there"
    assert os.environ["SECRET_KEY"] == "s"
