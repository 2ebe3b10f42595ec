"""RFC 9110 §14: a client that asks for a part of a file, to go on where a download broke off."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

# One part; who asks for several at once gets the whole file, as the RFC allows.
_RANGE = re.compile(r"bytes=\s*(?P<first>[0-9]{0,15})\s*-\s*(?P<last>[0-9]{0,15})\s*", re.ASCII)


@dataclass(frozen=True)
class Part:
    first: int
    last: int  # the last byte that belongs to it

    @property
    def length(self) -> int:
        return self.last - self.first + 1


OUTSIDE = Part(-1, -1)  # the file has no such part: 416


def part_asked_for(headers: Mapping[str, str], *, size: int, tag: str) -> Part | None:
    """None for the whole file, also when what the client has is no part of this one (If-Range)."""
    if "If-Range" in headers and (not tag or headers["If-Range"].strip() != tag):
        return None
    found = _RANGE.fullmatch(headers.get("Range", ""))
    if found is None or not (found["first"] or found["last"]):
        return None
    if not found["first"]:  # the last so many bytes
        length = min(int(found["last"]), size)
        return Part(size - length, size - 1) if length else OUTSIDE
    first = int(found["first"])
    last = min(int(found["last"]), size - 1) if found["last"] else size - 1
    if found["last"] and int(found["last"]) < first:
        return None  # no valid range at all: as if none were asked for
    return Part(first, last) if first < size else OUTSIDE


def begins_later(headers: Mapping[str, str]) -> bool:
    """Whether this asks for anything but the beginning."""
    found = _RANGE.fullmatch(headers.get("Range", ""))
    return found is not None and int(found["first"] or 1) > 0
