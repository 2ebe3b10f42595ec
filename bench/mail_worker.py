"""One delivering process of the mail bench: waits for a line on stdin, delivers all, reports."""

import json
import resource
import sys
import time

import django


def main() -> None:
    django.setup()
    from mailing.delivery.claim import anything_due  # noqa: PLC0415 -- needs django.setup()
    from mailing.delivery.office import deliver_due  # noqa: PLC0415

    anything_due()
    print("ready", flush=True)
    sys.stdin.readline()
    before, started = _cpu(), time.monotonic()
    sent = 0
    while anything_due():
        sent += deliver_due()["sent"]
    report = {
        "sent": sent,
        "seconds": time.monotonic() - started,
        "cpu": _cpu() - before,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(report), flush=True)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
