"""The answers of an application as data: for the check page, the trail of corrections, the admin.

A field is named as on the model; a contact's as `contacts.2.phone`, counted from 1.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from members.models import ApplicationContact, MembershipApplication

# In the order of the paper form.
ANSWER_FIELDS = (
    "category", "kind", "name", "name_kana", "name_english", "display_name",
    "corporate_number", "local_government_code",
    "representative_title", "representative_name", "representative_kana", "founded",
    "postal_code", "prefecture", "address", "phone", "fax", "organization_email", "url",
    "summary", "fields", "targets", "nationwide", "regions", "public_fields",
    "wishes", "motivation",
)  # fmt: skip
CONTACT_FIELDS = (
    "duty", "department", "title", "name", "name_kana", "phone", "email", "newsletter",
)  # fmt: skip


def snapshot_of(application: MembershipApplication) -> dict[str, Any]:
    """Every answer and every contact as they stand, fit for JSON."""
    answers: dict[str, Any] = {name: _plain(getattr(application, name)) for name in ANSWER_FIELDS}
    answers["contacts"] = [
        {name: _plain(getattr(contact, name)) for name in CONTACT_FIELDS}
        for contact in application.contacts.all()
    ]
    return answers


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs between two snapshots, field by field: `{"phone": ["03-1", "03-2"]}`.

    The order is that of the form. A field that a snapshot does not know counts as empty.
    """
    old, new = _flat(before), _flat(after)
    return {
        name: [old.get(name, ""), new.get(name, "")]
        for name in dict.fromkeys((*old, *new))
        if (old.get(name) or "") != (new.get(name) or "")
    }


def label_of(field: str) -> str:
    """What a field is called on a page: 電話番号, 担当者2 電話番号."""
    place, _dot, rest = field.partition(".")
    if place != "contacts":
        return _verbose(MembershipApplication, place)
    number, _dot, column = rest.partition(".")
    if not number:
        return gettext("contacts")
    person = gettext("contact %(number)s") % {"number": number}
    return f"{person} {_verbose(ApplicationContact, column)}" if column else person


def _verbose(model: type[MembershipApplication | ApplicationContact], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def _flat(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in snapshot.items() if name != "contacts"}
    for number, contact in enumerate(snapshot.get("contacts", ()), start=1):
        flat |= {f"contacts.{number}.{name}": value for name, value in contact.items()}
    return flat
