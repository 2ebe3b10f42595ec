"""An application as the officer reads it: blocks of answers, gaps, what a correction changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from members.choices import Reception
from members.models import ApplicationContact, Correction, MembershipApplication
from members.queries.applications import (
    CONTACT_FIELDS,
    label_of,
    missing_answers,
    words_of,
)

Line = tuple[str, str]


@dataclass(frozen=True)
class Block:
    """Answers that belong together; `key` is the anchor on the page."""

    key: str
    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Changed:
    """One field before and after, as `admin/parts/diff.html` prints it."""

    label: str
    old: str
    new: str
    whole: bool = False


def _titles() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return (
        ("organization", _("Organization"), (
            "category", "kind", "name", "name_kana", "display_name", "name_english",
            "corporate_number", "local_government_code", "founded", "representative_title",
            "representative_name", "representative_kana",
        )),
        ("place", _("Place and reach"), (
            "postal_code", "prefecture", "address", "phone", "fax", "organization_email", "url",
        )),
        ("activities", _("Activities"), (
            "summary", "fields", "targets", "nationwide", "regions", "wishes", "motivation",
            "public_fields",
        )),
    )  # fmt: skip


def answer_blocks(snapshot: dict[str, Any]) -> list[Block]:
    """All answers in words, in the order of the paper; empty words for an empty answer."""
    return [
        Block(key, title, [(label_of(name), words_of(name, snapshot[name])) for name in names])
        for key, title, names in _titles()
    ]


def contact_lines(contacts: Iterable[ApplicationContact]) -> list[tuple[str, list[Line]]]:
    """Name and lines of each contact."""
    found = []
    for number, contact in enumerate(contacts, start=1):
        lines = [
            (
                str(ApplicationContact._meta.get_field(name).verbose_name),  # type: ignore[union-attr] # plain fields
                words_of(f"contacts.{number}.{name}", getattr(contact, name)),
            )
            for name in CONTACT_FIELDS
            if name not in {"name", "name_kana"}
        ]
        found.append((f"{contact.name} {contact.name_kana}".strip() or "—", lines))
    return found


def missing_words(application: MembershipApplication, snapshot: dict[str, Any]) -> list[str]:
    """What has to be asked for, by label. On paper a phone number does for a mailbox."""
    missing = missing_answers(snapshot)
    contacts = snapshot["contacts"]
    on_paper = application.channel != Reception.WEB
    if on_paper and contacts and contacts[0].get("phone"):
        missing = [name for name in missing if name != "contacts.1.email"]
    words = [label_of(name) for name in missing]
    if not application.agreement:
        words.append(_("agreement to pledge and privacy text"))
    return words


def changes_of(correction: Correction) -> list[Changed]:
    """Only what the answer changed, old and new in words."""
    return [
        Changed(label_of(name), words_of(name, old), words_of(name, new))
        for name, (old, new) in correction.changes.items()
    ]
