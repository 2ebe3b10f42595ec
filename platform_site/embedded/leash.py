"""Hold one child process on a leash: it ends when whoever started it is gone.

Run as a plain script with standard input tied to the parent. Whatever ends the parent, `kill -9`
included, closes that pipe; then the child is told to stop and, if it does not listen, is killed
together with everything it started. Only the standard library, so that it starts in no time.
"""

import argparse
import contextlib
import ctypes
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable

PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGUSR1)
PR_SET_PDEATHSIG = 1


def _die_with_leash(stop: signal.Signals) -> Callable[[], None] | None:
    """Linux can also end the child if the leash itself is killed; elsewhere the pipe must do."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)

    def before_exec() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(stop))

    return before_exec


def _spawn(options: argparse.Namespace) -> subprocess.Popen[bytes]:
    account = {"user": options.user, "group": options.group, "extra_groups": []}
    return subprocess.Popen(  # noqa: S603 -- the command line comes from our own code
        options.command,
        stdin=subprocess.DEVNULL,
        process_group=0,
        preexec_fn=_die_with_leash(options.stop),  # noqa: PLW1509 -- this process has one thread
        **(account if options.user is not None else {}),
    )


def _send(child: subprocess.Popen[bytes], number: int) -> None:
    if child.poll() is None:
        child.send_signal(number)


def _wait_for_end_or_parent(child: subprocess.Popen[bytes], wake: int) -> None:
    """Return when the child has ended or the parent's end of the pipe is closed."""
    with selectors.DefaultSelector() as selector:
        selector.register(0, selectors.EVENT_READ)
        selector.register(wake, selectors.EVENT_READ)
        while child.poll() is None:
            for key, _ in selector.select():
                if key.fd == wake:
                    os.read(wake, 64)
                elif not os.read(0, 64):
                    return


def _end(child: subprocess.Popen[bytes], options: argparse.Namespace) -> None:
    for number in (options.stop, options.hard):
        _send(child, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(options.patience)
            return
    child.kill()
    child.wait()


def _sweep(group: int) -> None:
    """What the child left behind in its own process group."""
    for number, pause in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 0.0)):
        deadline = time.monotonic() + pause
        try:
            os.killpg(group, number)
            while time.monotonic() < deadline:
                time.sleep(0.05)
                os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stop", type=lambda name: signal.Signals[name], default=signal.SIGTERM)
    parser.add_argument("--hard", type=lambda name: signal.Signals[name], default=signal.SIGKILL)
    parser.add_argument("--patience", type=float, default=15.0)
    parser.add_argument("--user", type=int)
    parser.add_argument("--group", type=int)
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def main() -> int:
    options = _options()
    wake, alarm = os.pipe()
    os.set_blocking(alarm, False)
    signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    child = _spawn(options)
    for number in PASSED_ON:
        signal.signal(number, lambda received, _: _send(child, received))
    _wait_for_end_or_parent(child, wake)
    if child.poll() is None:
        _end(child, options)
    _sweep(child.pid)
    code = child.returncode
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
