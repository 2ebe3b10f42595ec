"""Small whole files of each kind, as scanners and telephones write them."""

import struct
import zlib


def pdf(extra: bytes = b"", version: bytes = b"1.7") -> bytes:
    return (
        b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\n" + extra
        + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    )  # fmt: skip


def png(width: int = 2, height: int = 2) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    picture = zlib.compress(b"\x00" + b"\xff" * 2)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", head), chunk(b"IDAT", picture), chunk(b"IEND", b"")]
    )


def jpeg(width: int = 2, height: int = 2, comment: bytes = b"") -> bytes:
    note = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + note + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"


def tiff(order: str = "<", tags: tuple[int, ...] = (256, 257, 259)) -> bytes:
    mark = b"II*\x00" if order == "<" else b"MM\x00*"
    entries = b"".join(struct.pack(f"{order}HHII", tag, 3, 1, 8) for tag in tags)
    return mark + struct.pack(f"{order}IH", 8, len(tags)) + entries + b"\x00" * 4
