"""The contacts of an application: one to five rows, added and taken away without a script."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.japan.contacts import normalize_email, normalize_phone
from members.choices import Duty
from members.forms.typed import (
    KanaField,
    LineField,
    TypedField,
    forgive_missing,
    only_missing,
    say_what_is_missing,
)
from members.models import MembershipApplication
from members.queries.applications import CONTACT_FIELDS, MOST_CONTACTS

COUNT = "contact-rows"
_DUTIES = [
    (duty.value, duty.label) for duty in (Duty.DEPUTY, Duty.ACCOUNTS, Duty.NEWSLETTER)
]  # fmt: skip


class ContactForm(forms.Form):
    """One person. The first row is the main contact: it needs a mailbox and has no other duty."""

    use_required_attribute = False

    name = LineField(label=_("Full name"), max_length=100)
    name_kana = KanaField(label=_("Reading of the full name"), max_length=150)
    department = LineField(label=_("Department"), max_length=100, required=False)
    title = LineField(label=_("Job title"), max_length=100, required=False)
    phone = TypedField(label=_("Phone"), normalize=normalize_phone, required=False)
    email = TypedField(
        label=_("E-mail address"), normalize=normalize_email, required=False,
        widget=forms.EmailInput,
    )  # fmt: skip
    duty = forms.ChoiceField(label=_("Duty"), choices=_DUTIES, required=False)
    newsletter = forms.BooleanField(label=_("Gets the mail magazine"), required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        number: int,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, prefix=f"contact-{number}", initial=dict(initial or {}))
        self.number = number
        if number == 1:
            del self.fields["duty"]
            self.fields["email"].required = True
        for name in ("name", "name_kana", "department", "title", "phone"):
            self.fields[name].widget.attrs["class"] = "input--20"
        self.fields["email"].widget.attrs["autocomplete"] = "off"
        say_what_is_missing(self)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("newsletter") and not values.get("email") and "email" not in self.errors:
            self.add_error("email", _("The mail magazine needs an e-mail address."))
        return values

    def is_blank(self) -> bool:
        """Nothing was typed; a duty chosen alone says nothing."""
        return not any(self[name].data for name in self.fields if name != "duty")

    def kept(self) -> dict[str, Any]:
        values = {
            name: self.cleaned_data.get(name, "") for name in CONTACT_FIELDS if name in self.fields
        }
        return values | {
            "duty": values.get("duty") or (Duty.PRIMARY if self.number == 1 else Duty.DEPUTY)
        }


class ContactRows:
    """The rows of a page, filled from what was sent or from what is stored."""

    def __init__(self, application: MembershipApplication, data: QueryDict | None = None) -> None:
        if data is None:
            stored = list(application.contacts.all())
            rows = [{name: getattr(row, name) for name in CONTACT_FIELDS} for row in stored]
            self.forms = [
                ContactForm(number=number, initial=row)
                for number, row in enumerate(rows or [{"email": application.email}], start=1)
            ]
        else:
            self.forms = [ContactForm(data, number=n + 1) for n in range(_count(data))]

    @property
    def can_grow(self) -> bool:
        return len(self.forms) < MOST_CONTACTS

    @property
    def filled(self) -> list[ContactForm]:
        """The main contact, and who else was typed in; a row left blank is nobody."""
        return [form for form in self.forms if form.number == 1 or not form.is_blank()]

    def is_valid(self) -> bool:
        return not self.shown_errors

    @property
    def shown_errors(self) -> list[ContactForm]:
        return [form for form in self.filled if form.errors]

    def kept(self) -> list[Mapping[str, Any]] | None:
        """All rows, or None while something in one of them is wrong."""
        for form in self.filled:
            if any(not only_missing(form, name) for name in form.errors):
                return None
        return [form.kept() for form in self.filled]

    def forgive_missing(self) -> None:
        for form in self.forms:
            forgive_missing(form)


def _count(data: QueryDict) -> int:
    text = data.get(COUNT, "")
    return min(int(text), MOST_CONTACTS) if text in {"1", "2", "3", "4", "5"} else 1


def with_one_more(data: QueryDict) -> QueryDict:
    more = data.copy()
    more[COUNT] = str(min(_count(data) + 1, MOST_CONTACTS))
    return more


def without_row(data: QueryDict, number: int) -> QueryDict:
    """The rows behind it move up. The main contact stays: it can only be overwritten."""
    count = _count(data)
    if not 1 < number <= count:
        return data
    fewer = data.copy()
    for here in range(number, count + 1):
        for name in ContactForm.base_fields:
            values = data.getlist(f"contact-{here + 1}-{name}") if here < count else []
            fewer.setlist(f"contact-{here}-{name}", values)
    fewer[COUNT] = str(count - 1)
    return fewer
