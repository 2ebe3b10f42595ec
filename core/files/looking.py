"""A file looked at piece by piece: what is big is never in memory as a whole."""

import re
from collections.abc import Iterator
from typing import IO, Any

CHUNK = 256 * 1024
_WINDOW = 16 * 1024
_OVERLAP = 256  # the longest thing that is searched for


class Look:
    """The bytes of a file, asked for as of `bytes`: a length, slices, a search."""

    def __init__(self, file: "IO[bytes] | Any") -> None:
        self.file = file
        self._length = int(file.seek(0, 2) or file.tell())
        self._at, self._window = 0, b""

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, part: slice) -> bytes:
        first, end, _step = part.indices(self._length)
        if not self._at <= first <= end <= self._at + len(self._window):
            self.file.seek(first)
            self._at, self._window = first, self.file.read(max(end - first, _WINDOW))
        return self._window[first - self._at : max(end, first) - self._at]

    def startswith(self, begins: tuple[bytes, ...]) -> bool:
        return self[: max(map(len, begins))].startswith(begins)

    def chunks(self) -> Iterator[bytes]:
        self.file.seek(0)
        while chunk := self.file.read(CHUNK):
            yield chunk

    def holds(self, pattern: "re.Pattern[bytes]") -> bool:
        """Whether the pattern is found anywhere; a match has 256 bytes at most."""
        rest = b""
        for chunk in self.chunks():
            if pattern.search(rest + chunk):
                return True
            rest = chunk[-_OVERLAP:]
        return False
