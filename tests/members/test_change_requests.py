"""変更届: asked by the member, decided by the secretariat, applied as a whole or not at all."""

from datetime import date, datetime, timedelta

import pytest

from accounts.choices import Role
from core.audit.models import Act
from core.japan.calendar import TOKYO
from mailing.models import Envelope, Message
from members.choices import Category, Duty, Reception, RequestStatus
from members.errors import (
    FieldsRefusedError,
    ImpossibleDateError,
    MembersError,
    NotAMemberError,
    NothingChangesError,
    NumberTakenError,
    TooLateError,
)
from members.models import ChangeRequest, Organization, OrganizationName
from members.queries.registered import differences_of, representative_on
from members.services.change_requests import (
    accept_change,
    answer_returned_change,
    ask_change,
    refuse_change,
    retract_change,
    return_change,
)
from tests.factories.accounts import make_staff, make_user
from tests.factories.mailing import AddressFactory
from tests.factories.members import AffiliationFactory, MemberFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 10, 0, tzinfo=TOKYO)
TODAY = date(2026, 11, 23)
GOOD_NUMBER = "7000012050002"


@pytest.fixture
def member():
    return MemberFactory(
        name="特定非営利活動法人見本の会", name_kana="みほんのかい", corporate_number=""
    )


@pytest.fixture
def contact(member):
    made = AffiliationFactory(organization=member)
    made.person.user = make_user(email="contact@example.jp")
    made.person.save(update_fields=["user"])
    return made


@pytest.fixture
def officer():
    return make_staff(Role.OFFICER)


def ask(organization, changes, **more):
    given = {
        "effective_on": TODAY,
        "message": "",
        "channel": Reception.WEB,
        "received_on": TODAY,
        "asked_by": None,
        "asked_by_name": "見本 花子",
        "actor": None,
        "at": AT,
    }
    return ask_change(organization=organization, changes=changes, **(given | more))


def accept(asked, officer, **more):
    given = {"effective_on": asked.effective_on, "actor": officer, "at": AT}
    return accept_change(change_request=asked, **(given | more))


def representative(member, name="前 代表", **more):
    return AffiliationFactory(
        organization=member, duty=Duty.REPRESENTATIVE, person__name=name, title="理事長", **more
    )


# --- asking ---------------------------------------------------------------------------------------


def test_only_what_differs_is_kept_with_what_was_registered(member):
    asked = ask(member, {"name": "NPO法人新見本", "name_kana": "みほんのかい", "kind": "npo"})
    assert asked.changes == {"name": {"old": member.name, "new": "NPO法人新見本"}}
    assert asked.receipt_number.startswith("変2026-")
    assert asked.due_on == date(2026, 11, 30)  # five working days after the holiday


def test_nothing_that_differs_is_no_request(member):
    assert ask(member, {"name": member.name, "category": "regular"}) is None
    assert not ChangeRequest.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("corporate_number", "1234567890123", "検査数字"),
        ("corporate_number", "12", "検査数字"),
        ("local_government_code", "130002", "団体コード"),
        ("name", " ", "正式名称"),
        ("name", "あ" * 201, "200文字"),
        ("name", "あ" * 10_000_000, "200文字"),
        ("name_kana", "見本の会", "ひらがな"),
        ("kind", "guild", "選んでください"),
        ("category", "", "会員区分"),
        ("representative_kana", "見本", "ひらがな"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(member, field, value, says):
    with pytest.raises(FieldsRefusedError) as refusal:
        ask(member, {field: value, "display_name": "見本"})
    assert list(refusal.value.by_field) == [field]
    assert says in refusal.value.by_field[field]
    assert not ChangeRequest.objects.exists()


def test_what_is_pasted_is_cleaned(member):
    asked = ask(
        member,
        {"name": "\x00新\u202e見本\n", "name_kana": "ﾐﾎﾝ", "corporate_number": "7000-0120-5000-2"},
    )
    new = {key: change["new"] for key, change in asked.changes.items()}
    assert new == {"name": "新見本", "name_kana": "ミホン", "corporate_number": GOOD_NUMBER}


def test_a_second_request_about_the_same_fact_waits_for_the_first(member):
    first = ask(member, {"name": "新見本"})
    with pytest.raises(FieldsRefusedError, match=first.receipt_number):
        ask(member, {"name": "別の見本"})
    other = ask(member, {"display_name": "みほん"})
    retract_change(change_request=first, actor=None, at=AT)
    assert ask(member, {"name": "別の見本"}).receipt_number > other.receipt_number


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1867, 12, 31), date(9999, 12, 31)])
def test_an_impossible_day_is_refused(member, day):
    with pytest.raises(ImpossibleDateError):
        ask(member, {"name": "新見本"}, effective_on=day)


def test_it_cannot_have_come_tomorrow_but_last_month(member):
    with pytest.raises(ImpossibleDateError):
        ask(member, {"name": "新見本"}, received_on=TODAY + timedelta(days=1))
    asked = ask(member, {"name": "新見本"}, received_on=date(2026, 10, 1), channel=Reception.FAX)
    assert asked.received_on == date(2026, 10, 1)


def test_who_is_no_member_asks_for_nothing():
    gone = MemberFactory(membership__valid_until=date(2024, 4, 1))
    with pytest.raises(NotAMemberError):
        ask(gone, {"name": "新見本"})


def test_words_have_an_end(member):
    with pytest.raises(MembersError, match="800"):
        ask(member, {"name": "新見本"}, message="あ" * 801)


def test_the_asker_gets_a_letter_and_the_shared_mailbox_hears_of_weighty_things(member, contact):
    member.mailbox = AddressFactory(email="info@mihon.example")
    member.save(update_fields=["mailbox"])
    user = contact.person.user
    ask(member, {"display_name": "みほん"}, asked_by=user, actor=user)
    ask(member, {"name": "新見本"}, asked_by=user, actor=user)
    told = [
        sorted(message.envelopes.values_list("address__email", flat=True))
        for message in Message.objects.order_by("pk")
    ]
    assert told == [[user.email], sorted([user.email, "info@mihon.example"])]
    text = Message.objects.latest("pk").text
    assert "新見本" in text
    assert member.name in text.replace("\n", "")


def test_what_came_on_paper_is_answered_to_the_main_contact(member, contact, officer):
    asked = ask(member, {"kind": "certified_npo"}, channel=Reception.FAX, actor=officer)
    assert asked.received_by == officer
    assert Envelope.objects.get().address == contact.address


# --- deciding -------------------------------------------------------------------------------------


def test_accepting_a_name_keeps_the_former_one(member, officer):
    asked = ask(
        member, {"name": "新見本", "name_kana": "しんみほん"}, effective_on=date(2026, 11, 1)
    )
    accept(asked, officer)
    member.refresh_from_db()
    assert (member.name, member.name_kana) == ("新見本", "しんみほん")
    former = OrganizationName.objects.get()
    assert (former.name, former.valid_until) == ("特定非営利活動法人見本の会", date(2026, 11, 1))
    asked.refresh_from_db()
    assert (asked.status, asked.decided_by, asked.decided_at) == ("accepted", officer, AT)
    assert Organization.objects.search("見本の会").get() == member
    assert Act.objects.filter(verb="members.change_request.accepted").count() == 1


def test_a_name_of_tomorrow_is_not_accepted_today(member, officer):
    asked = ask(member, {"name": "新見本"}, effective_on=date(2026, 12, 21))
    assert asked.due_on == date(2026, 12, 21)
    with pytest.raises(ImpossibleDateError, match="令和8年12月21日"):
        accept(asked, officer)
    asked.refresh_from_db()
    assert asked.status == RequestStatus.RECEIVED
    later = datetime(2026, 12, 21, 9, 0, tzinfo=TOKYO)
    accept(asked, officer, at=later)
    member.refresh_from_db()
    assert member.name == "新見本"


def test_a_category_is_booked_ahead(member, officer):
    asked = ask(member, {"category": "supporting"}, effective_on=date(2027, 4, 1))
    accept(asked, officer, number="賛0009")
    on_the_day = member.memberships.active_on(date(2027, 4, 1)).get()
    assert (on_the_day.category, on_the_day.number) == (Category.SUPPORTING, "賛0009")
    assert member.memberships.active_on(date(2027, 3, 31)).get().category == Category.REGULAR


def test_a_new_representative_follows_the_old_one(member, officer):
    old = representative(member)
    asked = ask(
        member,
        {"representative_name": "新 代表", "representative_title": "会長"},
        effective_on=date(2027, 4, 1),
    )
    accept(asked, officer)
    assert representative_on(member, date(2027, 3, 31)) == old
    new = representative_on(member, date(2027, 4, 1))
    assert (new.person.name, new.title) == ("新 代表", "会長")


def test_a_deputy_who_moves_up_stays_one_person(member, officer):
    deputy = AffiliationFactory(organization=member, duty=Duty.DEPUTY, person__name="副 会長")
    accept(ask(member, {"representative_name": "副 会長"}), officer)
    assert representative_on(member, TODAY).person == deputy.person


def test_the_same_representative_spelled_otherwise_is_no_successor(member, officer):
    old = representative(member, name="高橋 誠")
    asked = ask(
        member,
        {
            "representative_name": "髙橋 誠",
            "representative_kana": "たかはし まこと",
            "representative_title": "代表理事",
        },
    )
    accept(asked, officer)
    now = representative_on(member, TODAY)
    assert now.pk == old.pk
    assert (now.person.name, now.person.name_kana) == ("髙橋 誠", "たかはし まこと")
    assert now.title == "代表理事"


def test_a_representative_may_leave_the_post_empty(member, officer):
    representative(member)
    accept(ask(member, {"representative_name": "", "representative_title": ""}), officer)
    assert representative_on(member, TODAY) is None


def test_plain_facts_are_written_together(member, officer):
    asked = ask(
        member,
        {
            "kind": "certified_npo",
            "display_name": "みほん",
            "corporate_number": GOOD_NUMBER,
            "local_government_code": "131016",
        },
    )
    accept(asked, officer)
    member.refresh_from_db()
    assert (member.kind, member.display_name) == ("certified_npo", "みほん")
    assert (member.corporate_number, member.local_government_code) == (GOOD_NUMBER, "131016")
    assert Organization.objects.search(GOOD_NUMBER).get() == member


def test_a_number_that_another_has_applies_nothing(member, officer):
    MemberFactory(corporate_number=GOOD_NUMBER)
    asked = ask(member, {"name": "新見本", "corporate_number": GOOD_NUMBER})
    letters = Message.objects.count()
    with pytest.raises(NumberTakenError):
        accept(asked, officer)
    member.refresh_from_db()
    asked.refresh_from_db()
    assert member.name == "特定非営利活動法人見本の会"
    assert not OrganizationName.objects.exists()
    assert asked.status == RequestStatus.RECEIVED
    assert Message.objects.count() == letters


def test_what_has_been_registered_meanwhile_is_left_alone(member, officer):
    asked = ask(member, {"display_name": "みほん", "kind": "certified_npo"})
    Organization.objects.filter(pk=member.pk).update(display_name="みほん", kind="company")
    asked = ChangeRequest.objects.get()
    by_key = {line.key: line for line in differences_of(asked, TODAY)}
    assert by_key["display_name"].done
    assert by_key["kind"].moved
    assert by_key["kind"].now == "株式会社"
    accept(asked, officer)
    member.refresh_from_db()
    assert member.kind == "certified_npo"


def test_a_refusal_says_why_and_changes_nothing(member, contact, officer):
    asked = ask(member, {"name": "新見本"}, asked_by=contact.person.user)
    with pytest.raises(MembersError):
        refuse_change(change_request=asked, answer=" ", actor=officer, at=AT)
    refuse_change(change_request=asked, answer="登記の写しが必要です。", actor=officer, at=AT)
    member.refresh_from_db()
    assert member.name == "特定非営利活動法人見本の会"
    assert "登記の写しが必要です。" in Message.objects.latest("pk").text


def test_a_question_and_its_answer(member, contact, officer):
    user = contact.person.user
    asked = ask(member, {"name": "新見本"}, message="名前を変えました", asked_by=user)
    return_change(change_request=asked, answer="登記の日はいつですか。", actor=officer, at=AT)
    assert "登記の日はいつですか。" in Message.objects.latest("pk").text
    answer_returned_change(
        change_request=asked,
        changes={"name": "新しい見本"},
        message="11月1日です。",
        actor=user,
        at=AT,
    )
    asked.refresh_from_db()
    assert asked.status == RequestStatus.RECEIVED
    assert asked.changes["name"]["new"] == "新しい見本"
    assert asked.message == "名前を変えました\n\n令和8年11月23日\n11月1日です。"


def test_an_answer_that_asks_for_nothing_is_a_retraction(member, officer):
    asked = ask(member, {"name": "新見本"})
    return_change(change_request=asked, answer="本当ですか。", actor=officer, at=AT)
    with pytest.raises(NothingChangesError):
        answer_returned_change(
            change_request=asked, changes={"name": member.name}, message="", actor=None, at=AT
        )
    asked.refresh_from_db()
    assert asked.status == RequestStatus.RETURNED


def test_who_comes_second_is_told_by_whom(member, officer):
    asked = ask(member, {"display_name": "みほん"})
    accept(asked, officer)
    for act in (refuse_change, return_change):
        with pytest.raises(TooLateError, match="受理"):
            act(change_request=asked, answer="だめです", actor=make_staff(Role.OFFICER), at=AT)
    with pytest.raises(TooLateError, match=officer.get_full_name()):
        accept(asked, make_staff(Role.OFFICER))


def test_a_member_without_any_mailbox_gets_no_letter(member, officer):
    asked = ask(member, {"display_name": "みほん"}, channel=Reception.PHONE, actor=officer)
    accept(asked, officer)
    assert not Message.objects.exists()
