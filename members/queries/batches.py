"""The rows of a round of decisions, for the page, the list of the committee and the letters."""

from typing import Any

from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery

from members.choices import ApplicationStatus
from members.models import Decision, DecisionBatch, MembershipApplication, Scan
from members.queries.duplicates import flagged


def listed(batch: DecisionBatch) -> list[MembershipApplication]:
    """What the committee looks at, in the order in which it came in."""
    return _rows(batch.applications.filter(status=ApplicationStatus.REPORTED))


def candidates() -> list[MembershipApplication]:
    """What is being checked and may go on a list."""
    return _rows(MembershipApplication.objects.filter(status=ApplicationStatus.CHECKING))


def _rows(applications: QuerySet[MembershipApplication]) -> list[MembershipApplication]:
    """With `scan_count` papers each, and `may_be_double` when one like it is known already."""
    scans = Scan.objects.filter(application=OuterRef("pk"))
    rows: list[MembershipApplication] = list(
        applications.annotate(scan_count=_number(scans))
        .select_related("organization")
        .prefetch_related("contacts")
        .order_by("received_on", "pk")
    )
    doubles = flagged(rows)
    for row in rows:
        row.may_be_double = row.pk in doubles  # type: ignore[attr-defined] # for the page
    return rows


def _number(rows: QuerySet[Any]) -> Subquery:
    """How many rows of a correlated query."""
    counted = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return Subquery(rows.order_by().annotate(how_many=counted).values("how_many"))


def decided(batch: DecisionBatch) -> QuerySet[Decision]:
    """Every decision of a round, those that superseded another after it."""
    return (
        Decision.objects.filter(batch=batch)
        .select_related("application__organization", "decided_by", "superseded_by")
        .prefetch_related("application__contacts")
        .order_by("application__received_on", "application_id", "pk")
    )


def with_number(batches: QuerySet[DecisionBatch]) -> QuerySet[DecisionBatch]:
    """Adds `waiting` and `done`: applications on the list, applications decided."""
    waiting = MembershipApplication.objects.filter(
        batch=OuterRef("pk"), status=ApplicationStatus.REPORTED
    )
    done = Decision.objects.filter(batch=OuterRef("pk"), supersedes=None)
    return batches.annotate(waiting=_number(waiting), done=_number(done))


def next_open_batch() -> DecisionBatch | None:
    """The round that comes next, for those who report from the list of applications."""
    return DecisionBatch.objects.filter(decided_at=None).order_by("held_on", "pk").first()
