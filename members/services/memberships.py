"""Entering, changing category, leaving, coming back. Periods are half-open: from ≤ day < until."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from core.audit.acts import record
from core.audit.context import Actor
from core.japan.calendar import era_date
from members.choices import NUMBER_PREFIX, Category, EndReason
from members.errors import (
    AlreadyMemberError,
    ImpossibleDateError,
    NotAMemberError,
    NothingChangesError,
)
from members.models import GivenNumber, Membership, Organization
from members.services.refusals import locked, refusing
from members.services.search import refresh_search_text

_NUMBERS_LOCK = 4_021_001


def next_number(category: Category) -> str:
    """The next free member number of a category, e.g. 会0151. Held until the transaction ends."""
    prefix = NUMBER_PREFIX[category]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERS_LOCK])
    given = GivenNumber.objects.filter(number__startswith=prefix).values_list("number", flat=True)
    tails = (number.removeprefix(prefix) for number in given)
    highest = max((int(tail) for tail in tails if tail.isdecimal()), default=0)
    return f"{prefix}{highest + 1:04}"


def open_period(
    organization: Organization,
    category: Category,
    number: str,
    valid_from: date,
    *,
    valid_until: date | None = None,
    end_reason: str = "",
) -> Membership:
    """A new period of a locked organisation, with the next number if none is given."""
    period = Membership(
        organization=organization,
        category=category,
        number=number or next_number(category),
        valid_from=valid_from,
        valid_until=valid_until,
        end_reason=end_reason,
    )
    period.clean_fields()
    period.save(force_insert=True)
    return period


def _period_on(organization: Organization, day: date) -> Membership:
    period = organization.memberships.active_on(day).first()
    if period is None:
        raise NotAMemberError(
            _("%(name)s is not a member on %(day)s.")
            % {"name": organization.shown_name, "day": era_date(day)}
        )
    return period


def rejoin(
    *,
    organization: Organization,
    category: Category,
    valid_from: date,
    number: str = "",
    actor: Actor | None,
    at: datetime,
) -> Membership:
    """A new period of an organisation that is no member any more; the old ones stay."""
    with refusing():
        organization = locked(organization)
        if organization.memberships.active_on(valid_from).exists():
            raise AlreadyMemberError(
                _("%(name)s is already a member on %(day)s.")
                % {"name": organization.shown_name, "day": era_date(valid_from)}
            )
        period = open_period(organization, category, number, valid_from)
        refresh_search_text([organization])
        record(
            actor, "members.organization.rejoined", organization, at=at,
            category=category, number=period.number, valid_from=valid_from.isoformat(),
        )  # fmt: skip
    return period


def change_category(
    *,
    organization: Organization,
    category: Category,
    effective_on: date,
    number: str = "",
    actor: Actor | None,
    at: datetime,
) -> Membership:
    """From `effective_on` the organisation is a member of another category, under a new number."""
    with refusing():
        organization = locked(organization)
        old = _period_on(organization, effective_on)
        if old.category == category:
            raise NothingChangesError(
                _("%(name)s already is a member of this category.")
                % {"name": organization.shown_name}
            )
        if old.valid_from == effective_on:
            raise ImpossibleDateError(
                _("The period under way begins on this very day. Correct its category instead.")
            )
        until, reason = old.valid_until, old.end_reason
        old.valid_until, old.end_reason = effective_on, EndReason.CATEGORY_CHANGED
        old.save(update_fields=["valid_until", "end_reason"])
        period = open_period(
            organization, category, number, effective_on, valid_until=until, end_reason=reason
        )
        refresh_search_text([organization])
        record(
            actor, "members.organization.category_changed", organization, at=at,
            before=old.category, after=category, number=period.number,
            effective_on=effective_on.isoformat(),
        )  # fmt: skip
    return period


def end_membership(
    *,
    organization: Organization,
    until: date,
    reason: EndReason,
    note: str = "",
    actor: Actor | None,
    at: datetime,
) -> Membership:
    """The organisation is no member from `until` on. Its past stays, and so do its contacts."""
    if reason == EndReason.CATEGORY_CHANGED:
        raise ValueError("change_category ends a period for that reason")
    with refusing():
        organization = locked(organization)
        period = _period_on(organization, until - timedelta(days=1))
        if period.valid_until == until:
            raise NothingChangesError(
                _("The membership of %(name)s already ends on this day.")
                % {"name": organization.shown_name}
            )
        refuse_if_recorded_after(organization, until)
        period.valid_until, period.end_reason, period.note = until, reason, note
        period.clean_fields()
        period.save(update_fields=["valid_until", "end_reason", "note"])
        record(
            actor, "members.organization.membership_ended", organization, at=at,
            number=period.number, until=until.isoformat(), reason=reason,
        )  # fmt: skip
    return period


def refuse_if_recorded_after(organization: Organization, day: date) -> None:
    """Ending one period while another is booked would let the organisation come back by itself."""
    booked = organization.memberships.filter(valid_from__gte=day).order_by("valid_from").first()
    if booked is not None:
        raise ImpossibleDateError(
            _(
                "From %(day)s it is recorded as %(category)s. Choose a later day, or take that "
                "back first."
            )
            % {
                "day": era_date(booked.valid_from),
                "category": Category(booked.category).label,
            }
        )


def correct_periods(
    *,
    organization: Organization,
    changed: Iterable[Membership],
    removed: Iterable[Membership] = (),
    actor: Actor | None,
    at: datetime,
) -> None:
    """Put right what was entered wrongly: the periods as they stand afterwards must not overlap.

    The database looks at the outcome, not at the steps, so two periods may move in one act.
    """
    with refusing():
        organization = locked(organization)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS membership_periods_apart DEFERRED")
        for period in removed:
            period.delete()
        for period in changed:
            period.organization = organization
            period.clean_fields()
            period.save()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS membership_periods_apart IMMEDIATE")
        refresh_search_text([organization])
        record(actor, "members.organization.periods_corrected", organization, at=at)
