"""Papers, meetings and minutes by words, within rights, the newest first.

What has the words in its name comes before what has them in its text. Nothing is counted that this
person may not open: rights are asked of the things themselves, in the same query as the words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, Func, Q, QuerySet, Value

from core.japan.text import fold
from meetings.models import Material, Meeting, Minutes, Passage
from meetings.pairs import condition
from meetings.readers import Reader

MOST_NAMED = 200  # set before the rest: who leafs further looks for something else
MOST = 1000  # counted and leafed through; beyond it says 1,000+
AROUND = 40  # letters of a snippet before and after the word
_PAIR = 2


@dataclass(frozen=True)
class Part:
    """A piece of a snippet; `hit`: the word itself."""

    text: str
    hit: bool = False


@dataclass(frozen=True)
class Hit:
    """One thing found. `kind`: material, meeting or minutes; `parts`: the snippet."""

    kind: str
    thing: Any
    place: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Found:
    """Keys of what was found, the best first, as (kind, key); at most MOST."""

    keys: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return len(self.keys)

    @property
    def capped(self) -> bool:
        return len(self.keys) >= MOST


class _Has(Func):
    """`pairs @@ 'tsquery'`."""

    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


def search(words: Sequence[str], *, reader: Reader, at: datetime, body: int | None = None) -> Found:
    """Things in which every word stands (each may stand in another place), as this person sees
    them at `at`. `words` are folded (meetings.pairs.words_of)."""
    if not words:
        return Found(())
    rows: list[tuple[bool, datetime, str, int]] = []
    for kind, things, moment in _things(reader, at, body):
        anywhere = _matching(things, kind, words, moment, named=False)
        named = _matching(things, kind, words, moment, named=True) if anywhere else []
        rows += [(True, day, kind, key) for key, day in named]
        rows += [(False, day, kind, key) for key, day in anywhere]
    rows.sort(key=lambda row: (row[0], row[1], row[3]), reverse=True)
    keys = dict.fromkeys((kind, key) for _named, _day, kind, key in rows)
    return Found(tuple(keys)[:MOST])


def hits(keys: Sequence[tuple[str, int]], words: Sequence[str]) -> list[Hit]:
    """The things behind some keys (a page of them) with where the words stand."""
    things: dict[tuple[str, int], Any] = {}
    for kind, rows in (
        ("material", Material.objects.select_related("current", "meeting", "body")),
        ("meeting", Meeting.objects.select_related("body")),
        ("minutes", Minutes.objects.select_related("meeting__body")),
    ):
        wanted = [key for found, key in keys if found == kind]
        if wanted:
            things |= {(kind, row.pk): row for row in rows.filter(pk__in=wanted)}
    for thing in things.values():
        if isinstance(thing, Material) and thing.meeting is not None:
            thing.meeting.body = thing.body
    snippets = _snippets(keys, words)
    return [
        Hit(kind, things[kind, key], *snippets.get((kind, key), ("", ())))
        for kind, key in keys
        if (kind, key) in things
    ]


def _things(
    reader: Reader, at: datetime, body: int | None
) -> list[tuple[str, "QuerySet[Any]", str]]:
    of_body = Q() if body is None else Q(body=body)
    of_meeting = Q() if body is None else Q(meeting__body=body)
    minutes = Minutes.objects.published(at).filter(
        reader.allowed(body="meeting__body") | reader.run(body="meeting__body")
    )
    return [
        ("material", Material.objects.readable_by(reader, at).filter(of_body), "publish_at"),
        ("meeting", Meeting.objects.visible_to(reader).filter(of_body), "starts_at"),
        ("minutes", minutes.filter(of_meeting), "publish_at"),
    ]


def _matching(
    things: "QuerySet[Any]", kind: str, words: Sequence[str], moment: str, *, named: bool
) -> list[tuple[int, datetime]]:
    # All names of a thing are one passage; in its text each word may stand in another.
    for together in [words] if named else [[word] for word in words]:
        passages = _passages(together, among="names" if named else "pairs")
        things = things.filter(pk__in=passages.exclude(**{kind: None}).order_by().values(kind))
    newest = things.order_by(f"-{moment}", "-pk").values_list("pk", moment)
    return list(newest[: MOST_NAMED if named else MOST])


def having(kind: str, words: Sequence[str]) -> Q:
    """Condition on things of a kind: every word stands somewhere in them. It knows no rights."""
    found = Q()
    for word in words:
        passages = _passages([word]).exclude(**{kind: None})
        found &= Q(pk__in=passages.order_by().values(kind))
    return found


def _passages(words: Sequence[str], *, among: str = "pairs") -> "QuerySet[Passage]":
    """Passages (with `among="names"`: names) in which all words stand.

    Two letters are the index's own words; longer ones are looked at again, since their pairs may
    stand apart.
    """
    asked = Func(
        Value(condition(words)), template="(%(expressions)s)::tsquery",
        output_field=SearchVectorField(),
    )  # fmt: skip
    found = Passage.objects.filter(_Has(among, asked))
    for word in words:
        if len(word) > _PAIR:
            found = found.filter(folded__contains=word)
    return found


def _snippets(
    keys: Sequence[tuple[str, int]], words: Sequence[str]
) -> dict[tuple[str, int], tuple[str, tuple[Part, ...]]]:
    """For each thing the first passage of text with one of the words."""
    mine = Q()
    for kind in ("material", "meeting", "minutes"):
        mine |= Q(**{f"{kind}__in": [key for found, key in keys if found == kind]})
    some = Q()
    for word in words:
        some |= Q(folded__contains=word)
    rows = (
        Passage.objects.filter(mine, some, depth=1)
        .order_by("position", "pk")
        .values_list("material", "meeting", "minutes", "place", "text")
    )
    found: dict[tuple[str, int], tuple[str, tuple[Part, ...]]] = {}
    for material, meeting, minutes, place, text in rows:
        kind, key = next(
            (kind, key)
            for kind, key in (("material", material), ("meeting", meeting), ("minutes", minutes))
            if key is not None
        )
        if (kind, key) not in found:
            found[kind, key] = (place, snippet(text, words))
    return found


def snippet(text: str, words: Sequence[str]) -> tuple[Part, ...]:
    """The text around the first word that stands in it, the word marked as it is written."""
    line = " ".join(text.split())
    folded, origins = _folded_with_origins(line)
    starts = [(folded.find(word), word) for word in words if word in folded]
    if not starts:
        return (Part(line[: 2 * AROUND]),)
    at, word = min(starts)
    first, last = origins[at], origins[at + len(word) - 1] + 1
    before, after = max(0, first - AROUND), min(len(line), last + AROUND)
    return tuple(
        part
        for part in (
            Part(("…" if before else "") + line[before:first]),
            Part(line[first:last], hit=True),
            Part(line[last:after] + ("…" if after < len(line) else "")),
        )
        if part.text
    )


# A text is made of a few hundred letters that come again and again.
_folded = lru_cache(maxsize=10_000)(fold)


def _folded_with_origins(line: str) -> tuple[str, list[int]]:
    """The folded line, and for each of its letters where it came from."""
    folded, origins = [], []
    for at, letter in enumerate(line):
        for part in _folded(letter):
            folded.append(part)
            origins.append(at)
    return "".join(folded), origins
