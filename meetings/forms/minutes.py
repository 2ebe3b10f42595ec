"""What those who write minutes fill in: the settings, each section, who checks, when it is out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import SplitDateField
from core.japan.text import clean_line
from meetings.choices import CheckStatus, MinutesForm
from meetings.errors import FieldsRefusedError
from meetings.queries.minutes import Asked
from meetings.services.minutes_checks import (
    LONGEST_COMMENT,
    LONGEST_NAME,
    MOST_CHECKERS,
    Checker,
)
from meetings.services.minutes_text import (
    LONGEST_HEADING,
    LONGEST_REASON,
    LONGEST_TEXT,
    MOST_SECTIONS,
    Draft,
    Wording,
    clean_wording,
)
from members.forms.typed import LineField, ProseField, say_what_is_missing

MINE, THEIRS = "mine", "theirs"
_SECTION = re.compile(r"s(\d{1,18})-edition")
_MAILBOX = re.compile(
    r"\s*(.*?)[\s/\uff0f,\u3001<\uff1c]*([^\s/\uff0f,\u3001<>\uff1c\uff1e]+@[^\s<>\uff1c\uff1e]+)[>\uff1e\s]*"
)


class SettingsForm(forms.Form):
    """`offered`: the audiences that this person may open the minutes to, in words."""

    form = forms.ChoiceField(
        label=gettext_lazy("Form of the minutes"), choices=MinutesForm.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    audience = forms.ChoiceField(label=gettext_lazy("Who may open it"), widget=forms.RadioSelect)
    due_on = SplitDateField(
        label=gettext_lazy("To be final by"),
        help_text=gettext_lazy("You see it among your tasks as the day comes near."),
    )

    def __init__(
        self, *args: Any, offered: Sequence[tuple[str, str]], is_final: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        audience = self.fields["audience"]
        if isinstance(audience, forms.ChoiceField):
            audience.choices = list(offered)
        if is_final:
            del self.fields["form"], self.fields["due_on"]
        say_what_is_missing(self)


class SectionForm(forms.Form):
    """A section under the prefix `s<key>`. `edition` and `seen` say what its editor began with."""

    heading = LineField(label=gettext_lazy("Heading"), max_length=LONGEST_HEADING, required=False)
    text = ProseField(
        label=gettext_lazy("Text of the section"), max_length=LONGEST_TEXT, required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip
    withheld = forms.BooleanField(
        label=gettext_lazy("Withhold this section"),
        required=False,
        help_text=gettext_lazy("Readers see neither heading nor text, only the reason."),
    )
    withheld_reason = LineField(
        label=gettext_lazy("Reason for withholding"), max_length=LONGEST_REASON, required=False,
        help_text=gettext_lazy("Readers see it. Needed when the section is withheld."),
    )  # fmt: skip
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    @property
    def section(self) -> int:
        return int(str(self.prefix).removeprefix("s"))

    @property
    def details_open(self) -> bool:
        """Whether withholding is to be seen at once."""
        return bool(self["withheld"].value() or self["withheld_reason"].errors)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        try:
            values["wording"] = clean_wording(
                heading=values["heading"], text=values["text"], withheld=values["withheld"],
                withheld_reason=values["withheld_reason"],
            )  # fmt: skip
        except FieldsRefusedError as refusal:
            for name, sentence in refusal.by_field.items():
                self.add_error(name, sentence)
        return values

    @property
    def draft(self) -> Draft:
        """Of a valid form."""
        values = self.cleaned_data
        return Draft(self.section, values["wording"], values["edition"], values["seen"])

    @property
    def wording(self) -> Wording:
        found: Wording = self.cleaned_data["wording"]
        return found


def section_form(key: int, wording: Wording, edition: int) -> SectionForm:
    """A section as it stands."""
    return SectionForm(prefix=f"s{key}", initial=_initial(wording, wording, edition))


def clash_form(draft: Draft, theirs: Wording | None, edition: int) -> SectionForm:
    """One's own words, to be saved over the colleague's, which by now were seen."""
    seen = theirs or Wording()
    return SectionForm(
        prefix=f"s{draft.section}", initial=_initial(draft.wording, seen, edition)
    )  # fmt: skip


def _initial(wording: Wording, seen: Wording, edition: int) -> dict[str, Any]:
    return {
        "heading": wording.heading, "text": wording.text, "withheld": wording.withheld,
        "withheld_reason": wording.withheld_reason, "edition": edition, "seen": seen.fingerprint,
    }  # fmt: skip


def sent_sections(data: Mapping[str, Any]) -> list[SectionForm]:
    """The sections that came with a request, in its order; those that the editor gives up left out.

    What nobody asks for is not read: so many at most.
    """
    keys = [found[1] for name in data if (found := _SECTION.fullmatch(name))]
    return [
        SectionForm(data, prefix=f"s{key}")
        for key in keys[:MOST_SECTIONS]
        if data.get(f"s{key}-keep") != THEIRS
    ]


class SpeakersForm(forms.Form):
    """Those who were there, and others line by line."""

    speakers = forms.MultipleChoiceField(
        label=gettext_lazy("Speakers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = ProseField(
        label=gettext_lazy("Others"), required=False, max_length=MOST_CHECKERS * LONGEST_NAME,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line: name, a space, mailbox. For example a guest speaker."),
    )  # fmt: skip
    due_on = SplitDateField(label=gettext_lazy("Answers by"))

    def __init__(self, *args: Any, there: Iterable[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.there = {str(one.invitation.pk): one for one in there if one.email}
        speakers = self.fields["speakers"]
        if isinstance(speakers, forms.MultipleChoiceField):
            speakers.choices = [
                (key, f"{one.name}({one.email})") for key, one in self.there.items()
            ]
        say_what_is_missing(self)

    def clean_others(self) -> list[Checker]:
        found = []
        for line in filter(None, map(clean_line, self.cleaned_data["others"].splitlines())):
            parts = _MAILBOX.fullmatch(line)
            if parts is None or not parts[1]:
                words = _("“%(line)s” is no name with a mailbox.") % {"line": line[:120]}
                raise ValidationError(words)
            found.append(Checker(parts[1], parts[2]))
        return found

    @property
    def checkers(self) -> list[Checker]:
        """Of a valid form."""
        chosen = [self.there[key] for key in self.cleaned_data["speakers"]]
        seated = [Checker(one.name, one.email, one.invitation) for one in chosen]
        return [*seated, *self.cleaned_data["others"]]


class ChairForm(forms.Form):
    name = LineField(label=gettext_lazy("Name of the chair"), max_length=LONGEST_NAME)
    email = forms.EmailField(label=gettext_lazy("Mailbox of the chair"))
    due_on = SplitDateField(label=gettext_lazy("Answers by"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class AnswerForm(forms.Form):
    """What whoever checks the draft says of it."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Your answer"), widget=forms.RadioSelect,
        choices=[
            (CheckStatus.AGREED, gettext_lazy("It may stay as it is")),
            (CheckStatus.CORRECTION, gettext_lazy("There is something to correct")),
        ],
    )  # fmt: skip
    comment = ProseField(
        label=gettext_lazy("What to correct"), required=False, max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("For example: “10 cases” in the second item should be “12 cases”."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)

    @property
    def agrees(self) -> bool:
        return bool(self.cleaned_data["answer"] == CheckStatus.AGREED)


class CorrectForm(forms.Form):
    """`number`: the edition that the editor has before them."""

    reason = LineField(
        label=gettext_lazy("Reason for the correction"), max_length=LONGEST_REASON,
        help_text=gettext_lazy("Readers see it, with the day."),
    )  # fmt: skip
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**15)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)

    def has_seen(self, number: int) -> None:
        """The page that comes back shows this edition; the next try knows it."""
        data = self.data.copy()  # type: ignore[attr-defined] # a QueryDict, as every posted form
        data["number"] = number
        self.data = data


def refuse(form: forms.BaseForm, refusal: FieldsRefusedError) -> None:
    """Each sentence at its field."""
    for name, sentence in refusal.by_field.items():
        form.add_error(name if name in form.fields else None, sentence)
