"""Who opened which file. The log is written before the first byte goes out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from accounts.models import User
from meetings.choices import OpeningWay
from meetings.models import MaterialOpening, MaterialVersion

ONE_OPENING = timedelta(hours=1)  # a download that breaks off is gone on with for so long


def note_openings(
    *,
    versions: Iterable[MaterialVersion],
    way: OpeningWay,
    actor: User | None,
    seen_as: User | None = None,
    at: datetime,
) -> None:
    """`actor` opened these, or nobody we know; staff who look as a member does, `seen_as` them."""
    MaterialOpening.objects.bulk_create(
        [
            MaterialOpening(
                version=version, material_id=version.material_id, user=actor, seen_as=seen_as,
                way=way, opened_at=at,
            )
            for version in versions
        ]
    )  # fmt: skip


def note_opening(
    *,
    version: MaterialVersion,
    way: OpeningWay,
    actor: User | None,
    seen_as: User | None = None,
    at: datetime,
) -> None:
    note_openings(versions=[version], way=way, actor=actor, seen_as=seen_as, at=at)


def note_rest(
    *,
    version: MaterialVersion,
    way: OpeningWay,
    actor: User | None,
    seen_as: User | None = None,
    at: datetime,
) -> None:
    """A later part of a file: belongs to the opening that began it, if there was one."""
    begun = MaterialOpening.objects.filter(
        material=version.material_id, version=version, user=actor, seen_as=seen_as,
        opened_at__gt=at - ONE_OPENING,
    )  # fmt: skip
    if not begun.exists():
        note_openings(versions=[version], way=way, actor=actor, seen_as=seen_as, at=at)
