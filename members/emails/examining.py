"""The letter of the examination: what is to be corrected, until when, and where."""

from datetime import datetime

from mailing.letters import send_letter
from mailing.models import Message
from members.emails.applying import APPLICATION_URL, application_recipient
from members.models import Correction
from members.queries.applications import label_of


def correction_asked(*, correction: Correction, at: datetime) -> Message | None:
    """What to look at, until when, and the link. None when the applicant has no mailbox."""
    application = correction.application
    if not application.email:
        return None
    return send_letter(
        template="members/mail/correction_asked",
        subject=f"入会申込の補正のお願い({application.receipt_number})",
        recipients=[application_recipient(application)],
        context={
            "application": application,
            "correction": correction,
            "marked": [label_of(name) for name in correction.marked],
            "page": APPLICATION_URL,
        },
        at=at,
        reference=f"application:{application.pk}",
    )
