"""Deciding on 退会届, and recording 除名."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.japan.calendar import era_date
from core.japan.text import clean_line
from core.shell.fields import DateInput
from members.emails.leaving import readers_of
from members.forms.filing import DAY_HELP, LONG
from members.forms.preview import Preview, PreviewedForm, ReasonField, last_day_words
from members.models import Organization, Withdrawal
from members.queries.leaving import Stop, speaking_mailboxes, what_stops
from members.services.leaving import (
    accept_withdrawal,
    answer_withdrawal,
    expel,
    refuse_withdrawal,
    retract_withdrawal,
    return_withdrawal,
)

_DECIDE = "members.decide_withdrawal"
_WORK = "members.change_withdrawal"


class AcceptWithdrawalForm(PreviewedForm):
    title = gettext_lazy("Accept the withdrawal")
    effect = gettext_lazy("The membership ends on the day that was asked for. The past stays.")
    permission = _DECIDE
    preview_first = True
    danger = True

    answer = forms.CharField(
        label=gettext_lazy("Words for the letter"),
        help_text=gettext_lazy("Stands in the letter below what is usual. May be empty."),
        required=False,
        **LONG,
    )

    def preview(self, *, at: datetime) -> Preview:
        organization, day = self.record.organization, self.record.leaving_on
        return Preview(
            title=_("What stops on %(day)s") % {"day": era_date(day)},
            lines=[last_day_words(organization, day), letter_words(readers_of(self.record, at))],
            stops=what_stops(organization, day),
        )

    def perform(self, withdrawal: Withdrawal, *, actor: User, at: datetime) -> str:  # type: ignore[override] # acts on the notice
        stops = what_stops(withdrawal.organization, withdrawal.leaving_on)
        done = accept_withdrawal(
            withdrawal=withdrawal, answer=self.cleaned_data["answer"], actor=actor, at=at
        )
        return _told(done, stops, at)


class NoticeForm(forms.Form):
    """Base of the acts on a notice by which nothing ends."""

    title: ClassVar[Any] = ""
    effect: ClassVar[Any] = ""
    permission: ClassVar[str] = _WORK


class ReturnWithdrawalForm(NoticeForm):
    title = gettext_lazy("Ask the member back")
    effect = gettext_lazy("The member gets your question by letter and on its own page.")

    question = forms.CharField(label=gettext_lazy("Question"), **LONG)

    def perform(self, withdrawal: Withdrawal, *, actor: User, at: datetime) -> str:
        question = self.cleaned_data["question"]
        return_withdrawal(withdrawal=withdrawal, question=question, actor=actor, at=at)
        return _("Asked back. %(letter)s") % {"letter": letter_words(readers_of(withdrawal, at))}


class AnswerWithdrawalForm(NoticeForm):
    """What the member said on the phone or by fax, keyed for it."""

    title = gettext_lazy("Enter the answer")
    effect = gettext_lazy("What the member answered. The notice then waits for you again.")
    wants_record = True

    leaving_on = forms.DateField(
        label=gettext_lazy("First day on which it is no longer a member"),
        help_text=DAY_HELP,
        widget=DateInput,
    )
    message = forms.CharField(label=gettext_lazy("Words of the member"), required=False, **LONG)

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        shown = {"leaving_on": record.leaving_on, "message": record.message} if record else {}
        super().__init__(*args, **{"initial": shown, **kwargs})

    def perform(self, withdrawal: Withdrawal, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        answer_withdrawal(
            withdrawal=withdrawal, leaving_on=value["leaving_on"], message=value["message"],
            actor=actor, at=at,
        )  # fmt: skip
        return _("The answer is entered. The notice waits for the decision.")


class RefuseWithdrawalForm(NoticeForm):
    title = gettext_lazy("Refuse the withdrawal")
    effect = gettext_lazy("The membership goes on. The member reads the reason.")
    permission = _DECIDE

    answer = forms.CharField(label=gettext_lazy("Reason, for the member"), **LONG)

    def perform(self, withdrawal: Withdrawal, *, actor: User, at: datetime) -> str:
        refuse_withdrawal(
            withdrawal=withdrawal, answer=self.cleaned_data["answer"], actor=actor, at=at
        )
        return _("Refused; the membership goes on. %(letter)s") % {
            "letter": letter_words(readers_of(withdrawal, at))
        }


class RetractWithdrawalForm(NoticeForm):
    title = gettext_lazy("The member takes it back")
    effect = gettext_lazy("The member has changed its mind. The membership goes on.")

    reason = ReasonField(required=False)

    def perform(self, withdrawal: Withdrawal, *, actor: User, at: datetime) -> str:
        retract_withdrawal(
            withdrawal=withdrawal, reason=self.cleaned_data["reason"], actor=actor, at=at
        )
        return _("Taken back; the membership goes on. %(letter)s") % {
            "letter": letter_words(readers_of(withdrawal, at))
        }


class ExpelForm(PreviewedForm):
    title = gettext_lazy("Record an expulsion")
    effect = gettext_lazy("By a resolution, after the member could speak. The member is told.")
    permission = _DECIDE
    danger = True

    resolution = forms.CharField(
        label=gettext_lazy("Reference of the resolution"),
        help_text=gettext_lazy("For example: general assembly of fiscal 2026, proposal 3."),
        max_length=100,
    )
    resolved_on = forms.DateField(label=gettext_lazy("Day of the resolution"), widget=DateInput)
    heard_on = forms.DateField(
        label=gettext_lazy("Day on which the member could speak"),
        help_text=gettext_lazy("Not after the resolution. Also when the member did not come."),
        widget=DateInput,
    )
    until = forms.DateField(
        label=gettext_lazy("First day on which it is no longer a member"), widget=DateInput
    )
    note = forms.CharField(label=gettext_lazy("Reason, for the member"), required=False, **LONG)

    def clean(self) -> dict[str, Any]:
        value: dict[str, Any] = super().clean() or self.cleaned_data
        resolved, heard, until = (value.get(k) for k in ("resolved_on", "heard_on", "until"))
        if resolved and heard and heard > resolved:
            words = _("The member must be able to speak before the resolution, not after it.")
            self.add_error("heard_on", words)
        if resolved and until and until < resolved:
            words = _("Nobody is expelled before the day of the resolution.")
            self.add_error("until", words)
        return value

    def preview(self, *, at: datetime) -> Preview:
        day = self.cleaned_data["until"]
        readers = speaking_mailboxes(self.record, timezone.localdate(at))
        return Preview(
            title=_("What stops on %(day)s") % {"day": era_date(day)},
            lines=[last_day_words(self.record, day), letter_words(readers)],
            stops=what_stops(self.record, day),
        )

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        stops = what_stops(organization, value["until"])
        done = expel(
            organization=organization,
            until=value["until"],
            resolution=clean_line(value["resolution"]),
            resolved_on=value["resolved_on"],
            heard_on=value["heard_on"],
            note=value["note"],
            actor=actor,
            at=at,
        )
        return _told(done, stops, at)


def letter_words(readers: Sequence[str]) -> str:
    """Who gets the letter, or that somebody has to write one."""
    if not readers:
        return _("No letter goes out: no mailbox works. Please tell the member by post or phone.")
    return _("A letter goes to %(mailboxes)s.") % {"mailboxes": "、".join(readers)}


def stopped_words(stops: Sequence[Stop]) -> str:
    """The short of what stops, for the sentence of success."""
    logins = sum(stop.count for stop in stops if stop.kind == "logins")
    boxes = sum(stop.count for stop in stops if stop.kind == "magazine" and not stop.stays)
    words = []
    if logins:
        words.append(_("%(n)s logins open nothing any more from that day.") % {"n": logins})
    if boxes:
        words.append(_("%(n)s mailboxes get no more mail magazine.") % {"n": boxes})
    return "".join(words)


def _told(done: Withdrawal, stops: Sequence[Stop], at: datetime) -> str:
    words = [last_day_words(done.organization, done.leaving_on), stopped_words(stops)]
    return "".join([*words, letter_words(readers_of(done, at))])
