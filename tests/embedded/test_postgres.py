"""The embedded PostgreSQL keeps its data through every kind of end."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from platform_site.embedded import places
from platform_site.embedded.child import ServiceError, humble_account
from platform_site.embedded.postgres import Postgres, installation

FAST = {"fsync": "off", "full_page_writes": "off"}


@pytest.fixture
def postgres(run_dir: Path) -> Iterator[Postgres]:
    server = Postgres(run_dir / "data", run_dir, settings=FAST)
    server.start()
    yield server
    server.stop()


def ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def keep_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (what text)")
        connection.execute("INSERT INTO kept VALUES ('会員')")


def server_pid(server: Postgres) -> int:
    return int((server.data_dir / "postmaster.pid").read_text().splitlines()[0])


def test_data_outlives_a_restart(postgres: Postgres) -> None:
    keep_a_row(postgres.url)
    postgres.stop()
    assert ask(postgres.start(), "SELECT what FROM kept") == "会員"


def test_starting_and_stopping_twice_does_nothing_more(postgres: Postgres) -> None:
    pid = server_pid(postgres)
    assert postgres.start() == postgres.url
    assert server_pid(postgres) == pid
    postgres.stop()
    postgres.stop()
    assert not (postgres.data_dir / "postmaster.pid").exists()


def test_it_sorts_by_code_point_and_listens_on_no_port(postgres: Postgres) -> None:
    assert ask(postgres.url, "SHOW listen_addresses") == ""
    assert ask(postgres.url, "SELECT upper('é') || (SELECT 'ー' < '一')::text") == "Étrue"


def test_root_hands_the_server_to_an_account_without_rights(postgres: Postgres) -> None:
    account = humble_account()
    owner = postgres.data_dir.stat().st_uid
    assert owner == (os.geteuid() if account is None else account.uid)
    assert owner != 0


def test_a_second_server_on_the_same_data_is_refused(postgres: Postgres, run_dir: Path) -> None:
    with pytest.raises(ServiceError, match="別のプロセス"):
        Postgres(run_dir / "data", run_dir, settings=FAST).start()
    assert ask(postgres.url, "SELECT 1") == 1


def test_after_kill_9_it_recovers(postgres: Postgres) -> None:
    keep_a_row(postgres.url)
    os.kill(server_pid(postgres), signal.SIGKILL)
    assert postgres.child is not None
    postgres.child.wait()
    assert ask(postgres.start(), "SELECT what FROM kept") == "会員"


def test_a_pid_file_naming_a_stranger_does_not_block_the_start(postgres: Postgres) -> None:
    postgres.stop()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        pid_file = (
            f"{stranger.pid}\n{postgres.data_dir}\n0\n5432\n{postgres.socket_dir}\n\n\nready\n"
        )
        (postgres.data_dir / "postmaster.pid").write_text(pid_file)
        assert ask(postgres.start(), "SELECT 1") == 1
        assert stranger.poll() is None
        stranger.kill()


def test_a_closed_checkout_stays_closed_and_still_gets_its_server(
    run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, package = installation()
    closed = run_dir / "home"
    closed.mkdir(mode=0o700)
    libraries = f"{package.partition('/')[0]}.libs"
    for folder in (package, libraries):
        shutil.copytree(site / folder, closed / folder, symlinks=True)
    monkeypatch.setattr("platform_site.embedded.postgres.installation", lambda: (closed, package))
    server = Postgres(closed / "data", run_dir, settings=FAST)
    try:
        assert ask(server.start(), "SELECT 1") == 1
        outside = humble_account() is not None
        assert (closed in server.home.parents) is not outside
        assert (closed in server.data_dir.parents) is not outside
    finally:
        server.stop()
        if closed not in server.data_dir.parents:
            shutil.rmtree(server.data_dir.parent)
    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_run_folder_prepared_by_somebody_else_is_refused(run_dir: Path) -> None:
    (run_dir / "elsewhere").mkdir()
    (run_dir / "trap").symlink_to(run_dir / "elsewhere")
    with pytest.raises(ServiceError, match="別の利用者"):
        places.make_private(run_dir / "trap")


def test_sockets_of_a_deep_checkout_have_a_short_path(tmp_path: Path) -> None:
    deep = tmp_path / ("とても深い場所" * 8)
    deep.mkdir()
    folder = places.run_folder(deep, humble_account())
    assert len(os.fsencode(folder / "pg" / ".s.PGSQL.5432.lock")) < 104
    assert folder == places.run_folder(deep, humble_account())
    folder.rmdir()
