"""How every letter is made: a text template, the secretariat's block, HTML of the same text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.japan.wrapping import wrap_fullwidth
from mailing.choices import MessageKind
from mailing.models import Message, SenderIdentity
from mailing.outbox import Letter, Recipient, post, post_each
from mailing.queries import sender_identity_on

_WIDTH = 35  # full-width characters a line: what municipal mail programs show without breaking
# An address, or the place where each reader's own will stand (mailing.markers).
_URL = re.compile(r"https?://[!-~]+|⟦[a-z_]+_url⟧")
_BLANK_LINES = re.compile(r"\n{3,}")


def absolute(path: str) -> str:
    """A link for a letter: from the settings, never from a request."""
    return f"{settings.SITE_URL}{path}"


def send_letter(
    *,
    template: str,
    subject: str,
    recipients: Iterable[Recipient],
    context: Mapping[str, Any],
    at: datetime,
    reference: str = "",
) -> Message:
    """Post a business notice made from `<template>.txt`, in the caller's transaction.

    `template` is a path without its ending, for example `members/mail/first_login`: plain text in
    Japanese, one blank line between paragraphs, each address on a line of its own. It gets
    `context`, `at`, `day` (office calendar) and `sender` (the secretariat as of that day).
    `reference` says what the letter is about: `application:12`.
    """
    letter = _written(
        template, subject, tuple(recipients), context, reference,
        sender=sender_identity_on(timezone.localdate(at)), at=at,
    )  # fmt: skip
    return post(
        kind=MessageKind.NOTICE,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        recipients=letter.recipients,
        at=at,
        reference=letter.reference,
    )


@dataclass(frozen=True)
class Copy:
    """One of many letters of one template: who reads it, what stands in it."""

    recipient: Recipient
    context: Mapping[str, Any]
    reference: str = ""


def send_letters(
    *, template: str, subject: str, copies: Iterable[Copy], at: datetime
) -> list[Message]:
    """As `send_letter`, for many readers who each read something else; messages in their order."""
    sender = sender_identity_on(timezone.localdate(at))
    letters = [
        _written(
            template, subject, (copy.recipient,), copy.context, copy.reference,
            sender=sender, at=at,
        )
        for copy in copies
    ]  # fmt: skip
    return post_each(kind=MessageKind.NOTICE, letters=letters, at=at)


def written_text(*, template: str, context: Mapping[str, Any], at: datetime) -> str:
    """The text of a letter for a preview; posts nothing."""
    sender = sender_identity_on(timezone.localdate(at))
    return _written(template, "-", (), context, "", sender=sender, at=at).text


def _written(
    template: str,
    subject: str,
    recipients: tuple[Recipient, ...],
    context: Mapping[str, Any],
    reference: str,
    *,
    sender: SenderIdentity | None,
    at: datetime,
) -> Letter:
    known = {**context, "at": at, "day": timezone.localdate(at), "sender": sender}
    body = render_to_string(f"{template}.txt", known)
    foot = render_to_string("mailing/letter/foot.txt", known)
    text = _tidy(f"{body.strip()}\n\n{foot.strip()}\n")
    return Letter(
        subject=f"【孤独・孤立PF】{subject}",
        text=text,
        html=render_to_string("mailing/letter/letter.html", {"blocks": _html(text)}),
        recipients=recipients,
        reference=reference,
    )


def _tidy(text: str) -> str:
    return "\n".join(wrap_fullwidth(_BLANK_LINES.sub("\n\n", text), _WIDTH))


def _html(text: str) -> list[SafeString]:
    """Paragraphs of the text, its addresses as links."""
    return [
        format_html_join(
            format_html("<br>{}", "\n"), "{}", ((_linked(line),) for line in block.split("\n"))
        )
        for block in text.strip().split("\n\n")
    ]


def _linked(line: str) -> SafeString | str:
    parts: list[SafeString | str] = []
    end = 0
    for found in _URL.finditer(line):
        parts.append(line[end : found.start()])
        parts.append(format_html('<a href="{0}">{0}</a>', found[0]))
        end = found.end()
    parts.append(line[end:])
    return format_html_join("", "{}", ((part,) for part in parts))
