"""The paper behind a record: taken in, opened, and swept when its record never came to be."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db import transaction

from accounts.models import User
from core.audit.acts import record
from core.files import (
    SCAN_BYTES,
    SCANS,
    check_upload,
    is_time_to_sweep,
    private_storage,
    sweep_files,
)
from members.models import ChangeRequest, MembershipApplication, Scan, Withdrawal

Paper = MembershipApplication | ChangeRequest | Withdrawal
_COLUMNS: dict[type[Paper], str] = {
    MembershipApplication: "application",
    ChangeRequest: "change_request",
    Withdrawal: "withdrawal",
}
_FOLDER = "scans"


def attach_scan(*, paper: Paper, upload: "File[Any]", actor: User | None, at: datetime) -> Scan:
    """Keep a file with the record it belongs to. Raises FileRefusedError for what is no scan."""
    checked = check_upload(upload, allowed=SCANS, max_bytes=SCAN_BYTES)
    upload.name = upload.name or checked.name
    scan = Scan(
        **{_COLUMNS[type(paper)]: paper},
        file=upload,
        name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=actor,
        uploaded_at=at,
    )
    try:
        with transaction.atomic():
            scan.save(force_insert=True)
            record(
                actor, "members.scan.attached", paper, at=at,
                filename=scan.name, sha256=scan.sha256,
            )  # fmt: skip
    except Exception:
        # What fails later in a greater transaction is found by `sweep_scans`.
        scan.file.storage.delete(str(scan.file.name))
        raise
    return scan


def attach_scans(
    *, paper: Paper, uploads: "Iterable[File[Any]]", actor: User | None, at: datetime
) -> list[Scan]:
    """All of them or none."""
    with transaction.atomic():
        return [attach_scan(paper=paper, upload=one, actor=actor, at=at) for one in uploads]


def note_opening(*, scan: Scan, actor: User | None, at: datetime) -> None:
    """Who opened which paper: personal data that only the secretariat sees."""
    paper = scan.application or scan.change_request or scan.withdrawal
    record(actor, "members.scan.opened", paper, at=at, filename=scan.name)


def sweep_daily(*, at: datetime) -> int:
    """As `sweep_scans`, in the small hours."""
    return sweep_scans(at=at) if is_time_to_sweep(at) else 0


def sweep_scans(*, at: datetime) -> int:
    """Remove files that no record speaks of, a day after they were written. Safe to run twice."""
    return sweep_files(private_storage(), _FOLDER, known=_known, at=at)


def _known(names: list[str]) -> Iterable[str]:
    return Scan.objects.filter(file__in=names).values_list("file", flat=True)
