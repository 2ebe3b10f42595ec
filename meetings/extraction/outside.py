import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from meetings.choices import Searchable
from meetings.extraction.reader import LOCKED

PROGRAM = Path(__file__).with_name("reader.py")
PATIENCE_SECONDS = 60  # wall clock; the program limits its own computing time
LONGEST_PIECE = 800  # letters: what a reader sees around a hit, and what is searched at once

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Piece:
    """Some text and where in the file it stands, for example 3ページ."""

    place: str
    text: str


@dataclass(frozen=True)
class Extract:
    """What became of reading a file; `pieces` only when there is text."""

    state: Searchable
    pieces: tuple[Piece, ...] = ()


def extract(path: Path, content_type: str, *, program: Path = PROGRAM) -> Extract:
    """The text of the file at `path`. Never raises for what is in the file.

    Another program reads it, with limits on memory and time: its crash is a state of the file.
    """
    command = [sys.executable, "-I", str(program), str(path), content_type]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, a path of our own making
            command, capture_output=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        log.warning("text_not_read", reason="timeout", content_type=content_type)
        return Extract(Searchable.FAILED)
    if done.returncode == LOCKED:
        return Extract(Searchable.LOCKED)
    if done.returncode != 0:
        reason = done.stderr[-200:].decode("utf-8", "replace")
        log.warning("text_not_read", code=done.returncode, reason=reason, content_type=content_type)
        return Extract(Searchable.FAILED)
    pieces = tuple(_pieces(json.loads(done.stdout)))
    return Extract(Searchable.DONE if pieces else Searchable.EMPTY, pieces)


def _pieces(places: list[list[str]]) -> Iterator[Piece]:
    for place, text in places:
        clean = "\n".join(filter(None, (line.strip() for line in text.splitlines())))
        for start in range(0, len(clean), LONGEST_PIECE):
            # A word that stands across two pieces is found in the second.
            yield Piece(place[:60], clean[max(0, start - 20) : start + LONGEST_PIECE])
