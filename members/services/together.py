"""The same change to many organisations at once: seen beforehand, and taken back as one."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.audit.acts import record
from core.audit.changesets import change_set
from core.audit.context import Actor
from core.audit.models import ChangeSet
from members.choices import PublicField
from members.errors import NothingChangesError, TooLateError
from members.models import Organization
from members.services.refusals import refusing
from members.services.search import refresh_search_text

VERB = "members.organization.edited_together"
_BATCH = 500


@dataclass(frozen=True)
class SameEdit:
    """What is done to each: a day of confirmation, a prefecture, fields released or withheld.

    Whatever is left empty is not touched.
    """

    confirmed_on: date | None = None
    prefecture: str = ""
    release: Sequence[str] = ()
    withhold: Sequence[str] = ()

    def values_for(self, organization: Organization) -> dict[str, Any]:
        """The columns of this organisation that would become something else."""
        wanted: dict[str, Any] = {}
        if self.confirmed_on is not None:
            wanted["confirmed_on"] = self.confirmed_on
        if self.prefecture:
            wanted["prefecture"] = self.prefecture
        if self.release or self.withhold:
            held = (set(organization.public_fields) | set(self.release)) - set(self.withhold)
            if held != set(organization.public_fields):
                wanted["public_fields"] = [one for one in PublicField.values if one in held]
        return {
            name: value for name, value in wanted.items() if getattr(organization, name) != value
        }


@dataclass(frozen=True)
class SamePlan:
    """Who would be changed, and how. `total` counts all that were chosen."""

    rows: list[tuple[Organization, dict[str, Any]]]
    total: int

    def digest(self) -> str:
        told = [
            [row.pk, {name: [getattr(row, name), new] for name, new in values.items()}]
            for row, values in self.rows
        ]
        return hashlib.sha256(json.dumps(told, default=str, sort_keys=True).encode()).hexdigest()


def plan_together(*, keys: Collection[int], edit: SameEdit, hold: bool = False) -> SamePlan:
    """What the edit would do to the organisations with these keys. `hold` locks them."""
    rows = Organization.objects.filter(pk__in=keys).order_by("pk").defer("search_text")
    found = list(rows.select_for_update(no_key=True) if hold else rows)
    planned = [(row, edit.values_for(row)) for row in found]
    return SamePlan([(row, values) for row, values in planned if values], len(found))


def edit_together(
    *,
    keys: Collection[int],
    edit: SameEdit,
    seen: str,
    reason: str,
    actor: Actor | None,
    at: datetime,
) -> ChangeSet:
    """Do it to all, or to none. `seen` is the digest of the plan that a person has looked at.

    TooLateError when it would do something else by now, NothingChangesError when all is so already.
    """
    with refusing():
        plan = plan_together(keys=keys, edit=edit, hold=True)
        if plan.digest() != seen:
            raise TooLateError(
                "確かめている間に団体の登録が変わりました。もう一度確かめてください。"
            )
        if not plan.rows:
            raise NothingChangesError("どの団体も、もうその内容になっています。")
        title = f"団体をまとめて編集({len(plan.rows)}団体)"
        with change_set(kind=VERB, title=title, reason=reason, actor=actor, at=at) as made:
            _write(plan)
            record(actor, VERB, None, at=at, organizations=len(plan.rows))
    return made


def _write(plan: SamePlan) -> None:
    by_columns: dict[tuple[str, ...], list[Organization]] = {}
    for row, values in plan.rows:
        for name, value in values.items():
            setattr(row, name, value)
        row.clean_fields(
            exclude=[field.name for field in row._meta.fields if field.name not in values]
        )
        by_columns.setdefault(tuple(sorted(values)), []).append(row)
    for columns, rows in by_columns.items():
        Organization.objects.bulk_update(rows, columns, batch_size=_BATCH)
    refresh_search_text(row for row, values in plan.rows if "public_fields" in values)
