"""Letters about leaving: to everybody who speaks for the member, and to whoever asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from mailing.letters import absolute, send_letter
from mailing.models import Message
from mailing.outbox import Recipient
from members.access import can_act_for
from members.models import Withdrawal
from members.queries.leaving import speaking_mailboxes


def withdrawal_received(*, withdrawal: Withdrawal, at: datetime) -> Message | None:
    return _send("withdrawal_received", "退会届を受け付けました", withdrawal, at)


def withdrawal_returned(*, withdrawal: Withdrawal, at: datetime) -> Message | None:
    return _send("withdrawal_returned", "退会届について確認したいことがあります", withdrawal, at)


def withdrawal_accepted(*, withdrawal: Withdrawal, at: datetime) -> Message | None:
    return _send("withdrawal_accepted", "退会の手続きが終わりました", withdrawal, at)


def withdrawal_refused(*, withdrawal: Withdrawal, at: datetime) -> Message | None:
    return _send("withdrawal_refused", "退会届へのお返事", withdrawal, at)


def withdrawal_retracted(*, withdrawal: Withdrawal, at: datetime) -> Message | None:
    return _send("withdrawal_retracted", "退会の取りやめを承りました", withdrawal, at)


def expelled(*, withdrawal: Withdrawal, at: datetime) -> Message | None:
    return _send("expelled", "除名の議決についてのお知らせ", withdrawal, at)


def expulsion_taken_back(*, withdrawal: Withdrawal, at: datetime) -> Message | None:
    return _send("expulsion_taken_back", "除名を取り消しました", withdrawal, at)


def readers_of(withdrawal: Withdrawal, at: datetime) -> list[str]:
    """The mailboxes of its letters, each once; none when the member has to be told another way."""
    day, asker = timezone.localdate(at), withdrawal.asked_by
    found = dict.fromkeys(speaking_mailboxes(withdrawal.organization, day))
    if asker is not None and can_act_for(asker, withdrawal.organization, day):
        found.setdefault(asker.email)
    return list(found)


def _send(template: str, subject: str, withdrawal: Withdrawal, at: datetime) -> Message | None:
    readers = readers_of(withdrawal, at)
    if not readers:
        return None
    return send_letter(
        template=f"members/mail/{template}",
        subject=subject,
        recipients=[Recipient(email=email) for email in readers],
        context=_known(withdrawal),
        at=at,
        reference=f"withdrawal:{withdrawal.pk}",
    )


def _known(withdrawal: Withdrawal) -> Mapping[str, Any]:
    return {
        "withdrawal": withdrawal,
        "organization": withdrawal.organization,
        "leaving_on": withdrawal.leaving_on,
        "last_day": withdrawal.leaving_on - timedelta(days=1),
        "my_page": absolute(reverse("portal:my")),
    }
