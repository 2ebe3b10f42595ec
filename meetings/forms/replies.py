"""Answering an invitation; and writing down who was there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.choices import MeetingMode, Reply
from meetings.errors import FieldsRefusedError
from meetings.models import Invitation, Meeting
from meetings.services.attendance import (
    LONGEST_GUESTS,
    LONGEST_STAFF,
    MOST_LISTENERS,
    Presence,
)
from meetings.services.replies import LONGEST_NAME, LONGEST_OPINION, ways_to_reply

_NAMES = {
    Reply.ATTEND: _("We come"),
    Reply.ONLINE: _("We take part online"),
    Reply.SUBSTITUTE: _("Somebody comes as a substitute"),
    Reply.ABSENT: _("We are absent"),
}
_ON_SITE = _("We come to the place")
_WRITTEN = {Reply.ATTEND: _("We answer in writing"), Reply.ABSENT: _("We do not answer")}


class ReplyForm(forms.Form):
    """`seen` is the hour of the answer that the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    reply = forms.ChoiceField(
        label=_("Your answer"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether you come.")},
    )  # fmt: skip
    attendee = forms.CharField(
        label=_("Name of who attends"), max_length=LONGEST_NAME, required=False,
        help_text=_("Needed for a substitute."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    opinion = forms.CharField(
        label=_("Opinion beforehand"), max_length=LONGEST_OPINION, required=False,
        help_text=_("It reaches the lead organizations and the secretariat."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, invitation: Invitation, name: str = "", **kwargs: Any) -> None:
        self.invitation = invitation
        kwargs["initial"] = {
            "seen": _seen(invitation),
            "reply": invitation.reply,
            "attendee": invitation.attendee or name,
            "opinion": invitation.opinion,
        }
        super().__init__(*args, **kwargs)
        field = self.fields["reply"]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices_of(invitation.meeting)

    def seen_then(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    def refuse(self, refusal: FieldsRefusedError) -> None:
        for name, sentence in refusal.by_field.items():
            self.add_error(name, sentence)

    def meet(self, invitation: Invitation) -> None:
        """A colleague was quicker: the next press goes through."""
        data = self.data.copy()  # type: ignore[attr-defined] # a QueryDict, as every posted form
        data["seen"] = _seen(invitation)
        self.data = data


def choices_of(meeting: Meeting) -> list[tuple[str, Any]]:
    """The answers as the organisation would say them."""
    names: dict[Reply, Any] = dict(_NAMES)
    if meeting.mode == MeetingMode.HYBRID:
        names[Reply.ATTEND] = _ON_SITE
    elif meeting.mode == MeetingMode.WRITTEN:
        names |= _WRITTEN
    return [(way.value, names[way]) for way in ways_to_reply(meeting)]


def _seen(invitation: Invitation) -> str:
    return invitation.replied_at.isoformat() if invitation.replied_at else ""


class AttendanceForm(forms.Form):
    """A row for each invitation, begun with what it had answered."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    guests = forms.CharField(
        label=_("Guests and speakers"), max_length=LONGEST_GUESTS, required=False,
        help_text=_("One a line, with organization and title."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    staff_present = forms.CharField(
        label=_("Staff present"), max_length=LONGEST_STAFF, required=False
    )
    listeners = forms.IntegerField(
        label=_("Number of listeners"), min_value=0, max_value=MOST_LISTENERS, required=False,
        widget=forms.TextInput(attrs={"class": "input--4", "inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, meeting: Meeting, invitations: Sequence[Invitation], **kwargs: Any
    ) -> None:
        self.invitations = invitations
        kwargs["initial"] = {
            "seen": meeting.changed_at.isoformat(),
            **{name: getattr(meeting, name) for name in ("guests", "staff_present", "listeners")},
        }
        super().__init__(*args, **kwargs)
        for row in invitations:
            self.fields[f"attendance_{row.pk}"] = forms.ChoiceField(
                label=_("Attendance"), choices=[("", _("Not recorded yet")), *Reply.choices],
                initial=row.attendance or row.reply, required=False,
                widget=forms.Select(attrs={"class": "select--auto"}),
            )  # fmt: skip
            self.fields[f"attendee_{row.pk}"] = forms.CharField(
                label=_("Name of who attends"),
                max_length=LONGEST_NAME,
                initial=row.attendee,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def rows(self) -> list[tuple[Invitation, forms.BoundField, forms.BoundField]]:
        return [
            (row, self[f"attendance_{row.pk}"], self[f"attendee_{row.pk}"])
            for row in self.invitations
        ]

    def rest(self) -> list[forms.BoundField]:
        return [self[name] for name in ("guests", "staff_present", "listeners")]

    def present(self) -> dict[int, Presence]:
        values = self.cleaned_data
        return {
            row.pk: Presence(values[f"attendance_{row.pk}"], values[f"attendee_{row.pk}"])
            for row in self.invitations
        }

    def seen_then(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            return None

    def meet(self, meeting: Meeting) -> None:
        data = self.data.copy()  # type: ignore[attr-defined] # a QueryDict, as every posted form
        data["seen"] = meeting.changed_at.isoformat()
        self.data = data
