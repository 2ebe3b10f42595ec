"""What the secretariat keys in from a fax, a letter or the telephone, in the order of the paper."""

import re
import unicodedata
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.codes import (
    PREFECTURES,
    normalize_corporate_number,
    normalize_local_government_code,
)
from core.japan.contacts import normalize_email, normalize_phone, normalize_postal_code
from core.shell.fields import DateInput
from members.choices import (
    Agreement,
    Category,
    Duty,
    Field,
    OrganizationKind,
    PublicField,
    Reception,
    Target,
)
from members.forms.scans import KEPT, KeptFiles, scans_field
from members.forms.typed import KanaField, LineField, ProseField, TypedField
from members.models import ApplicationContact, MembershipApplication

_NONE = [("", gettext_lazy("Not said"))]
_TICKS = forms.CheckboxSelectMultiple
_MONTH = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*月?")
# The applicant's own road, and how an agreement is given on it, are not for the secretariat.
_CHANNELS = [pair for pair in Reception.choices if pair[0] != Reception.WEB]
_AGREEMENTS = [pair for pair in Agreement.choices if pair[0] != Agreement.ONLINE]


def _typed(label: Any, normalize: Any, **more: Any) -> TypedField:
    return TypedField(label=label, normalize=normalize, required=False, **more)


def _line(label: Any, longest: int, **more: Any) -> LineField:
    return LineField(label=label, max_length=longest, required=False, **more)


def _ticks(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=_TICKS)


def _month(text: str) -> str:
    found = _MONTH.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise ValueError(_("Write year and month, for example 2015-04."))
    return f"{found[1]}-{int(found[2]):02}"


_FIELDS: tuple[str, ...] = (
    "channel", "received_on", "category", "kind", "name", "name_kana", "display_name",
    "name_english", "corporate_number", "local_government_code", "founded",
    "representative_title", "representative_name", "representative_kana", "postal_code",
    "prefecture", "address", "phone", "fax", "email", "organization_email", "url", "summary",
    "fields", "targets", "nationwide", "regions", "wishes", "motivation", "public_fields",
    "agreement",
)  # fmt: skip


class AnswersForm(forms.ModelForm):
    """All answers; none of them must be there."""

    category = forms.ChoiceField(
        label=gettext_lazy("category applied for"), choices=[*_NONE, *Category.choices],
        required=False,
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("legal form"),
        choices=[*_NONE, *OrganizationKind.choices],
        required=False,
    )
    name = _line(gettext_lazy("official name"), 200)
    name_kana = KanaField(label=gettext_lazy("reading"), max_length=300, required=False)
    name_english = _line(gettext_lazy("name in English"), 200)
    display_name = _line(gettext_lazy("display name"), 200)
    corporate_number = _typed(
        gettext_lazy("corporate number"), normalize_corporate_number,
        help_text=gettext_lazy("13 digits. May be empty."),
    )  # fmt: skip
    local_government_code = _typed(
        gettext_lazy("local government code"), normalize_local_government_code,
        help_text=gettext_lazy("6 digits."),
    )  # fmt: skip
    representative_title = _line(gettext_lazy("title of the representative"), 100)
    representative_name = _line(gettext_lazy("name of the representative"), 100)
    representative_kana = KanaField(
        label=gettext_lazy("reading of the representative's name"), max_length=150, required=False
    )
    founded = _typed(
        gettext_lazy("founded"), _month,
        help_text=gettext_lazy("Year and month, for example 2015-04."),
    )  # fmt: skip
    postal_code = _typed(gettext_lazy("Postal code"), normalize_postal_code)
    prefecture = forms.ChoiceField(
        label=gettext_lazy("Prefecture"), choices=[*_NONE, *PREFECTURES], required=False
    )
    address = _line(gettext_lazy("address"), 300)
    phone = _typed(gettext_lazy("phone"), normalize_phone)
    fax = _typed(gettext_lazy("fax"), normalize_phone)
    organization_email = _typed(gettext_lazy("mailbox of the organization"), normalize_email)
    email = _typed(
        gettext_lazy("mailbox of the applicant"), normalize_email,
        help_text=gettext_lazy("Letters about this application go here. May be empty."),
    )  # fmt: skip
    url = forms.URLField(
        label=gettext_lazy("web address"), max_length=300, required=False, assume_scheme="https"
    )
    summary = ProseField(
        label=gettext_lazy("summary of activities"), max_length=400, required=False
    )
    fields = _ticks(gettext_lazy("fields of activity"), Field.choices)  # type: ignore[assignment] # the metaclass takes it away
    targets = _ticks(gettext_lazy("whom it stands by"), Target.choices)
    regions = _ticks(gettext_lazy("regions of activity"), PREFECTURES)
    public_fields = _ticks(gettext_lazy("released fields"), PublicField.choices)
    wishes = _line(gettext_lazy("subcommittees wished for"), 300)
    motivation = ProseField(
        label=gettext_lazy("why it wants to join"), max_length=800, required=False
    )
    received_on = forms.DateField(label=gettext_lazy("received on"), widget=DateInput)
    agreement = forms.ChoiceField(
        label=gettext_lazy("Agreement to pledge and privacy text"),
        choices=[("", gettext_lazy("Not yet")), *_AGREEMENTS],
        help_text=gettext_lazy("Your name is recorded as who took it down."),
        required=False,
    )

    class Meta:
        model = MembershipApplication
        fields = _FIELDS

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise ValidationError(_("The day of receipt lies in the future."))
        return day


class IntakeForm(AnswersForm):
    """A new application. The scans of the paper come with it."""

    channel = forms.ChoiceField(
        label=gettext_lazy("received by"), choices=_CHANNELS, initial=Reception.FAX
    )
    scans = scans_field(required=False)

    owner: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("received_on", timezone.localdate())
        tickets = self.data.getlist(KEPT) if self.is_bound else []  # type: ignore[attr-defined] # a QueryDict
        self.kept = KeptFiles(tickets, self.owner)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        said = any(values.get(name) or name in self.errors for name in ("name", "email", "phone"))
        if not said:
            self.add_error("name", _("Enter at least a name, a mailbox or a phone number."))
        return values

    def keep_uploads(self) -> None:
        """The page comes back: what was sent with it is put aside."""
        self.kept.add(self.cleaned_data.get("scans", ()))


class CorrectionForm(AnswersForm):
    """The secretariat puts right what it was told; why is asked first."""

    reason = _line(
        gettext_lazy("Reason"), 300,
        help_text=gettext_lazy("Who told you, and how. It stays in the record."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: dict[str, Any] = self.fields  # type: ignore[assignment] # the class has a field so named
        asked["reason"].required = True
        if self.instance.channel == Reception.WEB:
            # What the applicant did on the web stays as it was done.
            del asked["received_on"]
        if self.instance.agreement == Agreement.ONLINE:
            del asked["agreement"]

    class Meta(AnswersForm.Meta):
        fields = _FIELDS[1:]  # how it came stays

    def written(self) -> dict[str, Any]:
        """The columns that were changed, with their new values."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "reason"}


class ContactForm(forms.ModelForm):
    """One contact; a row that was left alone is nobody."""

    name = _line(gettext_lazy("full name"), 100)
    name_kana = KanaField(label=gettext_lazy("reading"), max_length=150, required=False)
    department = _line(gettext_lazy("department"), 100)
    title = _line(gettext_lazy("job title"), 100)
    phone = _typed(gettext_lazy("phone"), normalize_phone)
    email = _typed(gettext_lazy("e-mail address"), normalize_email)

    class Meta:
        model = ApplicationContact
        fields = (
            "name", "name_kana", "department", "title", "phone", "email", "duty", "newsletter",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and not str(self.prefix).endswith("-0"):
            self.initial["duty"] = Duty.DEPUTY

    def has_changed(self) -> bool:
        """A duty alone says nothing: it stands there from the beginning."""
        changed = set(self.changed_data)
        return bool(changed if self.instance.pk else changed - {"duty"})

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("newsletter") and not values.get("email") and "email" not in self.errors:
            self.add_error("email", _("The mail magazine needs an e-mail address."))
        return values
