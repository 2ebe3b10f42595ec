"""An issue as letters: the plain text first, the HTML from the same source.

Municipal gateways drop HTML and disable links, so the text is complete: short lines, full addresses
on lines of their own, no attachment.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from core.japan.calendar import era_date, era_date_weekday
from core.japan.wrapping import wrap_fullwidth
from mailing.markers import UNSUBSCRIBE_URL, marker
from mailing.models import SenderIdentity
from newsletter.choices import Section
from newsletter.models import Issue, IssueItem

PLATFORM = "孤独・孤立対策官民連携プラットフォーム"
_WIDTH = 35
_DOUBLE = "=" * (2 * _WIDTH)
_SINGLE = "-" * (2 * _WIDTH)


@dataclass(frozen=True)
class SectionBlock:
    """One section with its printed heading and its items, each with its printed number."""

    heading: str
    anchor: str
    items: tuple[tuple[str, IssueItem], ...]


@dataclass(frozen=True)
class Rendered:
    """What goes out, to the letter. `digest` is SHA-256 over subject, text and HTML."""

    subject: str
    text: str
    html: str

    @property
    def digest(self) -> str:
        joined = "\0".join((self.subject, self.text, self.html))
        return hashlib.sha256(joined.encode()).hexdigest()


def audience_digest(content_digest: str, address_ids: Iterable[int]) -> str:
    """SHA-256 that binds a text to exactly the mailboxes it goes to."""
    joined = ",".join(str(key) for key in sorted(address_ids))
    return hashlib.sha256(f"{content_digest}:{joined}".encode()).hexdigest()


def sections_of(items: Iterable[IssueItem]) -> list[SectionBlock]:
    """Items grouped under numbered headings, in printing order; the afterword has no number."""
    blocks: list[SectionBlock] = []
    ordered = sorted(items, key=lambda item: (item.section, item.position, item.pk or 0))
    for section, group in groupby(ordered, key=lambda item: Section(item.section)):
        number = len(blocks) + 1
        last = section == Section.AFTERWORD
        heading = str(section.label) if last else f"{number} {section.label}"
        numbered = tuple(
            ("" if last else f"{number}-{position}", item)
            for position, item in enumerate(group, start=1)
        )
        blocks.append(SectionBlock(heading, f"s{section.value}", numbered))
    return blocks


def subject_of(number: int, day: date) -> str:
    """Subject in the fixed form of the platform: number and date, computed."""
    return f"【孤独・孤立PF】メールマガジン第{number}号({era_date(day)})"


def _paragraphs(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.splitlines():
        lines += wrap_fullwidth(line.rstrip(), _WIDTH) or [""]
    return lines


def _item_lines(number: str, item: IssueItem) -> list[str]:
    title = f"{number} {item.title}".strip()
    lines = [*wrap_fullwidth(f"● {title}", _WIDTH), "", *_paragraphs(item.body)]
    if item.url:
        lines += ["", "詳しくは、次のページをご覧ください。", item.url]
    if item.contact:
        lines += ["", *wrap_fullwidth(f"問合せ: {item.contact}", _WIDTH)]
    return [*lines, "", ""]


def _contents_lines(blocks: list[SectionBlock]) -> list[str]:
    lines = ["【目次】"]
    for block in blocks:
        lines += wrap_fullwidth(block.heading, _WIDTH)
        for number, item in block.items:
            lines += [f"  {part}" for part in wrap_fullwidth(f"{number} {item.title}".strip(), 33)]
    return [*lines, ""]


def sender_lines(sender: SenderIdentity | None) -> list[str]:
    """The sender's block under a letter; required by 特定電子メール法第4条."""
    if sender is None:
        return [PLATFORM + " 事務局"]
    phone = f"電話 {sender.phone}" + (f"({sender.office_hours})" if sender.office_hours else "")
    return [
        *wrap_fullwidth(sender.name, _WIDTH),
        *wrap_fullwidth(sender.postal_address, _WIDTH),
        *([phone] if sender.phone else []),
        *([f"FAX  {sender.fax}"] if sender.fax else []),
        f"メール {sender.reply_to or sender.email}",
    ]


def archive_url(number: int) -> str:
    """Absolute address of an issue in the archive, from the settings, never from a request."""
    return f"{settings.SITE_URL}/newsletter/{number}/"


def _text(issue: Issue, number: int, day: date, blocks: list[SectionBlock]) -> list[str]:
    lines = [PLATFORM, f"メールマガジン 第{number}号", era_date_weekday(day), _DOUBLE, ""]
    if issue.lead:
        lines += [*_paragraphs(issue.lead), ""]
    lines += _contents_lines(blocks)
    for block in blocks:
        lines += [_SINGLE, *wrap_fullwidth(f"■ {block.heading}", _WIDTH), _SINGLE, ""]
        for item_number, item in block.items:
            lines += _item_lines(item_number, item)
    return lines


def render(issue: Issue, items: Iterable[IssueItem], number: int,
           sender: SenderIdentity | None) -> Rendered:  # fmt: skip
    """The issue as it would go out on its day of sending under `number`.

    The text carries the markers of `mailing.merge` for what differs per recipient.
    """
    day = (
        timezone.localdate(issue.send_at) if issue.send_at else timezone.localdate(issue.created_at)
    )
    blocks = sections_of(items)
    unsubscribe = marker(UNSUBSCRIBE_URL)
    lines = _text(issue, number, day, blocks)
    lines += [
        _DOUBLE,
        "この号は、次のページでも読めます。",
        archive_url(number),
        "",
        "配信の停止は、次のページでお申し出ください。",
        unsubscribe,
        "",
        *sender_lines(sender),
    ]
    html = render_to_string(
        "newsletter/mail/issue.html",
        {
            "issue": issue, "number": number, "day": era_date_weekday(day), "blocks": blocks,
            "subject": subject_of(number, day), "platform": PLATFORM, "sender": sender,
            "sender_lines": sender_lines(sender), "archive_url": archive_url(number),
            "unsubscribe_url": unsubscribe,
        },
    )  # fmt: skip
    return Rendered(subject_of(number, day), "\n".join(lines) + "\n", html)
