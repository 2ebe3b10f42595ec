"""変更届 as the secretariat keys and decides them."""

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
from members.change_fields import CHANGE_FIELDS
from members.choices import Reception
from members.errors import FieldsRefusedError, MembersError
from members.forms.preview import Preview, PreviewedForm
from members.forms.scans import scans_field
from members.models import ChangeRequest
from members.queries.registered import differences_of
from members.services.change_requests import (
    LONGEST_MESSAGE,
    accept_change,
    answer_returned_change,
    ask_change,
    check_days,
    differing,
    refuse_change,
    retract_change,
    return_change,
)
from members.services.scans import attach_scan

_DECIDE = "members.decide_changerequest"
_WORK = "members.change_changerequest"
_UNCHANGED = gettext_lazy("Stays as it is")
_LONG: dict[str, Any] = {
    "max_length": LONGEST_MESSAGE, "widget": forms.Textarea(attrs={"rows": 4}),
}  # fmt: skip


def _fact(key: str) -> forms.Field:
    """A new value; left empty, the fact stays as it is."""
    field: Any = CHANGE_FIELDS[key]
    if field.choices:
        choices = [("", _UNCHANGED), *field.choices]
        return forms.ChoiceField(label=field.label, choices=choices, required=False)
    return forms.CharField(
        label=field.label, max_length=field.max_length + 100, required=False,
        help_text=field.help_text,
    )  # fmt: skip


class FileChangeForm(forms.ModelForm):
    """A paper that came by fax, post, phone or over the counter: only what it changes."""

    channel = forms.ChoiceField(
        label=gettext_lazy("Received by"),
        choices=[pair for pair in Reception.choices if pair[0] != Reception.WEB],
    )
    message = forms.CharField(label=gettext_lazy("Words of the member"), required=False, **_LONG)
    called_back = forms.BooleanField(
        label=gettext_lazy("Called back at the registered number and confirmed"),
        help_text=gettext_lazy(
            "Needed when it came by phone: somebody may pretend to be the member."
        ),
        required=False,
    )
    name = _fact("name")
    name_kana = _fact("name_kana")
    display_name = _fact("display_name")
    kind = _fact("kind")
    corporate_number = _fact("corporate_number")
    local_government_code = _fact("local_government_code")
    category = _fact("category")
    representative_title = _fact("representative_title")
    representative_name = _fact("representative_name")
    representative_kana = _fact("representative_kana")
    emptied = forms.MultipleChoiceField(
        label=gettext_lazy("Facts to be emptied"),
        choices=[(key, fact.label) for key, fact in CHANGE_FIELDS.items() if not fact.required],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    scans = scans_field(required=False)

    class Meta:
        model = ChangeRequest
        fields = (
            "organization", "channel", "received_on", "asked_by_name", "effective_on", "message",
            "internal_note",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["received_on"].required = True

    def clean(self) -> dict[str, Any]:
        """What the service would refuse, said at the field it is about."""
        value: dict[str, Any] = super().clean() or self.cleaned_data
        if value.get("channel") == Reception.PHONE and not value.get("called_back"):
            self.add_error("called_back", _("Call back at the registered number, then tick this."))
        effective_on, received_on = value.get("effective_on"), value.get("received_on")
        if effective_on and received_on:
            try:
                check_days(effective_on, received_on, timezone.localdate())
            except MembersError as refusal:
                self.add_error(None, str(refusal))
        if value.get("organization"):
            self._clean_changes(value)
        return value

    def _clean_changes(self, value: dict[str, Any]) -> None:
        try:
            found = differing(value["organization"], self.changes(), timezone.localdate())
        except FieldsRefusedError as refused:
            for key, sentence in refused.by_field.items():
                self.add_error(key, sentence)
        else:
            if not found and not self.errors:
                self.add_error(None, _("Nothing is different from what is registered."))

    def changes(self) -> dict[str, str]:
        given = {key: self.cleaned_data.get(key, "") for key in CHANGE_FIELDS}
        wanted = {key: value for key, value in given.items() if value.strip()}
        return wanted | dict.fromkeys(self.cleaned_data.get("emptied", ()), "")

    def _post_clean(self) -> None:
        """The service fills in and checks the rest of the record."""

    def file(self, *, actor: User, at: datetime) -> ChangeRequest:
        value = self.cleaned_data
        filed = ask_change(
            organization=value["organization"], changes=self.changes(),
            effective_on=value["effective_on"], message=value["message"],
            channel=Reception(value["channel"]), received_on=value["received_on"],
            asked_by=None, asked_by_name=clean_line(value["asked_by_name"]),
            internal_note=self._note(at), actor=actor, at=at,
        )  # fmt: skip
        if filed is None:
            raise MembersError(_("Nothing is different from what is registered."))
        for upload in value["scans"]:
            attach_scan(paper=filed, upload=upload, actor=actor, at=at)
        return filed

    def _note(self, at: datetime) -> str:
        note = str(self.cleaned_data["internal_note"]).strip()
        if not self.cleaned_data["called_back"]:
            return note
        told = _("%(day)s: called back at the registered number and confirmed.") % {
            "day": era_date(timezone.localdate(at))
        }
        return f"{told}\n{note}".strip()


class ChangeNoteForm(forms.ModelForm):
    """What may be written at any time; everything else comes about by acts."""

    class Meta:
        model = ChangeRequest
        fields = ("internal_note",)


class AcceptChangeForm(PreviewedForm):
    title = gettext_lazy("Accept the change request")
    effect = gettext_lazy("Writes all of it into the register and tells the member.")
    permission = _DECIDE
    preview_first = True

    effective_on = forms.DateField(label=gettext_lazy("Effective on"), widget=DateInput)
    number = forms.CharField(
        label=gettext_lazy("New member number"), max_length=12, required=False,
        help_text=gettext_lazy("For another category. The next free number when empty."),
    )  # fmt: skip

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        shown = {"effective_on": record.effective_on} if record else {}
        super().__init__(*args, record=record, initial=shown, **kwargs)
        if record is not None and "category" not in record.changes:
            del self.fields["number"]

    def preview(self, *, at: datetime) -> Preview:
        lines, warnings = [], []
        for line in differences_of(self.record, timezone.localdate(at)):
            words = {"label": line.label, "now": line.now or "—", "new": line.new or "—"}
            if line.done:
                lines.append(_("%(label)s: is registered so already") % words)
            else:
                lines.append(_("%(label)s: %(now)s → %(new)s") % words)
            if line.moved:
                warnings.append(_("%(label)s has changed since it was asked.") % words)
        if not self.record.changes:
            lines.append(_("Only words: enter the contacts on the organization's page first."))
        return Preview(title=_("What is written"), lines=lines, warnings=warnings)

    def perform(self, change_request: ChangeRequest, *, actor: User, at: datetime) -> str:  # type: ignore[override] # acts on the request
        accept_change(
            change_request=change_request,
            effective_on=self.cleaned_data["effective_on"],
            number=self.cleaned_data.get("number", ""),
            actor=actor,
            at=at,
        )
        return _("Accepted. The register says so now, and the member is told.")


class _RequestActForm(forms.Form):
    """Base of the acts by which nothing changes in the register."""

    title: ClassVar[Any] = ""
    effect: ClassVar[Any] = ""
    permission: ClassVar[str] = _WORK


class ReturnChangeForm(_RequestActForm):
    title = gettext_lazy("Ask the member back")
    effect = gettext_lazy("The member gets your question by letter and on its own page.")
    answer = forms.CharField(label=gettext_lazy("Question"), **_LONG)

    def perform(self, change_request: ChangeRequest, *, actor: User, at: datetime) -> str:
        answer = self.cleaned_data["answer"]
        return_change(change_request=change_request, answer=answer, actor=actor, at=at)
        return _("Asked back.")


class AnswerChangeForm(_RequestActForm):
    title = gettext_lazy("Enter the answer")
    effect = gettext_lazy("What the member answered by phone or fax. It then waits for you again.")
    message = forms.CharField(label=gettext_lazy("Words of the member"), **_LONG)

    def perform(self, change_request: ChangeRequest, *, actor: User, at: datetime) -> str:
        answer_returned_change(
            change_request=change_request, changes={}, message=self.cleaned_data["message"],
            actor=actor, at=at,
        )  # fmt: skip
        return _("The answer is entered.")


class RefuseChangeForm(_RequestActForm):
    title = gettext_lazy("Refuse the change request")
    effect = gettext_lazy("The register stays as it is. The member reads the reason.")
    permission = _DECIDE
    danger = True
    answer = forms.CharField(label=gettext_lazy("Reason, as the member reads it"), **_LONG)

    def perform(self, change_request: ChangeRequest, *, actor: User, at: datetime) -> str:
        answer = self.cleaned_data["answer"]
        refuse_change(change_request=change_request, answer=answer, actor=actor, at=at)
        return _("Refused. The member is told why.")


class RetractChangeForm(_RequestActForm):
    title = gettext_lazy("The member takes it back")
    effect = gettext_lazy("The register stays as it is. No letter is sent.")

    def perform(self, change_request: ChangeRequest, *, actor: User, at: datetime) -> str:
        retract_change(change_request=change_request, actor=actor, at=at)
        return _("Taken back.")
