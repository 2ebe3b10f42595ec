"""The answer to the yearly confirmation, by whoever holds the link."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.contacts import normalize_email
from core.japan.text import clean_line
from members.forms.cleaning import cleaned
from members.forms.my import ProfileForm
from members.forms.my_leaving import ChangeForm
from members.queries.sheets import Sheet, Standing
from members.services.answers import LONGEST_NAME


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=LONGEST_NAME,
        error_messages={"required": gettext_lazy("Please enter your name.")},
        widget=forms.TextInput(attrs={"class": "input--20", "autocomplete": "name"}),
    )


class UnchangedForm(forms.Form):
    """Nothing has changed: a name and one button."""

    answered_by = _name_field()

    def clean_answered_by(self) -> str:
        return named(self.cleaned_data["answered_by"])


def named(value: str) -> str:
    name = clean_line(value)
    if not name:
        raise forms.ValidationError(_("Please enter your name."))
    return name


class ChangedForm(ChangeForm, ProfileForm):
    """Everything that is registered, to be written over, and who has left and come.

    The shared mailbox is not among it: letters about the organisation's rights go there, and a
    link that was passed on proves too little.
    """

    mailbox = None  # type: ignore[assignment] # how a form drops a field
    answered_by = _name_field()
    new_name = forms.CharField(
        label=gettext_lazy("Name of the new contact"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"class": "input--20", "autocomplete": "off"}),
    )  # fmt: skip
    new_department = forms.CharField(
        label=gettext_lazy("Department and title"), max_length=200, required=False
    )
    new_email = forms.CharField(
        label=gettext_lazy("E-mail address of the new contact"), max_length=300, required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        sheet: Sheet,
        registered: Mapping[str, str],
        today: date,
        answered_by: str,
        **kwargs: Any,
    ) -> None:
        kwargs["organization"] = sheet.organization
        super().__init__(*args, registered=registered, today=today, **kwargs)
        self.initial = {
            **self.initial, **registered, "effective_on": today, "answered_by": answered_by,
        }  # fmt: skip
        self.standing.pop("mailbox")
        self.people = {f"left_{person.affiliation.pk}": person for person in sheet.people}
        known: Any = self.fields  # a field of the profile has this very name
        for key, person in self.people.items():
            known[key] = forms.BooleanField(label=_person(person), required=False)
        known["message"].help_text = _("Anything else, for example another shared mailbox.")

    def clean_answered_by(self) -> str:
        return named(self.cleaned_data["answered_by"])

    def clean_new_email(self) -> str:
        return cleaned(self.cleaned_data["new_email"], normalize_email)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        new = clean_line(values.get("new_name", ""))
        if not new and (values.get("new_email") or values.get("new_department")):
            self.add_error("new_name", _("Enter the name of the new contact too."))
        return values

    @property
    def people_fields(self) -> list[forms.BoundField]:
        return [self[key] for key in self.people]

    def words(self) -> str:
        """Who has left and who has come, and what else was written, for the secretariat."""
        value = self.cleaned_data
        lines = [
            _("No longer in charge: %(person)s") % {"person": _person(person)}
            for key, person in self.people.items()
            if value.get(key)
        ]
        if value["new_name"]:
            told = (clean_line(value[key]) for key in ("new_name", "new_department", "new_email"))
            lines.append(_("New contact: %(person)s") % {"person": " / ".join(filter(None, told))})
        if value["message"].strip():
            lines.append(value["message"].strip())
        return "\n".join(lines)


def _person(person: Standing) -> str:
    place = f"({person.place})" if person.place else ""
    return f"{person.duty} {person.name}{place}"
