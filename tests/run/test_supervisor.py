"""Children are watched, revived a few times and stopped in order."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_site.embedded.child import wait_until
from platform_site.run.supervisor import Crashed, Unit, stopping_on_signals, wait_while_healthy
from tests.run.dummies import Stage

FAILING = "print('原因はこれです'); raise SystemExit(5)"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    stage.supervisor.stop_all(quiet=True)


def up(unit: Unit) -> bool:
    return unit.child is not None and "up" in unit.child.last_lines()


def watch_until_crash(stage: Stage) -> Crashed:
    with pytest.raises(Crashed) as crash:
        wait_while_healthy(stage.supervisor, lambda: False, seconds=20)
    return crash.value


def test_they_stop_from_the_highest_rank_to_the_lowest(stage: Stage) -> None:
    units = [stage.start(name, rank=rank) for rank, name in enumerate(("db", "worker", "web"))]
    assert wait_until(lambda: all(up(unit) for unit in units), seconds=5)
    stage.supervisor.stop_all()
    assert stage.stopped() == ["web", "worker", "db"]
    assert stage.said.index("web") < stage.said.index("worker") < stage.said.index("db")


def test_a_killed_child_is_started_again(stage: Stage) -> None:
    unit = stage.start("worker", rank=1)
    assert wait_until(lambda: up(unit), seconds=5)
    assert unit.child is not None
    first = unit.child.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    unit.child.wait()
    stage.supervisor.check()
    assert unit.child.running()
    assert unit.child.pid != first
    assert "workerが止まりました" in stage.said
    assert "1/3" in stage.said


def test_a_child_that_keeps_failing_is_given_up_after_three_restarts(stage: Stage) -> None:
    healthy = stage.start("db", rank=1)
    assert wait_until(lambda: up(healthy), seconds=5)
    failing = stage.start("worker", rank=2, script=FAILING)
    assert watch_until_crash(stage).unit is failing
    assert stage.said.count("起動し直します") == 3
    assert "終了コード 5" in stage.said
    assert "原因はこれです" in stage.said
    assert str(stage.folder / "worker.log") in stage.said
    stage.supervisor.stop_all()
    assert stage.stopped() == ["db"]


def test_waiting_ends_as_soon_as_the_page_is_there(stage: Stage) -> None:
    answers = iter([False, False, True])
    assert wait_while_healthy(stage.supervisor, lambda: next(answers), seconds=5)
    assert not wait_while_healthy(stage.supervisor, lambda: False, seconds=0.2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_and_a_closed_terminal_are_heard(number: signal.Signals) -> None:
    heard: list[int] = []
    before = signal.getsignal(number)
    with stopping_on_signals(heard.append):
        os.kill(os.getpid(), number)
        time.sleep(0.05)
    assert heard == [number]
    assert signal.getsignal(number) is before
