"""Mail: a 20 kB personalised letter in Japanese, text and HTML, into a local sink.

Ours runs with everything on: durable PostgreSQL, a row per recipient, a commit before each dot,
consent asked at claim. The peers keep no ledger, or their own.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.platform import ROOT, manage, servers

HERE = Path(__file__).resolve().parent
PARAGRAPH = (
    "孤独・孤立に悩む方を支える取り組みについて、会員の皆さまからのお知らせをお届けします。"
    "日時、場所、申込方法は下のアドレスからご覧ください。"
)


def letter_text() -> str:
    lines = [
        "⟦name⟧ 様",
        "",
        *[f"{number} {PARAGRAPH}" for number in range(30)],
        "⟦unsubscribe_url⟧",
    ]
    return "\n".join(lines) + "\n"


def letter_html() -> str:
    rows = "\n".join(
        f'<p style="margin:0 0 16px;line-height:1.8">{number} {PARAGRAPH}</p>'
        for number in range(30)
    )
    return (
        f'<html lang="ja"><body>\n<p>⟦name⟧ 様</p>\n{rows}\n'
        '<p><a href="⟦unsubscribe_url⟧">配信停止</a></p>\n</body></html>\n'
    )


@contextmanager
def sink(*, delay: float = 0.0) -> Iterator[tuple[int, int]]:
    """A sink process: its port and process id."""
    command = [sys.executable, "-m", "bench.sink", "--delay", str(delay)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline()), process.pid
    finally:
        process.kill()
        process.wait()


def cpu_of(*pids: int) -> float:
    """Seconds of processor time of these processes and their present children."""
    ticks = 0
    parents = {str(pid) for pid in pids}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if entry.name in parents or fields[1] in parents:
            ticks += sum(map(int, fields[11 : 15 if entry.name in parents else 13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def fill(number: int) -> None:
    """An issue to so many readers who all want it."""
    manage("shell", "-v0", "-c", f"from bench.mail_fill import fill; fill({number})")


def ours(number: int, *, processes: int, connections: int, delay: float = 0.0) -> dict[str, Any]:
    """Deliver one issue with so many worker processes."""
    fill(number)
    with sink(delay=delay) as (port, sink_pid):
        environment = {
            **os.environ,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "MAIL_PROCESSES": str(processes),
            "MAIL_CONNECTIONS": str(connections),
        }
        command = [sys.executable, "-m", "bench.mail_worker"]
        workers = [
            subprocess.Popen(command, cwd=ROOT, env=environment, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _process in range(processes)
        ]  # fmt: skip
        for worker in workers:
            worker.stdout.readline()
        database = int((Path(os.environ["BENCH_PGDATA"]) / "postmaster.pid").read_text().split()[0])
        before = cpu_of(database)
        started = time.monotonic()
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        reports = [json.loads(worker.stdout.readline()) for worker in workers]
        seconds = time.monotonic() - started
        database_cpu = cpu_of(database) - before
        sink_cpu = cpu_of(sink_pid)
    sent = sum(report["sent"] for report in reports)
    if sent != number:
        raise SystemExit(f"{sent} of {number} letters were sent")
    return {
        "per_second": sent / seconds,
        "cpu_ms_workers": 1000 * sum(report["cpu"] for report in reports) / sent,
        "cpu_ms_database": 1000 * database_cpu / sent,
        "cpu_ms_sink": 1000 * sink_cpu / sent,
        "rss_mb": max(report["rss_mb"] for report in reports),
    }


def run(*, quick: bool) -> dict[str, Any]:
    with servers() as folder:
        os.environ["BENCH_PGDATA"] = str(folder / "data")
        manage("migrate", "-v0")
        number = 2000 if quick else 10000
        figures: dict[str, Any] = {}
        for processes, connections in ((1, 4), (1, 8), (1, 16), (2, 4), (2, 8), (2, 16)):
            figures[f"ours {processes}x{connections}"] = ours(
                number, processes=processes, connections=connections
            )
            print(processes, connections, figures[f"ours {processes}x{connections}"])
        return figures


if __name__ == "__main__":
    run(quick="--quick" in sys.argv)
