"""What a list would do: a word on every row, and the objects to be written if a person agrees."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit.models import ChangeSet
from mailing.models import Address, Consent
from members.models import Affiliation, Membership, Organization, OrganizationName, Person
from members.roster.columns import Column


class Outcome(models.TextChoices):
    CREATE = "create", _("new")
    UPDATE = "update", _("update")
    UNCHANGED = "unchanged", _("unchanged")
    REFUSED = "refused", _("refused")


Change = tuple[str, str, str]


@dataclass(slots=True)
class RowReport:
    """The word on one row of the file."""

    number: int
    outcome: Outcome
    entry: int = 0
    """Number of the first row of its organisation."""
    name: str = ""
    code: str = ""
    detail: str = ""
    changes: list[Change] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def change(self, column: Column, before: str, after: str) -> None:
        self.changes.append((column.value, before, after))

    def as_json(self) -> dict[str, Any]:
        """Short keys: a preview of ten thousand rows is kept until somebody decides."""
        told = {
            "n": self.number,
            "o": self.outcome.value,
            "e": self.entry if self.entry != self.number else 0,
            "name": self.name,
            "code": self.code,
            "detail": self.detail,
            "changes": [list(change) for change in self.changes],
            "reasons": self.reasons,
            "notices": self.notices,
        }
        return {key: value for key, value in told.items() if value}


@dataclass(slots=True)
class Work:
    """Objects to be made and changed, in an order in which each finds what it points to."""

    organizations: list[Organization] = field(default_factory=list)
    former_names: list[OrganizationName] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    affiliations: list[Affiliation] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    changed: dict[type[models.Model], dict[Any, tuple[models.Model, set[str]]]] = field(
        default_factory=dict
    )

    def change(self, row: models.Model, *fields: str) -> None:
        """`row` already carries the new values of `fields`."""
        rows = self.changed.setdefault(type(row), {})
        _row, names = rows.setdefault(row.pk, (row, set()))
        names.update(fields)

    def changed_rows(self, model: type[models.Model]) -> list[tuple[models.Model, set[str]]]:
        return list(self.changed.get(model, {}).values())

    def created(self) -> dict[str, int]:
        return {
            "organizations": len(self.organizations),
            "former_names": len(self.former_names),
            "memberships": len(self.memberships),
            "people": len(self.people),
            "addresses": len(self.addresses),
            "affiliations": len(self.affiliations),
            "consents": len(self.consents),
        }

    def is_empty(self) -> bool:
        return not any(self.created().values()) and not self.changed


@dataclass(slots=True)
class Plan:
    """The whole preview. `work` is only to be used when nothing is refused; `made` is what came
    of it."""

    reports: list[RowReport]
    work: Work
    notices: list[str]
    entries: int
    made: ChangeSet | None = None

    @property
    def refused(self) -> list[RowReport]:
        return [report for report in self.reports if report.outcome is Outcome.REFUSED]

    def counts(self) -> dict[str, int]:
        """Rows by outcome, none missing, and organisations; the numbers above the preview."""
        rows = Counter(report.outcome for report in self.reports)
        return {
            "rows": len(self.reports),
            "entries": self.entries,
            **{outcome.value: rows[outcome] for outcome in Outcome},
            "places": sum(
                len(report.changes)
                for report in self.reports
                if report.outcome is not Outcome.REFUSED
            ),
        }

    def as_json(self) -> list[dict[str, Any]]:
        return [report.as_json() for report in self.reports]

    def digest(self) -> str:
        """Changes whenever the file or what it would do to the database changes."""
        return digest_of(self.as_json())


def digest_of(rows: Iterable[dict[str, Any]]) -> str:
    text = json.dumps(list(rows), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
