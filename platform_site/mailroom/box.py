"""Read the folder of kept mails. Names sort by time; nothing outside the folder is ever opened."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import cast

NAME = re.compile(r"[0-9]{20}-[0-9a-f]{8}")
HEAD_BYTES = 16_384


@dataclass(frozen=True)
class Letter:
    """One mail as it reached the mailboxes of its envelope."""

    key: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    at: datetime

    def addressed_to(self, text: str) -> bool:
        wanted = text.strip().casefold()
        return any(wanted in address.casefold() for address in self.recipients)


@dataclass(frozen=True)
class Opened:
    """A letter with its parts; `html` is empty if the mail has text only."""

    letter: Letter
    text: str
    html: str
    source: str


def _parse(content: bytes) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(content, policy=policy.default))


def _header(message: EmailMessage, name: str) -> str:
    """A broken header is shown as it came: this page is where one looks for such mistakes."""
    # Not the parsed header: Python leaves a blank between two folded encoded words.
    raw = next((str(value) for key, value in message.raw_items() if key == name), "")
    raw = raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        shown = str(make_header(decode_header(raw)))
    except (ValueError, LookupError, HeaderParseError):
        shown = raw
    return shown.replace("\r", "").replace("\n", "")


def _letter(key: str, message: EmailMessage) -> Letter:
    sent_to = [str(value).strip() for value in message.get_all("Delivered-To", [])]
    moment = int(key.partition("-")[0]) / 1_000_000_000
    return Letter(
        key=key,
        sender=_header(message, "From"),
        recipients=tuple(sent_to),
        subject=_header(message, "Subject"),
        at=datetime.fromtimestamp(moment, tz=UTC),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeError):
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)


def keys(box: Path) -> list[str]:
    """Newest first."""
    found = (path.stem for path in box.glob("*.eml"))
    return sorted((key for key in found if NAME.fullmatch(key)), reverse=True)


def head(box: Path, key: str) -> Letter:
    with (box / f"{key}.eml").open("rb") as file:
        return _letter(key, _parse(file.read(HEAD_BYTES)))


def search(box: Path, recipient: str) -> Iterator[Letter]:
    for key in keys(box):
        letter = head(box, key)
        if letter.addressed_to(recipient):
            yield letter


def open_letter(box: Path, key: str) -> Opened | None:
    path = box / f"{key}.eml"
    if not NAME.fullmatch(key) or not path.is_file():
        return None
    content = path.read_bytes()
    message = _parse(content)
    return Opened(
        letter=_letter(key, message),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        source=content.decode("utf-8", "replace"),
    )
