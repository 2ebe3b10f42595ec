"""Pages while a big issue goes out: does the web stay usable?

The same pages are asked before, during and after the delivery of 10,000 letters by the worker
processes of a default installation. All of it shares the cores of this machine.
"""

import os
import statistics
import subprocess
import sys
import threading
from typing import Any

from bench.mail import fill, sink
from bench.pages import OURS, PATIENCE, median_ms, prepare
from bench.platform import ROOT, gunicorn, manage, servers

PAGES = {"home": "/", "directory": "/members/", "admin list": "/admin/members/organization/"}


def run(*, quick: bool = False) -> dict[str, Any]:
    """Per page the median before and during the delivery, in ms, and their ratio."""
    number = 2_000 if quick else 10_000
    with servers() as folder:
        manage("migrate", "-v0")
        fill(number)  # first: its readers are those who have agreed
        _slug, cookie, _peer = prepare(1_000 if quick else 10_000)
        with sink() as (port, _pid), gunicorn("platform_site.wsgi", OURS, folder / "ours.log"):
            before = {name: _median(path, cookie) for name, path in PAGES.items()}
            workers = [_worker(port) for _process in range(2)]
            during = _while_running(workers, cookie)
    return {
        f"{name}, before and during an issue": {
            "before_ms": before[name],
            "during_ms": statistics.median(during[name]),
            "ratio": statistics.median(during[name]) / before[name],
            "rounds": len(during[name]),
        }
        for name in PAGES
    }


def _median(path: str, cookie: str) -> float:
    return statistics.median(median_ms(OURS, path, cookie, 10) for _round in range(3))


def _worker(port: int) -> "subprocess.Popen[str]":
    environment = {**os.environ, "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    worker = subprocess.Popen(
        [sys.executable, "-m", "bench.mail_worker"], cwd=ROOT, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    worker.stdout.readline()
    return worker


def _while_running(workers: "list[subprocess.Popen[str]]", cookie: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {name: [] for name in PAGES}
    done = threading.Event()

    def wait() -> None:
        for worker in workers:
            worker.stdout.readline()
        done.set()

    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    waiting = threading.Thread(target=wait)
    waiting.start()
    while not done.is_set():
        for name, path in PAGES.items():
            if done.is_set():
                break
            found[name].append(median_ms(OURS, path, cookie, 3))
    waiting.join(PATIENCE)
    return found
