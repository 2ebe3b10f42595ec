"""What a file is, judged by its bytes. Its name and what the browser says of it do not count."""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass

HEAD = 1024  # readers of PDF take a header anywhere in here, old browsers guess from here
_PIXELS = 400_000_000  # A0 at 300 dpi has 140 million; more only fills the memory of who opens it
_TAGS = 1000  # entries of one page of a TIFF; real ones have a few dozen
_ZIP_END, _ZIP_ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_ZIP_TAIL = 22 + 65_535  # end of a zip with the longest comment


@dataclass(frozen=True)
class Kind:
    """A kind of file that may be taken: its type, its endings and the test of its bytes."""

    content_type: str
    label: str
    endings: tuple[str, ...]
    begins: tuple[bytes, ...]
    whole: Callable[[bytes], bool]


# --- one test per kind: does the file hold together from beginning to end? ----------------------


def _pdf(data: bytes) -> bool:
    return re.match(rb"%PDF-[12]\.[0-9]", data) is not None and b"%%EOF" in data[-4096:]


def pdf_is_locked(data: bytes) -> bool:
    """Whether a password is needed: nobody in the office could read it in three years."""
    return re.search(rb"/Encrypt\s*(?:[0-9]+\s+[0-9]+\s+R|<<)", data) is not None


def _jpeg(data: bytes) -> bool:
    """Segments from the start up to a frame with a size, and an end of the picture."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:  # padding
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            sizes = data[at + 5 : at + 9]
            return len(sizes) == 4 and _fits(*struct.unpack(">HH", sizes)) and b"\xff\xd9" in data
        at += 2 + max(length, 2)
    return False


def _png(data: bytes) -> bool:
    """Chunks that follow each other from the header to the end."""
    if data[12:16] != b"IHDR" or not _fits(*_two(data, 16, ">II")):
        return False
    at = 8
    while at + 12 <= len(data):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if name == b"IEND":
            return True
        at += 12 + length
    return False


def _tiff(data: bytes) -> bool:
    """A first page whose table lies inside the file and names a width."""
    order = "<" if data[:2] == b"II" else ">"
    if len(data) < 8:
        return False
    (place,) = struct.unpack(f"{order}I", data[4:8])
    if place < 8 or place + 2 > len(data):
        return False
    (entries,) = struct.unpack(f"{order}H", data[place : place + 2])
    table = data[place + 2 : place + 2 + 12 * entries]
    if not 0 < entries <= _TAGS or len(table) != 12 * entries:
        return False
    tags = {struct.unpack_from(f"{order}H", table, at)[0] for at in range(0, len(table), 12)}
    return {256, 257} <= tags  # width and height


def _two(data: bytes, at: int, form: str) -> tuple[int, int]:
    try:
        first, second = struct.unpack_from(form, data, at)
    except struct.error:
        return 0, 0
    return int(first), int(second)


def _fits(one: int, other: int) -> bool:
    return 0 < one * other <= _PIXELS


PDF = Kind("application/pdf", "PDF", (".pdf",), (b"%PDF-",), _pdf)
JPEG = Kind("image/jpeg", "JPEG", (".jpg", ".jpeg", ".jpe"), (b"\xff\xd8\xff",), _jpeg)
PNG = Kind("image/png", "PNG", (".png",), (b"\x89PNG\r\n\x1a\n",), _png)
TIFF = Kind("image/tiff", "TIFF", (".tif", ".tiff"), (b"II*\x00", b"MM\x00*"), _tiff)
KINDS = (PDF, JPEG, PNG, TIFF)

# What people send by mistake, so that the refusal can say what to do instead.
_OTHERS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    ("zip", re.compile(rb"PK(?:\x03\x04|\x05\x06|\x07\x08)|Rar!|7z\xbc\xaf|\x1f\x8b")),
    ("office", re.compile(rb"\xd0\xcf\x11\xe0|\{\\rtf")),
    ("photo", re.compile(rb".{4}ftyp(?:hei[cfmsx]|mif1|avif|msf1)", re.DOTALL)),
    ("page", re.compile(rb"(?:\xef\xbb\xbf)?\s*<", re.DOTALL)),
)
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|script|svg|iframe|body)[\s>/]", re.IGNORECASE)


def kind_of(data: bytes) -> Kind | None:
    """The kind whose mark the file bears at its very beginning."""
    return next((kind for kind in KINDS if data.startswith(kind.begins)), None)


def look_of(data: bytes) -> str:
    """For a file of no kind of ours: zip, office, photo, page, or nothing that we know."""
    return next((name for name, pattern in _OTHERS if pattern.match(data[:HEAD])), "")


def is_two_things(data: bytes) -> bool:
    """Whether another program would read something else out of the same bytes."""
    head = data[1:HEAD]
    return b"%PDF-" in head or _MARKUP.search(head) is not None or _is_zip(data)


def _is_zip(data: bytes) -> bool:
    tail = data[-_ZIP_TAIL:]
    found = tail.rfind(_ZIP_END)
    if found < 0 or found + 16 > len(tail):
        return False
    end = len(data) - len(tail) + found
    (size,) = struct.unpack_from("<I", data, end + 12)
    return size == 0 or data[max(end - size, 0) : end].startswith(_ZIP_ENTRY)
