"""Letters about who takes part in a subcommittee."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from mailing.letters import absolute, send_letter
from mailing.models import Address
from mailing.outbox import Recipient
from members.models import Organization
from members.queries.mailboxes import mailboxes_of
from subcommittees.models import ParticipationRequest, Subcommittee

_TO_ORGANIZATION = {
    "asked": "{}への参加のお申込みを受け付けました",
    "approved": "{}への参加のお申込みの結果",
    "declined": "{}への参加のお申込みの結果",
    "joined": "{}に参加されました",
    "left": "{}への参加の終了",
}
_TO_LEADS = {
    "asked": "{}への参加の申込みがあります",
    "retracted": "{}への参加の申込みの取下げ",
    "joined": "{}に団体が加わりました",
    "left": "{}から団体がぬけました",
}


def told_organization(
    what: str,
    subcommittee: Subcommittee,
    organization: Organization,
    *,
    at: datetime,
    participation: ParticipationRequest | None = None,
) -> None:
    """To the mailbox of the organisation that asks, joins or leaves."""
    boxes = mailboxes_of([organization.pk], timezone.localdate(at))
    _send(
        f"organization_{what}", _TO_ORGANIZATION[what], subcommittee, organization,
        boxes.values(), at=at, participation=participation,
    )  # fmt: skip


def told_leads(
    what: str,
    subcommittee: Subcommittee,
    organization: Organization,
    *,
    at: datetime,
    participation: ParticipationRequest | None = None,
    reason: str = "",
) -> None:
    """To the lead organisations, one mailbox each."""
    day = timezone.localdate(at)
    leads = subcommittee.body.seats.standing_on(day).leading()
    boxes = mailboxes_of(leads.values_list("organization", flat=True), day)
    _send(
        f"leads_{what}", _TO_LEADS[what], subcommittee, organization,
        boxes.values(), at=at, participation=participation, reason=reason,
    )  # fmt: skip


def _send(
    template: str,
    subject: str,
    subcommittee: Subcommittee,
    organization: Organization,
    boxes: Iterable[Address],
    *,
    at: datetime,
    participation: ParticipationRequest | None = None,
    reason: str = "",
) -> None:
    recipients = [Recipient(address=box) for box in dict.fromkeys(boxes)]
    if not recipients:
        return
    name = subcommittee.body.name
    page = absolute(reverse("subcommittees:subcommittee", args=[subcommittee.number]))
    send_letter(
        template=f"subcommittees/mail/{template}",
        subject=subject.format(name),
        recipients=recipients,
        context={
            "name": name,
            "theme": subcommittee.theme,
            "organization": organization.shown_name,
            "participation": participation,
            "reason": reason,
            "page": page,
            "requests": absolute(reverse("subcommittees:requests", args=[subcommittee.number])),
            "join": absolute(reverse("subcommittees:join", args=[subcommittee.number])),
        },
        at=at,
        reference=f"subcommittee:{subcommittee.number}",
    )
