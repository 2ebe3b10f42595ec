"""Rounds of decisions while they are being prepared: what the committee will look at."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import add_business_days, era_date
from members.choices import APPLICATION_MOVES, ApplicationStatus
from members.errors import MembersError, TooLateError
from members.models import DecisionBatch, MembershipApplication
from members.queries.batches import listed
from members.rendering import committee_workbook
from members.services.refusals import refusing

_DAYS = (1, 15)  # of each month, or the next business day


def next_round_day(day: date) -> date:
    """The next 1st or 15th, put off to a business day; `day` itself when it is one."""
    following = day.replace(day=1) + timedelta(days=31)
    rounds = (
        add_business_days(month.replace(day=number), 0)
        for month in (day, following)
        for number in _DAYS
    )
    return min(one for one in rounds if one >= day)


def open_batch(
    *,
    title: str = "",
    held_on: date | None = None,
    member_from: date | None = None,
    reference: str = "",
    actor: User | None,
    at: datetime,
) -> DecisionBatch:
    """A new round, named after its day: 令和8年12月1日の審査. Membership begins on that day."""
    held_on = held_on or next_round_day(timezone.localdate(at))
    with refusing():
        batch = DecisionBatch(
            title=title or default_title(held_on),
            held_on=held_on,
            member_from=member_from or held_on,
            reference=reference,
            created_at=at,
        )
        batch.clean_fields()
        batch.save(force_insert=True)
        record(actor, "members.batch.opened", batch, at=at, held_on=held_on.isoformat())
    return batch


def default_title(held_on: date) -> str:
    return f"{era_date(held_on)}の審査"


def change_batch(
    *,
    batch: DecisionBatch,
    title: str,
    held_on: date,
    member_from: date,
    reference: str,
    actor: User | None,
    at: datetime,
) -> DecisionBatch:
    """Another day or name, as long as nothing is decided."""
    with refusing():
        batch = open_one(batch)
        # A title that we gave speaks of the day, and moves with it.
        named_by_us = title == batch.title == default_title(batch.held_on)
        batch.title = default_title(held_on) if named_by_us or not title else title
        batch.held_on, batch.member_from, batch.reference = held_on, member_from, reference
        batch.clean_fields()
        batch.save(update_fields=["title", "held_on", "member_from", "reference"])
        record(actor, "members.batch.changed", batch, at=at, held_on=held_on.isoformat())
    return batch


def report_applications(
    *,
    batch: DecisionBatch,
    applications: Iterable[MembershipApplication],
    actor: User | None,
    at: datetime,
) -> int:
    """Put applications that are being checked on the list of a round. All of them or none."""
    keys = [application.pk for application in applications]
    with refusing():
        batch = open_one(batch)
        found = list(
            MembershipApplication.objects.select_for_update(of=("self",), no_key=True)
            .filter(pk__in=keys)
            .order_by("pk")
        )
        for application in found:
            _check_complete(application)
            move(application, ApplicationStatus.REPORTED)
            application.batch = batch
            application.save(update_fields=["status", "batch"])
            record(
                actor, "members.application.reported", application, at=at, batch=batch.title
            )  # fmt: skip
    return len(found)


def unreport_application(
    *, application: MembershipApplication, actor: User | None, at: datetime
) -> MembershipApplication:
    """Take it off the list again: it is being checked."""
    with refusing():
        if application.batch is not None:
            open_one(application.batch)
        application = locked_application(application)
        move(application, ApplicationStatus.CHECKING)
        application.batch = None
        application.save(update_fields=["status", "batch"])
        record(actor, "members.application.unreported", application, at=at)
    return application


def export_batch(*, batch: DecisionBatch, actor: User | None, at: datetime) -> bytes:
    """The list for the committee as a workbook, and a line in the trail that it was taken out."""
    applications = listed(batch)
    with refusing():
        record(actor, "members.batch.exported", batch, at=at, rows=len(applications))
    return committee_workbook(batch, applications)


def open_one(batch: DecisionBatch) -> DecisionBatch:
    """The round, locked, if nobody has decided it yet. First the round, then its applications."""
    batch = (
        DecisionBatch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("decided_by")
        .get(pk=batch.pk)
    )
    if batch.decided_at is not None:
        raise TooLateError(
            _("%(title)s has already been decided by %(who)s.")
            % {"title": batch.title, "who": batch.decided_by or "—"}
        )
    return batch


def locked_application(application: MembershipApplication) -> MembershipApplication:
    return MembershipApplication.objects.select_for_update(of=("self",), no_key=True).get(
        pk=application.pk
    )


def move(application: MembershipApplication, status: ApplicationStatus) -> None:
    """Put the new state on a locked application; refuse what the table of moves does not know."""
    if status not in APPLICATION_MOVES[ApplicationStatus(application.status)]:
        raise TooLateError(
            _("%(name)s is “%(state)s” by now. Please look again.")
            % {"name": application, "state": application.get_status_display()}
        )
    application.status = status


def _check_complete(application: MembershipApplication) -> None:
    """The list of the committee, the register and the letters need at least this."""
    lacking = [
        str(MembershipApplication._meta.get_field(name).verbose_name)  # type: ignore[union-attr] # plain fields
        for name in ("name", "category", "kind")
        if not getattr(application, name)
    ]
    if lacking:
        raise MembersError(
            _("%(name)s cannot be reported yet. Please enter: %(fields)s.")
            % {"name": application, "fields": "、".join(lacking)}
        )
