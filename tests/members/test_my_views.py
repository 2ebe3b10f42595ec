"""`/my/` and below: whose page it is, from when until when, and what may be sent to it."""

import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from mailing.choices import ConsentAction
from mailing.models import Address, Consent
from members.choices import Category, Duty, EndReason, PublicField, RequestStatus
from members.models import Affiliation, ChangeRequest, Organization, Withdrawal
from members.services import change_category, end_membership
from members.services.change_requests import refuse_change, return_change
from tests.factories.accounts import make_staff, make_user
from tests.factories.mailing import AddressFactory, ConsentFactory, SenderIdentityFactory
from tests.factories.members import (
    AffiliationFactory,
    ChangeRequestFactory,
    ConfirmationFactory,
    MemberFactory,
    PersonFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PAGES = (
    "home", "history", "edit", "add", "correct", "end", "handover", "change", "withdraw",
)  # fmt: skip
POSTS = (
    "edit", "add", "correct", "end", "handover", "handover_cancel", "change", "withdraw",
    "withdraw_retract", "magazine",
)  # fmt: skip
PERSON = {"name": "後任 花子", "name_kana": "こうにん はなこ", "email": "next@member.example"}


@pytest.fixture(autouse=True)
def noon():
    SenderIdentityFactory()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def contact():
    return AffiliationFactory(
        person=PersonFactory(name="見本 太郎", user=make_user("taro@member.example", "見本 太郎")),
        address__email="taro@member.example",
        organization__phone="03-0000-1111",
        organization__name="特定非営利活動法人見本あおぞら",
    )


@pytest.fixture
def own(client, contact):
    client.force_login(contact.person.user)
    return client


def url(name, organization, **kwargs):
    return reverse(f"organizations:{name}", kwargs={"slug": organization.slug, **kwargs})


def page_url(name, contact):
    about = {"person": contact.person.public_id}
    return url(
        name, contact.organization,
        **(about if name in {"correct", "end", "handover_cancel"} else {}),
    )  # fmt: skip


def day(name, value):
    year, month, number = value.split("-")
    return {f"{name}_year": year, f"{name}_month": month, f"{name}_day": number}


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def profile_data(client, organization, **changed):
    """The edit form as it is shown, with some fields written over."""
    form = client.get(url("edit", organization)).context["form"]
    return {**sent(form), **changed}


def sent(form):
    """What a browser would send if nobody touched anything."""
    shown = {name: form[name].value() for name in form.fields}
    return {name: value or "" for name, value in shown.items() if value != []}


class TestWhosePageItIs:
    @pytest.mark.parametrize("name", PAGES)
    def test_mine_opens_and_says_for_whom(self, own, contact, name):
        answer = own.get(page_url(name, contact))
        assert answer.status_code == 200
        assert "特定非営利活動法人見本あおぞら として表示しています" in text(answer)
        assert "ほかの団体に切りかえる" not in text(answer)

    @pytest.mark.parametrize("name", PAGES)
    def test_foreign_absent_left_and_not_yet_mine_read_the_same(self, own, contact, name):
        foreign = AffiliationFactory()
        left = AffiliationFactory(
            person=contact.person, organization__membership__valid_until=date(2026, 11, 23)
        )
        ended = AffiliationFactory(person=contact.person, valid_until=date(2026, 11, 23))
        coming = AffiliationFactory(person=contact.person, valid_from=date(2026, 11, 24))
        reader = AffiliationFactory(person=contact.person, duty=Duty.NEWSLETTER)
        absent = AffiliationFactory.build(person=contact.person)
        absent.organization.slug = "zzzzzzzz"
        bodies = set()
        for row in (foreign, left, ended, coming, reader, absent):
            answer = own.get(page_url(name, row))
            assert answer.status_code == 404
            assert row.organization.name not in answer.content.decode()
            bodies.add(re.sub(r'nonce="[^"]*"', "", answer.content.decode()))
        assert len(bodies) == 1

    @pytest.mark.parametrize("name", POSTS)
    def test_nothing_can_be_sent_to_a_foreign_one(self, own, name):
        foreign = AffiliationFactory()
        before = Affiliation.objects.count(), Consent.objects.count()
        assert own.post(page_url(name, foreign), {**PERSON, "step": "send"}).status_code == 404
        assert (Affiliation.objects.count(), Consent.objects.count()) == before
        assert not Withdrawal.objects.exists()

    @pytest.mark.parametrize("name", POSTS)
    def test_every_act_asks_for_its_token(self, contact, name):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(contact.person.user)
        assert strict.post(page_url(name, contact)).status_code == 403

    def test_a_person_of_another_organization_is_not_found_here(self, own, contact):
        foreign = AffiliationFactory()
        address = url("correct", contact.organization, person=foreign.person.public_id)
        assert own.get(address).status_code == 404

    @pytest.mark.parametrize("name", ["request", "request_answer", "request_retract"])
    def test_a_request_of_another_organization_is_not_found_here(self, own, contact, name):
        asked = ChangeRequestFactory()
        address = url(name, contact.organization, public_id=asked.public_id)
        answer = own.get(address) if name == "request" else own.post(address, {"message": "x"})
        assert answer.status_code == 404
        asked.refresh_from_db()
        assert asked.status == RequestStatus.RECEIVED

    def test_the_secretariat_is_nobodys_contact(self, client, contact):
        client.force_login(make_staff())
        assert client.get(page_url("home", contact)).status_code == 404

    def test_who_acts_for_two_sees_both_and_always_for_which(self, own, contact):
        other = AffiliationFactory(
            person=contact.person, organization__name="見本県居場所協議会", duty=Duty.DEPUTY
        )
        start = own.get("/my/")
        assert start.content.count(b"<article") == 2
        assert "どの団体として使いますか" in text(start)
        for row, foreign in ((contact, other), (other, contact)):
            answer = own.get(page_url("home", row))
            assert f"{row.organization.name} として表示しています ほかの団体に" in text(answer)
            assert foreign.organization.name not in text(answer)

    def test_who_acts_for_one_has_its_links_at_once(self, own, contact):
        answer = own.get("/my/")
        assert "どの団体として" not in text(answer)
        for name in ("home", "edit", "handover"):
            assert page_url(name, contact) in answer.content.decode()


class TestTheDay:
    """No job runs here: the same rows, asked on another day."""

    def test_who_comes_sees_the_day_and_nothing_else(self, client):
        coming = AffiliationFactory(
            person=PersonFactory(user=make_user("next@member.example")),
            organization__name="見本の秘密の会", valid_from=date(2027, 4, 1),
            address__email="next@member.example",
        )  # fmt: skip
        home = page_url("home", coming)
        with time_machine.travel(datetime(2027, 3, 31, 14, 59, tzinfo=UTC), tick=False):
            client.force_login(coming.person.user)
            answer = client.get("/my/")
            assert "あなたの担当は令和9年4月1日からです" in text(answer)
            assert "見本の秘密の会" not in text(answer)
            assert coming.organization.slug not in answer.content.decode()
            assert client.get(home).status_code == 404
        with time_machine.travel(datetime(2027, 3, 31, 15, 0, tzinfo=UTC), tick=False):
            client.force_login(coming.person.user)
            assert "見本の秘密の会" in text(client.get("/my/"))
            assert client.get(home).status_code == 200

    def test_who_has_left_sees_nothing_from_that_day(self, client, contact):
        contact.valid_until = date(2027, 4, 1)
        contact.save()
        home = page_url("home", contact)
        with time_machine.travel(datetime(2027, 3, 31, 14, 59, tzinfo=UTC), tick=False):
            client.force_login(contact.person.user)
            assert client.get(home).status_code == 200
        with time_machine.travel(datetime(2027, 3, 31, 15, 0, tzinfo=UTC), tick=False):
            client.force_login(contact.person.user)
            assert client.get(home).status_code == 404
            answer = client.get("/my/")
            assert contact.organization.name not in text(answer)
            assert "担当者としての登録がありません" in text(answer)

    def test_nobody_is_told_of_a_day_in_an_organization_that_will_have_left(self, client):
        coming = AffiliationFactory(
            person=PersonFactory(user=make_user()), valid_from=date(2027, 4, 1),
            organization__membership__valid_until=date(2027, 3, 1),
        )  # fmt: skip
        client.force_login(coming.person.user)
        assert "あなたの担当は" not in text(client.get("/my/"))

    def test_a_reader_of_the_magazine_sees_the_duty_and_no_page(self, client):
        reader = AffiliationFactory(
            duty=Duty.NEWSLETTER, person=PersonFactory(user=make_user()),
        )  # fmt: skip
        client.force_login(reader.person.user)
        answer = client.get("/my/")
        assert reader.organization.name in text(answer)
        assert page_url("home", reader) not in answer.content.decode()
        for name in ("home", "edit", "handover"):
            assert client.get(page_url(name, reader)).status_code == 404


class TestProfile:
    def save(self, client, organization, **changed):
        data = profile_data(client, organization, **changed)
        return client.post(url("edit", organization), data)

    def test_it_changes_at_once_in_public(self, own, contact):
        organization = contact.organization
        answer = self.save(
            own, organization, phone="03(2222)2222", url="a.example.jp",
            public_fields=[PublicField.PHONE, PublicField.URL],
        )  # fmt: skip
        assert answer.url == url("home", organization)
        public = text(Client().get(reverse("members:profile", args=[organization.slug])))
        assert "03-2222-2222" in public
        assert "https://a.example.jp" in public

    def test_what_is_not_on_the_form_stays_whatever_is_sent(self, own, contact):
        organization = contact.organization
        self.save(
            own, organization, phone="03-2222-2222", name="乗っ取り", kind="company", note="x",
            slug="stolen", corporate_number="7000012050002", confirmed_on="2026-01-01",
        )  # fmt: skip
        after = Organization.objects.get(pk=organization.pk)
        assert after.phone == "03-2222-2222"
        assert (after.name, after.kind, after.note) == (organization.name, "npo", "")
        assert (after.slug, after.corporate_number) == (organization.slug, "")
        assert after.confirmed_on is None

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("phone", "12"), ("fax", "a\x00b"), ("mailbox", "a@b@c"), ("url", "javascript:x"),
            ("postal_code", "1"), ("prefecture", "99"), ("summary", "あ" * 801),
            ("address", "x" * 100_000), ("regions", "99"), ("public_fields", "note"),
        ],
    )  # fmt: skip
    def test_a_wrong_value_is_said_at_the_field_and_nothing_is_lost(
        self, own, contact, field, value
    ):
        answer = self.save(own, contact.organization, **{"fax": "03-9999-9999", field: value})
        form = answer.context["form"]
        assert list(form.errors) == [field]
        assert re.search("[ぁ-ん]", form.errors[field][0])
        assert "エラー:" in answer.content.decode()
        if field != "fax":
            assert "03-9999-9999" in answer.content.decode()
        assert Organization.objects.get(pk=contact.organization.pk).fax == ""

    def test_a_colleague_was_quicker_field_by_field(self, own, contact):
        organization = contact.organization
        colleague = AffiliationFactory(
            organization=organization, duty=Duty.DEPUTY,
            person=PersonFactory(user=make_user(name="見本 桜")),
        )  # fmt: skip
        mine = profile_data(own, organization, phone="03-3333-3333", fax="03-4444-4444")
        other = Client()
        other.force_login(colleague.person.user)
        self.save(other, organization, phone="03-2222-2222", address="新しい住所1-1")
        answer = own.post(url("edit", organization), mine)
        assert "見本 桜が「03-2222-2222」に変えました" in text(answer)
        html = answer.content.decode()
        assert all(word in html for word in ("03-3333-3333", "03-4444-4444", "新しい住所1-1"))
        organization.refresh_from_db()
        assert (organization.phone, organization.fax) == ("03-2222-2222", "")
        form = answer.context["form"]
        assert own.post(url("edit", organization), sent(form)).status_code == 302
        organization.refresh_from_db()
        assert organization.phone == "03-3333-3333"
        assert organization.fax == "03-4444-4444"
        assert organization.address == "新しい住所1-1"

    @pytest.mark.parametrize("seen", ["", "forged", "x" * 50_000])
    def test_a_broken_snapshot_overwrites_nothing_unseen(self, own, contact, seen):
        answer = self.save(own, contact.organization, phone="03-3333-3333", seen=seen)
        assert answer.status_code == 200
        assert "03-3333-3333" in answer.content.decode()
        contact.organization.refresh_from_db()
        assert contact.organization.phone == "03-0000-1111"

    def test_history_says_who_and_what_and_nothing_of_the_office(self, own, contact):
        self.save(own, contact.organization, phone="03-2222-2222")
        change_category(
            organization=contact.organization, category=Category.SUPPORTING,
            effective_on=date(2027, 4, 1), actor=make_staff(), at=NOON,
        )  # fmt: skip
        shown = text(own.get(page_url("history", contact)))
        assert "登録内容をなおしました:電話 見本 太郎さん" in shown
        assert "会員区分の変更を登録しました:会員から賛助会員へ(令和9年4月1日から) 事務局" in shown
        assert "officer" not in shown


class TestPeople:
    def test_a_colleague_comes_from_a_day_on(self, own, contact):
        data = {**PERSON, "duty": "deputy", **day("valid_from", "2026-12-1")}
        assert own.post(page_url("add", contact), data).status_code == 302
        added = Affiliation.objects.get(person__name="後任 花子")
        assert (added.duty, added.valid_from) == (Duty.DEPUTY, date(2026, 12, 1))
        assert "令和8年12月1日から" in text(own.get(page_url("home", contact)))

    @pytest.mark.parametrize(
        ("field", "data"),
        [
            ("duty", {"duty": "representative"}),
            ("duty", {"duty": "primary"}),
            ("valid_from", day("valid_from", "2026-11-22")),
            ("valid_from", day("valid_from", "2026-2-30")),
            ("valid_from", day("valid_from", "20260-2-3")),
            ("name", {"name": "a\x00"}),
            ("email", {"email": "a@"}),
            ("email", {"email": ""}),
            ("phone", {"phone": "９９"}),
        ],
    )
    def test_a_wrong_value_is_said_at_the_field(self, own, contact, field, data):
        filled = {**PERSON, "duty": "deputy", **day("valid_from", "2026-12-1"), **data}
        answer = own.post(page_url("add", contact), filled)
        assert list(answer.context["form"].errors) == [field]
        assert Affiliation.objects.count() == 1

    def test_the_last_one_is_told_what_to_do_instead(self, own, contact):
        answer = own.post(page_url("end", contact), day("last_day", "2026-11-30"))
        assert "担当者の交代" in text(answer)
        assert Affiliation.objects.get().valid_until is None

    def test_the_last_day_is_the_day_before_the_end(self, own, contact):
        AffiliationFactory(organization=contact.organization, duty=Duty.DEPUTY)
        own.post(page_url("end", contact), day("last_day", "2026-11-30"))
        contact.refresh_from_db()
        assert contact.valid_until == date(2026, 12, 1)

    def test_details_change_and_the_login_does_not(self, own, contact):
        data = sent(own.get(page_url("correct", contact)).context["form"])
        data |= {"department": "企画課", "email": "new@member.example", "duty": "newsletter"}
        assert own.post(page_url("correct", contact), data).status_code == 302
        contact.refresh_from_db()
        assert (contact.department, contact.duty) == ("企画課", Duty.PRIMARY)
        assert contact.address.email == "new@member.example"
        assert contact.person.user.email == "taro@member.example"

    def test_two_who_correct_one_contact_are_told(self, own, contact):
        data = sent(own.get(page_url("correct", contact)).context["form"])
        data |= {"department": "私の課"}
        Affiliation.objects.filter(pk=contact.pk).update(department="別の課")
        answer = own.post(page_url("correct", contact), data)
        assert "ほかの方が「別の課」に変えました" in text(answer)
        contact.refresh_from_db()
        assert contact.department == "別の課"


class TestHandover:
    def book(self, client, contact, **changed):
        data = {
            "person": str(contact.person.public_id), **day("effective_on", "2027-4-1"), **PERSON,
            **changed,
        }  # fmt: skip
        return client.post(page_url("handover", contact), data)

    def test_it_is_booked_shown_and_taken_back(self, own, contact):
        assert self.book(own, contact, newsletter="on").url == "/my/"
        start = text(own.get("/my/"))
        assert "担当者が交代します" in start
        assert "令和9年4月1日に、見本 太郎さんから後任 花子さんへ(主担当)" in start
        successor = Affiliation.objects.get(predecessor=contact)
        assert Consent.objects.get(address=successor.address).action == ConsentAction.GIVEN
        address = url("handover_cancel", contact.organization, person=successor.person.public_id)
        assert own.post(address).status_code == 302
        assert Affiliation.objects.get() == contact
        assert own.post(address).status_code == 404

    def test_the_form_offers_the_first_of_april_and_asks_about_the_magazine(self, own, contact):
        form = own.get(page_url("handover", contact)).context["form"]
        assert form["effective_on"].value() == date(2027, 4, 1)
        assert form["newsletter"].value() is False
        ConsentFactory(address=contact.address)
        form = own.get(page_url("handover", contact)).context["form"]
        assert form["newsletter"].value() is True
        assert form["person"].value() == str(contact.person.public_id)

    def test_a_colleague_is_chosen_from_the_list(self, own, contact):
        colleague = AffiliationFactory(organization=contact.organization, duty=Duty.DEPUTY)
        chosen = {"name": "", "name_kana": "", "email": ""}
        self.book(own, contact, successor=str(colleague.person.public_id), **chosen)
        assert Affiliation.objects.get(predecessor=contact).person == colleague.person

    @pytest.mark.parametrize(
        ("field", "data"),
        [
            ("effective_on", day("effective_on", "2026-11-22")),
            ("effective_on", day("effective_on", "2036-4-1")),
            ("effective_on", day("effective_on", "9-4-1")),
            ("email", {"email": ""}),
            ("name", {"name": ""}),
            ("person", {"person": "x"}),
            ("successor", {"successor": "00000000-0000-0000-0000-000000000000"}),
        ],
    )
    def test_a_wrong_value_is_said_at_the_field(self, own, contact, field, data):
        answer = self.book(own, contact, **data)
        assert field in answer.context["form"].errors
        assert Affiliation.objects.count() == 1

    def test_nobody_succeeds_themselves(self, own, contact):
        AffiliationFactory(organization=contact.organization, duty=Duty.DEPUTY)
        answer = self.book(own, contact, successor=str(contact.person.public_id))
        assert "successor" in answer.context["form"].errors

    def test_the_duty_of_the_representative_stays(self, own, contact):
        head = AffiliationFactory(
            organization=contact.organization, person=contact.person, duty=Duty.REPRESENTATIVE
        )
        self.book(own, contact)
        head.refresh_from_db()
        contact.refresh_from_db()
        assert (head.valid_until, contact.valid_until) == (None, date(2027, 4, 1))

    def test_where_only_a_representative_is_there_the_page_says_what_to_do(self, client):
        head = AffiliationFactory(duty=Duty.REPRESENTATIVE, person=PersonFactory(user=make_user()))
        client.force_login(head.person.user)
        assert "変更届" in text(client.get(page_url("handover", head)))


class TestChangeRequests:
    def data(self, client, contact, **changed):
        form = client.get(page_url("change", contact)).context["form"]
        shown = {name: form[name].value() or "" for name in form.fields if name != "effective_on"}
        return {**shown, **day("effective_on", "2026-12-1"), **changed}

    def test_it_is_shown_first_then_handed_in_and_the_entry_stays(self, own, contact):
        data = self.data(own, contact, name="特定非営利活動法人見本みらい", message="登記しました")
        check = own.post(page_url("change", contact), {**data, "step": "check"})
        assert "まだ届け出ていません" in text(check)
        assert "特定非営利活動法人見本みらい" in text(check)
        assert not ChangeRequest.objects.exists()
        back = own.post(page_url("change", contact), {**data, "step": "back"})
        assert "特定非営利活動法人見本みらい" in back.content.decode()
        answer = own.post(page_url("change", contact), {**data, "step": "send"})
        asked = ChangeRequest.objects.get()
        assert answer.url == url("request", contact.organization, public_id=asked.public_id)
        assert list(asked.changes) == ["name"]
        assert (asked.asked_by, asked.asked_by_name) == (contact.person.user, "見本 太郎")
        public = Client().get(reverse("members:profile", args=[contact.organization.slug]))
        assert "見本みらい" not in text(public)

    @pytest.mark.parametrize(
        ("field", "value"),
        [("corporate_number", "1234567890123"), ("name", ""), ("category", "other"),
         ("local_government_code", "130002"), ("name_kana", "漢字"), ("name", "a\x00")],
    )  # fmt: skip
    def test_a_wrong_value_is_said_at_the_field(self, own, contact, field, value):
        data = self.data(own, contact, step="send", **{field: value})
        answer = own.post(page_url("change", contact), data)
        assert field in answer.context["form"].errors
        assert not ChangeRequest.objects.exists()

    def test_nothing_different_is_said(self, own, contact):
        answer = own.post(page_url("change", contact), self.data(own, contact, step="send"))
        assert "いまの登録と変わるところがありません" in text(answer)

    def test_a_refusal_says_why_and_names_nobody(self, own, contact):
        asked = ChangeRequestFactory(organization=contact.organization)
        refuse_change(
            change_request=asked, answer="登記と異なります。", actor=make_staff(), at=NOON
        )
        for page in ("/my/", url("request", contact.organization, public_id=asked.public_id)):
            shown = text(own.get(page))
            assert "登記と異なります。" in shown
            assert "事務局 officer" not in shown

    def test_a_question_is_answered(self, own, contact):
        asked = ChangeRequestFactory(organization=contact.organization)
        return_change(change_request=asked, answer="いつからですか。", actor=make_staff(), at=NOON)
        assert "いつからですか。" in text(own.get("/my/"))
        address = url("request_answer", contact.organization, public_id=asked.public_id)
        assert "message" in own.post(address, {"message": " "}).context["form"].errors
        assert own.post(address, {"message": "12月からです。"}).status_code == 302
        asked.refresh_from_db()
        assert asked.status == RequestStatus.RECEIVED
        assert "12月からです。" in asked.message

    def test_it_is_taken_back_once(self, own, contact):
        asked = ChangeRequestFactory(organization=contact.organization)
        address = url("request_retract", contact.organization, public_id=asked.public_id)
        own.post(address)
        asked.refresh_from_db()
        assert asked.status == RequestStatus.RETRACTED
        again = own.post(address, follow=True)
        assert "すでに次の段階に進んでいます" in text(again)


class TestWithdrawal:
    def test_what_stops_is_shown_first(self, own, contact):
        form = own.get(page_url("withdraw", contact)).context["form"]
        assert form["last_day"].value() == date(2027, 3, 31)
        data = {**day("last_day", "2027-3-31"), "message": "解散のため"}
        check = own.post(page_url("withdraw", contact), {**data, "step": "check"})
        assert check.context["stops"]
        assert not Withdrawal.objects.exists()
        own.post(page_url("withdraw", contact), {**data, "step": "send"})
        notice = Withdrawal.objects.get()
        assert (notice.leaving_on, notice.message) == (date(2027, 4, 1), "解散のため")
        assert notice.asked_by == contact.person.user
        assert "退会届を事務局が確かめています" in text(own.get("/my/"))
        own.post(page_url("withdraw_retract", contact))
        notice.refresh_from_db()
        assert notice.status == RequestStatus.RETRACTED
        assert own.post(page_url("withdraw_retract", contact)).status_code == 404

    def test_a_second_one_is_not_filed(self, own, contact):
        WithdrawalFactory(organization=contact.organization)
        data = {**day("last_day", "2027-3-31"), "step": "send"}
        assert own.post(page_url("withdraw", contact), data).status_code == 200
        assert Withdrawal.objects.count() == 1

    def test_a_question_is_answered_on_the_same_form(self, own, contact):
        notice = WithdrawalFactory(
            organization=contact.organization, status=RequestStatus.RETURNED,
            answer="日付をお確かめください。",
        )  # fmt: skip
        assert "日付をお確かめください。" in text(own.get(page_url("withdraw", contact)))
        data = {**day("last_day", "2027-2-28"), "message": "2月末です", "step": "send"}
        own.post(page_url("withdraw", contact), data)
        notice.refresh_from_db()
        assert (notice.status, notice.leaving_on) == (RequestStatus.RECEIVED, date(2027, 3, 1))

    @pytest.mark.parametrize("value", ["2026-11-22", "2026-2-30", "2099-1-1"])
    def test_an_impossible_day_is_said_at_the_field(self, own, contact, value):
        answer = own.post(page_url("withdraw", contact), {**day("last_day", value), "step": "send"})
        assert "last_day" in answer.context["form"].errors
        assert not Withdrawal.objects.exists()


class TestMagazine:
    def test_my_own_mailbox_and_the_shared_one(self, own, contact):
        organization = contact.organization
        organization.mailbox = AddressFactory(email="section@member.example")
        organization.save()
        for email in ("section@member.example", "taro@member.example"):
            answer = own.post(page_url("magazine", contact), {"mailbox": email, "wish": "given"})
            assert answer.status_code == 302
        assert Consent.objects.count() == 2
        assert text(own.get(page_url("home", contact))).count("届きます") == 2

    @pytest.mark.parametrize("email", ["colleague@member.example", "nobody@example.jp", "\x00"])
    def test_no_mailbox_of_anybody_else(self, own, contact, email):
        AffiliationFactory(
            organization=contact.organization, address__email="colleague@member.example"
        )
        answer = own.post(page_url("magazine", contact), {"mailbox": email, "wish": "given"})
        assert answer.status_code == 404
        assert not Consent.objects.exists()


class TestWhatWaits:
    def test_a_confirmation_an_end_and_a_booked_category(self, own, contact):
        ConfirmationFactory(
            organization=contact.organization, round__sent_at=NOON,
            round__due_on=date(2026, 12, 10),
        )  # fmt: skip
        change_category(
            organization=contact.organization, category=Category.SUPPORTING,
            effective_on=date(2027, 4, 1), actor=None, at=NOON,
        )  # fmt: skip
        shown = text(own.get("/my/"))
        assert "登録内容に変わりがないか" in shown
        assert "会員区分が変わります" in shown

    def test_the_end_of_the_membership_is_told(self, own, contact):
        end_membership(
            organization=contact.organization, until=date(2027, 3, 1),
            reason=EndReason.WITHDRAWN, actor=None, at=NOON,
        )  # fmt: skip
        assert "会員でなくなります" in text(own.get("/my/"))

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_page_of_an_organization_asks_the_same_whatever_it_shows(
        self, own, contact, django_assert_num_queries, number
    ):
        organization = contact.organization
        organization.mailbox = Address.objects.create(email="section@member.example")
        organization.save()
        for n in range(number):
            AffiliationFactory(organization=organization, duty=Duty.DEPUTY)
            ChangeRequestFactory(organization=organization)
            coming = AffiliationFactory(organization=organization, valid_from=date(2027, 4, 1))
            coming.predecessor = AffiliationFactory(
                organization=organization, valid_until=date(2027, 4, 1), position=n
            )
            coming.save()
        own.get(page_url("home", contact))
        # who asks (2), for whom, people, what waits (5), wishes, footer
        with django_assert_num_queries(11):
            assert own.get(page_url("home", contact)).status_code == 200

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_history_asks_the_same_whatever_it_shows(
        self, own, contact, django_assert_num_queries, number
    ):
        for n in range(number):
            data = profile_data(own, contact.organization, phone=f"03-0000-222{n}")
            own.post(url("edit", contact.organization), data)
        with django_assert_num_queries(8):
            answer = own.get(page_url("history", contact))
        assert text(answer).count("登録内容をなおしました") == number


def test_a_member_without_contacts_is_nobodys(client):
    client.force_login(make_user())
    assert client.get(url("home", MemberFactory())).status_code == 404
