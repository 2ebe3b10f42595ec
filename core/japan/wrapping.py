"""Lines of plain-text letters, counted in full-width letters."""

import re
import unicodedata
from functools import lru_cache

_URL = r"https?://[!-;=?-~]*[0-9A-Za-z/_~#=&%+\-]"
_TOKEN = re.compile(rf"{_URL}|[!-~]+?(?={_URL})|[!-~]+|.", re.DOTALL)
_URL_ATOM = re.compile(_URL)
# 禁則: never first on a line; never last on a line (JIS X 4051, the common part).
_NOT_FIRST = frozenset(
    "、。，．,.・：；:;？！?!)）」』】〕〉》］｝]}ー〜～…‥々ゝゞヽヾぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ％％%"
)
_NOT_LAST = frozenset("(（「『【〔〈《［｛[{〒￥")
_LONGEST_CARRY = 8


def wrap_fullwidth(text: str, width: int = 35) -> list[str]:
    """Break a text into lines of at most `width` full-width letters (2 × `width` columns).

    Wide, full-width and ambiguous letters (East Asian Width W, F, A) take two columns, others one,
    combining marks and variation selectors none. Line breaks of the text stay. Every URL stands
    unbroken on a line of its own, so that it can be typed where gateways disable links; it alone
    may be longer. A line does not begin with 、。」 nor end with 「（ where that can be helped;
    Latin words stay whole if they fit on a line. Blanks at a break are dropped.
    """
    lines: list[str] = []
    for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        lines += _wrap_paragraph(paragraph, max(width, 1) * 2)
    return lines


def columns(text: str) -> int:
    """How many columns a text takes in a fixed-width font of a Japanese mail reader."""
    return sum(_columns_of(letter) for letter in text)


@lru_cache(maxsize=4096)
def _columns_of(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WFA" else 1


def _wrap_paragraph(paragraph: str, limit: int) -> list[str]:
    done: list[str] = []
    line: list[str] = []
    used = 0
    for atom in _atoms(paragraph, limit):
        width = columns(atom)
        if _URL_ATOM.fullmatch(atom):
            done += [*_closed(line), atom]
            line, used = [], 0
        elif used + width > limit:
            carried = _carried(line, atom, limit)
            done += _closed(line)
            line = [*carried, atom]
            used = columns("".join(line))
        else:
            line.append(atom)
            used += width
        if done and len(line) == 1 and not atom.strip():
            line, used = [], 0
    return [*done, "".join(line)] if line or not done else done


def _atoms(paragraph: str, limit: int) -> list[str]:
    """URLs, Latin words no longer than a line, and single letters with the marks that follow."""
    atoms: list[str] = []
    for token in _TOKEN.findall(paragraph):
        if _URL_ATOM.fullmatch(token):
            atoms.append(token)
        elif atoms and not columns(token) and not _URL_ATOM.fullmatch(atoms[-1]):
            atoms[-1] += token
        else:
            atoms += [token[start : start + limit] for start in range(0, len(token), limit)]
    return atoms


def _carried(line: list[str], atom: str, limit: int) -> list[str]:
    """Take from the end of the line what must go down with the atom (追い出し)."""
    carried: list[str] = []
    first = atom
    while (
        len(line) > 1
        and (first[0] in _NOT_FIRST or line[-1][-1] in _NOT_LAST)
        and len(carried) < _LONGEST_CARRY
        and columns("".join([line[-1], *carried, atom])) <= limit
    ):
        first = line.pop()
        carried.insert(0, first)
    return carried


def _closed(line: list[str]) -> list[str]:
    text = "".join(line).rstrip()
    return [text] if text else []
