"""One child process, started on a leash, with its output in a file."""

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEASH = Path(__file__).with_name("leash.py")


class ServiceError(Exception):
    """A server could not be started; the text is for the person at the terminal."""


@dataclass(frozen=True)
class Account:
    """A system account without rights, for servers that refuse to run as root."""

    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def humble_account() -> Account | None:
    """`nobody` if we are root, else None: run as whoever we are."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def command_line(pid: int) -> str:
    """What that process is running, or "" if there is no such process."""
    entry = Path("/proc") / str(pid) / "cmdline"
    if Path("/proc/self/cmdline").exists():  # slim containers have no `ps`
        with contextlib.suppress(OSError):
            return entry.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        return ""
    answer = subprocess.run(  # noqa: S603 -- fixed command
        ["ps", "-ww", "-o", "args=", "-p", str(pid)],  # noqa: S607 -- where it lies differs
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()


@dataclass
class Child:
    """`patience` seconds pass between the polite signal, the firm one and the kill."""

    name: str
    command: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    hard_signal: signal.Signals = signal.SIGKILL
    patience: float = 15.0
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def _leash_command(self) -> list[str]:
        command = [sys.executable, "-I", "-S", str(LEASH), f"--stop={self.stop_signal.name}"]
        command += [f"--hard={self.hard_signal.name}", f"--patience={self.patience}"]
        if self.account is not None:
            command += [f"--user={self.account.uid}", f"--group={self.account.gid}"]
        return [*command, "--", *self.command]

    def start(self) -> None:
        """Start it, or start it anew after it has ended."""
        self.ask_to_stop()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- the command comes from our own code
                self._leash_command(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if self.env is None else dict(self.env),
                cwd=self.cwd,
                start_new_session=True,  # Ctrl-C is for the parent, which stops us in order
            )

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs, and None if it was never started."""
        return None if self._process is None else self._process.poll()

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ask_to_stop(self) -> None:
        """Closing the pipe makes the leash stop the child, politely first, then for certain."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def wait(self) -> int | None:
        if self._process is None:
            return None
        try:
            return self._process.wait(2 * self.patience + 10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
        finally:
            self.ask_to_stop()  # closes our end of the pipe, also of a child that ended by itself

    def stop(self) -> int | None:
        self.ask_to_stop()
        return self.wait()

    def last_lines(self, count: int = 15) -> list[str]:
        """The tail of the log, for the message about a crash."""
        with contextlib.suppress(OSError), self.log.open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 32_768))
            return log.read().decode("utf-8", "replace").splitlines()[-count:]
        return []


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """True as soon as `condition()` holds; False if it still does not after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
