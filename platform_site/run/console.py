"""What `run` says at the terminal: one line per step, in Japanese."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Console:
    """Lines with ✓ and seconds; on a real terminal the running step counts along."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.lively = self.out.isatty()

    def say(self, text: str = "") -> None:
        self._write(f"{text}\n")

    def _write(self, text: str) -> None:
        """A terminal that has gone away must not keep us from stopping what we started."""
        with contextlib.suppress(OSError):
            self.out.write(text)
            self.out.flush()

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        started = time.monotonic()
        done = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(text, started, done), daemon=True)
        if self.lively:
            ticker.start()
        else:
            self.say(f"  … {text}")
        mark = "✗"
        try:
            yield
            mark = "✓"
        finally:
            done.set()
            if self.lively:
                ticker.join()
                self._write("\r\033[K")
            self.say(f"  {mark} {text}（{time.monotonic() - started:.1f} 秒）")

    def _tick(self, text: str, started: float, done: threading.Event) -> None:
        while True:
            self._write(f"\r\033[K  … {text}（{time.monotonic() - started:.0f} 秒）")
            if done.wait(0.5):
                return
