"""退会届 and 除名: from the notice to the end of the membership.

Every act locks the organisation first and then the notice, and asks what state it is in now.
"""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import era_date
from members.choices import (
    WITHDRAWAL_MOVES,
    EndReason,
    LeavingKind,
    Reception,
    RequestStatus,
)
from members.emails.leaving import expelled as expelled_letter
from members.emails.leaving import (
    withdrawal_accepted,
    withdrawal_received,
    withdrawal_refused,
    withdrawal_retracted,
    withdrawal_returned,
)
from members.errors import (
    ImpossibleDateError,
    MembersError,
    NotAMemberError,
    NothingChangesError,
    TooLateError,
)
from members.models import Membership, Organization, Withdrawal
from members.services.memberships import end_membership
from members.services.receipts import next_receipt_number
from members.services.refusals import locked, refusing

_LONGEST = 800
_ONE_DAY = timedelta(days=1)
_FARTHEST = timedelta(days=3 * 366)


def file_withdrawal(
    *,
    organization: Organization,
    leaving_on: date,
    message: str,
    channel: Reception,
    received_on: date,
    asked_by: User | None,
    asked_by_name: str,
    actor: User | None,
    at: datetime,
    internal_note: str = "",
) -> Withdrawal:
    """The organisation wishes to be no member from `leaving_on` on. Nothing ends yet."""
    today = timezone.localdate(at)
    with refusing():
        organization = locked(organization)
        check_received(organization, received_on, today=today)
        check_leaving(organization, leaving_on, today=today)
        if channel == Reception.WEB and leaving_on <= today:
            raise ImpossibleDateError(_("The day must lie ahead."))
        withdrawal = Withdrawal(
            organization=organization, kind=LeavingKind.WITHDRAWAL, leaving_on=leaving_on,
            message=_short(message), internal_note=internal_note, channel=channel,
            received_on=received_on, received_by=None if channel == Reception.WEB else actor,
            asked_by=asked_by, asked_by_name=asked_by_name,
            receipt_number=next_receipt_number(Withdrawal, today), created_at=at,
        )  # fmt: skip
        withdrawal.clean_fields()
        withdrawal.save(force_insert=True)
        withdrawal_received(withdrawal=withdrawal, at=at)
        record(
            actor, "members.withdrawal.filed", withdrawal, at=at,
            organization=organization.name, leaving_on=leaving_on.isoformat(), channel=channel,
        )  # fmt: skip
    return withdrawal


def return_withdrawal(
    *, withdrawal: Withdrawal, question: str, actor: User | None, at: datetime
) -> Withdrawal:
    """Ask the member something before deciding. The notice waits for the answer."""
    _needs(question, _("Write what you want to know."))
    with refusing():
        withdrawal = _moved(withdrawal, RequestStatus.RETURNED)
        withdrawal.answer = _short(question)
        withdrawal.save(update_fields=["status", "answer"])
        withdrawal_returned(withdrawal=withdrawal, at=at)
        record(actor, "members.withdrawal.returned", withdrawal, at=at, question=question)
    return withdrawal


def answer_withdrawal(
    *,
    withdrawal: Withdrawal,
    leaving_on: date,
    message: str,
    actor: User | None,
    at: datetime,
) -> Withdrawal:
    """What the member answered: the notice waits for the secretariat again."""
    with refusing():
        withdrawal = _moved(withdrawal, RequestStatus.RECEIVED)
        today = timezone.localdate(at)
        check_leaving(withdrawal.organization, leaving_on, today=today)
        before = withdrawal.leaving_on
        withdrawal.leaving_on, withdrawal.message = leaving_on, _short(message)
        withdrawal.save(update_fields=["status", "leaving_on", "message"])
        record(
            actor, "members.withdrawal.answered", withdrawal, at=at,
            before=before.isoformat(), after=leaving_on.isoformat(),
        )  # fmt: skip
    return withdrawal


def accept_withdrawal(
    *, withdrawal: Withdrawal, answer: str = "", actor: User | None, at: datetime
) -> Withdrawal:
    """The membership ends on the day that was asked for; the member is told."""
    with refusing():
        withdrawal = _moved(withdrawal, RequestStatus.ACCEPTED)
        withdrawal.period = end_membership(
            organization=withdrawal.organization,
            until=withdrawal.leaving_on,
            reason=EndReason.WITHDRAWN,
            note=withdrawal.receipt_number or "",
            actor=actor,
            at=at,
        )
        withdrawal.answer = _short(answer)
        _decide(withdrawal, actor, at)
        withdrawal_accepted(withdrawal=withdrawal, at=at)
        record(
            actor, "members.withdrawal.accepted", withdrawal, at=at,
            organization=withdrawal.organization.name, until=withdrawal.leaving_on.isoformat(),
        )  # fmt: skip
    return withdrawal


def refuse_withdrawal(
    *, withdrawal: Withdrawal, answer: str, actor: User | None, at: datetime
) -> Withdrawal:
    """The membership goes on; `answer` tells the member why."""
    _needs(answer, _("Write the reason, for the member reads it."))
    with refusing():
        withdrawal = _moved(withdrawal, RequestStatus.REFUSED)
        withdrawal.answer = _short(answer)
        _decide(withdrawal, actor, at)
        withdrawal_refused(withdrawal=withdrawal, at=at)
        record(actor, "members.withdrawal.refused", withdrawal, at=at, answer=answer)
    return withdrawal


def retract_withdrawal(
    *, withdrawal: Withdrawal, reason: str = "", actor: User | None, at: datetime
) -> Withdrawal:
    """The member has changed its mind before anything was decided."""
    with refusing():
        if _locked(withdrawal).status == RequestStatus.ACCEPTED:
            raise TooLateError(_("It has been accepted already. The secretariat can take it back."))
        withdrawal = _moved(withdrawal, RequestStatus.RETRACTED)
        _decide(withdrawal, actor, at)
        withdrawal_retracted(withdrawal=withdrawal, at=at)
        record(actor, "members.withdrawal.retracted", withdrawal, at=at, reason=reason)
    return withdrawal


def expel(
    *,
    organization: Organization,
    until: date,
    resolution: str,
    resolved_on: date,
    heard_on: date,
    note: str,
    actor: User | None,
    at: datetime,
) -> Withdrawal:
    """除名 by a resolution, before which the member could speak. `note`: the reason it reads."""
    _needs(resolution, _("An expulsion needs the reference of its resolution."))
    today = timezone.localdate(at)
    _check_resolution(resolved_on, heard_on, until)
    with refusing():
        organization = locked(organization)
        check_received(organization, resolved_on, today=today)
        period = end_membership(
            organization=organization, until=until, reason=EndReason.EXPELLED, note=resolution,
            actor=actor, at=at,
        )  # fmt: skip
        withdrawal = Withdrawal(
            organization=organization, kind=LeavingKind.EXPULSION, leaving_on=until, period=period,
            resolution=resolution, heard_on=heard_on, received_on=resolved_on,
            channel=Reception.COUNTER, received_by=actor,
            receipt_number=next_receipt_number(Withdrawal, today),
            status=RequestStatus.ACCEPTED, answer=_short(note), decided_by=actor,
            decided_at=at, created_at=at,
        )  # fmt: skip
        withdrawal.clean_fields()
        withdrawal.save(force_insert=True)
        expelled_letter(withdrawal=withdrawal, at=at)
        record(
            actor, "members.organization.expelled", organization, at=at,
            resolution=resolution, heard_on=heard_on.isoformat(), until=until.isoformat(),
        )  # fmt: skip
    return withdrawal


def _locked(withdrawal: Withdrawal) -> Withdrawal:
    """The notice as it is now, behind the lock of its organisation."""
    organization = locked(withdrawal.organization)
    rows = Withdrawal.objects.select_for_update(of=("self",), no_key=True)
    found: Withdrawal = rows.get(pk=withdrawal.pk)
    found.organization = organization
    return found


def _moved(withdrawal: Withdrawal, to: RequestStatus) -> Withdrawal:
    """The locked notice with its next state on it, not saved; refused when somebody was quicker."""
    found = _locked(withdrawal)
    if to not in WITHDRAWAL_MOVES[RequestStatus(found.status)]:
        raise TooLateError(
            _("This notice is “%(state)s” by now. Nothing was changed.")
            % {"state": found.get_status_display()}
        )
    found.status = to
    return found


def _decide(withdrawal: Withdrawal, actor: User | None, at: datetime) -> None:
    withdrawal.decided_by, withdrawal.decided_at = actor, at
    withdrawal.save(update_fields=["status", "period", "answer", "decided_by", "decided_at"])


def check_received(organization: Organization, day: date, *, today: date) -> None:
    """Paper cannot come in before the member did, nor tomorrow."""
    if day > today:
        raise ImpossibleDateError(_("This day has not come yet."))
    first = organization.memberships.order_by("valid_from").first()
    if first is not None and day < first.valid_from:
        raise ImpossibleDateError(
            _("%(name)s is a member since %(day)s only.")
            % {"name": organization.shown_name, "day": era_date(first.valid_from)}
        )


def check_leaving(organization: Organization, leaving_on: date, *, today: date) -> Membership:
    """The period that would end; refused where there is none, or where an end is booked already."""
    if leaving_on > today + _FARTHEST:
        raise ImpossibleDateError(_("This day lies too far ahead."))
    period = organization.memberships.active_on(leaving_on - _ONE_DAY).first()
    if period is None:
        raise NotAMemberError(
            _("%(name)s is not a member on %(day)s.")
            % {"name": organization.shown_name, "day": era_date(leaving_on - _ONE_DAY)}
        )
    if period.valid_until is not None and period.end_reason != EndReason.CATEGORY_CHANGED:
        raise NothingChangesError(
            _("Its membership already ends: from %(day)s it is no member.")
            % {"day": era_date(period.valid_until)}
        )
    return period


def _check_resolution(resolved_on: date, heard_on: date, until: date) -> None:
    if heard_on > resolved_on:
        raise ImpossibleDateError(
            _("The member must be able to speak before the resolution, not after it.")
        )
    if until < resolved_on:
        raise ImpossibleDateError(_("Nobody is expelled before the day of the resolution."))


def _needs(text: str, words: str) -> None:
    if not text.strip():
        raise MembersError(words)


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise MembersError(_("At most %(n)s characters.") % {"n": _LONGEST})
    return text.strip()
