"""Names of files that no header, folder or program misreads."""

import re

from core.japan.text import clean_line

# No file system takes more than 255 bytes, and a Japanese letter has three.
LONGEST_NAME, LONGEST_NAME_BYTES = 120, 240
_LONGEST_ENDING = 12
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)


def harmless(name: str) -> str:
    """One line, without what Windows forbids and letters that turn the writing round.

    Japanese letters stay as they are.
    """
    return _FORBIDDEN.sub("_", clean_line(name)).strip(". ")


def file_name(stem: str, ending: str) -> str:
    """`stem`, made harmless and cut to what every file system takes, with this ending."""
    stem = harmless(stem)
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    stem = stem[: LONGEST_NAME - _LONGEST_ENDING]
    room = LONGEST_NAME_BYTES - _LONGEST_ENDING
    stem = stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
    return f"{stem.rstrip('. ')}{ending}"
