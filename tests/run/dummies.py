"""Children that do nothing but start, report and end."""

import io
import sys
from pathlib import Path

from platform_site.embedded.child import Child
from platform_site.run.console import Console
from platform_site.run.supervisor import Supervisor, Unit

SLEEPER = """
import signal, sys, time
name, journal = sys.argv[1:3]
def stop(*_):
    with open(journal, "a") as file:
        file.write(name + "\\n")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
print("up", flush=True)
time.sleep(60)
"""


class Stage:
    """A supervisor whose words are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journal = folder / "stopped"
        self.out = io.StringIO()
        self.supervisor = Supervisor(Console(self.out))

    def start(self, name: str, *, rank: int, script: str = SLEEPER) -> Unit:
        command = [sys.executable, "-c", script, name, str(self.journal)]
        unit = Unit(name, rank, Child(name, command, self.folder / f"{name}.log", patience=3))
        self.supervisor.start(unit)
        return unit

    def stopped(self) -> list[str]:
        return self.journal.read_text().split() if self.journal.exists() else []

    @property
    def said(self) -> str:
        return self.out.getvalue()
