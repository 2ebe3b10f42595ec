"""What a contact fills in under `/my/`."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import SplitDateField
from core.japan.codes import PREFECTURES
from core.japan.contacts import normalize_email, normalize_phone, normalize_postal_code
from core.japan.text import clean_line
from members.choices import Duty, Field, PublicField, Target
from members.forms.cleaning import cleaned
from members.forms.person import PersonForm
from members.forms.seen import SeenForm
from members.models import Organization
from members.queries.colleagues import Colleague, details_of
from members.queries.profile import profile_of

ADDED_DUTIES = (Duty.DEPUTY, Duty.NEWSLETTER, Duty.ACCOUNTS)
EXAMPLE_OF_A_DATE = _("In the Western calendar. Example: 2027, 4 and 1.")


def _boxes(**attrs: str) -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs=attrs)


class ProfileForm(SeenForm):
    """DIRECT_FIELDS and nothing else: what a member changes at once."""

    phone = forms.CharField(
        label=_("Phone"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"class": "input--20", "autocomplete": "tel"}),
    )  # fmt: skip
    fax = forms.CharField(
        label=_("Fax"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"class": "input--20"}),
    )  # fmt: skip
    mailbox = forms.CharField(
        label=_("Mailbox of the organization"), max_length=300, required=False,
        help_text=_("Shared inside the organization, so that letters arrive when people change."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    url = forms.URLField(
        label=_("Web address"), max_length=300, required=False, assume_scheme="https"
    )
    postal_code = forms.CharField(
        label=_("Postal code"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"class": "input--7", "autocomplete": "postal-code"}),
    )  # fmt: skip
    prefecture = forms.ChoiceField(
        label=_("Prefecture"), choices=[("", _("Choose")), *PREFECTURES], required=False,
        widget=forms.Select(attrs={"class": "select--auto"}),
    )  # fmt: skip
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    summary = forms.CharField(
        label=_("Summary of activities"), max_length=800, required=False,
        help_text=_("Up to 800 letters."), widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    fields = forms.MultipleChoiceField(  # type: ignore[assignment] # the metaclass takes it away
        label=_("Fields of activity"), choices=Field.choices, required=False, widget=_boxes()
    )
    targets = forms.MultipleChoiceField(
        label=_("Whom it stands by"), choices=Target.choices, required=False, widget=_boxes()
    )
    regions = forms.MultipleChoiceField(
        label=_("Regions of activity"), choices=PREFECTURES, required=False, widget=_boxes()
    )
    public_fields = forms.MultipleChoiceField(
        label=_("Released fields"), choices=PublicField.choices, required=False, widget=_boxes(),
        help_text=_("The name, reading, legal form, category and prefecture are always public."),
    )  # fmt: skip

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, standing=profile_of(organization), **kwargs)

    def clean_phone(self) -> str:
        return cleaned(self.cleaned_data["phone"], normalize_phone)

    def clean_fax(self) -> str:
        return cleaned(self.cleaned_data["fax"], normalize_phone)

    def clean_mailbox(self) -> str:
        return cleaned(self.cleaned_data["mailbox"], normalize_email)

    def clean_postal_code(self) -> str:
        return cleaned(self.cleaned_data["postal_code"], normalize_postal_code)

    def clean_address(self) -> str:
        return clean_line(self.cleaned_data["address"])

    def clean_summary(self) -> str:
        return str(self.cleaned_data["summary"]).replace("\r\n", "\n").strip()

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("fields", "targets", "regions", "public_fields"):
            if name in values:
                values[name] = sorted(values[name])
        return values


class DetailsForm(SeenForm):
    """Where a contact sits and how they are reached. Names and duties change in other ways."""

    department = forms.CharField(label=_("Department"), max_length=100, required=False)
    title = forms.CharField(label=_("Job title"), max_length=100, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"class": "input--20"}),
    )  # fmt: skip
    email = forms.CharField(
        label=_("E-mail address"), max_length=300, required=False,
        help_text=_(
            "Letters to this contact go here. The old and the new address both get a notice. The "
            "address for logging in stays as it is."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, colleague: Colleague, **kwargs: Any) -> None:
        standing = details_of(colleague.first)
        if colleague.represents:
            standing.pop("title")  # part of the entry: a change request
        super().__init__(*args, standing=standing, **kwargs)
        if colleague.represents:
            del self.fields["title"]
        if colleague.speaks and colleague.first.address is not None:
            self.fields["email"].required = True

    def clean_department(self) -> str:
        return clean_line(self.cleaned_data["department"])

    def clean_title(self) -> str:
        return clean_line(self.cleaned_data["title"])

    def clean_phone(self) -> str:
        return cleaned(self.cleaned_data["phone"], normalize_phone)

    def clean_email(self) -> str:
        return cleaned(self.cleaned_data["email"], normalize_email)


class PersonFieldsForm(PersonForm):
    """A person who is to stand for the organisation."""

    name = forms.CharField(
        label=_("Full name"), max_length=100,
        widget=forms.TextInput(attrs={"class": "input--20", "autocomplete": "off"}),
    )  # fmt: skip
    name_kana = forms.CharField(
        label=_("Reading"), max_length=150,
        widget=forms.TextInput(attrs={"class": "input--20", "autocomplete": "off"}),
    )  # fmt: skip
    email = forms.CharField(
        label=_("E-mail address"), max_length=300,
        help_text=_("The person's own, which they also log in with. Not a shared mailbox."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    department = forms.CharField(label=_("Department"), max_length=100, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=100, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"class": "input--20"}),
    )  # fmt: skip


class ColleagueForm(PersonFieldsForm):
    """One more contact. The main contact changes by handing over."""

    duty = forms.ChoiceField(
        label=_("Duty"), choices=[(duty.value, duty.label) for duty in ADDED_DUTIES],
        widget=forms.RadioSelect,
        help_text=_("A further contact may do everything on this page. The others only get mail."),
    )  # fmt: skip
    valid_from = SplitDateField(label=_("First day as a contact"), help_text=EXAMPLE_OF_A_DATE)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": today, "duty": Duty.DEPUTY}
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_valid_from(self) -> date:
        return not_past(self.cleaned_data["valid_from"], self.today)


def not_past(day: date, today: date, *, earliest: timedelta = timedelta()) -> date:
    """A day on which something may begin; what lies behind is the secretariat's to correct."""
    if day < today + earliest:
        raise forms.ValidationError(
            _("Choose today or a later day. For an earlier day, call the secretariat.")
        )
    if day.year > today.year + 2:
        raise forms.ValidationError(_("This day lies too far ahead. Please check the year."))
    return day
