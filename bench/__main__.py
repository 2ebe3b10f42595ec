"""`python -m bench [--quick] [AREA …]`: one table per area and one JSON file of all figures.

Each area runs in a process of its own, starts its own servers and measures our code beside its
peers in one run; quote the ratio, not the absolute figure. Areas: mail, roster, pages, papers,
files, together.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

AREAS = ("mail", "roster", "pages", "papers", "files", "together")
RESULTS = Path(__file__).parent / "results"


def show(area: str, figures: dict[str, Any]) -> None:
    """Print one area as a table of name, value and note."""
    print(f"\n== {area} ==")
    for name, value in figures.items():
        if isinstance(value, dict):
            shown = "  ".join(f"{key}={_short(part)}" for key, part in value.items())
        else:
            shown = _short(value)
        print(f"  {name:<44} {shown}")


def _short(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def measure(area: str, *, quick: bool) -> dict[str, Any]:
    """Run one area in a fresh process: Django is set up once per process, for one database."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, "-m", "bench", area, "--into", file.name]
        subprocess.run([*command, *(["--quick"] if quick else [])], check=True)
        return dict(json.loads(Path(file.name).read_text("utf-8")))


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=", ".join(AREAS))
    parser.add_argument("--quick", action="store_true", help="smaller numbers, same code")
    parser.add_argument("--into", help=argparse.SUPPRESS)  # how a fresh process hands figures back
    chosen = parser.parse_args()
    unknown = set(chosen.areas) - set(AREAS)
    if unknown:
        parser.error(f"no such area: {', '.join(sorted(unknown))}")
    if chosen.into:
        figures = importlib.import_module(f"bench.{chosen.areas[0]}").run(quick=chosen.quick)
        Path(chosen.into).write_text(json.dumps(figures, ensure_ascii=False), "utf-8")
        return 0
    report: dict[str, Any] = {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }
    for area in chosen.areas or AREAS:
        report[area] = measure(area, quick=chosen.quick)
        show(area, report[area])
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{datetime.now():%Y%m%d-%H%M%S}.json"
    target.write_text(json.dumps(report, ensure_ascii=False, indent=2), "utf-8")
    print(f"\n{target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
