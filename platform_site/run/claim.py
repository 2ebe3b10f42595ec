"""One running platform per checkout, and what the one before left behind."""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from platform_site.embedded import places
from platform_site.embedded.child import command_line
from platform_site.run.environment import Layout


class Refused(Exception):  # noqa: N818 -- a sentence for the person at the terminal
    """Nothing was started, and why."""


@dataclass
class Claim:
    """Held by the one process that runs the platform of this checkout."""

    layout: Layout
    _lock: IO[str] | None = None

    @property
    def record(self) -> Path:
        return self.layout.var / "run.json"

    def read(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            return dict(json.loads(self.record.read_text(encoding="utf-8")))
        return {}

    def take(self) -> None:
        self._lock = places.lock(self.layout.var / "run.lock")
        if self._lock is None:
            known = self.read()
            raise Refused(
                f"このフォルダーのプラットフォームはすでに動いています: {known.get('address', '')}"
                f"（プロセス {known.get('pid', '?')}）。\n"
                "止めるには、動かした端末で Ctrl-C を押してください。"
            )

    def write(self, address: str, children: list[int]) -> None:
        content = {"pid": os.getpid(), "address": address, "children": children}
        self.record.write_text(json.dumps(content), encoding="utf-8")

    def leftovers(self) -> list[int]:
        """Processes of a platform that was killed; they are on their way out."""
        known = self.read().get("children", [])
        return [pid for pid in known if "leash.py" in command_line(pid)]

    def release(self) -> None:
        if self._lock is not None:
            for path in (self.record, self.layout.shared_environment):
                path.unlink(missing_ok=True)
            self._lock.close()
            self._lock = None
