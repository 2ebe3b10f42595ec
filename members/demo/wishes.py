"""What members have asked for, and the yearly round."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from core.japan.calendar import fiscal_year
from members.choices import ConfirmationStatus, Duty, Reception
from members.demo.history import main_contact, member, next_april
from members.models import Affiliation, ChangeRequest, Confirmation, ConfirmationRound, Organization
from members.services.change_requests import ask_change, refuse_change
from members.services.leaving import file_withdrawal

_SILENT = 24  # members that have not answered the last round


def seed_wishes(actor: User, at: datetime) -> None:
    day = timezone.localdate(at)
    _ask("会0010", {"name": "特定非営利活動法人見本まちの居場所"}, day, at)
    refused = _ask("会0011", {"category": "supporting"}, day, at)
    if refused is not None:
        refuse_change(
            change_request=refused,
            answer="賛助会員は活動を支える団体の区分です。活動を続けられる場合は会員のままです。",
            actor=actor, at=at,
        )  # fmt: skip
    file_withdrawal(
        organization=member("会0101"), leaving_on=next_april(at),
        message="年度末で活動を終えます。", channel=Reception.FAX,
        received_on=day - timedelta(days=3), asked_by=None,
        asked_by_name="見本 一郎", actor=actor, at=at,
    )  # fmt: skip
    _confirm(actor, at)


def _ask(number: str, changes: dict[str, str], day: date, at: datetime) -> ChangeRequest | None:
    contact = main_contact(number)
    return ask_change(
        organization=member(number), changes=changes, effective_on=day, message="",
        channel=Reception.WEB, received_on=day, asked_by=contact.person.user,
        asked_by_name=contact.person.name, actor=contact.person.user, at=at,
    )  # fmt: skip


def _confirm(actor: User, at: datetime) -> None:
    """The round of last June, as a finished record: nobody is written to once more."""
    year = fiscal_year(timezone.localdate(at))
    if timezone.localdate(at) < date(year, 7, 1):
        year -= 1
    opened, due = date(year, 6, 1), date(year, 6, 30)
    round_ = ConfirmationRound.objects.create(
        title=f"{year}年度の登録内容の確認", opens_on=opened, due_on=due,
        sent_at=_noon(opened), sent_by=actor, closed_at=_noon(due + timedelta(days=14)),
        created_at=_noon(opened),
    )  # fmt: skip
    asked = list(Organization.objects.active_on(opened).order_by("pk"))
    answered = asked[:-_SILENT]
    contacts = Affiliation.objects.filter(duty=Duty.PRIMARY).select_related("person", "address")
    main = {row.organization_id: row for row in contacts.order_by("-position")}
    days = {row.pk: opened + timedelta(days=n % 29) for n, row in enumerate(answered)}
    Confirmation.objects.bulk_create(
        _confirmation(round_, row, main.get(row.pk), days.get(row.pk)) for row in asked
    )
    for row in answered:
        row.confirmed_on = days[row.pk]
    Organization.objects.bulk_update(answered, ["confirmed_on"])


def _confirmation(
    round_: ConfirmationRound, row: Organization, main: Affiliation | None, day: date | None
) -> Confirmation:
    """What the member was asked and, from `day` on, has answered."""
    asked = Confirmation(round=round_, organization=row, address=main.address if main else None)
    if day is not None:
        asked.status, asked.channel = ConfirmationStatus.UNCHANGED, Reception.WEB
        asked.answered_at = _noon(day)
        asked.answered_by = main.person.name if main else ""
    return asked


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
