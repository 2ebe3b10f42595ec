"""Loaded into the worker by the kill bench only: dies at a chosen seam, or with a control removed.

Read from the environment:
BENCH_SEAM   claimed | rcpt | dot | accepted | finished: `kill -9` of the process itself there
BENCH_AFTER  at which occurrence
BENCH_LEASE  seconds of the lease, and of the tick (the product's own: 60)
BENCH_BREAK  dot: an expired lease after the dot goes back into the queue (must be seen red)
"""

import itertools
import os
import signal
from collections.abc import Callable
from typing import Any

from django.conf import settings

from mailing.delivery import claim, ledger, line
from mailing.delivery import round as round_module

SEAM = os.environ.get("BENCH_SEAM", "")
AFTER = int(os.environ.get("BENCH_AFTER", "1"))
LEASE = int(os.environ.get("BENCH_LEASE", "60"))
_counter = itertools.count(1)


def die_here(seam: str) -> None:
    if seam == SEAM and next(_counter) >= AFTER:
        os.kill(os.getpid(), signal.SIGKILL)


def after(seam: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **options: Any) -> Any:
        result = function(*args, **options)
        die_here(seam)
        return result

    return wrapped


def before(seam: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapped(*args: Any, **options: Any) -> Any:
        die_here(seam)
        return function(*args, **options)

    return wrapped


round_module.claim = after("claimed", round_module.claim)
line.Line._on_data_reply = before("rcpt", line.Line._on_data_reply)
line.Line.send_dot = after("dot", line.Line.send_dot)
ledger.Ledger.accepted = after("accepted", ledger.Ledger.accepted)
round_module.Switchboard.close = before("finished", round_module.Switchboard.close)

claim.LEASE_SECONDS = LEASE
ledger._STATEMENT = ledger._STATEMENT.replace("60 seconds", f"{LEASE} seconds")
round_module.RENEW_SECONDS = LEASE / 4
settings.CELERY_BEAT_SCHEDULE["tick"]["schedule"] = float(LEASE)
if os.environ.get("BENCH_BREAK") == "dot":
    claim._EXPIRE = claim._EXPIRE.replace("WHEN 'dot' THEN 'uncertain'", "WHEN 'dot' THEN 'queued'")
