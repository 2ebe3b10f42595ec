"""The yearly round as the secretariat sends and closes it, and calls those who are silent."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.japan.calendar import era_datetime, fiscal_year, fiscal_year_label
from core.japan.text import clean_line
from core.shell.fields import DateInput
from members.errors import MembersError
from members.forms.preview import Preview, PreviewedForm
from members.models import Confirmation, ConfirmationRound
from members.queries.confirmations import members_to_ask, outlook_of, to_chase
from members.services.answers import LONGEST_NAME, LONGEST_NOTE, confirm_by_phone, note_call
from members.services.confirmations import (
    add_to_round,
    close_round,
    edit_round,
    remind,
    send_round,
)

CHANGE_ROUND = "members.change_confirmationround"
CALL = "members.change_confirmation"


def proposed(day: date) -> dict[str, Any]:
    """What a new round begins with."""
    year = fiscal_year_label(fiscal_year(day))
    return {"title": _("Confirmation of what is registered, %(year)s") % {"year": year},
            "opens_on": day}  # fmt: skip


class RoundForm(forms.ModelForm):
    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    opens_on = forms.DateField(label=gettext_lazy("To be sent on"), widget=DateInput)
    due_on = forms.DateField(label=gettext_lazy("Answers by"), widget=DateInput)
    lead = forms.CharField(
        label=gettext_lazy("Words at the head of the letter"), max_length=800, required=False,
        help_text=gettext_lazy("May be empty."), widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    class Meta:
        model = ConfirmationRound
        fields = ("title", "opens_on", "due_on", "lead")

    def clean_title(self) -> str:
        title = clean_line(self.cleaned_data["title"])
        if not title:
            raise forms.ValidationError(_("Enter a title."))
        return title

    def clean_due_on(self) -> date:
        due = self.cleaned_data["due_on"]
        if due < timezone.localdate():
            raise forms.ValidationError(_("The day for the answers has passed already."))
        return date.fromisoformat(str(due))


class _RoundActForm(PreviewedForm):
    permission = CHANGE_ROUND
    preview_first = True
    title: ClassVar[Any] = ""
    effect: ClassVar[Any] = ""


class EditRoundForm(RoundForm):
    wants_record = True
    permission = CHANGE_ROUND
    title = gettext_lazy("Title, days and words")  # type: ignore[assignment] # of the act
    effect = gettext_lazy("Possible until the letters go out.")

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        kwargs["instance"] = record
        super().__init__(*args, **kwargs)

    def perform(self, confirmation_round: Any, *, actor: User, at: datetime) -> str:
        edit_round(
            confirmation_round=confirmation_round, values=self.cleaned_data, actor=actor, at=at
        )
        return _("Saved.")


class SendRoundForm(_RoundActForm):
    title = gettext_lazy("Send the letters")
    effect = gettext_lazy("One letter to every member of today. It cannot be called back.")

    def preview(self, *, at: datetime) -> Preview:
        outlook = outlook_of(self.record, timezone.localdate(at))
        lines = [
            _("Members: %(n)s") % {"n": outlook.members},
            _("Letters: %(n)s") % {"n": outlook.letters},
            _("Without any mailbox, to be called: %(n)s") % {"n": len(outlook.without_mailbox)},
        ]
        return Preview(title=_("What goes out"), lines=lines)

    def perform(self, confirmation_round: Any, *, actor: User, at: datetime) -> str:
        sent = send_round(confirmation_round=confirmation_round, actor=actor, at=at)
        return _("%(letters)s letters are on their way. To be called: %(rest)s.") % {
            "letters": sent.letters, "rest": sent.without_mailbox,
        }  # fmt: skip


class RemindForm(_RoundActForm):
    title = gettext_lazy("Send a reminder")
    effect = gettext_lazy("Only to those who have not answered. Who has answered gets nothing.")

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        last = record.reminded_at if record else None
        shown = {"seen": last.isoformat() if last else ""}
        super().__init__(*args, record=record, initial=shown, **kwargs)

    def preview(self, *, at: datetime) -> Preview:
        waiting = to_chase(self.record, timezone.localdate(at)).count()
        lines = [_("Without an answer: %(n)s") % {"n": waiting}]
        if self.record.reminded_at:
            last = era_datetime(self.record.reminded_at)
            lines.append(_("Last reminder: %(at)s") % {"at": last})
        return Preview(title=_("Who is reminded"), lines=lines)

    def clean_seen(self) -> datetime | None:
        seen = self.cleaned_data["seen"]
        try:
            return datetime.fromisoformat(seen) if seen else None
        except ValueError:
            raise forms.ValidationError(_("Please open the page once more.")) from None

    def perform(self, confirmation_round: Any, *, actor: User, at: datetime) -> str:
        sent = remind(
            confirmation_round=confirmation_round, seen=self.cleaned_data["seen"],
            actor=actor, at=at,
        )  # fmt: skip
        return _("%(letters)s letters are on their way. To be called: %(rest)s.") % {
            "letters": sent.letters, "rest": sent.without_mailbox,
        }  # fmt: skip


class AddMembersForm(forms.Form):
    title = gettext_lazy("Ask further members")
    effect = gettext_lazy("Members who joined since get the letter too.")
    permission = CHANGE_ROUND
    wants_record = True

    organizations = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Members who have not been asked"),
        queryset=ConfirmationRound.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organizations"]
        if record is not None and isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = members_to_ask(record, timezone.localdate())

    def perform(self, confirmation_round: Any, *, actor: User, at: datetime) -> str:
        sent = add_to_round(
            confirmation_round=confirmation_round,
            organizations=self.cleaned_data["organizations"], actor=actor, at=at,
        )  # fmt: skip
        return _("%(letters)s letters are on their way. To be called: %(rest)s.") % {
            "letters": sent.letters, "rest": sent.without_mailbox,
        }  # fmt: skip


class CloseRoundForm(_RoundActForm):
    title = gettext_lazy("Close the round")
    effect = gettext_lazy("The links no longer take answers. The answers stay.")

    def preview(self, *, at: datetime) -> Preview:
        waiting = to_chase(self.record, timezone.localdate(at)).count()
        return Preview(
            title=_("How it stands"), lines=[_("Without an answer: %(n)s") % {"n": waiting}]
        )

    def perform(self, confirmation_round: Any, *, actor: User, at: datetime) -> str:
        close_round(confirmation_round=confirmation_round, actor=actor, at=at)
        return _("The round is closed.")


class CallForm(forms.Form):
    """One line of the list to call down."""

    name = forms.CharField(max_length=LONGEST_NAME, required=False)
    note = forms.CharField(max_length=LONGEST_NOTE, required=False)
    outcome = forms.ChoiceField(
        choices=[("unchanged", ""), ("changed", ""), ("absent", "")],
    )

    def perform(self, confirmation: Confirmation, *, actor: User, at: datetime) -> str:
        """Raises MembersError."""
        if not self.is_valid():
            raise MembersError(_("Please check what you have typed."))
        value = self.cleaned_data
        told = {"name": confirmation.organization.shown_name}
        if value["outcome"] == "absent":
            note_call(confirmation=confirmation, note=value["note"], actor=actor, at=at)
            return _("%(name)s: the call is noted.") % told
        confirm_by_phone(
            confirmation=confirmation, name=value["name"], note=value["note"],
            changed=value["outcome"] == "changed", actor=actor, at=at,
        )  # fmt: skip
        return _("%(name)s: confirmed by phone.") % told
