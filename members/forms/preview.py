"""Acts that say first what they will do: the entries, then a page of words to confirm."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.calendar import era_date
from members.forms.acts import OrganizationActForm
from members.models import Affiliation, Organization
from members.queries.leaving import Stop


@dataclass(frozen=True)
class Preview:
    """What will happen, in words."""

    title: str
    lines: Sequence[str] = ()
    warnings: Sequence[str] = ()
    stops: Sequence[Stop] = field(default_factory=list)


class PreviewedForm(OrganizationActForm):
    """Base: knows its record; `confirmed_fields` are asked on the second page."""

    wants_record = True
    preview_first: ClassVar[bool] = False
    confirmed_fields: ClassVar[tuple[str, ...]] = ()
    danger: ClassVar[bool] = False

    def __init__(self, *args: Any, record: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record

    def preview(self, *, at: datetime) -> Preview:
        raise NotImplementedError


class ContactChoiceField(forms.ModelMultipleChoiceField):
    """Contacts to tick, one line each."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Affiliation.objects.none(), required=False, **kwargs)
        self.told: dict[int, str] = {}
        """What a line says beside name and duty, by key."""

    def offer(self, contacts: QuerySet[Affiliation]) -> None:
        self.queryset = contacts.select_related("person", "address")

    def label_from_instance(self, contact: Any) -> str:
        parts = [f"{contact.person.name}({contact.get_duty_display()})"]
        parts += [contact.department, contact.address.email if contact.address else ""]
        parts.append(self.told.get(contact.pk, ""))
        return " ".join(part for part in parts if part)


class ReasonField(forms.CharField):
    """Why: it stays in the record of changes, and with the change set that can be taken back."""

    def __init__(self, **kwargs: Any) -> None:
        given = {
            "label": gettext_lazy("Reason"),
            "help_text": gettext_lazy("Stays in the record, for example the document it rests on."),
            "max_length": 300,
        }
        super().__init__(**{**given, **kwargs})


def tick(form: forms.Form, name: str, keys: Sequence[int]) -> None:
    """Tick these lines of a page that is shown for the first time."""
    data = form.data.copy()  # type: ignore[attr-defined] # a QueryDict, as every posted form
    data.setlist(name, [str(key) for key in keys])
    form.data = data


def last_day_words(organization: Organization, until: date) -> str:
    """Both days, so that nobody has to count."""
    return _("%(name)s is a member until %(last)s, and from %(day)s no more.") % {
        "name": organization.shown_name,
        "last": era_date(until - date.resolution),
        "day": era_date(until),
    }
