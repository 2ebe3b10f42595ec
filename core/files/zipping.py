"""Many files as one zip, written while it is sent: memory stays flat, the length is known before.

Nothing is packed: papers are packed already. Sizes and check sums stand before each file, so that
every program that unpacks can read it as a stream, too (zipfile would put them behind).
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

# Beyond this a zip needs another form of its tables, which old programs do not read.
ZIP_BYTES = 2 * 1024**3
_CHUNK = 64 * 1024
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION, _NAMES_IN_UTF8, _ON_UNIX = 20, 0x800, 3 << 8
_FILE_FOR_ITS_OWNER = 0o100644 << 16


@dataclass(frozen=True)
class ZipEntry:
    """A file of `size` bytes; `open` is called when its turn comes."""

    name: str
    size: int
    open: "Callable[[], IO[bytes] | Any]"
    written_at: datetime

    @property
    def encoded(self) -> bytes:
        return self.name.encode("utf-8", "replace")

    @property
    def stamp(self) -> tuple[int, int]:
        """Time and day as MS-DOS kept them: from 1980, two seconds at a time."""
        at = self.written_at
        day = (max(at.year, 1980) - 1980) << 9 | at.month << 5 | at.day
        return at.hour << 11 | at.minute << 5 | at.second // 2, day


def zip_length(entries: Sequence[ZipEntry]) -> int:
    """How many bytes `zip_stream` will give."""
    each = _LOCAL.size + _CENTRAL.size
    return _END.size + sum(each + 2 * len(entry.encoded) + entry.size for entry in entries)


def zip_stream(entries: Sequence[ZipEntry]) -> Iterator[bytes]:
    """The zip in chunks. zipfile.BadZipFile breaks it off when a file is not as long as told."""
    table, place = [], 0
    for entry in entries:
        with entry.open() as source:
            check = _check_sum(source, entry)
            head = (_VERSION, _NAMES_IN_UTF8, zipfile.ZIP_STORED, *entry.stamp, check)
            sizes = (entry.size, entry.size, len(entry.encoded), 0)
            table.append(
                _CENTRAL.pack(
                    b"PK\x01\x02", _VERSION | _ON_UNIX, *head, *sizes, 0, 0, 0,
                    _FILE_FOR_ITS_OWNER, place,
                )
                + entry.encoded
            )  # fmt: skip
            local = _LOCAL.pack(b"PK\x03\x04", *head, *sizes) + entry.encoded
            yield local
            source.seek(0)
            yield from _chunks(source)
        place += len(local) + entry.size
    contents = b"".join(table)
    yield contents
    count = len(entries)
    yield _END.pack(b"PK\x05\x06", 0, 0, count, count, len(contents), place, 0)


def _check_sum(source: "IO[bytes] | Any", entry: ZipEntry) -> int:
    check, size = 0, 0
    for chunk in _chunks(source):
        check, size = zlib.crc32(chunk, check), size + len(chunk)
    if size != entry.size:
        raise zipfile.BadZipFile(entry.name)
    return check


def _chunks(source: "IO[bytes] | Any") -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk
