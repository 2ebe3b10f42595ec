"""Taking back what is booked for a day that has not come. Numbers that were given stay given."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from members.choices import EndReason, LeavingKind, RequestStatus
from members.emails.leaving import expulsion_taken_back, withdrawal_retracted
from members.errors import ImpossibleDateError, MembersError, NothingChangesError
from members.models import Membership, Organization, Withdrawal
from members.queries.booked import Booked, BookedKind, booked_act
from members.services.refusals import locked, refusing
from members.services.search import refresh_search_text


def cancel_booked_change(
    *, organization: Organization, reason: str, actor: User | None, at: datetime
) -> Membership:
    """The category does not change after all: the period under way goes on, as long as the booked
    one would have."""
    with refusing():
        organization = locked(organization)
        booked = _next(organization, BookedKind.CHANGE, reason, at)
        old, new = booked.before, booked.after
        if old is None or new is None:
            raise AssertionError("a change has a period on each side")
        until, end_reason, note = new.valid_until, new.end_reason, new.note
        new.withdrawals.update(period=old)
        new.delete()
        old.valid_until, old.end_reason, old.note = until, end_reason, note or old.note
        old.save(update_fields=["valid_until", "end_reason", "note"])
        refresh_search_text([organization])
        record(
            actor, "members.organization.change_taken_back", organization, at=at,
            category=new.category, number=new.number, effective_on=booked.day.isoformat(),
            reason=reason,
        )  # fmt: skip
    return old


def cancel_booked_end(
    *, organization: Organization, reason: str, actor: User | None, at: datetime
) -> Membership:
    """The organisation stays. The notice or the expulsion behind the end counts as taken back."""
    with refusing():
        organization = locked(organization)
        booked = _next(organization, BookedKind.END, reason, at)
        period = booked.before
        if period is None:
            raise AssertionError("an end has a period before it")
        if period.end_reason == EndReason.MERGED:
            raise ImpossibleDateError(
                _("This end belongs to a merger. Take the merger back as a whole.")
            )
        period.valid_until, period.end_reason, period.note = None, "", ""
        period.save(update_fields=["valid_until", "end_reason", "note"])
        for notice in period.withdrawals.filter(status=RequestStatus.ACCEPTED):
            _take_back(notice, organization, actor, at)
        record(
            actor, "members.organization.end_taken_back", organization, at=at,
            number=period.number, until=booked.day.isoformat(), reason=reason,
        )  # fmt: skip
    return period


def cancel_booked_entry(
    *, organization: Organization, reason: str, actor: User | None, at: datetime
) -> Organization:
    """The organisation does not become a member (again) after all."""
    with refusing():
        organization = locked(organization)
        booked = _next(organization, BookedKind.ENTRY, reason, at)
        period = booked.after
        if period is None:
            raise AssertionError("an entry has a period after it")
        if organization.memberships.filter(valid_from__gt=period.valid_from).exists():
            raise ImpossibleDateError(_("A change is booked for later. Take that back first."))
        period.delete()
        refresh_search_text([organization])
        record(
            actor, "members.organization.entry_taken_back", organization, at=at,
            category=period.category, number=period.number, valid_from=booked.day.isoformat(),
            reason=reason,
        )  # fmt: skip
    return organization


def _next(organization: Organization, kind: BookedKind, reason: str, at: datetime) -> Booked:
    if not reason.strip():
        raise MembersError(_("Write the reason, for it stays in the record."))
    booked = booked_act(organization, kind, timezone.localdate(at))
    if booked is None:
        raise NothingChangesError(_("Nothing of this kind is booked any more."))
    return booked


def _take_back(
    notice: Withdrawal, organization: Organization, actor: User | None, at: datetime
) -> None:
    notice.organization = organization
    notice.status, notice.period = RequestStatus.RETRACTED, None
    notice.decided_by, notice.decided_at = actor, at
    notice.save(update_fields=["status", "period", "decided_by", "decided_at"])
    if notice.kind == LeavingKind.EXPULSION:
        expulsion_taken_back(withdrawal=notice, at=at)
    else:
        withdrawal_retracted(withdrawal=notice, at=at)
    record(actor, "members.withdrawal.retracted", notice, at=at)
