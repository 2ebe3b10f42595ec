"""One form for many organisations: what becomes the same for all of them, and why."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.japan.codes import PREFECTURES
from core.shell.fields import DateInput
from members.choices import PublicField
from members.services.together import SameEdit


class TogetherForm(forms.Form):
    """Whatever is left empty stays as it is in each organisation."""

    confirmed_on = forms.DateField(
        label=_("last confirmed on"), required=False, widget=DateInput,
        help_text=_("Empty: it stays as it is."),
    )  # fmt: skip
    prefecture = forms.ChoiceField(
        label=_("prefecture"), required=False, choices=[("", _("As it is")), *PREFECTURES]
    )
    release = forms.MultipleChoiceField(
        label=_("Release these fields too"), required=False, choices=PublicField.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only with the consent of the organizations. Other fields stay as they are."),
    )  # fmt: skip
    withhold = forms.MultipleChoiceField(
        label=_("No longer release these fields"), required=False, choices=PublicField.choices,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stands in the record of changes, beside your name."),
    )  # fmt: skip

    def clean_confirmed_on(self) -> Any:
        day = self.cleaned_data["confirmed_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        if day is not None and day.year < 2022:
            raise forms.ValidationError(_("The platform did not exist yet."))
        return day

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if set(told.get("release", [])) & set(told.get("withhold", [])):
            self.add_error("withhold", _("A field cannot be released and withheld at once."))
        if not self.errors and not any(told.get(name) for name in _WHAT):
            raise forms.ValidationError(_("Choose what is to be changed."))
        return told

    def edit(self) -> SameEdit:
        told = self.cleaned_data
        return SameEdit(**{name: told[name] for name in _WHAT})


_WHAT = ("confirmed_on", "prefecture", "release", "withhold")
