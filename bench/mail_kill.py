"""`python -m bench.mail_kill --runs 10 --rcpt 500`: kill -9 in the middle of an issue.

A real Celery worker delivers an issue into a sink that keeps a ledger. At a random moment, or at a
chosen seam of the engine, the whole worker or one of its pool processes is killed; the worker is
started again and left alone. Verdict: the ledger of the sink against the table of envelopes.
Every run must show 0 letters twice and 0 letters lost; else this exits with 1.

`--break dot` takes away the rule that nothing is sent again after its dot: this must turn red.
"""

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psycopg

from bench.platform import ROOT, manage, servers

SEAMS = ("claimed", "rcpt", "dot", "accepted", "finished")
OPEN = {"queued", "in_flight", "deferred"}
PATIENCE = 180.0
PROCESSES, CONNECTIONS = 2, 8


@dataclass(frozen=True)
class Plan:
    """How one run is to die."""

    victim: str  # group | child
    seam: str  # empty: at a random moment
    moment: float  # part of the issue that is through, or occurrence of the seam


class Worker:
    """A real Celery worker with its own beat, in a process group of its own."""

    def __init__(self, folder: Path, port: int, lease: int, **extra: str) -> None:
        environment = {
            **os.environ,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "MAIL_CONNECTIONS": str(CONNECTIONS),
            "MAIL_PROCESSES": str(PROCESSES),
            "BENCH_LEASE": str(lease),
            **extra,
        }
        command = [
            sys.executable, "-m", "celery", "-A", "platform_site", "worker", "-B", "-c",
            str(PROCESSES), "-I", "bench.mail_seams", "-l", "warning", "-s", str(folder / "beat"),
        ]  # fmt: skip
        self.log = (folder / "worker.log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, start_new_session=True,
            stdout=self.log, stderr=self.log,
        )  # fmt: skip

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()


def ledger_of(path: Path) -> Counter[str]:
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return Counter(json.loads(line)["message_id"] for line in lines)


def table(message: int) -> dict[str, str]:
    """Message-ID → status of every envelope of one message."""
    question = """
        SELECT '<' || replace(m.public_id::text, '-', '') || '.' || e.address_id || '@'
            || split_part(m.sender_email, '@', 2) || '>', e.status
        FROM mailing_envelope e JOIN mailing_message m ON m.id = e.message_id WHERE m.id = %s
    """
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return dict(connection.execute(question, [message]).fetchall())


def busy_children() -> list[int]:
    """Process ids of those that hold envelopes at this moment."""
    question = """
        SELECT DISTINCT split_part(lease_holder, ':', 2)::int FROM mailing_envelope
        WHERE status = 'in_flight'
    """
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return [pid for (pid,) in connection.execute(question).fetchall()]


def newest_message() -> int:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        return int(connection.execute("SELECT max(id) FROM mailing_message").fetchone()[0])


def wait_for(condition: Any, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def one_run(folder: Path, number: int, plan: Plan, options: argparse.Namespace) -> dict[str, Any]:
    ledger = folder / f"ledger-{number}.jsonl"
    sink = subprocess.Popen(
        [sys.executable, "-m", "bench.sink", "--ledger", str(ledger), "--delay", "0.03"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    port = int(sink.stdout.readline())
    extra = {"BENCH_BREAK": options.broken}
    if plan.seam:
        extra |= {"BENCH_SEAM": plan.seam, "BENCH_AFTER": str(int(plan.moment))}
    worker = Worker(folder, port, options.lease, **extra)
    try:
        manage("shell", "-v0", "-c", f"from bench.mail_fill import fill; fill({options.rcpt})")
        message = newest_message()
        wait_for(lambda: ledger_of(ledger), 60)
        if plan.seam:
            time.sleep(3)  # a process has died at the seam, and perhaps its successor as well
        else:
            wait_for(lambda: len(ledger_of(ledger)) >= plan.moment * options.rcpt, 30)
        delivered = sum(ledger_of(ledger).values())
        if plan.victim == "group" or plan.seam:
            worker.kill()
            worker = Worker(folder, port, options.lease, BENCH_BREAK=options.broken)
        else:
            for pid in busy_children()[:1]:
                os.kill(pid, signal.SIGKILL)
        started = time.monotonic()
        wait_for(lambda: not OPEN & set(table(message).values()), PATIENCE)
        time.sleep(options.lease * 0.5 if options.broken else 0.5)
        return verdict(ledger_of(ledger), table(message), options) | {
            "killed_at": delivered,
            "seconds": round(time.monotonic() - started, 1),
        }
    finally:
        worker.kill()
        sink.kill()
        sink.wait()


def verdict(
    taken: Counter[str], rows: dict[str, str], options: argparse.Namespace
) -> dict[str, Any]:
    """Multiset difference between what the sink took and what the table says."""
    states = Counter(rows.values())
    return {
        "sent": states["sent"],
        "uncertain": states["uncertain"],
        "twice": sum(1 for count in taken.values() if count > 1),
        "strangers": len(set(taken) - set(rows)),
        "said_sent_but_not_taken": sum(
            1 for key, status in rows.items() if status == "sent" and not taken[key]
        ),
        "taken_but_not_said": sum(1 for key in taken if rows.get(key) not in {"sent", "uncertain"}),
        "not_finished": sum(states[status] for status in OPEN),
        "rows_missing": options.rcpt - len(rows),
    }


BAD = (
    "twice", "strangers", "said_sent_but_not_taken", "taken_but_not_said", "not_finished",
    "rows_missing",
)  # fmt: skip


def plans(runs: int, seed: int) -> list[Plan]:
    """Whole worker and pool child in turn; every third run dies at a seam."""
    chance = Random(seed)
    made = []
    for number in range(runs):
        victim = ("group", "child")[number % 2]
        if number % 3 == 2:
            seam = SEAMS[number // 3 % len(SEAMS)]
            occurrence = (
                1 if seam == "finished" else 2 if seam == "claimed" else chance.randint(20, 90)
            )
            made.append(Plan(victim, seam, occurrence))
        else:
            made.append(Plan(victim, "", chance.uniform(0.05, 0.9)))
    return made


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.mail_kill", description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--rcpt", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lease", type=int, default=60, help="shorter: faster runs, same code")
    parser.add_argument("--break", dest="broken", choices=["", "dot"], default="")
    options = parser.parse_args()
    worst = 0
    with servers() as folder:
        manage("migrate", "-v0")
        for number, plan in enumerate(plans(options.runs, options.seed), start=1):
            found = one_run(folder, number, plan, options)
            bad = {name: found[name] for name in BAD if found[name]}
            too_many = found["uncertain"] > PROCESSES * CONNECTIONS * 2
            worst |= bool(bad or too_many)
            where = f"at {plan.seam} no. {plan.moment:.0f}" if plan.seam else f"{plan.moment:.0%}"
            print(f"{number:>3} {plan.victim:<6}{where:<18} {found}", flush=True)
            if bad or too_many:
                print(f"    RED: {bad or 'too many uncertain'}", flush=True)
    print("RED" if worst else "green: nothing twice, nothing lost")
    return worst


if __name__ == "__main__":
    sys.exit(main())
