"""Start in order, watch, stop in reverse order. Knows nothing of what the units are."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Protocol

from platform_site.embedded.child import Child, ServiceError
from platform_site.run.console import Console

RESTARTS = 3
STABLE_SECONDS = 300.0  # after so long without a crash the count begins anew
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Server(Protocol):
    """PostgreSQL and Redis know themselves how to start, recover and stop."""

    @property
    def child(self) -> Child | None: ...

    def start(self) -> str: ...

    def stop(self) -> None: ...


@dataclass
class Unit:
    """One process of the platform. Units of one `rank` are stopped together, high ranks first."""

    title: str
    rank: int
    source: Server | Child
    crashes: list[float] = field(default_factory=list)

    @property
    def child(self) -> Child | None:
        return self.source if isinstance(self.source, Child) else self.source.child

    def start(self) -> None:
        self.source.start()

    def crashed(self) -> bool:
        return self.child is not None and not self.child.running()

    def ask_to_stop(self) -> None:
        if isinstance(self.source, Child):
            self.source.ask_to_stop()

    def stop(self) -> None:
        self.source.stop()


class Crashed(Exception):  # noqa: N818 -- an event rather than an error of ours
    """A unit ended and is not worth another try."""

    def __init__(self, unit: Unit) -> None:
        super().__init__(unit.title)
        self.unit = unit


class Supervisor:
    """Between `start` and `stop_all` it holds every unit that runs."""

    def __init__(self, console: Console, *, restarts: int = RESTARTS) -> None:
        self.console = console
        self.restarts = restarts
        self.units: list[Unit] = []

    def start(self, unit: Unit) -> None:
        self.units.append(unit)
        unit.start()

    def pids(self) -> list[int]:
        return [unit.child.pid for unit in self.units if unit.child and unit.child.pid]

    def check(self) -> None:
        """Restart what has crashed, a few times; then give up."""
        for unit in self.units:
            if unit.crashed():
                self._revive(unit)

    def _revive(self, unit: Unit) -> None:
        now = time.monotonic()
        unit.crashes = [moment for moment in unit.crashes if now - moment < STABLE_SECONDS]
        unit.crashes.append(now)
        self._report(unit)
        if len(unit.crashes) > self.restarts:
            raise Crashed(unit)
        self.console.say(f"  ↻ {unit.title}を起動し直します（{len(unit.crashes)}/{self.restarts}）")
        try:
            unit.start()
        except ServiceError as error:
            self.console.say(str(error))
            raise Crashed(unit) from error

    def _report(self, unit: Unit) -> None:
        child = unit.child
        if child is None:
            return
        self.console.say(
            f"\n✗ {unit.title}が止まりました（終了コード {child.exit_code()}）。ログ: {child.log}"
        )
        for line in child.last_lines(12):
            self.console.say(f"    {line}")

    def stop_all(self, *, quiet: bool = False) -> None:
        """Beat and web first, then the worker, which may finish, the servers last."""
        for rank in sorted({unit.rank for unit in self.units}, reverse=True):
            together = [unit for unit in self.units if unit.rank == rank]
            for unit in together:
                unit.ask_to_stop()
            for unit in together:
                unit.stop()
                if not quiet:
                    self.console.say(f"  ■ {unit.title}を止めました")
        self.units = []


@contextmanager
def stopping_on_signals(handler: Callable[[int], None]) -> Iterator[None]:
    def received(number: int, _: FrameType | None) -> None:
        handler(number)

    before = {number: signal.signal(number, received) for number in STOPPING_SIGNALS}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def wait_while_healthy(
    supervisor: Supervisor, ready: Callable[[], bool], *, seconds: float, pause: float = 0.1
) -> bool:
    """Poll `ready`, and notice a crash at once instead of waiting it out."""
    deadline = time.monotonic() + seconds
    while not ready():
        supervisor.check()
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
