"""Handing over, leaving, asking for a change: the forms under `/my/` that bind the organisation."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import SplitDateField
from core.japan.calendar import fiscal_year
from core.japan.text import clean_line
from members.change_fields import CHANGE_FIELDS, ChangeField
from members.forms.my import EXAMPLE_OF_A_DATE, PersonFieldsForm, not_past
from members.models import Affiliation
from members.queries.colleagues import Colleague
from members.services import Contact
from members.services.change_requests import LONGEST_MESSAGE

ONE_DAY = timedelta(days=1)
FISCAL_YEAR_BEGINS = (4, 1)
_ASKED_OF_NEW = ("name", "name_kana", "email")


def next_fiscal_year(today: date) -> date:
    """The coming 1 April: the day on which people change."""
    return date(fiscal_year(today) + 1, *FISCAL_YEAR_BEGINS)


class HandoverForm(PersonFieldsForm):
    """A leaves, B comes: one form. B is somebody new, or a colleague who is there already."""

    field_order = ("person", "effective_on", "successor")

    person = forms.ChoiceField(label=_("Who leaves"))
    effective_on = SplitDateField(
        label=_("First day of the successor"),
        help_text=_(
            "The present contact logs in until the day before. In the Western calendar. Example: "
            "2027, 4 and 1."
        ),
    )
    successor = forms.ChoiceField(
        label=_("Who comes"), required=False,
        help_text=_("When you choose somebody from the list, leave the rest empty."),
    )  # fmt: skip
    newsletter = forms.BooleanField(
        label=_("The mail magazine shall come to the successor's mailbox"), required=False,
        help_text=_("Ask the successor first. They can stop it at any time."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, colleagues: Sequence[Colleague], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.colleagues = {str(found.person.public_id): found for found in colleagues}
        names = [(key, f"{one.person.name}({'・'.join(one.duties)})")
                 for key, one in self.colleagues.items()]  # fmt: skip
        movable = [pair for pair in names if self.colleagues[pair[0]].movable]
        self._choices("person", movable)
        self._choices("successor", [("", _("Somebody new, entered below")), *names])
        self.fields["effective_on"].initial = next_fiscal_year(today)
        self.has_colleagues = len(names) > 1
        for name in _ASKED_OF_NEW:
            self.fields[name].required = not self.has_colleagues

    def person_fields(self) -> list[forms.BoundField]:
        """Those that describe somebody new."""
        return [self[name] for name in PersonFieldsForm.base_fields]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_effective_on(self) -> date:
        return not_past(self.cleaned_data["effective_on"], self.today)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("successor"):
            if values["successor"] == values.get("person"):
                self.add_error("successor", _("Choose somebody else than who leaves."))
            return values
        for name in _ASKED_OF_NEW:
            if not values.get(name) and name not in self.errors:
                self.add_error(name, str(self.fields[name].error_messages["required"]))
        return values

    def leaving(self) -> list[Affiliation]:
        """The duties that pass on: all that hold on the last day of who leaves, but for that of
        the representative, which the secretariat changes."""
        day = self.cleaned_data["effective_on"]
        rows = self.colleagues[self.cleaned_data["person"]].movable
        holding = [
            row
            for row in rows
            if row.valid_from < day and (row.valid_until is None or row.valid_until >= day)
        ]
        return holding or list(rows)

    def contact(self) -> Contact:
        chosen = self.colleagues.get(self.cleaned_data["successor"])
        if chosen is None:
            return super().contact()
        row = chosen.first
        return Contact(
            person=chosen.person,
            email=row.address.email if row.address else "",
            department=row.department,
            title=row.title,
            phone=row.phone,
        )


class EndForm(forms.Form):
    last_day = SplitDateField(label=_("Last day as a contact"), help_text=EXAMPLE_OF_A_DATE)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"last_day": today}
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_last_day(self) -> date:
        return not_past(self.cleaned_data["last_day"], self.today, earliest=-ONE_DAY)

    @property
    def until(self) -> date:
        return date.fromisoformat(str(self.cleaned_data["last_day"])) + ONE_DAY


class WithdrawForm(forms.Form):
    last_day = SplitDateField(label=_("Last day as a member"), help_text=EXAMPLE_OF_A_DATE)
    message = forms.CharField(
        label=_("Reason"), max_length=LONGEST_MESSAGE, required=False,
        help_text=_("May be empty."), widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        last = next_fiscal_year(today) - ONE_DAY
        kwargs["initial"] = {"last_day": last, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_last_day(self) -> date:
        return not_past(self.cleaned_data["last_day"], self.today)

    @property
    def leaving_on(self) -> date:
        return date.fromisoformat(str(self.cleaned_data["last_day"])) + ONE_DAY


class ChangeForm(forms.Form):
    """The registered facts as they stand, to be written over; the secretariat decides."""

    def __init__(
        self, *args: Any, registered: Mapping[str, str], today: date, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {**registered, "effective_on": today}
        super().__init__(*args, **kwargs)
        self.registered = dict(registered)
        fields = {key: _field_of(fact) for key, fact in CHANGE_FIELDS.items()}
        self.fields |= fields
        self.fields["effective_on"] = SplitDateField(
            label=_("Effective on"),
            help_text=_("The day from which it holds. It may lie behind or ahead."),
        )
        self.fields["message"] = forms.CharField(
            label=_("Words to the secretariat"), max_length=LONGEST_MESSAGE, required=False,
            help_text=_("May be empty."), widget=forms.Textarea(attrs={"rows": 4}),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for key, fact in CHANGE_FIELDS.items():
            if key not in values:
                continue
            if values[key] == self.registered[key]:  # as it stands: even an odd old value may stay
                continue
            try:
                values[key] = fact.clean(values[key])
            except ValueError as error:
                self.add_error(key, str(error))
        return values

    def changes(self) -> dict[str, str]:
        """The new values, only where they differ from what is registered."""
        return {
            key: self.cleaned_data[key]
            for key in CHANGE_FIELDS
            if self.cleaned_data[key] != self.registered[key]
        }

    def differences(self) -> list[tuple[str, str, str]]:
        """What is asked for, in words: label, before, after."""
        return [
            (str(fact.label), fact.shown(self.registered[key]), fact.shown(new))
            for key, new in self.changes().items()
            for fact in (CHANGE_FIELDS[key],)
        ]


def _field_of(fact: ChangeField) -> forms.Field:
    common: dict[str, Any] = {"label": fact.label, "required": fact.required}
    if fact.choices:
        select = forms.Select(attrs={"class": "select--auto"})
        return forms.ChoiceField(choices=list(fact.choices), widget=select, **common)
    return forms.CharField(
        help_text=str(fact.help_text), max_length=fact.max_length + 100, **common
    )


class AnswerForm(forms.Form):
    """The reply to a question of the secretariat."""

    message = forms.CharField(
        label=_("Your reply"), max_length=LONGEST_MESSAGE, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_message(self) -> str:
        text = str(self.cleaned_data["message"]).replace("\r\n", "\n").strip()
        if not clean_line(text):
            raise forms.ValidationError(_("Write your reply."))
        return text
