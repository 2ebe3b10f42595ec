"""What those who run a body fill in about a meeting."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.calendar import TOKYO, add_business_days, era_datetime
from core.japan.text import clean_line
from meetings.choices import Audience, MeetingMode, Openness
from meetings.errors import FieldsRefusedError
from meetings.forms.agenda import AgendaField, agenda_text
from meetings.forms.clock import SplitClockField
from meetings.forms.moments import SplitMomentField
from meetings.labels import audience_label
from meetings.models import Body, Meeting
from meetings.services.inviting import HIGHEST_NUMBER
from meetings.services.meetings import LONGEST_REASON, MEETING_FIELDS, AgendaLine, agenda_of

LONGEST_MESSAGE = 4000
AT_ONCE, DAY_BEFORE, HOUR_BEFORE, AS_IT_IS = "now", "day", "hour", "kept"
BEGIN, END = time(15, 0), time(17, 0)
REPLY_DAYS, REPLY_HOUR = -5, time(17, 0)
WHO_CAN_KNOW = (Audience.PUBLIC, Audience.MEMBERS, Audience.BODY)


class MeetingForm(forms.Form):
    """`seen` remembers what the page showed, so that nobody writes over a colleague."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label=gettext_lazy("Theme"), max_length=100, required=False,
        help_text=gettext_lazy("May be empty. The number of the meeting comes by itself."),
    )  # fmt: skip
    starts_at = SplitMomentField(
        label=gettext_lazy("Day and beginning"),
        help_text=gettext_lazy("In the Western calendar. Example: 2027, 4, 1, 15 and 00."),
    )
    ends = SplitClockField(label=gettext_lazy("End of the meeting"))
    mode = forms.ChoiceField(
        label=gettext_lazy("Way of meeting"), choices=MeetingMode.choices, widget=forms.RadioSelect
    )
    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=200, required=False,
        help_text=gettext_lazy("Building, floor and room. Not needed when it is online only."),
    )  # fmt: skip
    online_url = forms.URLField(
        label=gettext_lazy("Online address"), max_length=500, required=False,
        assume_scheme="https", help_text=gettext_lazy("Only those who are invited see it."),
    )  # fmt: skip
    online_note = forms.CharField(
        label=gettext_lazy("Words beside the online address"), max_length=300, required=False,
        help_text=gettext_lazy("For example the passcode."),
    )  # fmt: skip
    online_when = forms.ChoiceField(
        label=gettext_lazy("When the online address is shown"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose when the online address is shown.")},
    )  # fmt: skip
    agenda = AgendaField()
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may know of the meeting"), widget=forms.RadioSelect,
        help_text=gettext_lazy("Who can open its papers is chosen for each paper."),
    )  # fmt: skip
    openness = forms.ChoiceField(
        label=gettext_lazy("Listeners"), choices=Openness.choices, widget=forms.RadioSelect
    )
    closed_reason = forms.CharField(
        label=gettext_lazy("Reason for closing"), max_length=300, required=False,
        help_text=gettext_lazy("Needed unless it is open to listeners."),
    )  # fmt: skip
    reply_by = SplitMomentField(
        label=gettext_lazy("Replies by"), required=False,
        help_text=gettext_lazy(
            "Left empty: five working days before the meeting, at 17:00. Two working days before "
            "this hour, who has not answered is reminded."
        ),
    )  # fmt: skip
    message = forms.CharField(
        label=gettext_lazy("Words of the invitation"), max_length=LONGEST_MESSAGE, required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(
        self, *args: Any, body: Body, meeting: Meeting | None = None, **kwargs: Any
    ) -> None:
        self.meeting = meeting
        known = {} if meeting is None else _standing(meeting)
        kwargs["initial"] = {**known, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        audiences = dict.fromkeys([*WHO_CAN_KNOW, *([meeting.audience] if meeting else [])])
        self._choose("audience", [(one, audience_label(one, body.kind)) for one in audiences])
        self._choose("online_when", _times_to_show(meeting))

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        starts_at, ends = values.get("starts_at"), values.get("ends")
        if starts_at and ends is not None:
            values["ends_at"] = datetime.combine(timezone.localdate(starts_at), ends, TOKYO)
            if values["ends_at"] <= starts_at:
                self.add_error("ends", _("The meeting must end after it begins."))
        return values

    def values(self, at: datetime) -> dict[str, Any]:
        """What the service is given."""
        found = dict(self.cleaned_data)
        found["reply_by"] = found["reply_by"] or usual_reply_by(found["starts_at"], at)
        found["online_from"] = self._online_from(found)
        for name in ("title", "place", "online_note", "closed_reason"):
            found[name] = clean_line(found[name])
        found["message"] = found["message"].replace("\r\n", "\n").strip()
        return {name: found[name] for name in MEETING_FIELDS}

    def agenda_lines(self) -> list[AgendaLine]:
        return AgendaField().lines(self.cleaned_data["agenda"])

    def seen_then(self) -> datetime | None:
        return _moment(self.cleaned_data["seen"])

    def refuse(self, refusal: FieldsRefusedError) -> None:
        """Each sentence at its field."""
        for name, sentence in refusal.by_field.items():
            at = {"ends_at": "ends"}.get(name, name)
            self.add_error(at if at in self.fields else None, sentence)

    def meet(self, meeting: Meeting) -> None:
        """Somebody was quicker: own words stay; the next saving knows what stands by now."""
        data = self.data.copy()  # type: ignore[attr-defined] # a QueryDict, as every posted form
        data["seen"] = meeting.changed_at.isoformat()
        self.data = data

    def _online_from(self, values: Mapping[str, Any]) -> datetime | None:
        if values["online_when"] == AS_IT_IS and self.meeting is not None:
            return self.meeting.online_from
        return shown_from(values["online_when"], values["starts_at"])


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _standing(meeting: Meeting) -> dict[str, Any]:
    known = {name: getattr(meeting, name) for name in MEETING_FIELDS}
    return {
        **known,
        "seen": meeting.changed_at.isoformat(),
        "ends": timezone.localtime(meeting.ends_at).time(),
        "agenda": agenda_text(agenda_of(meeting)),
        "online_when": _time_to_show(meeting),
    }


def shown_from(when: str, starts_at: datetime) -> datetime | None:
    """From when the online address is shown; None for at once."""
    if when == DAY_BEFORE:
        day = timezone.localdate(starts_at) - timedelta(days=1)
        return datetime.combine(day, BEGIN, TOKYO)
    return starts_at - timedelta(hours=1) if when == HOUR_BEFORE else None


def _time_to_show(meeting: Meeting) -> str:
    whens = (AT_ONCE, DAY_BEFORE, HOUR_BEFORE)
    fits = (when for when in whens if shown_from(when, meeting.starts_at) == meeting.online_from)
    return next(fits, AS_IT_IS)


def _times_to_show(meeting: Meeting | None) -> list[tuple[str, str]]:
    times = [
        (AT_ONCE, _("As soon as they are invited")),
        (DAY_BEFORE, _("From 15:00 on the day before")),
        (HOUR_BEFORE, _("From an hour before")),
    ]
    if meeting is not None and meeting.online_from and _time_to_show(meeting) == AS_IT_IS:
        times.append((AS_IT_IS, _("From %(time)s") % {"time": era_datetime(meeting.online_from)}))
    return times


def as_last_time(body: Body, last: Meeting | None, today: date) -> dict[str, Any]:
    """How the body met last is how it most likely meets again; only the day is left open."""
    if last is None:
        return {
            "starts_at": f"{today.year}---{BEGIN.hour}-{BEGIN.minute:02}",
            "ends": END, "mode": MeetingMode.ONLINE, "openness": Openness.CLOSED,
            "online_when": DAY_BEFORE,
            "audience": body.audience if body.audience in WHO_CAN_KNOW else Audience.BODY,
        }  # fmt: skip
    begin = timezone.localtime(last.starts_at)
    shown = _time_to_show(last)
    kept = ("mode", "place", "online_url", "online_note", "openness", "closed_reason", "audience")
    return {
        **{name: getattr(last, name) for name in kept},
        "starts_at": f"{today.year}---{begin.hour}-{begin.minute:02}",
        "ends": timezone.localtime(last.ends_at).time(),
        # An hour of its own belongs to that day alone.
        "online_when": DAY_BEFORE if shown == AS_IT_IS else shown,
    }


class AnnounceForm(forms.Form):
    """The last look before everybody hears of it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    number = forms.IntegerField(
        label=gettext_lazy("Number of this meeting"), required=False, min_value=1,
        max_value=HIGHEST_NUMBER, widget=forms.TextInput(attrs={"class": "input--4"}),
        help_text=gettext_lazy(
            "It is the first meeting of this body here. Put it right if there were others before."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, asks_number: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_number:
            del self.fields["number"]

    def seen_then(self) -> datetime | None:
        return _moment(self.cleaned_data["seen"])


def usual_reply_by(starts_at: datetime, at: datetime) -> datetime | None:
    """Five working days before at 17:00, as long as that leaves a day to answer."""
    day = add_business_days(timezone.localdate(starts_at), REPLY_DAYS)
    until = datetime.combine(day, REPLY_HOUR, TOKYO)
    return until if until > at + timedelta(days=1) else None


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason for cancelling"), max_length=LONGEST_REASON,
        help_text=gettext_lazy("It stands in the letter and on the page of the meeting."),
    )  # fmt: skip

    def clean_reason(self) -> str:
        reason = clean_line(self.cleaned_data["reason"])
        if not reason:
            raise ValidationError(_("Say in up to %(n)s letters why.") % {"n": LONGEST_REASON})
        return reason
