"""退会届, 除名, mergers and what is booked, through the secretariat's own pages."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from core.audit.models import ChangeSet
from core.models import Act
from mailing.choices import Channel
from mailing.models import Address, Message
from mailing.services import give_consent
from members.choices import Category, Duty, EndReason, LeavingKind, LinkKind, RequestStatus
from members.models import (
    Affiliation,
    Membership,
    Organization,
    OrganizationLink,
    Person,
    Withdrawal,
)
from members.queries import counts_by_category
from members.services import change_category, end_membership, refresh_search_text
from tests.factories.accounts import AT, make_staff, make_user
from tests.factories.members import (
    AffiliationFactory,
    MemberFactory,
    OrganizationFactory,
    PersonFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


@pytest.fixture(autouse=True)
def _on_a_friday():
    with time_machine.travel("2026-11-20 12:00:00+09:00", tick=False):
        yield


def client_of(role):
    client = Client()
    client.force_login(make_staff(role))
    return client


@pytest.fixture
def office():
    return client_of(Role.OFFICER)


def place(obj, key):
    return reverse(f"admin:members_{obj._meta.model_name}_act", args=[obj.pk, key])


def record_of(obj):
    return reverse(f"admin:members_{obj._meta.model_name}_change", args=[obj.pk])


def said(response):
    """The messages of the page that follows."""
    return [str(message) for message in response.context["messages"]]


def words(response):
    preview = response.context["preview"]
    return "\n".join([*preview.lines, *(line for stop in preview.stops for line in
                                         (stop.words, *stop.lines))])  # fmt: skip


class TestTakeIn:
    def data(self, organization, **given):
        return {
            "organization": organization.pk, "channel": "fax", "received_on": "2026-11-18",
            "asked_by_name": "見本 花子", "leaving_on": "2027-04-01", "message": "活動の終わり",
            "internal_note": "",
        } | given  # fmt: skip

    def send(self, client, organization, **given):
        return client.post(
            reverse("admin:members_withdrawal_add"), self.data(organization, **given), follow=True
        )

    def test_paper_of_an_earlier_day_becomes_a_record_with_a_number(self, office):
        organization = MemberFactory()
        response = self.send(office, organization)
        notice = Withdrawal.objects.get()
        assert response.redirect_chain[-1][0] == record_of(notice)
        assert said(response) == ["退2026-0001 として受け付けました。決定待ちです。"]
        assert (notice.channel, notice.received_on) == ("fax", date(2026, 11, 18))
        assert notice.received_by.email.endswith("@example.jp")

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"leaving_on": "2022-02-25"}, "leaving_on"),
            ({"leaving_on": "2099-04-01"}, "leaving_on"),
            ({"leaving_on": "2027-02-30"}, "leaving_on"),
            ({"received_on": "2026-11-21"}, "received_on"),
            ({"received_on": "2019-01-01"}, "received_on"),
            ({"received_on": ""}, "received_on"),
            ({"message": "あ\x00"}, "message"),
            ({"message": "あ" * 900}, "message"),
            ({"asked_by_name": "あ" * 101}, "asked_by_name"),
            ({"channel": "web"}, "channel"),
        ],
    )
    def test_what_cannot_be_is_said_at_the_field_and_nothing_is_lost(self, office, given, field):
        response = self.send(office, MemberFactory(), **given)
        form = response.context["adminform"].form
        assert list(form.errors) == [field]
        assert form["internal_note"].value() == ""
        assert form["asked_by_name"].value() == given.get("asked_by_name", "見本 花子")
        assert not Withdrawal.objects.exists()

    def test_a_second_notice_is_said_at_the_organization(self, office):
        organization = WithdrawalFactory().organization
        response = self.send(office, organization)
        assert list(response.context["adminform"].form.errors) == ["organization"]

    def test_from_the_record_the_organization_comes_along(self, office):
        organization = MemberFactory()
        url = f"{reverse('admin:members_withdrawal_add')}?organization={organization.pk}"
        assert url in office.get(record_of(organization)).text
        form = office.get(url).context["adminform"].form
        assert form.initial["organization"] == str(organization.pk)

    def test_a_scan_stays_with_it_and_its_opening_is_written_down(self, office, tmp_path, settings):
        settings.MEDIA_ROOT = tmp_path
        organization = MemberFactory()
        wrong = SimpleUploadedFile("届.pdf", b"MZ not a pdf", "application/pdf")
        response = self.send(office, organization, scans=wrong)
        assert list(response.context["adminform"].form.errors) == ["scans"]
        pdf = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
        self.send(office, organization, scans=SimpleUploadedFile("退会届.pdf", pdf))
        notice = Withdrawal.objects.get()
        (scan,) = notice.scans.all()
        assert "退会届.pdf" in office.get(record_of(notice)).text
        url = reverse("admin:members_withdrawal_scan", args=[notice.pk, scan.pk])
        answer = office.post(url)
        assert b"".join(answer.streaming_content) == pdf
        for close in answer._resource_closers:  # `close` would hang up on the database too
            close()
        assert Act.objects.filter(verb="members.scan.opened").count() == 1

    def test_a_contractor_takes_in_and_asks_but_does_not_decide(self):
        contractor = client_of(Role.CONTRACTOR)
        self.send(contractor, MemberFactory())
        notice = Withdrawal.objects.get()
        assert contractor.post(place(notice, "return"), {"question": "日は?"}).status_code == 302
        for key in ("accept", "refuse"):
            assert contractor.get(place(notice, key)).status_code == 403
            assert contractor.post(place(notice, key), {"answer": "x"}).status_code == 403
        assert client_of(Role.AUDITOR).get(place(notice, "return")).status_code == 403


class TestDecide:
    def notice(self):
        organization = MemberFactory(name="特定非営利活動法人去る会")
        notice = WithdrawalFactory(organization=organization)
        contact = AffiliationFactory(
            organization=organization, person__name="見本 一人", address__email="a@member.example"
        )
        contact.person.user = make_user("login@member.example")
        contact.person.save()
        give_consent(address=contact.address, actor=None, at=AT, channel=Channel.PAPER)
        return notice

    def test_what_will_stop_is_read_before_and_told_after(self, office):
        notice = self.notice()
        shown = words(office.get(place(notice, "accept")))
        for part in ("令和9年3月31日まで会員", "見本 一人", "login@member.example", "会員一覧"):
            assert part in shown
        response = office.post(place(notice, "accept"), {"answer": "お礼"}, follow=True)
        (told,) = said(response)
        assert "令和9年3月31日まで会員で、令和9年4月1日から会員ではありません" in told
        assert "ログイン1件" in told
        assert "a@member.example にお知らせを送ります" in told
        notice.refresh_from_db()
        assert notice.status == RequestStatus.ACCEPTED
        assert "お礼" in Message.objects.get().text
        assert "予約" in office.get(record_of(notice.organization)).text

    def test_without_a_mailbox_the_officer_is_told_to_write(self, office):
        notice = WithdrawalFactory()
        response = office.post(place(notice, "accept"), {"answer": ""}, follow=True)
        assert "郵送か電話で" in said(response)[0]
        assert not Message.objects.exists()

    def test_question_answer_refusal_and_retraction(self, office):
        notice = self.notice()
        response = office.post(place(notice, "return"), {"question": "日付は?"}, follow=True)
        assert "会員に確認しました" in said(response)[0]
        response = office.post(
            place(notice, "answer"), {"leaving_on": "2027-05-01", "message": "5月1日"}, follow=True
        )
        assert "答えを入力しました" in said(response)[0]
        notice.refresh_from_db()
        assert notice.leaving_on == date(2027, 5, 1)
        response = office.post(place(notice, "refuse"), {"answer": "印がない"}, follow=True)
        assert "会員のままです" in said(response)[0]
        other = WithdrawalFactory()
        office.post(place(other, "retract"), {"reason": "電話で"})
        other.refresh_from_db()
        assert other.status == RequestStatus.RETRACTED

    def test_who_comes_second_is_told_so_and_changes_nothing(self, office):
        notice = self.notice()
        office.post(place(notice, "refuse"), {"answer": "先に決めた"})
        response = client_of(Role.ADMINISTRATOR).post(place(notice, "accept"), {"answer": ""})
        assert "すでに「" in response.context["form"].non_field_errors()[0]
        assert Membership.objects.get(organization=notice.organization).valid_until is None

    def test_only_the_note_can_be_written_afterwards(self, office):
        notice = self.notice()
        office.post(record_of(notice), {"internal_note": "電話済み", "status": "accepted"})
        notice.refresh_from_db()
        assert (notice.internal_note, notice.status) == ("電話済み", RequestStatus.RECEIVED)

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_list_puts_those_that_wait_first(self, office, number, django_assert_num_queries):
        WithdrawalFactory(status=RequestStatus.REFUSED, received_on=date(2026, 1, 1))
        waiting = [WithdrawalFactory().pk for _n in range(number)]
        url = reverse("admin:members_withdrawal_changelist")
        office.get(url)
        with django_assert_num_queries(8):
            response = office.get(url)
        rows = [row.pk for row in response.context["cl"].result_list]
        assert rows[:number] == waiting
        found = office.get(url, {"q": "見本 退2026-9"}).context["cl"].result_list
        assert len(found) == number + 1


class TestExpel:
    data = {
        "resolution": "令和8年度臨時総会 第3号議案", "resolved_on": "2026-11-18",
        "heard_on": "2026-11-10", "until": "2026-12-01", "note": "規約違反",
    }  # fmt: skip

    def test_it_is_shown_first_and_recorded_with_its_resolution(self, office):
        contact = AffiliationFactory(address__email="a@member.example")
        url = place(contact.organization, "expel")
        response = office.post(url, self.data)
        assert "令和8年11月30日まで会員" in words(response)
        assert not Withdrawal.objects.exists()
        response = office.post(url, self.data | {"_confirm": "1"}, follow=True)
        notice = Withdrawal.objects.get()
        assert (notice.kind, notice.heard_on) == (LeavingKind.EXPULSION, date(2026, 11, 10))
        assert "a@member.example" in said(response)[0]
        assert "規約違反" in Message.objects.get().text

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"resolution": ""}, "resolution"),
            ({"heard_on": ""}, "heard_on"),
            ({"heard_on": "2026-11-19"}, "heard_on"),
            ({"until": "2026-11-17"}, "until"),
        ],
    )
    def test_a_rule_is_said_at_its_field(self, office, given, field):
        url = place(MemberFactory(), "expel")
        response = office.post(url, self.data | {"_confirm": "1"} | given)
        assert list(response.context["form"].errors) == [field]

    def test_the_entries_can_be_corrected_after_the_preview(self, office):
        url = place(MemberFactory(), "expel")
        response = office.post(url, self.data | {"_edit": "1"})
        assert response.context["preview"] is None
        assert response.context["form"]["resolution"].value() == self.data["resolution"]


class TestBooked:
    def book(self, organization, day=date(2027, 4, 1)):
        change_category(
            organization=organization, category=Category.REGULAR, effective_on=day,
            actor=None, at=AT,
        )  # fmt: skip

    def test_a_booked_change_is_seen_and_taken_back(self, office):
        organization = MemberFactory(membership__category=Category.COOPERATING)
        self.book(organization)
        number = organization.memberships.earliest("-valid_from").number
        page = office.get(record_of(organization)).text
        assert "令和9年4月1日から協力会員→会員(予約)" in page
        url = place(organization, "cancel-change")
        assert url in page
        assert number in words(office.get(url))
        assert office.post(url, {"reason": ""}).context["form"].errors
        response = office.post(url, {"reason": "誤り"}, follow=True)
        assert "令和9年4月1日から協力会員→会員(予約)" in said(response)[0]
        period = organization.memberships.get()
        assert (period.category, period.valid_until, period.end_reason) == ("cooperating", None, "")
        assert (
            Act.objects.get(verb="members.organization.change_taken_back").detail["reason"]
            == "誤り"
        )
        self.book(organization, date(2027, 6, 1))
        again = organization.memberships.earliest("-valid_from").number
        assert again != number

    def test_an_end_behind_a_booked_change_moves_to_the_period_that_goes_on(self, office):
        organization = MemberFactory(membership__category=Category.COOPERATING)
        self.book(organization)
        notice = WithdrawalFactory(organization=organization, leaving_on=date(2027, 10, 1))
        office.post(place(notice, "accept"), {"answer": ""})
        office.post(place(organization, "cancel-change"), {"reason": "誤り"})
        period = organization.memberships.get()
        assert (period.valid_until, period.end_reason) == (date(2027, 10, 1), EndReason.WITHDRAWN)
        notice.refresh_from_db()
        assert notice.period == period

    def test_an_accepted_withdrawal_is_taken_back_until_its_day(self, office):
        notice = WithdrawalFactory()
        AffiliationFactory(organization=notice.organization)
        office.post(place(notice, "accept"), {"answer": ""})
        url = place(notice.organization, "cancel-end")
        office.post(url, {"reason": "会員から電話"})
        notice.refresh_from_db()
        assert (notice.status, notice.period) == (RequestStatus.RETRACTED, None)
        assert notice.organization.memberships.get().valid_until is None
        assert "取りやめ" in Message.objects.latest("pk").text
        response = office.post(url, {"reason": "もう一度"})
        assert response.context["form"].non_field_errors() == ["もう予約はありません。"]

    def test_what_has_come_is_no_longer_taken_back(self, office):
        organization = MemberFactory()
        end_membership(
            organization=organization, until=TODAY, reason=EndReason.WITHDRAWN, actor=None, at=AT
        )
        response = office.post(place(organization, "cancel-end"), {"reason": "遅い"})
        assert response.context["form"].non_field_errors() == ["もう予約はありません。"]

    def test_a_booked_return_is_taken_back(self, office):
        organization = MemberFactory(membership__valid_until=date(2026, 1, 1))
        office.post(
            place(organization, "rejoin"),
            {"category": "regular", "valid_from": "2027-04-01", "_confirm": "1"},
        )
        page = office.get(record_of(organization)).text
        assert "令和9年4月1日から会員(予約)" in page
        office.post(place(organization, "cancel-entry"), {"reason": "誤り"})
        assert organization.memberships.get().valid_until == date(2026, 1, 1)

    def test_a_contractor_takes_nothing_back(self):
        organization = MemberFactory(membership__category=Category.COOPERATING)
        self.book(organization)
        contractor = client_of(Role.CONTRACTOR)
        for key in ("cancel-change", "cancel-end", "cancel-entry", "merge", "split", "expel"):
            assert contractor.get(place(organization, key)).status_code == 403


class TestMerge:
    @pytest.fixture
    def pair(self):
        absorbed = MemberFactory(
            name="特定非営利活動法人消える会", corporate_number="7000012050002"
        )
        return absorbed, MemberFactory(name="一般社団法人残る会")

    def data(self, survivor, **given):
        return {"survivor": survivor.pk, "on": "2027-04-01", "reason": "届け出による"} | given

    def test_contacts_are_asked_one_by_one_and_everything_is_said_before(self, office, pair):
        absorbed, survivor = pair
        both = PersonFactory(name="見本 両方")
        AffiliationFactory(organization=survivor, person=both)
        there = AffiliationFactory(organization=absorbed, person=both)
        goes = AffiliationFactory(organization=absorbed, person__name="見本 行く")
        response = office.post(place(absorbed, "merge"), self.data(survivor))
        shown = words(response)
        for part in ("一般社団法人残る会だけ", "二重になりません", "法人番号は一般社団法人残る会"):
            assert part in shown
        form = response.context["form"]
        assert form["moving"].value() == [str(goes.pk)]
        assert "合併先の担当者でもある" in str(form["moving"])
        assert not OrganizationLink.objects.exists()
        response = office.post(
            place(absorbed, "merge"),
            self.data(survivor, moving=[goes.pk], _confirm="1"),
            follow=True,
        )
        assert "担当者は1人が移り、1人が終わります" in said(response)[0]
        there.refresh_from_db()
        assert there.valid_until == date(2027, 4, 1)
        assert survivor.affiliations.filter(person=goes.person).exists()
        assert ChangeSet.objects.get().why == "届け出による"
        assert record_of(survivor) in response.text  # the banner leads to the successor

    def test_both_records_and_their_histories_tell_it(self, office, pair):
        absorbed, survivor = pair
        office.post(place(absorbed, "merge"), self.data(survivor, on="2026-11-01", _confirm="1"))
        page = office.get(record_of(absorbed)).text
        assert "令和8年11月1日に" in page
        assert place(absorbed, "merge") not in page
        assert "特定非営利活動法人消える会</a>を合併" in office.get(record_of(survivor)).text
        for organization in pair:
            history = reverse("admin:members_organization_history", args=[organization.pk])
            assert "合併" in office.get(history).text

    def test_the_directory_leads_from_the_old_name_to_the_survivor(self, office, pair):
        absorbed, survivor = pair
        refresh_search_text(pair)
        office.post(place(absorbed, "merge"), self.data(survivor, on="2026-11-01", _confirm="1"))
        public = Client()
        found = public.get(reverse("members:directory"), {"q": "消える会"}).text
        assert "一般社団法人残る会" in found
        profile = public.get(reverse("members:profile", args=[survivor.slug])).text
        assert "特定非営利活動法人消える会を合併" in profile
        gone = public.get(reverse("members:profile", args=[absorbed.slug]))
        assert (gone.status_code, gone["Location"]) == (
            302, reverse("members:profile", args=[survivor.slug]),
        )  # fmt: skip

    @pytest.mark.parametrize("on", ["2022-02-25", "1900-01-01", "2072-04-01", "2027-02-30", ""])
    def test_impossible_days_come_back_as_a_sentence(self, office, pair, on):
        absorbed, survivor = pair
        response = office.post(place(absorbed, "merge"), self.data(survivor, on=on, _confirm="1"))
        assert response.context["form"].errors
        assert counts_by_category(TODAY).total == 2

    def test_a_ring_cannot_be_chosen(self, office, pair):
        absorbed, survivor = pair
        office.post(place(absorbed, "merge"), self.data(survivor, on="2026-11-01", _confirm="1"))
        for choice in (survivor, absorbed):
            response = office.post(place(survivor, "merge"), self.data(choice, _confirm="1"))
            assert list(response.context["form"].errors) == ["survivor"]

    def test_split(self, office, pair):
        source = pair[1]
        contact = AffiliationFactory(organization=source)
        data = {
            "kind": "npo", "name": "特定非営利活動法人分かれた会", "category": "supporting",
            "on": "2027-04-01", "reason": "届け出", "corporate_number": "1234567890123",
        }  # fmt: skip
        response = office.post(place(source, "split"), data)
        assert list(response.context["form"].errors) == ["corporate_number"]
        data["corporate_number"] = ""
        response = office.post(place(source, "split"), data)
        assert "特定非営利活動法人分かれた会が賛助会員" in words(response)
        assert not response.context["form"]["moving"].value()
        response = office.post(
            place(source, "split"), data | {"moving": [contact.pk], "_confirm": "1"}, follow=True
        )
        assert "担当者1人が移ります" in said(response)[0]
        new = Organization.objects.get(name="特定非営利活動法人分かれた会")
        assert new.links.get().other == source
        assert source.memberships.get().valid_until is None

    def test_a_branch_is_entered_by_hand_and_told_on_both_public_pages(self, office, pair):
        branch, parent = pair
        response = office.get(record_of(branch))
        data = {}
        for form in response.context["inline_admin_formsets"]:
            for hidden in form.formset.management_form:
                data[hidden.html_name] = hidden.value()
        adminform = response.context["adminform"].form
        data |= {
            name: value
            for name in adminform.fields
            if (value := adminform[name].value()) not in (None, [])
        }
        data |= {
            "links-TOTAL_FORMS": "1", "links-0-kind": "branch_of", "links-0-other": parent.pk,
            "links-0-since": "2025-04-01",
        }  # fmt: skip
        period = branch.memberships.get()
        data |= {
            "memberships-0-id": period.pk, "memberships-0-organization": branch.pk,
            "memberships-0-category": period.category, "memberships-0-number": period.number,
            "memberships-0-valid_from": period.valid_from.isoformat(),
        }  # fmt: skip
        response = office.post(record_of(branch), data)
        assert response.status_code == 302, response.context["errors"]
        assert OrganizationLink.objects.get().kind == LinkKind.BRANCH_OF
        public = Client()
        up = public.get(reverse("members:profile", args=[branch.slug])).text
        assert f'<a href="{reverse("members:profile", args=[parent.slug])}">' in up
        assert "の支部" in up
        down = public.get(reverse("members:profile", args=[parent.slug])).text
        assert "支部" in down


class TestReturn:
    def test_the_old_category_is_proposed_and_the_number_told(self, office):
        organization = MemberFactory(
            membership__category=Category.SUPPORTING, membership__valid_until=date(2026, 1, 1)
        )
        old = organization.memberships.get().number
        stays = AffiliationFactory(organization=organization)
        ended = AffiliationFactory(organization=organization, valid_until=date(2026, 1, 1))
        unwanted = AffiliationFactory(organization=organization)
        url = place(organization, "rejoin")
        form = office.get(url).context["form"]
        assert form["category"].value() == "supporting"
        data = {"category": "supporting", "valid_from": "2026-11-20"}
        response = office.post(url, data)
        assert "番号 賛0001" in words(response)
        assert old in words(response)
        assert response.context["form"]["contacts"].value() == [str(stays.pk), str(unwanted.pk)]
        office.post(url, data | {"contacts": [stays.pk, ended.pk], "_confirm": "1"})
        today = organization.affiliations.active_on(TODAY)
        assert {row.person for row in today} == {stays.person, ended.person}
        assert organization.memberships.count() == 2
        unwanted.refresh_from_db()
        assert unwanted.valid_until == TODAY


class TestNoErrors:
    def test_one_person_for_several_and_one_mailbox_for_several(self, office):
        first, second = MemberFactory(), MemberFactory()
        for organization, name in (
            (first, "見本 花子"),
            (first, "見本 次郎"),
            (second, "見本 三郎"),
        ):
            response = office.post(
                place(organization, "contact"),
                {"name": name, "email": "info@member.example", "duty": Duty.PRIMARY,
                 "valid_from": "2026-11-20"},
            )  # fmt: skip
            assert response.status_code == 302
        assert Address.objects.count() == 1
        person = Person.objects.get(name="見本 花子")
        AffiliationFactory(organization=second, person=person)
        page = office.get(record_of(person)).text
        assert first.name in page
        assert second.name in page

    def test_a_new_name_is_told_and_the_old_one_still_found(self, office):
        organization = MemberFactory(name="特定非営利活動法人旧い会")
        response = office.post(
            place(organization, "rename"),
            {"name": "特定非営利活動法人新しい会", "effective_on": "2026-11-01"},
            follow=True,
        )
        assert "「特定非営利活動法人新しい会」" in said(response)[0]
        public = Client()
        listing = reverse("members:directory")
        assert "特定非営利活動法人新しい会" in public.get(listing, {"q": "旧い会"}).text
        old = public.get(listing, {"as_of": "2026-10-31"}).text
        assert "特定非営利活動法人旧い会" in old
        assert Organization.objects.get() == organization

    def test_who_was_never_a_member_has_nothing_to_end(self, office):
        organization = OrganizationFactory()
        response = office.post(
            place(organization, "end"),
            {"until": "2026-12-01", "reason": "dissolved", "_confirm": "1"},
        )
        assert "会員ではありません" in response.context["form"].non_field_errors()[0]
        assert not Affiliation.objects.exists()
