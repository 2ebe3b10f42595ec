"""The answers of an application as data: for the check page, the trail of corrections, the admin.

A field is named as on the model; a contact's as `contacts.2.phone`, counted from 1.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext

from core.japan.codes import prefecture_name
from members.choices import OrganizationKind
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
MOST_CONTACTS = 5

# What a complete application on the web form says; paper says what it says.
REQUIRED_ANSWERS = (
    "category", "kind", "name", "name_kana", "representative_name", "representative_kana",
    "postal_code", "prefecture", "address", "phone", "summary", "fields", "motivation",
)  # fmt: skip
REQUIRED_OF_CONTACT = ("name", "name_kana")
# Who applies as an individual represents nobody.
NOT_OF_INDIVIDUALS = ("representative_name", "representative_kana")


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


def missing_answers(snapshot: Mapping[str, Any]) -> list[str]:
    """What a complete application would say and this one does not, in the order of the form."""
    spared = NOT_OF_INDIVIDUALS if snapshot.get("kind") == OrganizationKind.INDIVIDUAL else ()
    missing = [name for name in REQUIRED_ANSWERS if not snapshot.get(name) and name not in spared]
    if not snapshot.get("nationwide") and not snapshot.get("regions"):
        missing.append("regions")
    # The first one stands there from the beginning and needs a mailbox.
    for number, contact in enumerate(snapshot.get("contacts") or [{}], start=1):
        needed = (*REQUIRED_OF_CONTACT, *(("email",) if number == 1 else ()))
        missing += [f"contacts.{number}.{name}" for name in needed if not contact.get(name)]
    return missing


def label_of(field: str) -> str:
    """What a field is called on a page: 電話番号, 担当者2 電話番号."""
    place, _dot, rest = field.partition(".")
    if place != "contacts":
        return _label(_column(MembershipApplication, place), place)
    number, _dot, name = rest.partition(".")
    if not number:
        return gettext("contacts")
    person = gettext("contact %(number)s") % {"number": number}
    return f"{person} {_label(_column(ApplicationContact, name), name)}" if name else person


def words_of(field: str, value: Any) -> str:
    """A value of a snapshot as a person reads it: 会員, 東京都・大阪府, はい."""
    place, _dot, rest = field.partition(".")
    if isinstance(value, list):
        return "・".join(filter(None, (words_of(field, one) for one in value)))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    text = str(value or "")
    if place in {"prefecture", "regions"} and text:
        return prefecture_name(text)
    if place == "founded" and text:
        year, _dash, month = text.partition("-")
        return f"{year}年{int(month)}月" if month.isdigit() else text
    if place == "contacts":
        column = _column(ApplicationContact, rest.partition(".")[2])
    else:
        column = _column(MembershipApplication, place)
    return str(_choices(column).get(text, text))


def _column(
    model: type[MembershipApplication | ApplicationContact], name: str
) -> "Field[Any, Any] | None":
    found = {column.name: column for column in model._meta.fields}
    return found.get(name)


def _label(column: "Field[Any, Any] | None", name: str) -> str:
    return str(column.verbose_name) if column is not None else name


def _choices(column: "Field[Any, Any] | None") -> dict[Any, Any]:
    """Of the column, or of the one inside a list."""
    if column is None:
        return {}
    return dict(getattr(column, "base_field", column).flatchoices)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value


def _flat(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in snapshot.items() if name != "contacts"}
    for number, contact in enumerate(snapshot.get("contacts", ()), start=1):
        flat |= {f"contacts.{number}.{name}": value for name, value in contact.items()}
    return flat
