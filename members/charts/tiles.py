"""Shares of the categories, and a map of the prefectures in tiles."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.japan.codes import PREFECTURES
from members.choices import Category
from members.queries import Counts

TILE = 48
# Column and row of each prefecture, so that neighbours in the country are neighbours here.
PLACES: dict[str, tuple[int, int]] = {
    "01": (12, 0), "02": (11, 1), "05": (10, 2), "03": (11, 2), "06": (10, 3), "04": (11, 3),
    "17": (8, 4), "16": (9, 4), "15": (10, 4), "07": (11, 4),
    "32": (3, 5), "31": (4, 5), "28": (5, 5), "26": (6, 5), "18": (7, 5), "21": (8, 5),
    "20": (9, 5), "10": (10, 5), "09": (11, 5), "08": (12, 5),
    "35": (2, 6), "34": (3, 6), "33": (4, 6), "27": (5, 6), "29": (6, 6), "25": (7, 6),
    "23": (8, 6), "19": (9, 6), "11": (10, 6), "13": (11, 6), "12": (12, 6),
    "41": (0, 7), "40": (1, 7), "44": (2, 7), "30": (6, 7), "24": (7, 7), "22": (9, 7),
    "14": (11, 7), "42": (0, 8), "43": (1, 8), "45": (2, 8), "38": (3, 8), "37": (4, 8),
    "46": (1, 9), "39": (3, 9), "36": (4, 9), "47": (0, 10),
}  # fmt: skip
WIDTH, HEIGHT = 13 * TILE, 11 * TILE
LEVELS = 4


@dataclass(frozen=True)
class Share:
    """One category's part of a bar; start and width in percent."""

    category: Category
    count: int
    start: str
    width: str


@dataclass(frozen=True)
class Tile:
    code: str
    name: str
    short: str
    count: int
    x: int
    y: int
    level: int
    """0 for none, else 1 (few) to LEVELS (most)."""


def shares(counts: Counts) -> tuple[Share, ...]:
    """The categories side by side; together 100 percent, or nothing when there is no member."""
    total, start, found = counts.total, 0.0, []
    for category, count in counts.items():
        width = 100 * count / total if total else 0.0
        found.append(Share(category, count, f"{start:.2f}%", f"{width:.2f}%"))
        start += width
    return tuple(found)


def tiles(counts: Mapping[str, int]) -> tuple[Tile, ...]:
    """One tile a prefecture, from north to south.

    Shaded by the root of its number: Tokyo has so many that equal steps would leave the rest pale.
    """
    most = max((counts.get(code, 0) for code in PLACES), default=0)
    return tuple(
        Tile(
            code=code,
            name=name,
            short=name if code == "01" else name[:-1],
            count=counts.get(code, 0),
            x=PLACES[code][0] * TILE + 2,
            y=PLACES[code][1] * TILE + 2,
            level=math.ceil(LEVELS * math.sqrt(counts.get(code, 0) / most)) if most else 0,
        )
        for code, name in PREFECTURES
    )


# By hand, not by template: 47 tiles and 47 rows on every page of the directory.
_TILE = (
    '<rect class="tile tile--{level}" x="{x}" y="{y}" width="44" height="44" rx="6"/>'
    '<text class="tile__text tile__text--{level}" x="{middle}" y="{upper}">{short}</text>'
    '<text class="tile__text tile__text--{level} tile__text--n" x="{middle}" y="{lower}">{count}'
    "</text>"
)
_LINKED = '<a href="{url}" aria-label="{name} {count}団体">' + _TILE + "</a>"
_EMPTY = '<g aria-hidden="true">' + _TILE + "</g>"
_ROW = '<tr><th scope="row"><a href="{url}">{name}</a></th><td class="num">{count}</td></tr>'
_EMPTY_ROW = '<tr><th scope="row">{name}</th><td class="num">{count}</td></tr>'


def tile_map(found: Iterable[Tile], query: str) -> tuple[SafeString, SafeString]:
    """The tiles of the map and the rows of its table twin; each leads to the members it counts.

    `query` is the address's query so far, without a prefecture: `?` or `?category=regular`.
    """
    start = query if query == "?" else f"{query}&"
    drawn: list[SafeString] = []
    rows: list[SafeString] = []
    for tile in found:
        values = vars(tile) | {
            "url": f"{start}prefecture={tile.code}",
            "middle": tile.x + 22,
            "upper": tile.y + 20,
            "lower": tile.y + 37,
        }
        drawn.append(format_html(_LINKED if tile.count else _EMPTY, **values))
        rows.append(format_html(_ROW if tile.count else _EMPTY_ROW, **values))
    return _joined(drawn), _joined(rows)


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
