"""The yearly round: asking every member once, taking the answers, calling the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import era_datetime
from members.emails.confirmations import confirmations_asked
from members.errors import ImpossibleDateError, MembersError, NothingChangesError, TooLateError
from members.models import Confirmation, ConfirmationRound, Organization
from members.queries.confirmations import members_to_ask, to_chase
from members.queries.mailboxes import mailboxes_of
from members.queries.sheets import sheet_of, with_sheet_on
from members.services.refusals import refusing

_BATCH = 1000


@dataclass(frozen=True)
class Sent:
    """What one press of the button did."""

    asked: int
    letters: int

    @property
    def without_mailbox(self) -> int:
        return self.asked - self.letters


def open_round(
    *, confirmation_round: ConfirmationRound, actor: User | None, at: datetime
) -> ConfirmationRound:
    """Prepare a round; nobody hears of it before it is sent."""
    with refusing():
        confirmation_round.full_clean(exclude={"sent_by"})
        confirmation_round.created_at = at
        confirmation_round.save(force_insert=True)
        record(actor, "members.confirmation_round.opened", confirmation_round, at=at)
    return confirmation_round


def edit_round(
    *,
    confirmation_round: ConfirmationRound,
    values: Mapping[str, Any],
    actor: User | None,
    at: datetime,
) -> ConfirmationRound:
    """Title, days and words, as long as nobody has read them."""
    with refusing():
        row = _locked_round(confirmation_round)
        if row.sent_at is not None:
            raise TooLateError(_("The letters went out already. Nothing was changed."))
        for name in ("title", "opens_on", "due_on", "lead"):
            setattr(row, name, values[name])
        row.full_clean(exclude={"sent_by"})
        row.save(update_fields=["title", "opens_on", "due_on", "lead"])
        record(actor, "members.confirmation_round.edited", row, at=at)
    return row


def send_round(*, confirmation_round: ConfirmationRound, actor: User | None, at: datetime) -> Sent:
    """One letter to every member of today; one organisation never gets two.

    Who has no mailbox is in the round without a letter and has to be called.
    """
    today = timezone.localdate(at)
    with refusing():
        row = _locked_round(confirmation_round)
        if row.sent_at is not None:
            raise TooLateError(
                _("The letters went out already: %(at)s %(who)s.")
                % {"at": era_datetime(row.sent_at), "who": _name(row.sent_by)}
            )
        _check_alone(row)
        if today > row.due_on:
            raise ImpossibleDateError(_("The day for the answers has passed already."))
        row.sent_at, row.sent_by = at, actor
        row.save(update_fields=["sent_at", "sent_by"])
        sent = _ask(row, members_to_ask(row, today).values_list("pk", flat=True), today, at)
        if not sent.asked:
            raise NothingChangesError(_("There is no member to ask."))
        record(
            actor, "members.confirmation_round.sent", row, at=at,
            asked=sent.asked, letters=sent.letters,
        )  # fmt: skip
    return sent


def add_to_round(
    *,
    confirmation_round: ConfirmationRound,
    organizations: Iterable[Organization],
    actor: User | None,
    at: datetime,
) -> Sent:
    """Ask members who have joined since, or were left out. Who is asked already gets no second."""
    today = timezone.localdate(at)
    with refusing():
        row = _open_round(confirmation_round)
        wanted = members_to_ask(row, today).filter(pk__in=[one.pk for one in organizations])
        sent = _ask(row, wanted.values_list("pk", flat=True), today, at)
        if not sent.asked:
            raise NothingChangesError(_("These members have been asked already."))
        record(
            actor, "members.confirmation_round.extended", row, at=at,
            asked=sent.asked, letters=sent.letters,
        )  # fmt: skip
    return sent


def remind(
    *,
    confirmation_round: ConfirmationRound,
    seen: datetime | None,
    actor: User | None,
    at: datetime,
) -> Sent:
    """The letter once more, to those without an answer, at the mailbox they have today.

    `seen` is the last reminder that the page of the asker showed: a second press, or a second
    officer, is told that it has gone out.
    """
    today = timezone.localdate(at)
    with refusing():
        row = _open_round(confirmation_round)
        if row.reminded_at != seen:
            raise TooLateError(
                _("A reminder went out already: %(at)s.")
                % {"at": era_datetime(row.reminded_at) if row.reminded_at else "—"}
            )
        # An answer that comes in this moment waits for the lock, or is seen here.
        waiting = list(to_chase(row, today).select_for_update(of=("self",), no_key=True))
        if not waiting:
            raise NothingChangesError(_("Everybody has answered."))
        row.reminded_at = at
        row.save(update_fields=["reminded_at"])
        letters = _write_to(row, waiting, today, at, again=True)
        sent = Sent(asked=len(waiting), letters=letters)
        record(
            actor, "members.confirmation_round.reminded", row, at=at,
            asked=sent.asked, letters=sent.letters,
        )  # fmt: skip
    return sent


def close_round(
    *, confirmation_round: ConfirmationRound, actor: User | None, at: datetime
) -> ConfirmationRound:
    """No more answers by the link. Who has not answered stays in the list."""
    with refusing():
        row = _open_round(confirmation_round)
        row.closed_at = at
        row.save(update_fields=["closed_at"])
        record(actor, "members.confirmation_round.closed", row, at=at)
    return row


def _locked_round(confirmation_round: ConfirmationRound) -> ConfirmationRound:
    return (
        ConfirmationRound.objects.select_for_update(of=("self",), no_key=True)
        .select_related("sent_by")
        .get(pk=confirmation_round.pk)
    )


def _open_round(confirmation_round: ConfirmationRound) -> ConfirmationRound:
    row = _locked_round(confirmation_round)
    if row.sent_at is None:
        raise MembersError(_("The letters of this round have not been sent yet."))
    if row.closed_at is not None:
        raise TooLateError(_("This round is closed."))
    return row


def _check_alone(row: ConfirmationRound) -> None:
    """Two rounds at once would ask a member the same thing twice."""
    others = ConfirmationRound.objects.exclude(pk=row.pk)
    other = others.filter(sent_at__isnull=False, closed_at=None).first()
    if other is not None:
        raise MembersError(_("Close “%(title)s” first.") % {"title": other.title})


def _ask(row: ConfirmationRound, organizations: Iterable[int], day: date, at: datetime) -> Sent:
    made = Confirmation.objects.bulk_create(
        [Confirmation(round=row, organization_id=key) for key in organizations],
        batch_size=_BATCH,
    )
    return Sent(asked=len(made), letters=_write_to(row, made, day, at, again=False))


def _write_to(
    row: ConfirmationRound, asked: list[Confirmation], day: date, at: datetime, *, again: bool
) -> int:
    """Letters to those who can be reached; notes which letter went where."""
    keys = [confirmation.organization_id for confirmation in asked]
    boxes = mailboxes_of(keys, day)
    shown = with_sheet_on(Organization.objects.filter(pk__in=keys), day)
    sheets = {organization.pk: sheet_of(organization) for organization in shown}
    reached = []
    for confirmation in asked:
        confirmation.round = row
        confirmation.address = boxes.get(confirmation.organization_id)
        if confirmation.address is not None:
            reached.append(confirmation)
    pairs = [(confirmation, sheets[confirmation.organization_id]) for confirmation in reached]
    messages = confirmations_asked(pairs, again=again, at=at)
    for confirmation, message in zip(reached, messages, strict=True):
        confirmation.message = message
    Confirmation.objects.bulk_update(asked, ["address", "message"], batch_size=_BATCH)
    return len(reached)


def _name(user: User | None) -> str:
    return user.get_full_name() if user else ""
