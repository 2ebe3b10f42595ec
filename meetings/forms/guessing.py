"""What the name of a file says of the paper in it: 資料2-1_名簿.xlsx is 資料2-1, 名簿.

A guess that somebody looks over before it is saved. Letters of the title stay as they were typed.
"""

import re
import unicodedata
from pathlib import PurePath

from core.japan.text import clean_line

LONGEST_LABEL, LONGEST_TITLE = 20, 200

_DIGITS = "0-9０-９"
_DASH = "-‐‑‒–—―−－ー"
_NUMBER = rf"[{_DIGITS}]{{1,3}}(?:[{_DASH}][{_DIGITS}]{{1,3}})*"
_OPEN, _CLOSE = r"【〔\[(\uff3b\uff08", r"】〕\])\uff3d\uff09"
_SPACE = r"[\s_]*"
# What orders the files in a folder and is no part of their names: 01_, 20220705-.
_COUNTER = re.compile(rf"[{_DIGITS}]{{1,8}}(?:[\s_.,、.{_DASH}]+|(?=[^{_DIGITS}\s_]))")
_AGENDA = re.compile(rf"[{_OPEN}]?(?P<label>議事次第|式次第|次第)[{_CLOSE}]?")
_NUMBERED = re.compile(
    rf"[{_OPEN}]?(?P<kind>参考資料|机上配布資料|机上配付資料|当日資料|資料|参考|別紙|別添|様式)"
    rf"{_SPACE}(?:No\.?|№|第)?{_SPACE}(?P<number>{_NUMBER})?[{_CLOSE}]?"
)
_EDGES = " \t\u3000_-.,、。.・:\uff1a"
# Macs hand over が as か and a mark of its own.
_APART = re.compile("[\u3040-\u30ff][\u3099\u309a]")
_ORDER = ("次第", "資料", "参考")


def guess(name: str) -> tuple[str, str]:
    """Label and title of the paper in a file of this name; either may be empty."""
    whole = _APART.sub(lambda found: unicodedata.normalize("NFC", found[0]), clean_line(name))
    stem = PurePath(whole.replace("/", "_")).stem.strip(_EDGES)
    for text in (stem, _COUNTER.sub("", stem, count=1) if _COUNTER.match(stem) else stem):
        found = _AGENDA.match(text)
        if found:
            return "次第", (text[found.end() :].strip(_EDGES) or found["label"])[:LONGEST_TITLE]
        found = _NUMBERED.match(text)
        if found and (found["number"] or found.end() == len(text) or text[found.end()] in _EDGES):
            rest = text[found.end() :].strip(_EDGES)
            return _label(found["kind"], found["number"] or ""), rest[:LONGEST_TITLE]
    return _agenda_at_the_end(stem)


def _agenda_at_the_end(stem: str) -> tuple[str, str]:
    """第2回会合 次第."""
    label = "次第" if stem.endswith("次第") else ""
    return label, stem[:LONGEST_TITLE]


def _label(kind: str, number: str) -> str:
    digits = unicodedata.normalize("NFKC", re.sub(f"[{_DASH}]", "-", number))
    return f"{kind}{digits}"[:LONGEST_LABEL]


def order_of(label: str) -> tuple[int, tuple[int, ...]]:
    """Where papers with this label usually lie: 次第, 資料1, 資料2-1, 参考資料1, others."""
    rank = next((n for n, word in enumerate(_ORDER) if label.startswith(word)), len(_ORDER))
    return rank, tuple(int(number) for number in re.findall("[0-9]+", label))
