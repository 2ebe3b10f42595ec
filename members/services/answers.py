"""What members answer in the yearly round: by the link, from their own page, on the phone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import era_date
from core.japan.text import clean_line
from members.choices import ConfirmationStatus, Reception
from members.errors import MembersError, NotAMemberError, TooLateError
from members.models import ChangeRequest, Confirmation, Organization
from members.services.change_requests import ask_change
from members.services.profile import update_profile
from members.services.refusals import locked, refusing

LONGEST_NAME = 100
LONGEST_NOTE = 300


def confirm_unchanged(
    *, confirmation: Confirmation, name: str, channel: Reception, actor: User | None, at: datetime
) -> Confirmation:
    """What is registered is true. Pressed twice it is the same answer."""
    with refusing():
        row = _open(confirmation, at)
        status = ConfirmationStatus(row.status)
        if status == ConfirmationStatus.WAITING:
            status = ConfirmationStatus.UNCHANGED
        elif row.answered_by == clean_line(name) and _is_fresh(row, at):
            return row
        _answer(row, status, name, channel, actor, at)
    return row


def confirm_with_changes(
    *,
    confirmation: Confirmation,
    name: str,
    channel: Reception,
    direct: Mapping[str, Any],
    seen: Mapping[str, str] | None = None,
    changes: Mapping[str, str],
    effective_on: date,
    people: str,
    actor: User | None,
    at: datetime,
) -> tuple[Confirmation, ChangeRequest | None]:
    """What has changed: plain facts at once, the others and the people as a change request.

    `people` says in words who has left and who has come: a link that was passed on proves too
    little to open or end somebody's rights.
    """
    with refusing():
        row = _open(confirmation, at)
        organization = locked(row.organization)
        written = update_profile(
            organization=organization, values=direct, seen=seen, actor=actor, at=at
        )
        asked = ask_change(
            organization=organization, changes=changes, effective_on=effective_on,
            message="", people=people, channel=channel, received_on=timezone.localdate(at),
            asked_by=actor if channel == Reception.WEB else None, asked_by_name=name,
            actor=actor, at=at,
        )  # fmt: skip
        changed = bool(written or asked) or row.status == ConfirmationStatus.CHANGED
        status = ConfirmationStatus.CHANGED if changed else ConfirmationStatus.UNCHANGED
        _answer(row, status, name, channel, actor, at)
    return row, asked


def confirm_by_phone(
    *,
    confirmation: Confirmation,
    name: str,
    changed: bool,
    note: str = "",
    actor: User | None,
    at: datetime,
) -> Confirmation:
    """Somebody of the organisation said on the phone that it is so, or what is to be changed."""
    with refusing():
        row = _open(confirmation, at)
        row.called_at = at
        row.note = _note(note) or row.note
        row.save(update_fields=["called_at", "note"])
        status = ConfirmationStatus.CHANGED if changed else ConfirmationStatus.UNCHANGED
        _answer(row, status, name, Reception.PHONE, actor, at)
    return row


def note_call(
    *, confirmation: Confirmation, note: str, actor: User | None, at: datetime
) -> Confirmation:
    """Called, and nobody could answer."""
    with refusing():
        row = _open(confirmation, at)
        if row.status != ConfirmationStatus.WAITING:
            raise TooLateError(
                _("%(name)s has answered in the meantime.") % {"name": row.organization.shown_name}
            )
        row.called_at, row.note = at, _note(note)
        row.save(update_fields=["called_at", "note"])
        record(actor, "members.confirmation.called", row.organization, at=at, note=row.note)
    return row


def _open(confirmation: Confirmation, at: datetime) -> Confirmation:
    row = (
        Confirmation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("round", "organization")
        .get(pk=confirmation.pk)
    )
    if row.round.closed_at is not None:
        raise TooLateError(_("This round is closed. Please call the secretariat."))
    day = timezone.localdate(at)
    if not row.organization.memberships.active_on(day).exists():
        raise NotAMemberError(
            _("%(name)s is not a member on %(day)s.")
            % {"name": row.organization.shown_name, "day": era_date(day)}
        )
    return row


def _is_fresh(row: Confirmation, at: datetime) -> bool:
    """Answered today already: the second press of a slow page."""
    answered = row.answered_at
    return answered is not None and timezone.localdate(answered) == timezone.localdate(at)


def _answer(
    row: Confirmation,
    status: ConfirmationStatus,
    name: str,
    channel: Reception,
    actor: User | None,
    at: datetime,
) -> None:
    name = clean_line(name)
    if not name or len(name) > LONGEST_NAME:
        raise MembersError(_("Please enter the name of the person who answers."))
    row.status, row.channel = status, channel
    row.answered_by, row.answered_at = name, at
    row.save(update_fields=["status", "channel", "answered_by", "answered_at"])
    today = timezone.localdate(at)
    Organization.objects.filter(pk=row.organization_id).update(confirmed_on=today)
    record(
        actor, "members.confirmation.answered", row.organization, at=at,
        status=status, channel=channel, name=name,
    )  # fmt: skip


def _note(text: str) -> str:
    text = clean_line(text)
    if len(text) > LONGEST_NOTE:
        raise MembersError(_("Please keep the note within %(n)s letters.") % {"n": LONGEST_NOTE})
    return text
