"""Letters about who stands for an organisation, to the people concerned."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from mailing.letters import absolute, send_letter
from mailing.models import Address
from mailing.outbox import Recipient
from members.choices import SPEAKING_DUTIES, Duty
from members.models import Affiliation, Organization


def handover_booked(*, opened: Sequence[Affiliation], actor: User | None, at: datetime) -> None:
    """To who leaves and to the other contacts. The successor has a letter of their own."""
    _tell_of_handover("handover_booked", "担当者の交代のお知らせ", opened, actor=actor, at=at)


def handover_cancelled(*, opened: Sequence[Affiliation], actor: User | None, at: datetime) -> None:
    """To everybody who was told of the handover, the successor too."""
    title = "担当者の交代の取りやめのお知らせ"
    _tell_of_handover("handover_cancelled", title, opened, actor=actor, at=at, successor=True)


def taken_in(*, affiliation: Affiliation, at: datetime) -> None:
    """To somebody who gets mails for an organisation, without a login."""
    organization = affiliation.organization
    _send(
        "taken_in", "連絡先の登録のお知らせ", organization, _mailboxes([affiliation]), at,
        name=affiliation.person.name, duty=affiliation.get_duty_display(),
        starts_on=affiliation.valid_from,
    )  # fmt: skip


def colleague_added(*, affiliation: Affiliation, actor: User | None, at: datetime) -> None:
    """To the contacts who are there already: somebody more acts for the organisation."""
    organization = affiliation.organization
    others = _others(organization, timezone.localdate(at), without=affiliation.person_id)
    _send(
        "colleague_added", "担当者の追加のお知らせ", organization, others, at,
        name=affiliation.person.name, duty=affiliation.get_duty_display(),
        starts_on=affiliation.valid_from, by=_name(actor),
    )  # fmt: skip


def colleague_ended(
    *, rows: Sequence[Affiliation], until: date, actor: User | None, at: datetime
) -> None:
    """To who leaves and to the other contacts."""
    organization, person = rows[0].organization, rows[0].person
    others = _others(organization, timezone.localdate(at), without=person.pk)
    _send(
        "colleague_ended", "担当者の登録の終了のお知らせ", organization,
        [*_mailboxes(rows), *others], at, name=person.name, until=until, by=_name(actor),
    )  # fmt: skip


def mailbox_changed(
    *, organization: Organization, name: str, before: str, after: str,
    actor: User | None, at: datetime,
) -> None:  # fmt: skip
    """To the old mailbox and the new one, so that a change nobody wanted does not stay unseen."""
    _send(
        "mailbox_changed", "連絡先メールアドレスの変更のお知らせ", organization,
        [email for email in (before, after) if email], at,
        name=name, before=before, after=after, by=_name(actor),
    )  # fmt: skip


def _tell_of_handover(
    template: str,
    subject: str,
    opened: Sequence[Affiliation],
    *,
    actor: User | None,
    at: datetime,
    successor: bool = False,
) -> None:
    first = opened[0]
    organization, leaving = first.organization, [row.predecessor for row in opened]
    before = [row for row in leaving if row is not None]
    others = _others(organization, timezone.localdate(at), without=first.person_id)
    told = [*_mailboxes(before), *others, *(_mailboxes(opened) if successor else [])]
    _send(
        template, subject, organization, told, at,
        before=before[0].person.name, after=first.person.name, effective_on=first.valid_from,
        duties=[Duty(row.duty).label for row in opened], by=_name(actor),
    )  # fmt: skip


def _others(organization: Organization, day: date, *, without: int) -> list[str]:
    """Who may act for the organisation on `day`, and its own mailbox."""
    rows = (
        Affiliation.objects.active_on(day)
        .filter(organization=organization, duty__in=SPEAKING_DUTIES)
        .exclude(person=without)
        .select_related("address")
    )
    own: list[Address | None] = [organization.mailbox]
    return [*_mailboxes(rows), *(address.email for address in own if address is not None)]


def _mailboxes(rows: Iterable[Affiliation]) -> list[str]:
    return [row.address.email for row in rows if row.address is not None]


def _name(actor: User | None) -> str:
    """Who did it: a contact by name, the secretariat as such."""
    return actor.get_full_name() if actor is not None and not actor.is_staff else ""


def _send(
    template: str,
    subject: str,
    organization: Organization,
    mailboxes: Iterable[str],
    at: datetime,
    **words: object,
) -> None:
    recipients = [Recipient(email=email) for email in dict.fromkeys(mailboxes)]
    if not recipients:
        return
    page = absolute(reverse("organizations:home", kwargs={"slug": organization.slug}))
    send_letter(
        template=f"members/mail/{template}",
        subject=subject,
        recipients=recipients,
        context={"organization": organization.name, "page_url": page, **words},
        at=at,
        reference=f"organization:{organization.pk}",
    )
