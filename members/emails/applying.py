"""Letters to who applies for membership, at the mailbox given on the first page."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from mailing.letters import absolute, send_letter
from mailing.markers import marker
from mailing.models import Message
from mailing.outbox import Recipient
from members.choices import Category
from members.models import Correction, MembershipApplication
from members.queries.applications import label_of, words_of

# The link is a right of its own, so it stands in the reader's envelope and not in the text, which
# the whole secretariat may read.
_LINK = "application_url"
APPLICATION_URL = marker(_LINK)


def application_recipient(application: MembershipApplication) -> Recipient:
    """The applicant's mailbox, with the link that `APPLICATION_URL` in a letter stands for."""
    return Recipient(
        email=application.email, merge={_LINK: absolute(application_path(application))}
    )


def application_path(application: MembershipApplication) -> str:
    """The path of the applicant's own page; whoever has it may read, correct and retract."""
    return reverse("members:application", args=[application.link_key])


def link_to_application(application: MembershipApplication, *, at: datetime) -> Message | None:
    return _send("application_link", "入会申込みの続きのページ", application, at)


def application_received(application: MembershipApplication, *, at: datetime) -> Message | None:
    return _send("application_received", "入会の申込みを受け付けました", application, at)


def correction_received(
    application: MembershipApplication, correction: Correction, *, at: datetime
) -> Message | None:
    """What arrived, in the reader's own words: new values, and nothing that was there before."""
    lines = [
        f"{label_of(name)} {words_of(name, new) or '(空)'}"
        for name, (_old, new) in correction.changes.items()
    ]
    subject = "入会申込みの修正を受け取りました"
    return _send("correction_received", subject, application, at, lines=lines)


def application_retracted(application: MembershipApplication, *, at: datetime) -> Message | None:
    return _send("application_retracted", "入会の申込みの取下げを承りました", application, at)


def _send(
    template: str, subject: str, application: MembershipApplication, at: datetime, **more: Any
) -> Message | None:
    """None for an application on paper by who has no mailbox."""
    if not application.email:
        return None
    number = f"({application.receipt_number})" if application.receipt_number else ""
    category = Category(application.category).label if application.category else ""
    return send_letter(
        template=f"members/mail/{template}",
        subject=f"{subject}{number}",
        recipients=[application_recipient(application)],
        context={
            "application": application,
            "category": category,
            "page": APPLICATION_URL,
            **more,
        },
        at=at,
        reference=f"application:{application.pk}",
    )
