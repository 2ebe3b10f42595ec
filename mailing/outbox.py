"""The one door for every mail of the project.

`post` writes a message and its envelopes in the caller's transaction; the worker does the rest.
A letter that is composed on one day and goes out on another is made by `compose` and later
`address_to`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.japan.contacts import normalize_email
from core.japan.text import clean_line
from mailing.choices import RANKS, MessageKind
from mailing.errors import MailError
from mailing.models import Address, Envelope, Message
from mailing.queries import sender_identity_on
from mailing.wake import wake_worker

CHUNK = 1000
SUBJECT_LENGTH = 200
HEADERS_ALLOWED = ("Auto-Submitted", "References", "In-Reply-To", "X-Issue")


@dataclass(frozen=True)
class Recipient:
    """Who gets one copy: a mailbox (or its address) and what the text says to this reader."""

    email: str = ""
    name: str = ""
    merge: Mapping[str, str] = field(default_factory=dict)
    address: Address | None = None


@dataclass(frozen=True)
class Sender:
    """What stands in From and Reply-To, frozen with the message."""

    name: str
    email: str
    reply_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One of many letters that say different things."""

    subject: str
    text: str
    html: str = ""
    recipients: tuple[Recipient, ...]
    reference: str = ""


def post(
    *,
    kind: MessageKind,
    subject: str,
    text: str,
    html: str = "",
    recipients: Iterable[Recipient],
    at: datetime,
    reference: str = "",
    headers: Mapping[str, str] | None = None,
    sender: Sender | None = None,
) -> Message:
    """Freeze a letter, address one envelope per mailbox and wake the worker on commit.

    Two recipients with one mailbox get one envelope. A wrong address refuses the whole letter.
    """
    with transaction.atomic():
        message = compose(
            kind=kind, subject=subject, text=text, html=html, at=at,
            reference=reference, headers=headers, sender=sender,
        )  # fmt: skip
        address_to(message=message, recipients=recipients, at=at)
    return message


def compose(
    *,
    kind: MessageKind,
    subject: str,
    text: str,
    html: str = "",
    at: datetime,
    reference: str = "",
    headers: Mapping[str, str] | None = None,
    sender: Sender | None = None,
) -> Message:
    """Freeze a letter that nobody gets yet."""
    message = _frozen(
        Letter(subject=subject, text=text, html=html, recipients=(), reference=reference),
        kind=kind, headers=headers or {}, sender=sender or sender_on(at), at=at,
    )  # fmt: skip
    message.save(force_insert=True)
    return message


def post_each(*, kind: MessageKind, letters: Sequence[Letter], at: datetime) -> list[Message]:
    """Freeze and address many letters at once, each with its own text; in their order.

    The number of statements does not grow with the letters. One that is wrong refuses them all.
    """
    sender = sender_on(at)
    with transaction.atomic():
        messages = Message.objects.bulk_create(
            [_frozen(letter, kind=kind, headers={}, sender=sender, at=at) for letter in letters],
            batch_size=CHUNK,
        )
        readers = [_by_email(letter.recipients) for letter in letters]
        wanted = {email: reader for known in readers for email, reader in known.items()}
        mailboxes = _mailboxes(wanted, at)
        Envelope.objects.bulk_create(
            [
                _envelope(message, mailboxes[email], reader, at)
                for message, known in zip(messages, readers, strict=True)
                for email, reader in known.items()
            ],
            batch_size=CHUNK,
        )
        transaction.on_commit(wake_worker, robust=True)
    return messages


def _frozen(
    letter: Letter, *, kind: MessageKind, headers: Mapping[str, str], sender: Sender, at: datetime
) -> Message:
    """The message of a letter, not saved yet."""
    subject = one_line(letter.subject)
    if not subject or not letter.text.strip():
        # Municipal gateways throw away mails without a subject or without text.
        raise MailError(_("A mail needs a subject and a text."))
    if len(subject) > SUBJECT_LENGTH:
        raise MailError(_("The subject is too long."))
    return Message(
        kind=kind,
        subject=subject,
        text=plain(letter.text),
        html=plain(letter.html),
        sender_name=clean_line(sender.name),
        sender_email=sender.email,
        reply_to=sender.reply_to,
        headers=_checked(headers),
        reference=letter.reference,
        created_at=at,
    )


def _envelope(message: Message, address: int, reader: Recipient, at: datetime) -> Envelope:
    return Envelope(
        message=message,
        address_id=address,
        recipient_name=clean_line(reader.name)[:200],
        merge={key: clean_line(value) for key, value in reader.merge.items()},
        rank=RANKS[MessageKind(message.kind)],
        due_at=at,
    )


def _by_email(recipients: Iterable[Recipient]) -> dict[str, Recipient]:
    """Each mailbox once; the first wins."""
    wanted: dict[str, Recipient] = {}
    for recipient in recipients:
        wanted.setdefault(_email_of(recipient), recipient)
    return wanted


def address_to(*, message: Message, recipients: Iterable[Recipient], at: datetime) -> int:
    """One envelope per mailbox; who already has one gets no second. Returns how many are new."""
    wanted = _by_email(recipients)
    with transaction.atomic():
        mailboxes = _mailboxes(wanted, at)
        before = message.envelopes.count()
        Envelope.objects.bulk_create(
            [
                _envelope(message, mailboxes[email], recipient, at)
                for email, recipient in wanted.items()
            ],
            batch_size=CHUNK,
            ignore_conflicts=True,
        )
        added = message.envelopes.count() - before
        transaction.on_commit(wake_worker, robust=True)
    return added


def sender_on(at: datetime) -> Sender:
    """Who the secretariat is on that day; before anyone wrote it down, the site's own address."""
    identity = sender_identity_on(timezone.localdate(at))
    if identity is None:
        return Sender(name="", email=settings.DEFAULT_FROM_EMAIL)
    return Sender(name=identity.name, email=identity.email, reply_to=identity.reply_to)


def one_line(value: str) -> str:
    """A header value; a line break in it is an attack or a slip, and refused either way."""
    if "\r" in value or "\n" in value:
        raise MailError(_("A subject or a name cannot contain line breaks."))
    return clean_line(value)


def plain(text: str) -> str:
    """Text as it may travel: one kind of line break and no NUL, which the database refuses."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    unknown = [name for name in headers if name not in HEADERS_ALLOWED]
    if unknown:
        raise MailError(_("This header cannot be set: %(name)s") % {"name": unknown[0][:40]})
    return {name: one_line(value) for name, value in headers.items()}


def _email_of(recipient: Recipient) -> str:
    if recipient.address is not None:
        return recipient.address.email
    try:
        return normalize_email(recipient.email)
    except ValueError as error:
        raise MailError(str(error)) from error


def _mailboxes(wanted: Mapping[str, Recipient], at: datetime) -> dict[str, int]:
    """Keys of the mailboxes by address; those that we meet for the first time are made."""
    known = {
        recipient.address.email: recipient.address.pk
        for recipient in wanted.values()
        if recipient.address is not None
    }
    unknown = [email for email in wanted if email not in known]
    for start in range(0, len(unknown), CHUNK):
        emails = unknown[start : start + CHUNK]
        found = _keys(emails)
        Address.objects.bulk_create(
            [Address(email=email, created_at=at) for email in emails if email not in found],
            ignore_conflicts=True,
        )
        known |= found if len(found) == len(emails) else _keys(emails)
    return known


def _keys(emails: list[str]) -> dict[str, int]:
    return dict(Address.objects.filter(email__in=emails).values_list("email", "pk"))
