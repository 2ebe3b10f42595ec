"""Letters about decisions on applications. The internal reason never enters one."""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse

from mailing.models import Message
from mailing.outbox import Recipient
from members.choices import Category
from members.emails.letter import absolute, send_letter
from members.emails.logins import login_recipient, login_words
from members.models import Affiliation, Decision
from members.queries.decisions import Reader, applicant_mailboxes, readers_of, reference_of


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
        template="approved",
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
        template=template,
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
