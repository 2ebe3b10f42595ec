"""A file sent with a form that comes back: kept for a while, so that nobody picks it twice.

The form carries a signed ticket. What nobody came back for goes when its ticket has run out.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.core.signing import BadSignature, TimestampSigner

from core.files.storage import private_storage, random_name
from core.files.sweeping import GRACE, sweep_files

_FOLDER = "waiting"
_LONGEST = GRACE  # as long as the sweeper leaves it there
_SALT = "core.files.waiting"


def keep_for_later(file: "File[Any]", *, owner: str) -> str:
    """Put the file aside; the ticket gives it back to the same `owner` only."""
    file.seek(0)
    place = private_storage().save(random_name(_FOLDER)(None, ""), file)
    return TimestampSigner(salt=_SALT).sign_object([place, file.name or "", owner])


def kept_file(ticket: str, *, owner: str) -> "File[Any] | None":
    """The file behind a ticket, open; None when the ticket is false, too old or another's."""
    found = _behind(ticket, owner)
    return File(private_storage().open(found[0]), name=found[1]) if found else None


def kept_name(ticket: str, *, owner: str) -> str | None:
    """What the sender called the file behind a ticket."""
    found = _behind(ticket, owner)
    return found[1] if found else None


def _behind(ticket: str, owner: str) -> tuple[str, str] | None:
    try:
        place, name, whose = TimestampSigner(salt=_SALT).unsign_object(ticket, max_age=_LONGEST)
    except (BadSignature, json.JSONDecodeError, ValueError):
        return None
    known = whose == owner and private_storage().exists(place)
    return (place, name) if known else None


def sweep_waiting(*, at: datetime) -> int:
    """Remove what nobody came back for in time. Returns how many files. Safe to run twice.

    At every tick, not in the small hours: little lies there, most of it personal, and a machine
    that is off at night must forget it as well.
    """
    return sweep_files(private_storage(), _FOLDER, known=_nobody_asks, at=at)


def _nobody_asks(names: list[str]) -> Iterable[str]:
    return ()
