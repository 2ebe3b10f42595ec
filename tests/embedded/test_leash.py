"""No child outlives whoever started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from platform_site.embedded.child import Child, command_line, wait_until

PROJECT = Path(__file__).resolve().parents[2]
STUBBORN = """
import os, signal, sys, time
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    pass
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
time.sleep(60)
"""
PARENT = """
import sys, time
from pathlib import Path
from platform_site.embedded.child import Child
from platform_site.embedded.postgres import Postgres
from platform_site.embedded.redis import Redis
folder = Path(sys.argv[1])
Postgres(folder / "data", folder, settings={"fsync": "off"}).start()
Redis(folder).start()
script, notes = sys.argv[2], str(folder / "pids")
Child("stubborn", [sys.executable, "-c", script, notes], folder / "s.log", patience=0.5).start()
while not (folder / "pids").exists() or len((folder / "pids").read_text().split()) < 2:
    time.sleep(0.05)
print("ready", flush=True)
time.sleep(60)
"""


def lives(pid: int) -> bool:
    return command_line(pid) != ""


def mentioning(folder: Path) -> list[str]:
    pids = (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    lines = [command_line(pid) for pid in pids if pid != os.getpid()]
    return [line for line in lines if str(folder) in line]


def test_kill_9_of_the_parent_leaves_no_process(run_dir: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(run_dir), STUBBORN]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        heard = parent.stdout.readline()
        pids = [int(line) for line in (run_dir / "pids").read_text().split()]
        alive = [pid for pid in pids if lives(pid)]
        started = mentioning(run_dir)
        parent.kill()
    assert heard == b"ready\n"
    assert len(alive) == 2
    assert len(started) >= 4
    assert wait_until(lambda: not mentioning(run_dir), seconds=10), mentioning(run_dir)
    assert not any(lives(pid) for pid in pids)


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_of_the_child_is_passed_on(tmp_path: Path, code: int) -> None:
    child = Child("short", [sys.executable, "-c", f"raise SystemExit({code})"], tmp_path / "log")
    child.start()
    assert child.wait() == code
    assert not child.running()


def test_a_polite_child_is_stopped_by_its_own_signal(tmp_path: Path) -> None:
    script = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: (print("bye", flush=True), sys.exit(7)))
print("up", flush=True)
time.sleep(60)
"""
    log = tmp_path / "log"
    command = [sys.executable, "-c", script]
    child = Child("polite", command, log, stop_signal=signal.SIGINT)
    child.start()
    assert wait_until(lambda: "up" in child.last_lines(), seconds=5)
    assert child.stop() == 7
    assert child.last_lines() == ["up", "bye"]


def test_a_stubborn_child_and_its_children_are_killed(tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    command = [sys.executable, "-c", STUBBORN, str(notes)]
    child = Child("stubborn", command, tmp_path / "log", patience=0.3)
    child.start()
    assert wait_until(lambda: notes.exists() and notes.read_text().count("\n") == 2, seconds=5)
    pids = [int(line) for line in notes.read_text().split()]
    started = time.monotonic()
    assert child.stop() == 128 + signal.SIGKILL
    assert time.monotonic() - started < 8
    assert wait_until(lambda: not any(lives(pid) for pid in pids), seconds=2)


def test_a_killed_leash_takes_its_child_along(tmp_path: Path) -> None:
    script = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    child = Child("plain", [sys.executable, "-c", script], tmp_path / "log")
    child.start()
    assert wait_until(lambda: bool(child.last_lines()), seconds=5)
    pid = int(child.last_lines()[0])
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert wait_until(lambda: not lives(pid), seconds=5)
