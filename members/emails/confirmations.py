"""The letters of the yearly confirmation: one for each organisation, with a link to pass on."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from mailing.letters import Copy, absolute, send_letters, written_text
from mailing.models import Message
from mailing.outbox import Recipient
from members.models import Confirmation, ConfirmationRound
from members.queries.sheets import Sheet

_ASKED = "登録内容の確認のお願い"
_REMINDED = "【再送】登録内容の確認のお願い"


def confirmations_asked(
    pairs: Iterable[tuple[Confirmation, Sheet]], *, again: bool, at: datetime
) -> list[Message]:
    """One letter for each confirmation, which all have a mailbox; messages in their order."""
    copies = [
        Copy(
            recipient=Recipient(address=confirmation.address),
            context=_context(confirmation.round, sheet, link_of(confirmation), again=again),
            reference=f"confirmation:{confirmation.pk}",
        )
        for confirmation, sheet in pairs
    ]
    subject = _REMINDED if again else _ASKED
    return send_letters(template="members/mail/confirmation", subject=subject, copies=copies, at=at)


def confirmation_preview(confirmation_round: ConfirmationRound, sheet: Sheet, at: datetime) -> str:
    """The letter as this organisation would get it; the link opens nothing."""
    link = absolute(reverse("members:confirm", args=["xxxx-xxxx-xxxx-xxxx"]))
    context = _context(confirmation_round, sheet, link, again=False)
    return written_text(template="members/mail/confirmation", context=context, at=at)


def link_of(confirmation: Confirmation) -> str:
    return absolute(reverse("members:confirm", args=[confirmation.link_key]))


def _context(
    confirmation_round: ConfirmationRound, sheet: Sheet, link: str, *, again: bool
) -> dict[str, object]:
    return {"round": confirmation_round, "sheet": sheet, "link": link, "again": again}
