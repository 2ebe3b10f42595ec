"""Mail: a 20 kB personalised letter in Japanese, text and HTML, into a local sink.

Ours runs with everything on: durable PostgreSQL, a row per recipient, a commit before each dot,
consent asked at claim. The peers keep no ledger, or their own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
        *[f"{number} {PARAGRAPH}" for number in range(42)],
        "⟦unsubscribe_url⟧",
    ]
    return "\n".join(lines) + "\n"


def letter_html() -> str:
    rows = "\n".join(
        f'<p style="margin:0 0 16px;line-height:1.8">{number} {PARAGRAPH}</p>'
        for number in range(42)
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


def peer(way: str, number: int) -> dict[str, Any]:
    """Another way of sending the same letter; its process, the same sink."""
    python = os.environ.get("BENCH_PEER_PYTHON", sys.executable)
    with sink() as (port, sink_pid):
        result = subprocess.run(
            [python, str(HERE / "peers" / "mail_peers.py"), way, str(port), str(number)],
            input=json.dumps([letter_text(), letter_html()]) + "\n", text=True, check=True,
            stdout=subprocess.PIPE, cwd=HERE / "peers",
        )  # fmt: skip
        taken = cpu_of(sink_pid)
    report = json.loads(result.stdout)
    return {
        "per_second": number / report["seconds"],
        "cpu_ms": 1000 * report["cpu"] / number,
        "cpu_ms_sink": 1000 * taken / number,
    }


def spread(measured: list[dict[str, Any]]) -> dict[str, Any]:
    """The median of the rounds, with the lowest and highest speed."""
    speeds = [one["per_second"] for one in measured]
    middle = sorted(measured, key=lambda one: one["per_second"])[len(measured) // 2]
    return middle | {"lowest": min(speeds), "highest": max(speeds)}


def steady(number: int) -> dict[str, Any]:
    """A mail server that takes 20 ms per letter, twenty lines: how much of the ideal is reached."""
    found = ours(number, processes=2, connections=10, delay=0.02)
    return {"per_second": found["per_second"], "of_ideal": found["per_second"] / (20 / 0.02)}


PEERS = {"smtplib": 5, "send_messages": 20, "send_mail": 20, "newsletter": 40}


def run(*, quick: bool) -> dict[str, Any]:
    """All figures by name; sizes are smaller when quick, the code is the same."""
    number, rounds = (2000, 1) if quick else (10000, 5)
    figures: dict[str, Any] = {"load": os.getloadavg()[0]}
    with servers() as folder:
        os.environ["BENCH_PGDATA"] = str(folder / "data")
        manage("migrate", "-v0")
        mine, theirs = [], {way: [] for way in PEERS}
        for _round in range(rounds):
            mine.append(ours(number, processes=2, connections=16))
            for way, part in PEERS.items():
                theirs[way].append(peer(way, number // part))
        figures["ours, 2 processes of 16 lines"] = best = spread(mine)
        figures |= {way: spread(found) for way, found in theirs.items()}
        for way in PEERS:
            figures[f"ours against {way}"] = best["per_second"] / figures[way]["per_second"]
        figures["ours, all processor time per letter, ms"] = (
            best["cpu_ms_workers"] + best["cpu_ms_database"]
        )
        figures["ours, 1 process of 8 lines"] = ours(number, processes=1, connections=8)
        figures["ours, 2 processes of 8 lines"] = ours(number, processes=2, connections=8)
        figures["20 ms mail server, 20 lines"] = steady(number // 2)
    return figures


if __name__ == "__main__":
    for name, value in run(quick="--quick" in sys.argv).items():
        print(f"{name:<44} {value}")
