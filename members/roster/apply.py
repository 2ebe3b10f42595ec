"""Writing a list: all of it in one transaction, or nothing."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, OperationalError, connection, models, transaction

from accounts.models import User
from core.audit.acts import record
from core.audit.context import acting
from mailing.models import Address, Consent
from members.models import Affiliation, Membership, Organization, OrganizationName, Person
from members.roster.columns import Column
from members.roster.copying import copy_rows
from members.roster.errors import RosterChangedError, RosterRefusedError
from members.roster.pauses import collector_at_rest
from members.roster.plan import plan_roster
from members.roster.reading import Table, read_roster
from members.roster.work import Plan, Work
from members.services.search import refresh_people, refresh_search_text

_LOCK_WAIT = "15s"


def apply_roster(
    data: bytes, *, filename: str, digest: str, actor: User | None, at: datetime
) -> Plan:
    """Write the list whose preview had this `digest`.

    RosterChangedError when the preview would look different now, RosterRefusedError when a row
    cannot be taken: in both cases nothing was written.
    """
    table = read_roster(data)
    who = None if actor else "import_members"
    with acting(actor, name=who or "", why=f"名簿の取込 {filename}"[:500]):
        try:
            with transaction.atomic():
                return _apply(table, data, filename, digest, actor, at)
        except IntegrityError as error:
            raise RosterChangedError(_CHANGED) from error
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            raise RosterChangedError(_BUSY) from error


_CHANGED = (
    "内容を確かめたあとで会員の登録が変わりました。何も書き込んでいません。"
    "もう一度内容を確かめてください。"
)
_BUSY = "ほかの人が会員を登録しているため、待ちきれませんでした。少し後でやり直してください。"


def _apply(
    table: Table, data: bytes, filename: str, digest: str, actor: User | None, at: datetime
) -> Plan:
    _hold_others(table)
    plan = plan_roster(table, actor=actor, at=at)
    if plan.refused:
        raise RosterRefusedError(
            f"取り込めない行が{len(plan.refused)}行あるため、何も書き込んでいません。"
        )
    if plan.digest() != digest:
        raise RosterChangedError(_CHANGED)
    if not plan.work.is_empty():
        with collector_at_rest():
            _write(plan.work)
        record(
            actor,
            "members.roster.imported",
            None,
            at=at,
            filename=filename[:200],
            sha256=hashlib.sha256(data).hexdigest(),
            counts=plan.counts(),
            created=plan.work.created(),
        )
    return plan


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
