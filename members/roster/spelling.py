"""Is this the same text? Files in cp932 lose letters; the loss must not reach the database."""

from core.japan.tables import REPLACEMENT, decode_csv, encode_csv
from core.japan.text import fold


def carried(text: str) -> str:
    """The text as a cp932 file brings it back."""
    content, _lossy = encode_csv([[text]], "cp932")
    rows, _encoding = decode_csv(content)
    return rows[0][0] if rows and rows[0] else ""


def is_damaged_copy(stored: str, told: str, *, cp932: bool) -> bool:
    """Whether `told` is `stored` with nothing but the losses of a cp932 file."""
    if not stored or (not cp932 and REPLACEMENT not in told):
        return False
    return carried(stored) == carried(told)


def same_name(stored: str, told: str) -> bool:
    """One name in two spellings: width, blanks, 髙 and 高, or letters that a file lost."""
    return fold(stored) == fold(told) or is_damaged_copy(stored, told, cp932=True)
