"""The file of a version, kept under a random name beside its row."""

from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction

from accounts.models import User
from core.files import CheckedUpload, is_time_to_sweep, private_storage, sweep_files
from meetings.choices import Searchable
from meetings.models import Material, MaterialVersion
from meetings.services.indexing import forget_text, index_names

_FOLDER = "papers"


def keep_version(
    *,
    material: Material,
    file: "File[Any]",
    checked: CheckedUpload,
    number: int,
    reason: str = "",
    actor: User | None,
    at: datetime,
) -> MaterialVersion:
    """Store the file and make it the paper's current one. The caller holds the paper's lock."""
    version = MaterialVersion(
        material=material,
        number=number,
        name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        reason=reason,
        searchable=Searchable.LOCKED if checked.locked else Searchable.WAITING,
        uploaded_by=actor,
        uploaded_at=at,
    )
    file.seek(0)
    version.file.save(checked.name, file, save=False)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
            material.current = version
            material.save(update_fields=["current"])
            forget_text(material)  # what stood in the file before is found no more
            index_names(material)
    except Exception:
        # What fails later in a greater transaction is found by `sweep_papers`.
        version.file.storage.delete(str(version.file.name))
        raise
    return version


def sweep_papers_daily(*, at: datetime) -> int:
    """As `sweep_papers`, in the small hours."""
    return sweep_papers(at=at) if is_time_to_sweep(at) else 0


def sweep_papers(*, at: datetime) -> int:
    """Remove files that no version speaks of, a day after they were written. Safe to run twice."""
    return sweep_files(private_storage(), _FOLDER, known=_known, at=at)


def _known(names: list[str]) -> "list[str]":
    return list(MaterialVersion.objects.filter(file__in=names).values_list("file", flat=True))
