"""Japanese words are found by their letters two by two, kept as a tsvector without any extension.

`今日は晴れ` is kept as 今日 日は は晴 晴れ れ: the last letter alone, so that a single letter is
found as the beginning of something.
"""

from collections.abc import Iterable

from core.japan.text import fold

LONGEST_QUERY = 200
MOST_WORDS = 8


def pairs(folded: str) -> list[str]:
    """Every two letters that stand together, each once, and the last letter alone."""
    return sorted({folded[at : at + 2] for at in range(len(folded))})


def vector(folded: str) -> str:
    """The pairs as PostgreSQL writes a tsvector."""
    return " ".join(_quoted(pair) for pair in pairs(folded))


def words_of(query: str) -> list[str]:
    """The folded words of a search box, without doubles; signs alone are no words."""
    words = (fold(word) for word in query[:LONGEST_QUERY].replace("\u3000", " ").split())
    return [word for word in dict.fromkeys(words) if word][:MOST_WORDS]


def condition(words: Iterable[str]) -> str:
    """All words as PostgreSQL writes a tsquery."""
    return " & ".join(part for word in words for part in _parts(word))


def _parts(word: str) -> list[str]:
    if len(word) == 1:
        return [f"{_quoted(word)}:*"]
    return [_quoted(word[at : at + 2]) for at in range(len(word) - 1)]


def _quoted(pair: str) -> str:
    escaped = pair.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
