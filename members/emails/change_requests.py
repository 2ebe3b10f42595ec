"""Letters about change requests: to who asked, and to the organisation's own mailbox."""

from datetime import datetime

from django.utils import timezone

from mailing.choices import AddressStatus
from mailing.letters import absolute, send_letter
from mailing.models import Message
from mailing.outbox import Recipient
from members.change_fields import WEIGHTY_FIELDS
from members.models import ChangeRequest
from members.queries.mailboxes import mailboxes_of
from members.queries.registered import asked_lines


def change_received(asked: ChangeRequest, *, at: datetime) -> Message | None:
    return _send("change_received", "変更届を受け付けました", asked, at)


def change_returned(asked: ChangeRequest, *, at: datetime) -> Message | None:
    return _send("change_returned", "変更届についておたずねします", asked, at)


def change_accepted(asked: ChangeRequest, *, at: datetime) -> Message | None:
    return _send("change_accepted", "変更届を受理しました", asked, at)


def change_refused(asked: ChangeRequest, *, at: datetime) -> Message | None:
    return _send("change_refused", "変更届についてのお知らせ", asked, at)


def _send(template: str, subject: str, asked: ChangeRequest, at: datetime) -> Message | None:
    """None when nobody of the organisation can be reached by mail."""
    recipients = _recipients(asked, at)
    if not recipients:
        return None
    return send_letter(
        template=f"members/mail/{template}",
        subject=f"{subject}({asked.receipt_number})",
        recipients=recipients,
        context={
            "asked": asked,
            "organization": asked.organization,
            "lines": asked_lines(asked),
            "my_page": absolute("/my/"),
        },
        at=at,
        reference=f"changerequest:{asked.pk}",
    )


def _recipients(asked: ChangeRequest, at: datetime) -> list[Recipient]:
    """Who asked, or the main contact when it came on paper or by a link that was passed on.

    When it touches who we deal with, the organisation's own mailbox is told as well: a stranger
    who answers in its name is noticed.
    """
    organization = asked.organization
    found = []
    if asked.asked_by is not None:
        found.append(Recipient(email=asked.asked_by.email, name=asked.asked_by_name))
    else:
        boxes = mailboxes_of([organization.pk], timezone.localdate(at))
        found += [Recipient(address=box) for box in boxes.values()]
    shared = organization.mailbox
    if shared and shared.status == AddressStatus.ACTIVE and WEIGHTY_FIELDS & asked.changes.keys():
        found.append(Recipient(address=shared))
    return found
