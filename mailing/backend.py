"""Django's mail door, walled up: what comes through it goes to the outbox like everything else."""

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import DomainError
from mailing.choices import MessageKind
from mailing.errors import MailError
from mailing.outbox import Recipient, Sender, one_line, post, sender_on


class OutboxBackend(BaseEmailBackend):
    """Takes the mails of libraries (login, password reset) and posts them as system mails."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        posted = 0
        for mail in email_messages:
            try:
                posted += self._post(mail)
            except DomainError:
                if not self.fail_silently:
                    raise
        return posted

    def _post(self, mail: EmailMessage) -> bool:
        if mail.attachments:
            # Gateways of municipalities strip them; a letter links to the site instead.
            raise MailError(_("Mails carry no attachments."))
        recipients = [_recipient(entry) for entry in mail.recipients()]
        if not recipients:
            return False
        at = timezone.now()
        post(
            kind=MessageKind.SYSTEM,
            subject=one_line(str(mail.subject)),
            text=str(mail.body),
            html=_html_of(mail),
            recipients=recipients,
            at=at,
            sender=_sender(mail, sender_on(at)),
        )
        return True


def _recipient(entry: str) -> Recipient:
    name, email = parseaddr(one_line(str(entry)))
    return Recipient(email=email or str(entry), name=name)


def _sender(mail: EmailMessage, house: Sender) -> Sender:
    """The house's own name; only a reply address of the letter is kept."""
    reply_to = next(iter(mail.reply_to), house.reply_to)
    return Sender(name=house.name, email=house.email, reply_to=parseaddr(str(reply_to))[1])


def _html_of(mail: EmailMessage) -> str:
    parts = mail.alternatives if isinstance(mail, EmailMultiAlternatives) else []
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
