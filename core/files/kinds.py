"""What a file is, judged by its bytes. Its name decides only between kinds of plain text."""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.files.looking import Look
from core.files.office import SLIDES, WORKBOOK, WRITING, look_inside
from core.files.writing import is_writing

HEAD = 1024  # readers of PDF take a header anywhere in here, old browsers guess from here
_PIXELS = 400_000_000  # A0 at 300 dpi has 140 million; more only fills the memory of who opens it
_TAGS = 1000  # entries of one page of a TIFF; real ones have a few dozen
_PARTS = 200_000  # chunks of a PNG, segments of a JPEG; real ones have thousands
_ZIP_END, _ZIP_ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_ZIP_TAIL = 22 + 65_535  # end of a zip with the longest comment


@dataclass(frozen=True)
class Kind:
    """A kind of file that may be taken: its type, its endings and the test of its bytes."""

    content_type: str
    label: str
    endings: tuple[str, ...]
    begins: tuple[bytes, ...]
    whole: Callable[[Look], bool]


# --- one test per kind: does the file hold together from beginning to end? ----------------------


def _pdf(look: Look) -> bool:
    return re.match(rb"%PDF-[12]\.[0-9]", look[:8]) is not None and b"%%EOF" in look[-4096:]


def pdf_is_locked(look: Look) -> bool:
    """Whether a password is needed to read it or to do anything with it."""
    return look.holds(re.compile(rb"/Encrypt\s{0,32}(?:[0-9]{1,10}\s{1,32}[0-9]{1,5}\s{1,32}R|<<)"))


def _jpeg(look: Look) -> bool:
    """Segments from the start up to a frame with a size, and an end of the picture."""
    at = 2
    for _part in range(_PARTS):
        mark, marker, length = _three(look, at, ">BBH")
        if mark != 0xFF:
            return False
        if marker == 0xFF:  # padding
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            _depth, high, wide = _three(look, at + 4, ">BHH")
            return _fits(high, wide) and look.holds(re.compile(rb"\xff\xd9"))
        at += 2 + max(length, 2)
    return False


def _png(look: Look) -> bool:
    """Chunks that follow each other from the header to the end."""
    _nothing, wide, high = _three(look, 15, ">BII")
    if look[12:16] != b"IHDR" or not _fits(wide, high):
        return False
    at = 8
    for _part in range(_PARTS):
        if at + 12 > len(look):
            return False
        if look[at + 4 : at + 8] == b"IEND":
            return True
        at += 12 + int.from_bytes(look[at : at + 4], "big")
    return False


def _tiff(look: Look) -> bool:
    """A first page whose table lies inside the file and names a width."""
    order = "<" if look[:2] == b"II" else ">"
    if len(look) < 8:
        return False
    (place,) = struct.unpack(f"{order}I", look[4:8])
    if place < 8 or place + 2 > len(look):
        return False
    (entries,) = struct.unpack(f"{order}H", look[place : place + 2])
    table = look[place + 2 : place + 2 + 12 * entries]
    if not 0 < entries <= _TAGS or len(table) != 12 * entries:
        return False
    tags = {struct.unpack_from(f"{order}H", table, at)[0] for at in range(0, len(table), 12)}
    return {256, 257} <= tags  # width and height


def _three(look: Look, at: int, form: str) -> tuple[int, int, int]:
    """Three numbers at a place; zeros where the file is over."""
    part = look[at : at + struct.calcsize(form)]
    if len(part) < struct.calcsize(form):
        return 0, 0, 0
    first, second, third = struct.unpack(form, part)
    return int(first), int(second), int(third)


def _fits(one: int, other: int) -> bool:
    return 0 < one * other <= _PIXELS


def _office(look: Look) -> bool:
    return look_inside(look).content_type in {WRITING, WORKBOOK, SLIDES}


_ZIP = (b"PK\x03\x04",)
PDF = Kind("application/pdf", "PDF", (".pdf",), (b"%PDF-",), _pdf)
JPEG = Kind("image/jpeg", "JPEG", (".jpg", ".jpeg", ".jpe"), (b"\xff\xd8\xff",), _jpeg)
PNG = Kind("image/png", "PNG", (".png",), (b"\x89PNG\r\n\x1a\n",), _png)
TIFF = Kind("image/tiff", "TIFF", (".tif", ".tiff"), (b"II*\x00", b"MM\x00*"), _tiff)
WORD = Kind(WRITING, "Word", (".docx",), _ZIP, _office)
EXCEL = Kind(WORKBOOK, "Excel", (".xlsx",), _ZIP, _office)
POWERPOINT = Kind(SLIDES, "PowerPoint", (".pptx",), _ZIP, _office)
CSV = Kind("text/csv", "CSV", (".csv",), (), is_writing)
TEXT = Kind("text/plain", "テキスト", (".txt", ".text"), (), is_writing)

_SCANNED = (PDF, JPEG, PNG, TIFF)
OFFICE = (WORD, EXCEL, POWERPOINT)
WRITTEN = (CSV, TEXT)
KINDS = (*_SCANNED, *OFFICE, *WRITTEN)

# What people send by mistake, so that the refusal can say what to do instead.
_OTHERS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("zip", re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)|Rar!|7z\xbc\xaf|\x1f\x8b")),
    ("office", re.compile(rb"\xd0\xcf\x11\xe0|\{\\rtf")),
    ("photo", re.compile(rb".{4}ftyp(?:hei[cfmsx]|mif1|avif|msf1)", re.DOTALL)),
    ("page", re.compile(rb"(?:\xef\xbb\xbf)?\s*<", re.DOTALL)),
)
_MARKUP = re.compile(
    rb"<(?:!doctype|!--|\?xml|html|script|svg|iframe|body|meta|head)[\s>/-]", re.IGNORECASE
)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|script|svg|iframe|body)[\s>/]", re.IGNORECASE)


def kind_of(look: Look, name: str = "") -> Kind | None:
    """The kind whose mark the file bears at its very beginning.

    Office files are told apart by what they say of themselves inside. Plain text bears no mark: it
    is believed when it reads as text and is called so.
    """
    if look.startswith(_ZIP):
        inside = look_inside(look).content_type
        return next((kind for kind in OFFICE if kind.content_type == inside), None)
    for kind in _SCANNED:
        if look.startswith(kind.begins):
            return kind
    ending = PurePosixPath(name).suffix.lower()
    called = next((kind for kind in WRITTEN if ending in kind.endings), None)
    return called if called and not _MARKUP.search(look[:HEAD]) and called.whole(look) else None


def look_of(look: Look) -> str:
    """For a file of no kind of ours: zip, office, photo, page, or nothing that we know."""
    return next((name for name, pattern in _OTHERS if pattern.match(look[:HEAD])), "")


def is_two_things(look: Look, kind: Kind) -> bool:
    """Whether another program would read something else out of the same bytes."""
    head = look[1:HEAD]
    if b"%PDF-" in head or _PAGE.search(head) is not None:
        return True
    return kind not in OFFICE and _is_zip(look)


def _is_zip(look: Look) -> bool:
    tail = look[-_ZIP_TAIL:]
    found = tail.rfind(_ZIP_END)
    if found < 0 or found + 16 > len(tail):
        return False
    end = len(look) - len(tail) + found
    (size,) = struct.unpack_from("<I", tail, found + 12)
    first = max(end - size, 0)
    return size == 0 or look[first : first + 4] == _ZIP_ENTRY
