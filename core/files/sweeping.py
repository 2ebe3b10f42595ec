"""Files that no record speaks of: left behind by a transaction that did not come to its end."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.storage import Storage
from django.utils import timezone

# A file is written a moment before its record: what is younger may still get one.
GRACE = timedelta(days=1)
_QUIET = (4, 2)  # from 4:10 on, for five minutes


def is_time_to_sweep(at: datetime) -> bool:
    """In the small hours: the minute tick need not walk the folders each time."""
    local = timezone.localtime(at)
    return (local.hour, local.minute // 5) == _QUIET


def sweep_files(
    storage: Storage,
    folder: str,
    *,
    known: Callable[[list[str]], Iterable[str]],
    at: datetime,
) -> int:
    """Remove what lies in `folder` since more than a day and is not `known`. Returns how many.

    `known` gets names and says which of them a record speaks of.
    """
    root = Path(storage.path(""))
    limit = (at - GRACE).timestamp()
    old = [
        path
        for path in sorted((root / folder).rglob("*"))
        if path.is_file() and path.stat().st_mtime < limit
    ]
    names = {str(path.relative_to(root)): path for path in old}
    kept = set(known(list(names))) if names else set()
    lost = [path for name, path in names.items() if name not in kept]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)
