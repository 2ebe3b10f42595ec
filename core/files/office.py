"""Word, Excel and PowerPoint files: packages of parts, looked at without unpacking them.

Only what they say of themselves in [Content_Types].xml is read, after the table of the package has
been found harmless: no program inside, nothing that unfolds to more than a computer can bear.
"""

import struct
import zipfile
import zlib
from dataclasses import dataclass
from enum import Enum
from xml.parsers import expat

from core.files.looking import Look

_OPEN = "application/vnd.openxmlformats-officedocument"
WRITING = f"{_OPEN}.wordprocessingml.document"
WORKBOOK = f"{_OPEN}.spreadsheetml.sheet"
SLIDES = f"{_OPEN}.presentationml.presentation"
_MAIN = {f"{kind}.main+xml": kind for kind in (WRITING, WORKBOOK, SLIDES)}
_CONTENTS = "[Content_Types].xml"
_PROGRAMS = ("vbaproject", "macroenabled", "macrosheet", "activex")

_END, _END_64 = struct.Struct("<4s4H2LH"), b"PK\x06\x07"
_LONGEST_COMMENT = 65_535
_TABLE_BYTES = 4 * 1024 * 1024
_MOST_PARTS = 20_000
_CONTENTS_BYTES = 2 * 1024 * 1024
_UNPACKED_BYTES = 1024**3
_FREE_BYTES, _MOST_TIMES = 64 * 1024**2, 150  # what is small may be folded as tightly as it likes


class Trouble(Enum):
    NONE = ""
    DAMAGED = "damaged"
    MACROS = "macros"
    BOMB = "bomb"


@dataclass(frozen=True)
class Inside:
    """The type that the package gives itself; empty when it is no Office file of today."""

    content_type: str = ""
    trouble: Trouble = Trouble.NONE


class _BadError(Exception):
    """Not a package as an office program writes it."""


def look_inside(look: Look) -> Inside:
    try:
        _check_table(look)
        look.file.seek(0)
        with zipfile.ZipFile(look.file) as package:
            parts = package.infolist()
            if _unfolds_too_far(parts, len(look)):
                return Inside(trouble=Trouble.BOMB)
            _check_parts(parts, len(look))
            types = _types_in(package)
    except (_BadError, zipfile.BadZipFile, expat.ExpatError, zlib.error, ValueError, KeyError,
            EOFError, NotImplementedError, RuntimeError, OSError):  # fmt: skip
        return Inside(trouble=Trouble.DAMAGED)
    names = " ".join(part.filename for part in parts)
    if any(word in f"{names} {' '.join(types)}".lower() for word in _PROGRAMS):
        return Inside(trouble=Trouble.MACROS)
    mains = [_MAIN[one] for one in types if one in _MAIN]
    return Inside(content_type=mains[0]) if len(mains) == 1 else Inside()


def _check_table(look: Look) -> None:
    """The table at the end is of a size that may be read; zipfile would read any."""
    tail = look[-(_END.size + _LONGEST_COMMENT) :]
    place = len(tail) - _END.size
    if place < 0:
        raise _BadError
    if tail[place : place + 4] != b"PK\x05\x06" or tail[-2:] != b"\0\0":
        place = tail.rfind(b"PK\x05\x06")
    if place < 0 or place + _END.size > len(tail) or tail[max(place - 20, 0) :][:4] == _END_64:
        raise _BadError
    _mark, *numbers = _END.unpack_from(tail, place)
    parts, size = numbers[3], numbers[4]
    if parts > _MOST_PARTS or size > _TABLE_BYTES:
        raise _BadError


def _unfolds_too_far(parts: "list[zipfile.ZipInfo]", size: int) -> bool:
    unpacked = sum(part.file_size for part in parts)
    return unpacked > _UNPACKED_BYTES or unpacked > max(_FREE_BYTES, _MOST_TIMES * size)


def _check_parts(parts: "list[zipfile.ZipInfo]", size: int) -> None:
    names = [part.filename.lower() for part in parts]
    odd = any(
        part.flag_bits & 0x1
        or part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
        or part.filename.startswith("/")
        or ".." in part.filename.split("/")
        for part in parts
    )
    packed = sum(part.compress_size for part in parts)
    if odd or len(set(names)) != len(names) or packed > size:
        raise _BadError


def _types_in(package: zipfile.ZipFile) -> list[str]:
    """The types named in the list of contents."""
    with package.open(_CONTENTS) as part:
        text = part.read(_CONTENTS_BYTES + 1)
    if len(text) > _CONTENTS_BYTES:
        raise _BadError
    found: list[str] = []

    def take(_name: str, attributes: dict[str, str]) -> None:
        found.append(attributes.get("ContentType", ""))

    def refuse(*_what: object) -> None:
        raise _BadError

    parser = expat.ParserCreate()
    parser.StartElementHandler = take
    parser.StartDoctypeDeclHandler = refuse  # nothing that grows while it is read
    parser.Parse(text, True)  # noqa: FBT003 -- expat takes no keywords
    return found
