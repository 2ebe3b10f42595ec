"""Writing a list: all of it in one transaction, or nothing."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, OperationalError, connection, models, transaction

from accounts.models import User
from core.audit.acts import record
from core.audit.changesets import change_set
from core.audit.context import acting
from mailing.models import Address, Consent
from members.models import Affiliation, Membership, Organization, OrganizationName, Person
from members.roster.choosing import plan_rows
from members.roster.columns import Column
from members.roster.copying import copy_rows
from members.roster.errors import RosterChangedError, RosterRefusedError
from members.roster.pauses import collector_at_rest
from members.roster.reading import Table, read_roster
from members.roster.work import Plan, Work
from members.services.search import refresh_people, refresh_search_text

_LOCK_WAIT = "15s"
IMPORTED = "members.roster.imported"


def apply_roster(
    data: bytes,
    *,
    filename: str,
    digest: str,
    actor: User | None,
    at: datetime,
    rows: frozenset[int] | None = None,
    reason: str = "",
) -> Plan:
    """Write the list whose preview had this `digest`; of its rows only `rows`, if given.

    RosterChangedError when the preview would look different now, RosterRefusedError when a row
    cannot be taken: in both cases nothing was written. What was written is one change set.
    """
    source = _Source(data, filename, rows, digest, reason)
    table = read_roster(data)
    who = None if actor else "import_members"
    with acting(actor, name=who or "", why=f"名簿の取込 {filename}"[:500]):
        try:
            with transaction.atomic():
                return _apply(table, source, actor, at)
        except IntegrityError as error:
            raise RosterChangedError(_CHANGED) from error
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            raise RosterChangedError(_BUSY) from error


_CHANGED = (
    "内容を確かめたあとで、書き込む内容が変わりました(会員の登録が変わったか、選んだ行だけにすると"
    "番号などが変わるためです)。何も書き込んでいません。"
    "もう一度内容を確かめてください。"
)
_BUSY = "ほかの人が会員を登録しているため、待ちきれませんでした。少し後でやり直してください。"


@dataclass(frozen=True)
class _Source:
    """The file, what a person has chosen of it, what they saw, and why they want it."""

    data: bytes
    filename: str
    rows: frozenset[int] | None
    digest: str
    reason: str


def _apply(table: Table, source: _Source, actor: User | None, at: datetime) -> Plan:
    _hold_others(table)
    shown, plan = plan_rows(table, source.rows, actor=actor, at=at)
    if plan.refused:
        raise RosterRefusedError(
            f"取り込めない行が{len(plan.refused)}行あるため、何も書き込んでいません。"
        )
    if shown.digest() != source.digest:
        raise RosterChangedError(_CHANGED)
    if not plan.work.is_empty():
        _write_as_one(plan, source, actor, at)
    return plan


def _write_as_one(plan: Plan, source: _Source, actor: User | None, at: datetime) -> None:
    title = f"名簿の取込 {source.filename}"
    with change_set(
        kind=IMPORTED, title=title, reason=source.reason, actor=actor, at=at
    ) as plan.made:
        with collector_at_rest():
            _write(plan.work)
        record(
            actor,
            IMPORTED,
            None,
            at=at,
            filename=source.filename[:200],
            sha256=hashlib.sha256(source.data).hexdigest(),
            counts=plan.counts(),
            created=plan.work.created(),
        )


def _hold_others(table: Table) -> None:
    """Nobody else writes members until we are done; reading goes on. Wishes are written by those
    who hold the mailbox's row, so those rows are held too."""
    tables = ", ".join(
        connection.ops.quote_name(model._meta.db_table)
        for model in (Organization, OrganizationName, Membership, Person, Affiliation)
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_LOCK_WAIT])
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
    mailboxes = {
        str(row.cells[Column.EMAIL]).strip().lower()
        for row in table.rows
        if Column.EMAIL in row.cells
    }
    held = Address.objects.filter(email__in=sorted(mailboxes)).order_by("pk")
    list(held.select_for_update(no_key=True).values_list("pk", flat=True))


def _write(work: Work) -> None:
    copy_rows(Organization, work.organizations)
    copy_rows(Membership, work.memberships)
    copy_rows(OrganizationName, work.former_names)
    copy_rows(Person, work.people)
    copy_rows(Address, work.addresses)
    copy_rows(Affiliation, work.affiliations)
    copy_rows(Consent, work.consents)
    for model in (Organization, Membership, Person, Affiliation):
        _update(model, work.changed_rows(model))
    _refresh(work)


def _update(model: type[models.Model], rows: Iterable[tuple[models.Model, set[str]]]) -> None:
    """Only the columns that differ: whoever changed another one meanwhile keeps it."""
    by_fields: dict[tuple[str, ...], list[models.Model]] = {}
    for row, changed in rows:
        by_fields.setdefault(tuple(sorted(changed)), []).append(row)
    for fields, group in by_fields.items():
        model._default_manager.bulk_update(group, fields, batch_size=500)


def _refresh(work: Work) -> None:
    made = {row.pk for row in work.organizations}  # with their keys
    stale = {
        row.pk: row
        for row, _fields in work.changed_rows(Organization)
        if isinstance(row, Organization)
    }
    stale |= {row.organization.pk: row.organization for row in work.memberships}
    stale |= {row.organization.pk: row.organization for row in work.former_names}
    refresh_search_text(row for key, row in stale.items() if key not in made)
    refresh_people(row for row, _fields in work.changed_rows(Person) if isinstance(row, Person))
