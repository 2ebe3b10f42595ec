"""The secretariat's pages of an application, through HTTP."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from core.models import Act
from mailing.models import Message
from members.choices import Agreement, ApplicationStatus, Reception
from members.errors import MembersError
from members.models import MembershipApplication, Organization, Scan
from members.services import intake
from members.services.applying import answer_correction, save_answers
from members.services.examining import return_for_correction
from members.services.scans import attach_scan
from platform_site.tasks import DUTIES, run_duties
from tests.factories.accounts import make_staff
from tests.factories.files import pdf, png
from tests.factories.members import (
    ApplicationContactFactory,
    ApplicationFactory,
    BatchFactory,
    MemberFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
S = ApplicationStatus
LIST = reverse("admin:members_membershipapplication_changelist")
ADD = reverse("admin:members_membershipapplication_add")


@pytest.fixture(autouse=True)
def on_23_november_2026(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AT, tick=False):
        yield


def browser_of(client, role):
    client.user = make_staff(role)
    client.force_login(client.user)
    return client


@pytest.fixture
def office(client):
    return browser_of(client, Role.OFFICER)


def page_of(row):
    return reverse("admin:members_membershipapplication_change", args=[row.pk])


def correct_of(row):
    return reverse("admin:members_membershipapplication_correct", args=[row.pk])


def act_of(row, key):
    return reverse("admin:members_membershipapplication_act", args=[row.pk, key])


def shown(client, **query):
    response = client.get(LIST, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def text_of(response):
    return response.content.decode()


def contacts(*rows):
    data = {
        "contacts-TOTAL_FORMS": str(len(rows)), "contacts-INITIAL_FORMS": "0",
        "contacts-MIN_NUM_FORMS": "0", "contacts-MAX_NUM_FORMS": "5",
    }  # fmt: skip
    for number, row in enumerate(rows):
        data |= {f"contacts-{number}-{name}": value for name, value in row.items()}
    return data


def fax(**fields):
    """What the browser sends for a fax that says little."""
    data = {"channel": "fax", "received_on": "2026-11-12", "name": "㈱見本ファクス"}
    return data | contacts({"duty": "primary"}, {"duty": "deputy"}) | fields


class TestList:
    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_do_not_grow_with_the_list(self, office, number):
        MemberFactory(name="見本の会")
        for _n in range(number):
            ApplicationFactory(name="㈱見本の会", assigned_to=office.user)
        office.get(LIST)  # the first request of a session also writes down the device
        with CaptureQueriesContext(connection) as asked:
            assert len(shown(office)) == number
        assert len(asked) == 12

    def test_drafts_are_nobodys_business(self, office):
        draft = ApplicationFactory(status=S.DRAFT, receipt_number=None, received_on=None)
        assert shown(office) == []
        assert office.get(page_of(draft)).status_code == 302
        assert office.get(act_of(draft, "begin")).status_code == 404
        found = office.get(reverse("admin:search"), {"q": draft.name})
        assert found.context["found_total"] == 0
        assert draft.name not in text_of(office.get(LIST))

    @pytest.mark.parametrize(
        ("state", "found"),
        [
            ("work", {S.RECEIVED, S.CHECKING}),
            ("answered", set()),
            ("returned", {S.RETURNED}),
            ("reported", {S.REPORTED}),
            ("decided", {S.APPROVED, S.DECLINED, S.RETRACTED}),
        ],
    )
    def test_each_view_shows_its_states_and_counts_them(self, office, state, found):
        for status in S:
            ApplicationFactory(status=status)
        assert {row.status for row in shown(office, state=state)} == found
        views = {view.query: view.count for view in office.get(LIST).context["saved_views"]}
        assert views[f"state={state}"] == (None if state == "decided" else len(found))

    def test_an_answered_correction_has_a_view_of_its_own(self, office):
        row = ApplicationFactory(status=S.CHECKING)
        return_for_correction(application=row, message="x", marked=[], actor=None, at=AT)
        answer_correction(application=row, at=AT)
        assert shown(office, state="answered") == [row]
        assert "補正の回答あり" in text_of(office.get(LIST, {"state": "answered"}))

    def test_the_row_says_channel_days_and_doubles(self, office):
        MemberFactory(name="見本の会")
        ApplicationFactory(
            name="㈱見本の会", channel=Reception.FAX, received_on=date(2026, 11, 2),
            due_on=date(2026, 11, 20), assigned_to=office.user,
        )  # fmt: skip
        text = text_of(office.get(LIST))
        for words in ("重複の候補", "FAX", "21日", "3日", office.user.get_full_name()):
            assert words in text

    @pytest.mark.parametrize("query", ["ﾋｶﾘ", "入2026-0042", "髙橋", "sato@example.jp"])
    def test_search_is_folded(self, office, query):
        office.post(
            ADD,
            fax(name="㈱ひかり", email="sato@example.jp")
            | contacts({"duty": "primary", "name": "高橋 一郎"}),
        )
        row = MembershipApplication.objects.get()
        if query.startswith("入"):
            query = row.receipt_number
        assert shown(office, q=query) == [row]
        assert shown(office, q="ひかりではない") == []

    def test_mine_and_nobodys(self, office):
        mine, free = ApplicationFactory(assigned_to=office.user), ApplicationFactory()
        assert shown(office, charge="me") == [mine]
        assert shown(office, charge="nobody") == [free]


class TestTaking:
    def test_the_form_is_in_the_order_of_the_paper(self, office):
        text = text_of(office.get(ADD))
        places = [text.index(f'id="id_{name}"') for name in (
            "channel", "received_on", "scans", "category", "name", "postal_code", "summary",
            "agreement", "contacts-0-name",
        )]  # fmt: skip
        assert places == sorted(places)
        assert 'value="2026-11-23"' in text
        assert 'value="web"' not in text

    def test_half_a_fax_is_saved_and_what_is_missing_stands_on_the_record(self, office):
        response = office.post(ADD, fax(), follow=True)
        row = MembershipApplication.objects.get()
        assert response.redirect_chain[-1][0] == page_of(row)
        assert (row.channel, row.received_by, row.received_on) == (
            "fax", office.user, date(2026, 11, 12),
        )  # fmt: skip
        text = text_of(response)
        assert row.receipt_number in text
        assert "足りないもの" in text
        for label in ("フリガナ", "所在地", "同意"):
            assert label in text
        assert not row.contacts.exists()

    def test_everything_is_taken_in_any_spelling(self, office):
        office.post(
            ADD,
            fax(
                category="regular", kind="npo", name="特定非営利活動法人 見本", name_kana="ミホン",
                corporate_number="７０００－０１２０－５０００２", founded="2015年4月",
                postal_code="〒１００－０００１", prefecture="13", phone="０３（１２３４）５６７８",
                email="Sato@Example.JP", url="example.jp", summary="居場所", fields=["01", "13"],
                targets=["elderly"], regions=["13"], public_fields=["url"], agreement="written",
            )
            | contacts({"duty": "primary", "name": "見本 一郎", "email": "a@example.jp",
                        "newsletter": "on"}, {"duty": "deputy"}),
        )  # fmt: skip
        row = MembershipApplication.objects.get()
        assert (row.corporate_number, row.founded, row.postal_code, row.url) == (
            "7000012050002", "2015-04", "100-0001", "https://example.jp",
        )  # fmt: skip
        assert (row.agreement, row.agreement_noted_by) == (Agreement.WRITTEN, office.user)
        contact = row.contacts.get()
        assert (contact.name, contact.newsletter) == ("見本 一郎", True)

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"received_on": "2026-11-24"}, "先の日付"),
            ({"received_on": "2026-02-30"}, "日付"),
            ({"received_on": "9999999-01-01"}, "日付"),
            ({"corporate_number": "1234567890123"}, "検査数字"),
            ({"local_government_code": "999999"}, "団体コード"),
            ({"name_kana": "漢字"}, "かな"),
            ({"email": "nobody"}, "メール"),
            ({"phone": "abc"}, "電話"),
            ({"postal_code": "1"}, "郵便番号"),
            ({"founded": "昔"}, "年と月"),
            ({"name": "a\x00b"}, "使えない文字"),
            ({"name": "見" * 10_000}, "文字"),
            ({"channel": "web"}, "正しく選択"),
            ({"agreement": "online"}, "正しく選択"),
            ({"prefecture": "99"}, "正しく選択"),
            ({"name": ""}, "どれか一つ"),
            ({"contacts-0-newsletter": "on", "contacts-0-name": "一郎"}, "メール"),
            ({"contacts-0-email": "x"}, "メール"),
        ],
    )
    def test_what_cannot_be_comes_back_with_a_sentence_and_nothing_lost(
        self, office, fields, words
    ):
        response = office.post(ADD, fax(wishes="第3分科会") | fields)
        assert response.status_code == 200
        text = text_of(response)
        assert re.search(rf'class="errorlist"[^§]*?{words}', text), words
        assert 'value="第3分科会"' in text
        assert not MembershipApplication.objects.exists()

    def test_ten_megabytes_in_a_name_are_a_sentence(self, office):
        response = office.post(ADD, fax(name="あ" * 3_400_000))
        assert response.status_code == 200
        assert "errorlist" in text_of(response)

    def test_a_refusal_of_the_service_comes_back_with_everything(self, office, monkeypatch):
        def refuse(*args):
            raise MembersError("今年の受付番号を使い切りました。")

        monkeypatch.setattr(intake, "next_receipt_number", refuse)
        text = text_of(office.post(ADD, fax()))
        assert "今年の受付番号を使い切りました。" in text
        assert 'value="㈱見本ファクス"' in text

    def test_several_scans_come_with_it_and_a_false_one_is_named(self, office):
        good = SimpleUploadedFile("FAX 1枚目.pdf", pdf())
        bad = SimpleUploadedFile("写真.jpg", b"<svg onload='x'/>")
        response = office.post(ADD, fax() | {"scans": [good, bad]})
        assert "写真.jpg" in text_of(response)
        pages = [SimpleUploadedFile("1.pdf", pdf()), SimpleUploadedFile("2.png", png())]
        office.post(ADD, fax() | {"scans": pages})
        assert [scan.name for scan in Scan.objects.all()] == ["1.pdf", "2.png"]

    def test_a_file_survives_a_form_that_comes_back(self, office):
        upload = SimpleUploadedFile("FAX.pdf", pdf())
        text = text_of(office.post(ADD, fax(corporate_number="1") | {"scans": upload}))
        assert "受け取ったファイル" in text
        (ticket,) = re.findall(r'name="kept" value="([^"]+)"', text)
        office.post(ADD, fax(kept=ticket))
        assert Scan.objects.get().name == "FAX.pdf"

    @pytest.mark.parametrize(("days", "kept"), [(0, True), (2, False)])
    def test_a_file_that_nobody_came_back_for_goes_with_the_tick(
        self, office, settings, days, kept
    ):
        upload = SimpleUploadedFile("FAX.pdf", pdf())
        office.post(ADD, fax(corporate_number="1") | {"scans": upload})
        files = [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
        assert len(files) == 1
        written = datetime.fromtimestamp(files[0].stat().st_mtime, UTC)
        assert run_duties(DUTIES, written + timedelta(days=days)) == 0
        assert files[0].exists() == kept

    def test_the_ticket_of_another_officer_brings_nothing(self, office, client):
        upload = SimpleUploadedFile("FAX.pdf", pdf())
        text = text_of(office.post(ADD, fax(corporate_number="1") | {"scans": upload}))
        (ticket,) = re.findall(r'name="kept" value="([^"]+)"', text)
        browser_of(client, Role.CONTRACTOR).post(ADD, fax(kept=ticket))
        assert not Scan.objects.exists()

    def test_save_and_add_another_opens_an_empty_form(self, office):
        response = office.post(ADD, fax(_addanother="1"))
        assert response["Location"] == ADD


class TestDuplicates:
    def test_doubles_are_shown_before_anything_is_saved(self, office):
        member = MemberFactory(name="株式会社見本ファクス")
        response = office.post(ADD, fax(wishes="第3分科会", fields=["01", "02"]))
        text = text_of(response)
        assert "すでにあるかもしれません" in text
        assert reverse("admin:members_organization_change", args=[member.pk]) in text
        assert not MembershipApplication.objects.exists()
        sent = dict.fromkeys(re.findall(r'type="hidden" name="([^"]+)"', text))
        assert {"wishes", "fields", "contacts-TOTAL_FORMS", "duplicates_seen"} <= sent.keys()

    def _sent_again(self, text, **buttons):
        data: dict[str, list[str]] = {}
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', text):
            data.setdefault(name, []).append(value)
        data.pop("csrfmiddlewaretoken", None)
        return data | buttons

    def test_going_on_saves_everything_with_its_scan(self, office):
        MemberFactory(name="株式会社見本ファクス")
        upload = SimpleUploadedFile("FAX.pdf", pdf())
        asked = text_of(office.post(ADD, fax(fields=["01", "02"]) | {"scans": upload}))
        office.post(ADD, self._sent_again(asked, _save="1"))
        row = MembershipApplication.objects.get()
        assert (row.fields, row.scans.get().name) == (["01", "02"], "FAX.pdf")

    def test_going_back_shows_the_form_with_everything(self, office):
        MemberFactory(name="株式会社見本ファクス")
        asked = text_of(office.post(ADD, fax(wishes="第3分科会")))
        text = text_of(office.post(ADD, self._sent_again(asked, _back="1")))
        assert "まだ保存していません" in text
        assert 'value="第3分科会"' in text
        assert not MembershipApplication.objects.exists()

    def test_another_double_in_the_meantime_asks_again(self, office):
        MemberFactory(name="株式会社見本ファクス")
        asked = text_of(office.post(ADD, fax()))
        ApplicationFactory(name="見本ファクス㈱")
        assert "すでにあるかもしれません" in text_of(
            office.post(ADD, self._sent_again(asked, _save="1"))
        )

    def test_the_record_of_a_web_application_names_them_too(self, office):
        former = MemberFactory(name="見本の会", membership__valid_until=date(2024, 4, 1))
        row = ApplicationFactory(name="ＮＰＯ法人見本の会", status=S.CHECKING)
        text = text_of(office.get(page_of(row)))
        assert "重複の候補" in text
        assert "会員ではない" in text or "名称が同じ" in text
        office.post(act_of(row, "link"), {"organization": former.pk})
        row.refresh_from_db()
        assert row.organization == former

    def test_a_member_cannot_be_linked(self, office):
        member = MemberFactory(name="見本の会")
        row = ApplicationFactory(name="見本の会", status=S.CHECKING)
        response = office.post(act_of(row, "link"), {"organization": member.pk})
        assert response.status_code == 200
        row.refresh_from_db()
        assert row.organization is None

    def test_registering_an_organization_directly_asks_as_well(self, office):
        MemberFactory(name="株式会社見本ファクス")
        url = reverse("admin:members_organization_add")
        data = {
            "category": "regular", "valid_from": "2026-11-01", "kind": "company",
            "name": "㈱見本ファクス", "number": "",
        }  # fmt: skip
        asked = text_of(office.post(url, data))
        assert "すでにあるかもしれません" in asked
        assert Organization.objects.count() == 1
        office.post(url, self._sent_again(asked, _save="1"))
        assert Organization.objects.count() == 2


class TestRecord:
    def test_it_is_read_in_blocks_and_not_written(self, office):
        row = ApplicationFactory(summary="一行目\n二行目", fields=["01"], status=S.CHECKING)
        ApplicationContactFactory(application=row, phone="03-5555-6666")
        text = text_of(office.get(page_of(row)))
        for words in (row.name, "一行目<br>二行目", "東京都", "03-5555-6666", "確認中"):
            assert words in text
        assert office.post(page_of(row), {"name": "x"}).status_code == 403

    def test_only_what_changed_since_it_was_returned_is_compared(self, office):
        row = ApplicationFactory(status=S.CHECKING, phone="03-0000-1111", address="千代田区1")
        return_for_correction(
            application=row, message="番号が違うようです。", marked=["phone"],
            actor=office.user, at=AT,
        )  # fmt: skip
        save_answers(application=row, answers={"phone": "03-2222-3333"}, contacts=None, at=AT)
        answer_correction(application=row, at=AT)
        text = text_of(office.get(page_of(row)))
        diff = text[text.index('<dl class="diff">') :]
        diff = diff[: diff.index("</dl>")]
        assert "<del>03-0000-1111</del>" in diff
        assert "<ins>03-2222-3333</ins>" in diff
        assert "千代田区" not in diff

    def test_without_a_mailbox_the_page_says_how_to_tell_them(self, office):
        row = ApplicationFactory(status=S.CHECKING, email="")
        response = office.post(
            act_of(row, "return"),
            {"message": "押印をお願いします。", "marked": ["phone"], "due_on": "2026-12-04"},
            follow=True,
        )
        text = text_of(response)
        assert "電話かFAXで伝えてください" in text
        assert "押印をお願いします。" in text
        assert not Message.objects.exists()

    def test_the_acts_fit_the_state(self, office):
        for status, titles in {
            S.RECEIVED: ["確認を始める", "事務局で直す", "取下げを記録する"],
            S.CHECKING: ["補正を依頼する", "幹事会へ報告する"],
            S.RETURNED: ["確認に戻す"],
        }.items():
            text = text_of(office.get(page_of(ApplicationFactory(status=status))))
            for title in titles:
                assert title in text
        decided = text_of(office.get(page_of(ApplicationFactory(status=S.DECLINED))))
        assert "取下げを記録する" not in decided
        assert "事務局で直す" not in decided

    def test_one_press_begins_the_check(self, office):
        row = ApplicationFactory()
        office.post(act_of(row, "begin"), {"csrfmiddlewaretoken": "x"})
        row.refresh_from_db()
        assert (row.status, row.assigned_to) == (S.CHECKING, office.user)
        again = office.post(act_of(row, "begin"), {"csrfmiddlewaretoken": "x"})
        assert "「確認中」" in text_of(again)

    def test_it_goes_on_a_round_and_links_to_it(self, office):
        batch, row = BatchFactory(), ApplicationFactory(status=S.CHECKING)
        office.post(act_of(row, "report"), {"batch": batch.pk})
        text = text_of(office.get(page_of(row)))
        assert reverse("admin:members_decisionbatch_change", args=[batch.pk]) in text

    def test_charge_note_retraction(self, office):
        row = ApplicationFactory()
        office.post(act_of(row, "assign"), {"assignee": office.user.pk})
        office.post(act_of(row, "note"), {"note": "幹事に相談", "due_on": "2026-12-01"})
        assert "幹事に相談" in text_of(office.get(page_of(row)))
        office.post(act_of(row, "retract"), {"note": "電話"})
        row.refresh_from_db()
        assert (row.status, row.assigned_to) == (S.RETRACTED, office.user)

    def test_only_the_secretariat_can_be_in_charge(self, office):
        row, auditor = ApplicationFactory(), make_staff(Role.AUDITOR)
        response = office.post(act_of(row, "assign"), {"assignee": auditor.pk})
        assert "errorlist" in text_of(response)


class TestPuttingRight:
    def form(self, office, row):
        response = office.get(correct_of(row))
        data = {"_opened": response.context["opened"]}
        forms = [response.context["adminform"].form]
        for inline in response.context["inline_admin_formsets"]:
            forms += [inline.formset.management_form, *inline.formset.forms]
        for form in forms:
            for bound in form:
                value = bound.value()
                if value is not None and value is not False and value != "":
                    data[bound.html_name] = value
        return data

    def test_answers_and_contacts_are_put_right_with_a_reason(self, office):
        row = ApplicationFactory(status=S.RETURNED, channel=Reception.FAX, agreement="")
        ApplicationContactFactory(application=row, name="古い 名前")
        data = self.form(office, row)
        data |= {
            "phone": "03-7777-8888", "reason": "電話で", "agreement": "oral",
            "contacts-0-name": "新しい 名前", "contacts-1-name": "二人目",
        }  # fmt: skip
        response = office.post(correct_of(row), data)
        assert response["Location"] == page_of(row)
        row.refresh_from_db()
        assert (row.phone, row.agreement_noted_by) == ("03-7777-8888", office.user)
        assert [one.name for one in row.contacts.all()] == ["新しい 名前", "二人目"]
        assert "電話で" in str(
            Act.objects.filter(verb="members.application.put_right").get().detail
        )

    def test_without_a_reason_it_comes_back(self, office):
        row = ApplicationFactory()
        data = self.form(office, row) | {"phone": "03-7777-8888"}
        response = office.post(correct_of(row), data)
        assert response.status_code == 200
        assert 'value="03-7777-8888"' in text_of(response)
        row.refresh_from_db()
        assert row.phone == "03-0000-1111"

    def test_what_was_changed_meanwhile_is_told_and_not_overwritten(self, office):
        row = ApplicationFactory(status=S.RETURNED)
        data = self.form(office, row) | {"phone": "03-7777-8888", "reason": "電話で"}
        MembershipApplication.objects.filter(pk=row.pk).update(address="新しい住所1-1")
        told = office.post(correct_of(row), data)
        assert "新しい住所1-1" in text_of(told)
        assert 'value="03-7777-8888"' in text_of(told)
        data |= {"_opened": told.context["opened"], "address": "新しい住所1-1"}
        office.post(correct_of(row), data)
        row.refresh_from_db()
        assert (row.phone, row.address) == ("03-7777-8888", "新しい住所1-1")

    @pytest.mark.parametrize("status", [S.REPORTED, S.APPROVED, S.DECLINED, S.RETRACTED])
    def test_on_the_list_of_the_committee_nothing_is_changed(self, office, status):
        row = ApplicationFactory(status=status)
        assert office.get(correct_of(row))["Location"] == page_of(row)


class TestScans:
    @pytest.fixture
    def scan(self):
        row = ApplicationFactory()
        upload = SimpleUploadedFile("入会申込書.pdf", pdf())
        return attach_scan(paper=row, upload=upload, actor=None, at=AT)

    def url(self, scan, row=None):
        key = (row or scan.application).pk
        return reverse("admin:members_membershipapplication_scan", args=[key, scan.pk])

    @pytest.mark.parametrize("role", [Role.OFFICER, Role.CONTRACTOR, Role.AUDITOR])
    def test_who_may_see_it_downloads_it_and_is_recorded(self, client, scan, role):
        browser = browser_of(client, role)
        response = browser.post(self.url(scan))
        assert b"".join(response.streaming_content) == pdf()
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert "no-store" in response["Cache-Control"]
        act = Act.objects.get(verb="members.scan.opened")
        assert (act.actor_name, act.detail["filename"]) == (
            browser.user.get_full_name(), "入会申込書.pdf",
        )  # fmt: skip

    def test_reading_ahead_opens_nothing(self, office, scan):
        assert office.get(self.url(scan)).status_code == 405

    def test_the_scan_of_another_record_is_not_there(self, office, scan):
        assert office.post(self.url(scan, ApplicationFactory())).status_code == 404

    def test_a_file_that_is_gone_is_not_found_and_not_recorded(self, office, scan):
        scan.file.storage.delete(scan.file.name)
        assert office.post(self.url(scan)).status_code == 404
        assert not Act.objects.filter(verb="members.scan.opened").exists()

    def test_no_address_leads_to_the_folder(self, client, scan):
        for place in (f"/media/{scan.file.name}", f"/{scan.file.name}"):
            assert client.get(place).status_code == 404

    def test_further_pages_are_added_later(self, office, scan):
        upload = SimpleUploadedFile("2枚目.png", png())
        office.post(act_of(scan.application, "scan"), {"scans": upload})
        assert scan.application.scans.count() == 2
        text = text_of(office.get(page_of(scan.application)))
        assert "2枚目.png" in text

    def test_a_hostile_page_is_refused_with_a_sentence(self, office, scan):
        upload = SimpleUploadedFile("x.pdf", b"<html><script>alert(1)</script>")
        text = text_of(office.post(act_of(scan.application, "scan"), {"scans": upload}))
        assert "x.pdf" in text
        assert scan.application.scans.count() == 1


class TestRights:
    def test_a_contractor_works_but_does_not_decide(self, client):
        row = ApplicationFactory()
        browser = browser_of(client, Role.CONTRACTOR)
        browser.post(ADD, fax())
        assert MembershipApplication.objects.count() == 2
        text = text_of(browser.get(page_of(row)))
        assert "確認を始める" in text
        assert browser.get(correct_of(row)).status_code == 200

    def test_an_auditor_reads_only(self, client):
        row = ApplicationFactory()
        browser = browser_of(client, Role.AUDITOR)
        text = text_of(browser.get(page_of(row)))
        assert row.name in text
        assert "確認を始める" not in text
        assert "事務局で直す" not in text
        assert browser.get(ADD).status_code == 403
        assert browser.get(correct_of(row)).status_code == 403
        assert browser.post(correct_of(row), {"reason": "x"}).status_code == 403
        for key in ("begin", "return", "retract", "scan", "assign"):
            assert browser.post(act_of(row, key), {}).status_code == 403

    def test_the_key_of_the_link_is_on_no_page(self, office):
        row = ApplicationFactory(status=S.RETURNED)
        for url in (LIST, page_of(row), correct_of(row)):
            assert row.link_key not in text_of(office.get(url))
