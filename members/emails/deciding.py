"""Letters about decisions on applications. The internal reason never enters one."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from mailing.letters import absolute, send_letter
from mailing.models import Message
from mailing.outbox import Recipient
from mailing.queries import sender_identity_on
from members.choices import Category, Verdict
from members.emails.logins import login_recipient, login_words
from members.models import Affiliation, Decision, Membership
from members.queries.decisions import Reader, applicant_mailboxes, readers_of, reference_of

_BLANK = re.compile(r"\n{2,}")


def approval_letters(
    *, decision: Decision, contacts: Iterable[Affiliation], at: datetime
) -> list[Message]:
    """One letter per mailbox of the new member, each with the login that belongs to it."""
    return [_approval(decision, reader, at) for reader in readers_of(decision, contacts)]


def _approval(decision: Decision, reader: Reader, at: datetime) -> Message:
    user = reader.login.user if reader.login else None
    context = approval_words(decision) | {
        "people": reader.people,
        "login": user,
        "login_elsewhere": any(one.user and one.user != user for one in reader.speaking),
        "without_login": reader.without_login,
        **(login_words(user) if user else {}),
    }
    return send_letter(
        template="members/mail/approved",
        subject="入会承認のお知らせ",
        recipients=[login_recipient(user) if user else Recipient(email=reader.email)],
        context=context,
        at=at,
        reference=reference_of(decision),
    )


def approval_words(decision: Decision) -> dict[str, object]:
    """What the letter says, on screen and on paper."""
    return {
        "application": decision.application,
        "decision": decision,
        "category": Category(decision.category).label,
        "revised": decision.supersedes_id is not None,
        "my_url": absolute(reverse("portal:my")),
        "directory_url": absolute(reverse("members:directory")),
    }


def refusal_letters(*, decision: Decision, at: datetime) -> list[Message]:
    """Only the text for the applicant."""
    return _to_applicant("declined", "入会申込の審査結果のお知らせ", decision, at)


def revocation_letters(
    *, decision: Decision, ended_on: date, readers: Iterable[str], at: datetime
) -> list[Message]:
    """An approval was taken back: to the applicant and to those who stood for the member."""
    return _to_applicant(
        "revoked", "入会承認の取消しのお知らせ", decision, at, ended_on=ended_on, more=readers
    )


def _to_applicant(
    template: str,
    subject: str,
    decision: Decision,
    at: datetime,
    *,
    more: Iterable[str] = (),
    **context: object,
) -> list[Message]:
    readers = dict.fromkeys([*applicant_mailboxes(decision.application), *more])
    if not readers:
        return []
    letter = send_letter(
        template=f"members/mail/{template}",
        subject=subject,
        recipients=[Recipient(email=email) for email in readers],
        context={
            "application": decision.application,
            "decision": decision,
            "revised": decision.supersedes_id is not None,
            **context,
        },
        at=at,
        reference=reference_of(decision),
    )
    return [letter]


def paper_letter(*, decision: Decision) -> dict[str, Any]:
    """The same words for a sheet of paper or a fax, for who reads no mail; without a login."""
    day = timezone.localdate(decision.decided_at)
    words = approval_words(decision) if decision.category else {}
    known = words | {
        "application": decision.application,
        "decision": decision,
        "revised": decision.supersedes_id is not None,
        "people": [one for one in decision.application.contacts.all() if one.name],
        "ended_on": _ended_on(decision),
        "day": day,
    }
    body = render_to_string(f"members/mail/{_template_of(decision)}.txt", known)
    return {
        "application": decision.application,
        "decision": decision,
        "paragraphs": _BLANK.split(body.strip()),
        "day": day,
        "sender": sender_identity_on(day),
    }


def _template_of(decision: Decision) -> str:
    if decision.verdict == Verdict.APPROVED:
        return "approved"
    return "revoked" if decision.supersedes_id is not None else "declined"


def _ended_on(decision: Decision) -> date | None:
    """From when a revoked membership is none; its first day when it never began."""
    old = decision.supersedes
    if old is None:
        return None
    period = Membership.objects.filter(number=old.number).first()
    return (period.valid_until if period else None) or old.member_from
