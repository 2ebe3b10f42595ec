"""The plain attributes of an organisation."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.japan.codes import (
    PREFECTURES,
    normalize_corporate_number,
    normalize_local_government_code,
)
from core.japan.contacts import normalize_phone, normalize_postal_code
from core.japan.text import clean_line
from core.shell.fields import DateInput
from members.choices import Category, Field, PublicField
from members.forms.cleaning import cleaned
from members.models import Organization

NO_PREFECTURE = [("", _("None"))]


class OrganizationForm(forms.ModelForm):
    """What may be put right at any time. Names, categories and periods change by their own acts."""

    prefecture = forms.ChoiceField(
        label=_("Prefecture"), choices=[*NO_PREFECTURE, *PREFECTURES], required=False
    )
    fields = forms.MultipleChoiceField(  # type: ignore[assignment] # the metaclass takes it away
        label=_("Fields of activity"),
        choices=Field.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    regions = forms.MultipleChoiceField(
        label=_("Regions of activity"),
        choices=PREFECTURES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    public_fields = forms.MultipleChoiceField(
        label=_("Released fields"),
        help_text=_("The name, reading, legal form, category and prefecture are always public."),
        choices=PublicField.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # Longer while typed: hyphens, 〒 and full-width digits go when it is cleaned.
    corporate_number = forms.CharField(
        label=_("Corporate number"), help_text=_("13 digits. May be empty."), required=False
    )
    local_government_code = forms.CharField(
        label=_("Local government code"), help_text=_("6 digits."), required=False
    )
    postal_code = forms.CharField(label=_("Postal code"), required=False)
    url = forms.URLField(
        label=_("Web address"), max_length=300, required=False, assume_scheme="https"
    )

    class Meta:
        model = Organization
        fields = (
            "kind", "name", "name_kana", "display_name", "corporate_number",
            "local_government_code", "postal_code", "prefecture", "address", "phone", "fax", "url",
            "summary", "fields", "regions", "public_fields", "note", "confirmed_on",
        )  # fmt: skip

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_name_kana(self) -> str:
        return clean_line(self.cleaned_data["name_kana"])

    def clean_phone(self) -> str:
        return cleaned(self.cleaned_data["phone"], normalize_phone)

    def clean_fax(self) -> str:
        return cleaned(self.cleaned_data["fax"], normalize_phone)

    def clean_postal_code(self) -> str:
        return cleaned(self.cleaned_data["postal_code"], normalize_postal_code)

    def clean_corporate_number(self) -> str:
        number = cleaned(self.cleaned_data["corporate_number"], normalize_corporate_number)
        return self._only_here("corporate_number", number)

    def clean_local_government_code(self) -> str:
        code = cleaned(self.cleaned_data["local_government_code"], normalize_local_government_code)
        return self._only_here("local_government_code", code)

    def _only_here(self, column: str, value: str) -> str:
        others = Organization.objects.exclude(pk=self.instance.pk).filter(**{column: value})
        other = others.first() if value else None
        if other is not None:
            raise ValidationError(
                _("%(name)s already has this number."), params={"name": other.name}
            )
        return value


class RegisterForm(OrganizationForm):
    """A new organisation comes with its first membership period."""

    category = forms.ChoiceField(label=_("Category"), choices=Category.choices)
    valid_from = forms.DateField(label=_("Member from"), widget=DateInput)
    number = forms.CharField(
        label=_("Member number"),
        help_text=_("The next free number when empty."),
        max_length=12,
        required=False,
    )

    def clean_number(self) -> str:
        number = clean_line(self.cleaned_data["number"])
        taken = Organization.objects.filter(memberships__number=number).first() if number else None
        if taken is not None:
            raise ValidationError(
                _("%(name)s has or had this member number."), params={"name": taken.name}
            )
        return number

    def membership(self) -> dict[str, Any]:
        """What the service needs beside the organisation."""
        return {
            "category": Category(self.cleaned_data["category"]),
            "valid_from": self.cleaned_data["valid_from"],
            "number": self.cleaned_data["number"],
        }
