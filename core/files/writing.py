"""Plain text, in one of the ways in which Japanese is written down."""

import codecs
import re

from core.files.looking import Look

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WAYS = ("utf-8", "cp932", "euc_jp")
# Nobody types these; ESC, of ISO-2022-JP, and the end mark of old editors are let through.
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")


def is_writing(look: Look) -> bool:
    """Whether all of it reads as text."""
    if look.startswith(_UTF16):
        return _decodes(look, "utf-16")
    return not look.holds(_CONTROLS) and any(_decodes(look, way) for way in _WAYS)


def _decodes(look: Look, way: str) -> bool:
    decoder = codecs.getincrementaldecoder(way)()
    try:
        for chunk in look.chunks():
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
