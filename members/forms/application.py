"""What an applicant fills in, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.forms import SplitMonthField
from core.japan.codes import (
    PREFECTURES,
    normalize_corporate_number,
    normalize_local_government_code,
)
from core.japan.contacts import normalize_email, normalize_phone, normalize_postal_code
from members.choices import Category, Field, OrganizationKind, PublicField, Target
from members.forms.typed import (
    KanaField,
    LineField,
    ProseField,
    TypedField,
    forgive_missing,
    only_missing,
    say_what_is_missing,
)
from members.models import MembershipApplication
from members.queries.applications import ANSWER_FIELDS, NOT_OF_INDIVIDUALS, REQUIRED_ANSWERS
from members.validators import validate_year_month


@dataclass(frozen=True)
class Step:
    """One page of the form. The contacts stand on the page `contacts`, below its fields."""

    name: str
    title: Any
    fields: tuple[str, ...]


STEPS = (
    Step("organization", _("About the organization"), (
        "category", "name", "name_kana", "display_name", "name_english", "kind",
        "corporate_number", "local_government_code", "founded",
        "representative_title", "representative_name", "representative_kana",
    )),
    Step("contacts", _("Address and contacts"), (
        "postal_code", "prefecture", "address", "phone", "fax", "organization_email", "url",
    )),
    Step("activities", _("Activities"), (
        "summary", "fields", "targets", "nationwide", "regions", "wishes", "motivation",
    )),
    Step("publication", _("What is published"), ("public_fields",)),
)  # fmt: skip


def step_of(field: str) -> Step:
    """The page on which a field stands; `contacts.2.phone` on that of the contacts."""
    return next((step for step in STEPS if field in step.fields), STEPS[1])


def _text(css: str = "", **attrs: str | int) -> forms.TextInput:
    return forms.TextInput(attrs={"class": css, **attrs})


_CHOOSE = [("", _("Please choose"))]
_BOXES = forms.CheckboxSelectMultiple


class StartForm(forms.Form):
    """The first page: where the link goes, and which category."""

    use_required_attribute = False

    email = TypedField(
        label=_("E-mail address"), normalize=normalize_email,
        help_text=_("The link to your application and all letters about it go here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    category = forms.ChoiceField(
        label=_("Category applied for"), choices=Category.choices, widget=forms.RadioSelect,
        help_text=_("You can change it until you send the application. In doubt, ask us."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class _PageForm(forms.Form):
    """The rules of the answers; which answers there are, `AnswersForm` says."""

    use_required_attribute = False

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        application: MembershipApplication,
        only: Iterable[str],
    ) -> None:
        initial = {name: getattr(application, name) for name in ANSWER_FIELDS}
        super().__init__(data, initial=initial)
        self.application = application
        self.fields = {name: self.fields[name] for name in only}
        for name, field in self.fields.items():
            field.required = name in REQUIRED_ANSWERS
        say_what_is_missing(self)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        kind = self._answer("kind")
        if kind == OrganizationKind.INDIVIDUAL:
            for name in NOT_OF_INDIVIDUALS:
                if name in self.errors and only_missing(self, name):
                    del self.errors[name]
                    values[name] = ""
        elif kind != OrganizationKind.LOCAL and values.get("local_government_code"):
            self.add_error(
                "local_government_code",
                _("Only prefectures and municipalities have this code. Please leave it empty."),
            )
        if "regions" in self.fields and not (self._answer("nationwide") or values.get("regions")):
            sentence = _("Choose the prefectures, or “active all over the country”.")
            self.add_error("regions", ValidationError(sentence, code="required"))
        return values

    def _answer(self, name: str) -> Any:
        """As it is on this page, or as it was said on another."""
        if name in self.fields:
            return self.cleaned_data.get(name)
        return getattr(self.application, name)

    def kept(self) -> dict[str, Any]:
        """What can be saved: all that is not wrong. What was emptied is saved empty."""
        emptied = {
            name: [] if isinstance(field, forms.MultipleChoiceField) else ""
            for name, field in self.fields.items()
            if name in self.errors and only_missing(self, name)
        }
        return emptied | {name: self.cleaned_data[name] for name in self.cleaned_data}

    def forgive_missing(self) -> None:
        forgive_missing(self)


class AnswersForm(_PageForm):
    """Every answer of the application; `only` names those that are asked on a page."""

    category = forms.ChoiceField(
        label=_("Category applied for"), choices=Category.choices, widget=forms.RadioSelect
    )
    name = LineField(
        label=_("Official name"), max_length=200, widget=_text(autocomplete="organization"),
        help_text=_("As in the register or the bylaws. 髙, 﨑 and the like stay as they are."),
    )  # fmt: skip
    name_kana = KanaField(
        label=_("Reading of the name"), max_length=300,
        help_text=_("In hiragana or katakana, with or without the legal form."),
    )  # fmt: skip
    display_name = LineField(
        label=_("Name for the directory"), max_length=200,
        help_text=_("The official name when empty."),
    )  # fmt: skip
    name_english = LineField(label=_("Name in English"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Legal form"), choices=[*_CHOOSE, *OrganizationKind.choices],
        widget=forms.Select(attrs={"class": "select--auto"}),
    )  # fmt: skip
    corporate_number = TypedField(
        label=_("Corporate number"), normalize=normalize_corporate_number,
        help_text=_("13 digits. Leave it empty if you have none."),
        widget=_text("input--13", inputmode="numeric", autocomplete="off"),
    )  # fmt: skip
    local_government_code = TypedField(
        label=_("Local government code"), normalize=normalize_local_government_code,
        help_text=_("6 digits, for prefectures and municipalities only."),
        widget=_text("input--7", inputmode="numeric", autocomplete="off"),
    )  # fmt: skip
    founded = SplitMonthField(
        label=_("Year and month of founding"), validators=[validate_year_month],
        help_text=_("In the Western calendar. Example: 2012, 4."),
    )  # fmt: skip
    representative_title = LineField(
        label=_("Title of the representative"), max_length=100, widget=_text("input--20"),
        help_text=_("Who applies as an individual leaves the representative empty."),
    )  # fmt: skip
    representative_name = LineField(
        label=_("Name of the representative"), max_length=100, widget=_text("input--20")
    )
    representative_kana = KanaField(
        label=_("Reading of the representative's name"), max_length=150, widget=_text("input--20")
    )
    postal_code = TypedField(
        label=_("Postal code"), normalize=normalize_postal_code,
        widget=_text("input--7", autocomplete="postal-code"),
    )  # fmt: skip
    prefecture = forms.ChoiceField(
        label=_("Prefecture"), choices=[*_CHOOSE, *PREFECTURES],
        widget=forms.Select(attrs={"class": "select--auto"}),
    )  # fmt: skip
    address = LineField(label=_("Municipality, street and building"), max_length=300)
    phone = TypedField(
        label=_("Main phone number"), normalize=normalize_phone,
        widget=_text("input--20", autocomplete="tel"),
    )  # fmt: skip
    fax = TypedField(label=_("Fax number"), normalize=normalize_phone, widget=_text("input--20"))
    organization_email = TypedField(
        label=_("Mailbox of the organization"), normalize=normalize_email,
        help_text=_("Shared inside the organization, so that letters arrive when people change."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    url = forms.URLField(
        label=_("Web address"), max_length=300, assume_scheme="https", widget=_text()
    )
    summary = ProseField(
        label=_("Summary of activities"), max_length=400,
        help_text=_("Up to 400 letters: what you do, and for whom."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    fields = forms.MultipleChoiceField(  # type: ignore[assignment] # the metaclass takes it away
        label=_("Fields of activity"), choices=Field.choices, widget=_BOXES,
        help_text=_("All that apply."),
    )  # fmt: skip
    targets = forms.MultipleChoiceField(
        label=_("Whom you stand by"), choices=Target.choices, widget=_BOXES,
        help_text=_("All that apply."),
    )  # fmt: skip
    nationwide = forms.BooleanField(label=_("Active all over the country"))
    regions = forms.MultipleChoiceField(
        label=_("Prefectures of activity"), choices=PREFECTURES, widget=_BOXES,
        help_text=_("Not needed if you are active all over the country."),
    )  # fmt: skip
    wishes = LineField(
        label=_("Subcommittees of interest"), max_length=300,
        help_text=_("Joining one is settled after admission."),
    )  # fmt: skip
    motivation = ProseField(
        label=_("Why you want to join"), max_length=800, help_text=_("Up to 800 letters."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip
    public_fields = forms.MultipleChoiceField(
        label=_("Fields to publish"), choices=PublicField.choices, widget=_BOXES,
        help_text=_("What is not ticked is seen by the secretariat and the committee only."),
    )  # fmt: skip


class AgreementForm(forms.Form):
    """The last page. The versions are those of the texts that stood on it."""

    use_required_attribute = False

    pledge_version = forms.CharField(max_length=20, widget=forms.HiddenInput)
    privacy_version = forms.CharField(max_length=20, widget=forms.HiddenInput)
    agree_pledge = forms.BooleanField(
        label=_("We pledge this."),
        error_messages={"required": _("Tick “We pledge this” to apply.")},
    )
    agree_privacy = forms.BooleanField(
        label=_("We agree to this."),
        error_messages={"required": _("Tick “We agree to this” to apply.")},
    )
