"""`python -m bench.mail_faults --each 30`: what becomes of letters when the mail server misbehaves.

Each mode of the sink gets so many letters in one issue; every minute's wait is shortened to none.
Verdict: the end that the mode must lead to, and the sink's ledger against the table.
"""

import argparse
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

from bench.mail_kill import ledger_of
from bench.platform import ROOT, manage, servers

# mode → the end of the envelope, and how many copies the sink has then
ENDS = {
    "ok": ("sent", 1),
    "450x2": ("sent", 1),
    "452x2": ("sent", 1),
    "451d": ("sent", 1),
    "451b": ("sent", 1),
    "421m": ("sent", 1),
    "drop.mail": ("sent", 1),
    "drop.rcpt": ("sent", 1),
    "drop.data": ("sent", 1),
    "drop.mid": ("sent", 1),
    "550": ("bounced", 0),
    "554r": ("bounced", 0),
    "dropdot": ("uncertain", 1),
    "hangdot": ("uncertain", 1),
}
FILL = """
from django.utils import timezone
from mailing.outbox import Recipient, post
for mode in {modes!r}:
    post(kind="notice", subject=mode, text="⟦name⟧ 様\\n", at=timezone.now(),
         recipients=[Recipient(f"m{{mode}}-{{n}}@sink.test", f"{{n}}") for n in range({each})])
"""


def query(sql: str) -> list[Any]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def deliver_all(port: int, rounds: int = 8) -> None:
    os.environ |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "SMTP_TIMEOUT_SECONDS": "1"}
    for _round in range(rounds):
        manage("send_due_mail", "--seconds", "120", "-v0")
        query("UPDATE mailing_envelope SET due_at = now() WHERE status = 'deferred'")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.mail_faults", description=__doc__)
    parser.add_argument("--modes", default=",".join(ENDS))
    parser.add_argument("--each", type=int, default=30)
    options = parser.parse_args()
    modes = options.modes.split(",")
    with servers() as folder:
        manage("migrate", "-v0")
        ledger = Path(folder) / "ledger.jsonl"
        manage("shell", "-v0", "-c", FILL.format(modes=modes, each=options.each))
        sink = subprocess.Popen(
            [sys.executable, "-m", "bench.sink", "--ledger", str(ledger)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            deliver_all(int(sink.stdout.readline()))
        finally:
            sink.kill()
            sink.wait()
        return report(modes, options.each, ledger_of(ledger))


def report(modes: list[str], each: int, taken: Counter[str]) -> int:
    rows = query("""
        SELECT m.subject, e.status, '<' || replace(m.public_id::text, '-', '') || '.'
            || e.address_id || '@' || split_part(m.sender_email, '@', 2) || '>'
        FROM mailing_envelope e JOIN mailing_message m ON m.id = e.message_id
    """)
    bad = 0
    for mode in modes:
        status, copies = ENDS[mode]
        mine = [(found, taken[key]) for subject, found, key in rows if subject == mode]
        good = sum(1 for one in mine if one == (status, copies))
        bad |= good != each
        verdict = "green" if good == each else f"RED: {Counter(mine)}"
        print(f"{mode:<12} {good}/{each} {status}, {copies} at the server  {verdict}")
    return bad


if __name__ == "__main__":
    sys.exit(main())
