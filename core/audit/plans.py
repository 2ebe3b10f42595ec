"""What taking a change set back would do now, worked out without writing anything."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

from core.audit.inverse import Inverse, Key, inverses
from core.audit.models import ChangeSet
from core.audit.restore import Stuck
from core.audit.staying import (
    Staying,
    edited_since,
    kept_for_good,
    kept_whole,
    later_changes,
    needed_by_others,
)


@dataclass(frozen=True)
class RevertPlan:
    """Rows that go back, rows edited since and therefore left alone, rows that stay anyway."""

    change_set: ChangeSet
    going: list[Inverse]
    edited: list[Staying]
    staying: list[Staying]

    def without(self, stuck: Iterable[Stuck]) -> "RevertPlan":
        """The plan, less what the database refuses."""
        more = [Staying(one.key, found.reason) for found in stuck for one in found.unit]
        left = {one.key for one in more}
        going = [inverse for inverse in self.going if inverse.key not in left]
        return replace(self, going=going, staying=[*self.staying, *more])

    def digest(self) -> str:
        """Changes whenever another row would go back, or one would go back otherwise."""
        told = [[*one.key, one.operation, one.values] for one in self.going]
        told += [[*one.key, one.reason] for one in (*self.edited, *self.staying)]
        text = json.dumps(sorted(told, key=lambda row: row[:2]), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def plan_revert(change_set: ChangeSet) -> RevertPlan:
    """What a revert would do now. Reads only."""
    later = later_changes(change_set)
    going: dict[Key, Inverse] = {}
    edited: list[Staying] = []
    staying: list[Staying] = []
    for inverse in inverses(change_set, whole=later):
        if found := edited_since(inverse, later.get(inverse.key, [])):
            edited.append(found)
        elif found := kept_for_good(inverse):
            staying.append(found)
        going[inverse.key] = inverse
    kept = {one.key: one for one in (*edited, *staying)}
    free = {key: inverse for key, inverse in going.items() if key not in kept}
    needed = {one.key: one for one in needed_by_others(free)}
    together = kept_whole(going, [*kept, *needed])
    more = needed | {one.key: one for one in together if one.key not in kept | needed}
    return RevertPlan(
        change_set,
        [inverse for key, inverse in free.items() if key not in more],
        edited,
        [*staying, *more.values()],
    )
