"""Membership numbers for those who come without one."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Numbers:
    """The next number after the highest of the database and the list. Numbers never return."""

    highest: dict[str, int] = field(default_factory=dict)

    def see(self, numbers: Iterable[str]) -> None:
        for number in numbers:
            prefix, digits = number[:1], number[1:]
            if digits.isascii() and digits.isdigit():
                self.highest[prefix] = max(self.highest.get(prefix, 0), int(digits))

    def next(self, prefix: str) -> str:
        self.highest[prefix] = self.highest.get(prefix, 0) + 1
        return f"{prefix}{self.highest[prefix]:04}"
