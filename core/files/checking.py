"""The door for files that people send: looked at from the inside before anything is kept."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.files.kinds import KINDS, PDF, Kind, is_two_things, kind_of, look_of, pdf_is_locked
from core.japan.text import clean_line

SCANS = tuple(kind.content_type for kind in KINDS)
MEGABYTE = 1024 * 1024
SCAN_BYTES = 20 * MEGABYTE
PAPERS = SCANS
PAPER_BYTES = 50 * MEGABYTE
LONGEST_NAME = 120
_LONGEST_ENDING = 12
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)


class FileRefusedError(DomainError):
    """A file that is not taken in. `str(error)` says why and what to do."""


@dataclass(frozen=True)
class CheckedUpload:
    """What a file is, as far as its bytes tell. `name` may be shown and may stand in a header."""

    content_type: str
    size: int
    sha256: str
    name: str
    locked: bool = False  # a PDF that asks for a password


def check_upload(file: "File[Any]", *, allowed: Iterable[str], max_bytes: int) -> CheckedUpload:
    """Look at a file from the inside. Raises FileRefusedError with a sentence for the sender.

    The file stands at its beginning afterwards.
    """
    data = _read(file, max_bytes)
    kinds = [kind for kind in KINDS if kind.content_type in set(allowed)]
    kind = kind_of(data)
    if kind not in kinds or kind is None:
        raise FileRefusedError(_unknown(look_of(data), kinds))
    if not kind.whole(data):
        raise FileRefusedError(
            _("The file is damaged or incomplete. Please scan or save it once more.")
        )
    if kind is PDF and pdf_is_locked(data):
        raise FileRefusedError(
            _("The PDF is locked with a password. Please save it without one and choose it again.")
        )
    if is_two_things(data):
        raise FileRefusedError(
            _("Another file is hidden in this file. It is not taken for safety.")
        )
    name = safe_name(file.name or "", kind)
    return CheckedUpload(kind.content_type, len(data), hashlib.sha256(data).hexdigest(), name)


def check_paper(file: "File[Any]") -> CheckedUpload:
    """As `check_upload`, for what is put before a meeting."""
    return check_upload(file, allowed=PAPERS, max_bytes=PAPER_BYTES)


def _read(file: "File[Any]", max_bytes: int) -> bytes:
    file.seek(0)
    data = file.read(max_bytes + 1)
    file.seek(0)
    if not data:
        raise FileRefusedError(_("The file is empty. Please choose it again."))
    if len(data) > max_bytes:
        raise FileRefusedError(
            _("The file is too big. %(most)s MB at most.") % {"most": max_bytes // MEGABYTE}
        )
    return bytes(data)


def _unknown(look: str, kinds: Iterable[Kind]) -> str:
    hints = {
        "zip": _("Compressed files and Office files are not taken."),
        "office": _("Office files are not taken."),
        "photo": _("This format of photographs (HEIC) is not taken."),
        "page": _("Web pages and drawings (SVG) are not taken."),
    }
    names = "・".join(kind.label for kind in kinds)
    plea = _("Please save it as %(kinds)s and choose it again.") % {"kinds": names}
    return f"{hints.get(look, _('What is in this file cannot be made out.'))}{plea}"


def safe_name(name: str, kind: Kind) -> str:
    """What the sender called the file, without what a header, a folder or Windows would misread.

    Only the last part of a path, one line, no letters that turn the writing round, an ending that
    tells the truth. Japanese letters stay as they are.
    """
    line = clean_line(name.replace("\\", "/")).rpartition("/")[2]
    line = _FORBIDDEN.sub("_", line).strip(". ")
    path = PurePosixPath(line or "scan")
    stem, ending = path.stem, path.suffix
    if ending.lower() not in kind.endings:
        stem, ending = path.name, kind.endings[0]
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem[: LONGEST_NAME - _LONGEST_ENDING].rstrip('. ')}{ending}"
