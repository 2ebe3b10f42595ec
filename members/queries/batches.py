"""The rows of a round of decisions, for the page, the list of the committee and the letters."""

from typing import Any

from django.db.models import F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from members.choices import ApplicationStatus
from members.models import Decision, DecisionBatch, MembershipApplication, Organization, Scan

Applications = QuerySet[MembershipApplication]

_NOBODYS = (ApplicationStatus.DRAFT, ApplicationStatus.RETRACTED)


def listed(batch: DecisionBatch) -> Applications:
    """What the committee looks at, in the order in which it came in."""
    return _rows(batch.applications.filter(status=ApplicationStatus.REPORTED))


def candidates() -> Applications:
    """What is being checked and may go on a list."""
    return _rows(MembershipApplication.objects.filter(status=ApplicationStatus.CHECKING))


def _rows(applications: Applications) -> Applications:
    """With `scan_count` and `twin_count`: how many papers, and how many look like the same body."""
    scans = Scan.objects.filter(application=OuterRef("pk"))
    twins = MembershipApplication.objects.exclude(pk=OuterRef("pk")).exclude(status__in=_NOBODYS)
    bodies = Organization.objects.exclude(pk=Coalesce(OuterRef("organization"), Value(0)))
    return (
        applications.annotate(
            scan_count=_number(scans),
            twin_count=_alike(twins) + _alike(bodies),
        )
        .select_related("organization")
        .prefetch_related("contacts")
        .order_by("received_on", "pk")
    )


def _alike(rows: QuerySet[Any]) -> Coalesce:
    """Same folded name or same corporate number. The record of the application names them."""
    same = (Q(duplicate_key=OuterRef("duplicate_key")) & ~Q(duplicate_key="")) | (
        Q(corporate_number=OuterRef("corporate_number")) & ~Q(corporate_number="")
    )
    return _number(rows.filter(same))


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
