"""Members in pictures: shares of the categories, prefectures in tiles, numbers over time."""

from members.charts.tiles import (
    HEIGHT,
    LEVELS,
    PLACES,
    TILE,
    WIDTH,
    Share,
    Tile,
    shares,
    tile_map,
    tiles,
)
from members.charts.timeline import Timeline, timeline

__all__ = [
    "HEIGHT",
    "LEVELS",
    "PLACES",
    "TILE",
    "WIDTH",
    "Share",
    "Tile",
    "Timeline",
    "shares",
    "tile_map",
    "tiles",
    "timeline",
]
