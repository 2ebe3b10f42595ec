"""変更届: what a member asks to have changed, and what the secretariat decides about it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import add_business_days, era_date
from core.japan.text import clean_line
from members.change_fields import CHANGE_FIELDS
from members.choices import REQUEST_MOVES, Reception, RequestStatus
from members.emails.change_requests import (
    change_accepted,
    change_received,
    change_refused,
    change_returned,
)
from members.errors import (
    FieldsRefusedError,
    ImpossibleDateError,
    MembersError,
    NotAMemberError,
    NothingChangesError,
    TooLateError,
)
from members.models import ChangeRequest, Organization
from members.queries.registered import changed_labels, fields_in_request, registered_values
from members.services.receipts import next_receipt_number
from members.services.refusals import locked, refusing
from members.services.registered import write_registered

LONGEST_MESSAGE = 800
FURTHEST = timedelta(days=2 * 366)
EARLIEST = date(1868, 1, 25)  # 明治元年
WORKING_DAYS = 5


def ask_change(
    *,
    organization: Organization,
    changes: Mapping[str, str],
    effective_on: date,
    message: str,
    channel: Reception,
    received_on: date,
    asked_by: User | None,
    asked_by_name: str,
    actor: User | None,
    at: datetime,
    internal_note: str = "",
    people: str = "",
) -> ChangeRequest | None:
    """Hand in a change request. `changes` are new values; those already registered are left out.

    `people` says in words who has left and who has come; the secretariat acts on it by hand.
    None when nothing differs. A fact that another open request is about is refused: one matter,
    one paper. FieldsRefusedError tells which value is wrong; nothing is written then.
    """
    today = timezone.localdate(at)
    check_days(effective_on, received_on, today)
    with refusing():
        organization = locked(organization)
        _check_member(organization, today)
        found = differing(organization, changes, today)
        if not found and not people:
            return None
        asked = ChangeRequest.objects.create(
            organization=organization, receipt_number=next_receipt_number(ChangeRequest, today),
            changes=found, effective_on=effective_on, channel=channel, received_on=received_on,
            message="\n\n".join(filter(None, (_words(message), people))),
            received_by=actor if actor != asked_by else None, asked_by=asked_by,
            asked_by_name=clean_line(asked_by_name)[:100], internal_note=internal_note,
            due_on=_due_on(received_on, effective_on), created_at=at,
        )  # fmt: skip
        _tell(asked, "received", actor, at)
        change_received(asked, at=at)
    return asked


def answer_returned_change(
    *,
    change_request: ChangeRequest,
    changes: Mapping[str, str],
    message: str,
    actor: User | None,
    at: datetime,
) -> ChangeRequest:
    """The member's reply to a question: words, other values or both. Values not given stay."""
    with refusing():
        asked = _moved(change_request, RequestStatus.RECEIVED)
        organization = locked(asked.organization)
        wanted = {key: change["new"] for key, change in asked.changes.items()} | dict(changes)
        found = differing(organization, wanted, timezone.localdate(at), besides=asked.pk)
        if asked.changes and not found:
            raise NothingChangesError(
                _("Everything is registered as you ask. Take the request back instead.")
            )
        asked.changes = found
        reply = _words(message)
        if reply:
            when = era_date(timezone.localdate(at))
            asked.message = f"{asked.message}\n\n{when}\n{reply}".strip()
        asked.save(update_fields=["status", "changes", "message"])
        _tell(asked, "answered", actor, at)
    return asked


def return_change(
    *, change_request: ChangeRequest, answer: str, actor: User | None, at: datetime
) -> ChangeRequest:
    """A question to the member; the request waits for the reply."""
    with refusing():
        asked = _moved(change_request, RequestStatus.RETURNED)
        asked.answer = _reason(answer)
        asked.save(update_fields=["status", "answer"])
        _tell(asked, "returned", actor, at)
        change_returned(asked, at=at)
    return asked


def accept_change(
    *,
    change_request: ChangeRequest,
    effective_on: date,
    number: str = "",
    actor: User | None,
    at: datetime,
) -> ChangeRequest:
    """Write what was asked for into the register, all of it or nothing.

    A former name is kept. A category and a representative may be booked ahead; other facts have no
    day of their own and cannot be accepted before it. What is registered already is left alone.
    """
    today = timezone.localdate(at)
    with refusing():
        asked = _moved(change_request, RequestStatus.ACCEPTED)
        organization = locked(asked.organization)
        check_days(effective_on, today, today)
        registered = registered_values(organization, today)
        wanted = {
            key: change["new"]
            for key, change in asked.changes.items()
            if change["new"] != registered[key]
        }
        _check_booking(wanted, effective_on, today)
        write_registered(
            organization=organization, values=wanted, effective_on=effective_on,
            number=clean_line(number), actor=actor, at=at,
        )  # fmt: skip
        asked.effective_on = effective_on
        _decide(asked, actor, at, "effective_on")
        _tell(asked, "accepted", actor, at)
        change_accepted(asked, at=at)
    return asked


def refuse_change(
    *, change_request: ChangeRequest, answer: str, actor: User | None, at: datetime
) -> ChangeRequest:
    """The register stays as it is; the member reads why."""
    with refusing():
        asked = _moved(change_request, RequestStatus.REFUSED)
        asked.answer = _reason(answer)
        _decide(asked, actor, at, "answer")
        _tell(asked, "refused", actor, at)
        change_refused(asked, at=at)
    return asked


def retract_change(
    *, change_request: ChangeRequest, actor: User | None, at: datetime
) -> ChangeRequest:
    """The member no longer asks for it."""
    with refusing():
        asked = _moved(change_request, RequestStatus.RETRACTED)
        asked.save(update_fields=["status"])
        _tell(asked, "retracted", actor, at)
    return asked


def _moved(change_request: ChangeRequest, status: RequestStatus) -> ChangeRequest:
    """The request as it is now, locked, with its new state; refused when somebody was quicker."""
    asked: ChangeRequest = (
        ChangeRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organization", "asked_by", "decided_by")
        .get(pk=change_request.pk)
    )
    if status not in REQUEST_MOVES[RequestStatus(asked.status)]:
        raise TooLateError(
            _("Change request %(number)s cannot be changed so any more: %(state)s%(who)s.")
            % {"number": asked, "state": asked.get_status_display(), "who": _by(asked)}
        )
    asked.status = status
    return asked


def _by(asked: ChangeRequest) -> str:
    return f"({asked.decided_by.get_full_name()})" if asked.decided_by else ""


def _decide(asked: ChangeRequest, actor: User | None, at: datetime, *columns: str) -> None:
    asked.decided_by, asked.decided_at = actor, at
    asked.save(update_fields=["status", "decided_by", "decided_at", *columns])


def _tell(asked: ChangeRequest, what: str, actor: User | None, at: datetime) -> None:
    record(
        actor, f"members.change_request.{what}", asked, at=at,
        organization=asked.organization.shown_name, fields=changed_labels(asked),
    )  # fmt: skip


def differing(
    organization: Organization,
    changes: Mapping[str, str],
    day: date,
    *,
    besides: int | None = None,
) -> dict[str, dict[str, str]]:
    """What differs from the register, checked. FieldsRefusedError names each wrong value."""
    registered = registered_values(organization, day)
    wrong: dict[str, str] = {}
    found: dict[str, dict[str, str]] = {}
    for key, value in changes.items():
        try:
            new = CHANGE_FIELDS[key].clean(value)
        except ValueError as refusal:
            wrong[key] = str(refusal)
            continue
        if new != registered[key]:
            found[key] = {"old": registered[key], "new": new}
    taken = fields_in_request(organization, besides=besides)
    for key in found.keys() & taken.keys():
        wrong[key] = _("%(field)s: change request %(number)s is still waiting.") % {
            "field": CHANGE_FIELDS[key].label, "number": taken[key],
        }  # fmt: skip
    if wrong:
        raise FieldsRefusedError({key: wrong[key] for key in CHANGE_FIELDS if key in wrong})
    return {key: found[key] for key in CHANGE_FIELDS if key in found}


def _check_member(organization: Organization, day: date) -> None:
    if not organization.memberships.active_on(day).exists():
        raise NotAMemberError(
            _("%(name)s is not a member on %(day)s.")
            % {"name": organization.shown_name, "day": era_date(day)}
        )


def check_days(effective_on: date, received_on: date, today: date) -> None:
    """Raises ImpossibleDateError."""
    if received_on > today:
        raise ImpossibleDateError(_("It cannot have been received in the future."))
    if not EARLIEST <= effective_on <= today + FURTHEST:
        raise ImpossibleDateError(
            _("Please check the day from which it holds: %(day)s.")
            % {"day": effective_on.isoformat()}
        )


def _check_booking(wanted: Mapping[str, str], effective_on: date, today: date) -> None:
    early = [CHANGE_FIELDS[key] for key in wanted if not CHANGE_FIELDS[key].from_a_day]
    if early and effective_on > today:
        raise ImpossibleDateError(
            _("%(fields)s holds from %(day)s only. Accept it on that day.")
            % {
                "fields": "、".join(str(field.label) for field in early),
                "day": era_date(effective_on),
            }
        )


def _due_on(received_on: date, effective_on: date) -> date:
    """Five working days, or the day from which it holds when that is later."""
    return max(add_business_days(received_on, WORKING_DAYS), effective_on)


def _words(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > LONGEST_MESSAGE:
        raise MembersError(
            _("Please keep your words within %(n)s letters.") % {"n": LONGEST_MESSAGE}
        )
    return text


def _reason(text: str) -> str:
    text = _words(text)
    if not text:
        raise MembersError(_("Please write what the member is to read."))
    return text
