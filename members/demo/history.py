"""Names, mergers, moves and departures; the 257 members of 2022-06-15 stay what they were."""

from datetime import date, datetime

from accounts.models import User
from core.japan.calendar import fiscal_year
from members.choices import Category, Duty, EndReason, LinkKind, PublicField, Target
from members.models import Affiliation, Organization, OrganizationLink
from members.services import (
    Contact,
    change_category,
    end_membership,
    rename_organization,
)
from members.services.contacts import add_contact
from members.services.handover import hand_over_person
from members.services.leaving import expel
from members.services.merging import merge_organizations
from members.services.profile import update_profile

# Of these, two act for two organisations: (mailbox's member, the other one).
_SHARED = ("賛0001", "賛0002")


def member(number: str) -> Organization:
    """The organisation that has or had this member number."""
    return Organization.objects.get(memberships__number=number)


def main_contact(number: str) -> Affiliation:
    """Who the office calls at the organisation with this number; some have an account."""
    found = Affiliation.objects.filter(organization__memberships__number=number, duty=Duty.PRIMARY)
    return found.select_related("person__user", "address", "organization").order_by("position")[0]


def next_april(at: datetime) -> date:
    """The first day of the coming fiscal year: 人事異動 and withdrawals are booked for it."""
    return date(fiscal_year(at.date()) + 1, 4, 1)


def seed_history(actor: User, at: datetime) -> None:
    rename_organization(
        organization=member("会0020"), name="特定非営利活動法人見本ひだまり広場",
        name_kana="トクテイヒエイリカツドウホウジンミホンヒダマリヒロバ",
        effective_on=date(2023, 10, 1), actor=actor, at=at,
    )  # fmt: skip
    merge_organizations(
        absorbed=member("会0031"), survivor=member("会0030"), on=date(2024, 4, 1),
        moving=[main_contact("会0031")], actor=actor, at=at, reason="活動地域が重なるため",
    )  # fmt: skip
    change_category(
        organization=member("協0090"), category=Category.REGULAR,
        effective_on=date(2025, 4, 1), actor=actor, at=at,
    )  # fmt: skip
    end_membership(
        organization=member("会0100"), until=date(2025, 4, 1), reason=EndReason.WITHDRAWN,
        note="活動の終了による", actor=actor, at=at,
    )  # fmt: skip
    expel(
        organization=member("会0120"), until=date(2024, 10, 1),
        resolution="令和6年度第2回幹事会 議案3",
        resolved_on=date(2024, 9, 20), heard_on=date(2024, 9, 2),
        note="規約に反する勧誘が続いたため", actor=actor, at=at,
    )  # fmt: skip
    OrganizationLink.objects.create(
        organization=member("会0041"), kind=LinkKind.BRANCH_OF, other=member("会0040"),
        since=date(2022, 2, 25),
    )  # fmt: skip
    _book(actor, at)
    _release(actor, at)
    _share_a_contact(actor, at)


def _book(actor: User, at: datetime) -> None:
    """What is known to come on the first of April."""
    change_category(
        organization=member("賛0005"), category=Category.REGULAR, effective_on=next_april(at),
        actor=actor, at=at,
    )  # fmt: skip
    hand_over_person(
        leaving=[main_contact("会0012")],
        successor=Contact(
            name="見本 あおい", name_kana="ミホン アオイ", email="successor@org012.example",
            department="事務局",
        ),
        effective_on=next_april(at), newsletter=True, actor=actor, at=at,
    )  # fmt: skip


def _release(actor: User, at: datetime) -> None:
    """Profiles as members keep them themselves."""
    everything = [choice.value for choice in PublicField if choice != PublicField.REPRESENTATIVE]
    rows = (
        ("会0001", "夜間のチャット相談と、相談員の研修を行っています。",
         [Target.CHILDREN, Target.EVERYBODY]),
        ("会0010", "商店街の空き店舗で、毎日開く居場所を続けています。",
         [Target.ELDERLY, Target.WITHDRAWN]),
        ("賛0001", "立ち上げから3年までの居場所づくりに助成しています。", [Target.EVERYBODY]),
    )  # fmt: skip
    for number, summary, targets in rows:
        values = {
            "summary": summary,
            "targets": [target.value for target in targets],
            "public_fields": everything,
        }
        update_profile(organization=member(number), values=values, actor=actor, at=at)


def _share_a_contact(actor: User, at: datetime) -> None:
    """One person, two organisations: the page asks for which of them they act."""
    first, second = _SHARED
    main = main_contact(first)
    add_contact(
        organization=member(second),
        contact=Contact(
            person=main.person, email=str(main.address or ""), department="事務局"
        ),
        duty=Duty.DEPUTY, valid_from=date(2023, 4, 1), actor=actor, at=at,
    )  # fmt: skip
