"""Who can open one paper, now and once it is out, as the pages tell it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from meetings.models import Material
from meetings.queries.rights import Size, Way, audience_size, is_out, who_can_open


@dataclass(frozen=True)
class Explained:
    """`ways`: who can open it now. `then`: who can, once it is out; empty when it is already."""

    material: Material
    day: date
    out: bool
    size: Size
    ways: list[Way]
    then: list[Way]

    @property
    def lists(self) -> list[tuple[str, list[Way]]]:
        """What to print: a key of the heading, and the lines."""
        if self.out:
            return [("now", self.ways)]
        return [("before", self.ways), ("then", self.then)]


def explain(material: Material, at: datetime) -> Explained:
    """`material` with its body. Its queries do not grow with the people."""
    day = timezone.localdate(at)
    out = is_out(material, at)
    return Explained(
        material=material,
        day=day,
        out=out,
        size=audience_size(body=material.body, audience=material.audience, day=day),
        ways=who_can_open(material, at),
        then=[] if out else who_can_open(material, at, once_out=True),
    )
