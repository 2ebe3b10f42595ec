"""The magazine column. A refusal always counts; a list never lifts one (nor a suspension)."""

from datetime import datetime

from accounts.models import User
from mailing.choices import AddressStatus, Channel, ConsentAction, Purpose
from mailing.models import Address, Consent
from members.roster.columns import Column, wish_word
from members.roster.stock import Stock
from members.roster.work import Outcome, RowReport, Work

WORDING = "会員名簿のメルマガ欄「{word}」"


def plan_wishes(
    wishes: dict[str, list[tuple[RowReport, bool]]],
    stock: Stock,
    work: Work,
    *,
    actor: User | None,
    at: datetime,
) -> None:
    for email, told in wishes.items():
        address = stock.addresses[email]
        wanted = all(wish for _report, wish in told)
        _tell_about_mailbox(address, told, wanted=wanted)
        standing = stock.wish(address)
        if standing is wanted:
            continue
        if wanted and standing is False:
            _notice(told, "配信停止の申し出があるため、メルマガは「希望しない」のままにします。")
            continue
        for report, _wish in told:
            if report.outcome is not Outcome.CREATE:
                report.change(Column.NEWSLETTER, wish_word(standing), wish_word(wanted))
        work.consents.append(
            Consent(
                address=address,
                purpose=Purpose.NEWSLETTER,
                action=ConsentAction.GIVEN if wanted else ConsentAction.WITHDRAWN,
                at=at,
                channel=Channel.IMPORT,
                wording=WORDING.format(word=wish_word(wanted)),
                recorded_by=actor,
            )
        )


def _tell_about_mailbox(
    address: Address, told: list[tuple[RowReport, bool]], *, wanted: bool
) -> None:
    if address.status == AddressStatus.SUSPENDED:
        _notice(told, f"{address.email} は不達のため配信を止めています。取込では再開しません。")
    if not wanted and any(wish for _report, wish in told):
        _notice(told, f"{address.email} は「希望しない」の行もあるため、配信しません。")


def _notice(told: list[tuple[RowReport, bool]], sentence: str) -> None:
    for report, _wish in told:
        report.notices.append(sentence)
