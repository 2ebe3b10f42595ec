"""The door for files that people send: looked at from the inside before anything is kept."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.files.kinds import (
    CSV,
    EXCEL,
    JPEG,
    KINDS,
    OFFICE,
    PDF,
    PNG,
    POWERPOINT,
    TEXT,
    TIFF,
    WORD,
    Kind,
    is_two_things,
    kind_of,
    look_of,
    pdf_is_locked,
)
from core.files.looking import Look
from core.files.names import file_name, harmless
from core.files.office import Trouble, look_inside
from core.japan.text import clean_line

MEGABYTE = 1024 * 1024
SCANS = tuple(kind.content_type for kind in (PDF, JPEG, PNG, TIFF))
SCAN_BYTES = 20 * MEGABYTE
_PAPERS = (PDF, WORD, EXCEL, POWERPOINT, CSV, TEXT, JPEG, PNG)
PAPERS = tuple(kind.content_type for kind in _PAPERS)
PAPER_ENDINGS = tuple(ending for kind in _PAPERS for ending in kind.endings)
PAPER_BYTES = 50 * MEGABYTE
# Endings that promise something; under such a name nobody may find anything else.
_TELLING = {
    ".htm", ".html", ".xhtml", ".mht", ".svg", ".xml", ".js", ".exe", ".bat", ".cmd", ".com",
    ".msi", ".scr", ".vbs", ".zip", ".7z", ".rar", ".lzh", ".doc", ".docm", ".dot", ".dotx", ".xls",
    ".xlsm", ".xlsb", ".ppt", ".pptm", ".pps", ".ppsx", ".rtf", ".odt", ".jtd", ".gif", ".heic",
    *(ending for kind in KINDS for ending in kind.endings),
}  # fmt: skip


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


def check_upload(
    file: "File[Any]",
    *,
    allowed: Iterable[str],
    max_bytes: int,
    locked_too: bool = False,
    honest: bool = False,
) -> CheckedUpload:
    """Look at a file from the inside. Raises FileRefusedError with a sentence for the sender.

    `locked_too` takes a PDF that asks for a password; `honest` refuses a name that promises another
    kind. The file is read in pieces and stands at its beginning afterwards.
    """
    types = set(allowed)
    kinds = [kind for kind in KINDS if kind.content_type in types]
    try:
        look = _look(file, max_bytes)
        kind = _kind(look, file.name or "", kinds)
        locked = kind is PDF and pdf_is_locked(look)
        if locked and not locked_too:
            raise FileRefusedError(
                _(
                    "The PDF is locked with a password. Please save it without one and choose it "
                    "again."
                )
            )
        if is_two_things(look, kind):
            raise FileRefusedError(
                _("Another file is hidden in this file. It is not taken for safety.")
            )
        if honest:
            _check_promise(file.name or "", kind)
        name = safe_name(file.name or "", kind)
        return CheckedUpload(kind.content_type, len(look), _sha256(look), name, locked)
    finally:
        file.seek(0)


def check_paper(file: "File[Any]") -> CheckedUpload:
    """As `check_upload`, for what is put before a meeting."""
    return check_upload(file, allowed=PAPERS, max_bytes=PAPER_BYTES, locked_too=True, honest=True)


def _look(file: "File[Any]", max_bytes: int) -> Look:
    look = Look(file)
    if not len(look):
        raise FileRefusedError(_("The file is empty. Please choose it again."))
    if len(look) > max_bytes:
        raise FileRefusedError(
            _("The file is too big. %(most)s MB at most.") % {"most": max_bytes // MEGABYTE}
        )
    return look


def _kind(look: Look, name: str, kinds: list[Kind]) -> Kind:
    """The kind of the file; refused when it is none of `kinds` or does not hold together."""
    kind = kind_of(look, name)
    if kind is None or kind not in kinds:
        raise FileRefusedError(_office_trouble(look, name, kinds) or _unknown(look, kinds))
    if not kind.whole(look):
        raise FileRefusedError(_damaged())
    return kind


def _damaged() -> str:
    return _("The file is damaged or incomplete. Please scan or save it once more.")


def _office_trouble(look: Look, name: str, kinds: list[Kind]) -> str:
    """Where Office files are taken: why this one is not. Empty when it is none."""
    if not set(OFFICE) & set(kinds):
        return ""
    called_office = any(name.lower().endswith(kind.endings) for kind in OFFICE)
    trouble = look_inside(look).trouble if look.startswith(OFFICE[0].begins) else Trouble.NONE
    if trouble is Trouble.MACROS:
        return _("There are macros in this file. Please save it without them and choose it again.")
    if trouble is Trouble.BOMB:
        return _("This file unfolds to far more than it weighs. It is not taken for safety.")
    if trouble is Trouble.DAMAGED and called_office:
        return _damaged()
    if look_of(look) == "office":
        return _(
            "This is an Office file of the old format or with a password. Please save it as "
            ".docx, .xlsx, .pptx or PDF without a password and choose it again."
        )
    return ""


def _unknown(look: Look, kinds: Iterable[Kind]) -> str:
    kinds = list(kinds)
    packed = _("Compressed files and Office files are not taken.")
    if set(OFFICE) & set(kinds):
        packed = _("Compressed files are not taken.")
    hints = {
        "zip": packed,
        "office": _("Office files are not taken."),
        "photo": _("This format of photographs (HEIC) is not taken."),
        "page": _("Web pages and drawings (SVG) are not taken."),
    }
    names = "・".join(kind.label for kind in kinds)
    plea = _("Please save it as %(kinds)s and choose it again.") % {"kinds": names}
    return f"{hints.get(look_of(look), _('What is in this file cannot be made out.'))}{plea}"


def _check_promise(name: str, kind: Kind) -> None:
    ending = PurePosixPath(clean_line(name)).suffix.lower()
    if ending in _TELLING and ending not in kind.endings:
        raise FileRefusedError(
            _("The name ends in %(ending)s, but what is in it is %(kind)s. Please check the file.")
            % {"ending": ending, "kind": kind.label}
        )


def _sha256(look: Look) -> str:
    digest = hashlib.sha256()
    for chunk in look.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def safe_name(name: str, kind: Kind) -> str:
    """The last part of what the sender called the file, with an ending that tells the truth."""
    line = harmless(clean_line(name.replace("\\", "/")).rpartition("/")[2])
    path = PurePosixPath(line or "scan")
    stem, ending = path.stem, path.suffix
    if ending.lower() not in kind.endings:
        stem, ending = path.name, kind.endings[0]
    return file_name(stem, ending)
