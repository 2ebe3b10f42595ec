"""Minutes as a PDF: the same letters on every machine, from the fonts that travel with us."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import typst

_HERE = Path(__file__).parent
_FONTS = _HERE.parent / "fonts"
_KEPT = 16


def minutes_pdf(data: Mapping[str, Any]) -> bytes:
    """`data`: title, author, footer, notes, head ({label, lines}), parts ({heading, withheld,
    paragraphs}). The caller has left out what this reader must not have."""
    return _compiled(json.dumps(data, ensure_ascii=False, sort_keys=True))


def paragraphs(text: str) -> list[list[str]]:
    """Lines by paragraph: an empty line parts them."""
    return [part.split("\n") for part in re.split(r"\n\s*\n", text.strip("\n")) if part.strip()]


@lru_cache(maxsize=_KEPT)
def _compiled(data: str) -> bytes:
    """The same words make the same file; whoever has not got the words cannot ask for it."""
    try:
        return _compile(data, "ua-1")
    except typst.TypstError:
        # A letter that our fonts do not have, for example an emoji, stands there as a box. The
        # standard for accessible files refuses that; the reader gets the file all the same.
        return _compile(data, None)


def _compile(data: str, standard: Literal["ua-1"] | None) -> bytes:
    return typst.compile(
        str(_HERE / "minutes.typ"),
        font_paths=[str(_FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"d": data},
        pdf_standards=standard,
    )
