"""An uploaded list from hand to hand: received, checked, confirmed by a person, written, erased.

The rows in the database are the queue; the worker is only woken. Every step is claimed by
compare-and-set with a lease, so that it may be asked for twice and survives a killed worker.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from mailing.wake import ask_worker
from members.roster.apply import apply_roster
from members.roster.choices import CANCELLABLE, ImportStatus
from members.roster.choosing import Choice, plan_rows
from members.roster.errors import RosterRefusedError, UnreadableFileError
from members.roster.files import check_size
from members.roster.models import RosterImport
from members.roster.reading import read_roster

log = structlog.get_logger(__name__)

# A list of some two thousand rows: done while the person waits. More is for the worker.
SMALL_BYTES = 400_000
LEASE = timedelta(minutes=10)
MOST_ATTEMPTS = 3
KEEP_PREVIEW = timedelta(hours=24)
CHECK_TASK, WRITE_TASK = "members.tasks.check_import", "members.tasks.write_import"


def receive_import(*, data: bytes, filename: str, actor: User, at: datetime) -> RosterImport:
    """Take an uploaded file in. UnreadableFileError for an empty or too large one."""
    check_size(len(data))
    job = RosterImport.objects.create(
        filename=filename[:255],
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        content=data,
        created_at=at,
        created_by=actor,
    )
    _pass_on(job, CHECK_TASK)
    return job


def _pass_on(job: RosterImport, task: str) -> None:
    if not is_small(job):
        transaction.on_commit(partial(ask_worker, task, job.pk), robust=True)


def is_small(job: RosterImport) -> bool:
    return job.size <= SMALL_BYTES


def _claim(key: int, waiting: ImportStatus, working: ImportStatus, at: datetime) -> bool:
    claimed = RosterImport.objects.filter(
        Q(status=waiting) | Q(status=working, lease_until__lt=at), pk=key
    ).update(status=working, lease_until=at + LEASE, attempts=F("attempts") + 1)
    return bool(claimed)


def check_import(*, key: int, at: datetime) -> None:
    """Read the file and prepare the preview. Does nothing if somebody else does or did."""
    if _claim(key, ImportStatus.WAITING, ImportStatus.CHECKING, at):
        _attempt(key, at, partial(_check, at=at))


def _attempt(key: int, at: datetime, work: Callable[[RosterImport], None]) -> None:
    """A step that fails is closed with a sentence; one that kills the worker is not tried for
    ever."""
    job = RosterImport.objects.select_related("created_by", "confirmed_by").get(pk=key)
    if job.attempts > MOST_ATTEMPTS:
        _close(job, ImportStatus.FAILED, at, _("The work was interrupted several times."))
        return
    try:
        work(job)
    except UnreadableFileError as refusal:
        _close(job, ImportStatus.UNREADABLE, at, str(refusal))
    except RosterRefusedError as refusal:
        # The members have changed since the preview: look again, and say so.
        _move(job, ImportStatus.WAITING, error=str(refusal), attempts=0)
        check_import(key=job.pk, at=at)
    except Exception:
        log.exception("roster_import_failed", roster_import=job.pk)
        _close(job, ImportStatus.FAILED, at, _("An error of the program. Nothing was written."))


def _check(job: RosterImport, *, at: datetime) -> None:
    def progress(done: int, total: int) -> None:
        RosterImport.objects.filter(pk=job.pk).update(counts={"done": done, "of": total})

    table = read_roster(bytes(job.content))
    rows = Choice.of(job).rows(job.rows)  # when somebody chose before the members changed
    plan, _part = plan_rows(table, rows, actor=job.created_by, at=at, progress=progress)
    _move(
        job,
        ImportStatus.CHECKED,
        counts=plan.counts(),
        rows=plan.as_json(),
        notices=plan.notices,
        digest=plan.digest(),
        checked_at=at,
        attempts=0,
    )


def confirm_import(*, job: RosterImport, actor: User, at: datetime) -> None:
    """A person has looked at the preview and wants the chosen rows written, all or none."""
    choice = Choice.of(job)
    if (choice.open or choice.refused) and not choice.taken:
        raise RosterRefusedError(_("No row has been chosen that could be written."))
    with transaction.atomic():
        changed = RosterImport.objects.filter(pk=job.pk, status=ImportStatus.CHECKED).update(
            status=ImportStatus.CONFIRMED, confirmed_by=actor, error=""
        )
        if not changed:
            raise RosterRefusedError(_("This list is no longer waiting for a confirmation."))
        _pass_on(job, WRITE_TASK)


def write_import(*, key: int, at: datetime) -> None:
    """Write a confirmed list. Does nothing if somebody else does or did."""
    if _claim(key, ImportStatus.CONFIRMED, ImportStatus.WRITING, at):
        _attempt(key, at, partial(_write, at=at))


def _write(job: RosterImport, *, at: datetime) -> None:
    with transaction.atomic():
        held = RosterImport.objects.select_for_update(no_key=True).get(pk=job.pk)
        if held.status != ImportStatus.WRITING:
            return
        plan = apply_roster(
            bytes(job.content),
            filename=job.filename,
            digest=job.digest,
            actor=job.confirmed_by,
            at=at,
            rows=Choice.of(job).rows(job.rows),
            reason=job.reason,
        )
        counts = plan.counts() | plan.work.created()
        counts["left"] = len(job.rows) - counts["rows"]
        _close(job, ImportStatus.DONE, at, "", counts=counts, change_set=plan.made)


def cancel_import(*, job: RosterImport, actor: User, at: datetime) -> None:
    """Stop before anything is written; the file is erased."""
    with transaction.atomic():
        held = RosterImport.objects.select_for_update(no_key=True).get(pk=job.pk)
        if held.status not in CANCELLABLE:
            raise RosterRefusedError(_("This list can no longer be stopped."))
        _close(held, ImportStatus.CANCELLED, at, "")
        record(actor, "members.roster.import_cancelled", None, at=at, sha256=job.sha256)


def _move(job: RosterImport, status: ImportStatus, **values: Any) -> None:
    RosterImport.objects.filter(pk=job.pk).update(status=status, lease_until=None, **values)


def _close(
    job: RosterImport, status: ImportStatus, at: datetime, error: str, **values: Any
) -> None:
    """Over: what is personal in it goes."""
    _move(job, status, error=error, content=b"", rows=[], notices=[], finished_at=at, **values)


def sweep_due(*, at: datetime) -> None:
    """What no worker was told of, what a killed worker left, and previews nobody came back to."""
    left = Q(lease_until__lt=at)
    for key in _keys(Q(status=ImportStatus.WAITING) | Q(status=ImportStatus.CHECKING) & left):
        check_import(key=key, at=at)
    for key in _keys(Q(status=ImportStatus.CONFIRMED) | Q(status=ImportStatus.WRITING) & left):
        write_import(key=key, at=at)
    forgotten = RosterImport.objects.filter(
        status=ImportStatus.CHECKED, checked_at__lt=at - KEEP_PREVIEW
    ).defer("content", "rows")
    for job in forgotten:
        _close(job, ImportStatus.EXPIRED, at, "")


def _keys(condition: Q) -> list[int]:
    return list(RosterImport.objects.filter(condition).order_by("pk").values_list("pk", flat=True))
