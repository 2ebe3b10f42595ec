"""A round of decisions in the admin: the list, the table, the look ahead, the results."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from accounts.choices import Role
from core.models import Act
from mailing.choices import EnvelopeStatus
from mailing.models import Envelope, Message
from members.choices import ApplicationStatus, Category, Verdict
from members.models import Decision, DecisionBatch, Membership, MembershipApplication
from tests.factories.accounts import make_staff
from tests.factories.members import (
    ApplicationContactFactory,
    ApplicationFactory,
    BatchFactory,
    FormerNameFactory,
    MemberFactory,
    OrganizationFactory,
)

pytestmark = pytest.mark.django_db
LIST = "/admin/members/decisionbatch/"


def page_of(batch) -> str:
    return f"{LIST}{batch.pk}/change/"


@pytest.fixture
def officer(client):
    user = make_staff(Role.OFFICER)
    client.force_login(user)
    return user


def reported(batch, **fields):
    application = ApplicationFactory(status=ApplicationStatus.REPORTED, batch=batch, **fields)
    ApplicationContactFactory(application=application)
    return application


def rows(*applications, verdict="approved", **more):
    data = {"reference": "第9回"}
    for application in applications:
        data |= {
            f"a{application.pk}-verdict": verdict,
            f"a{application.pk}-category": "regular",
            f"a{application.pk}-member_from": "2026-12-01",
        }
    return data | more


class TestTheList:
    def test_a_round_is_proposed_with_its_day_and_opened(self, client, officer):
        form = client.get(f"{LIST}add/")
        initial = form.context["adminform"].form.initial
        assert str(initial["title"]).endswith("の審査")
        answer = client.post(f"{LIST}add/", {
            "held_on": "2026-12-15", "member_from": "", "title": initial["title"], "reference": "",
        }, follow=True)  # fmt: skip
        batch = DecisionBatch.objects.get()
        # the title follows the day that was really chosen
        assert batch.title == "令和8年12月15日の審査"
        assert batch.member_from == date(2026, 12, 15)
        assert "一覧にはまだ何もありません" in answer.text

    @pytest.mark.parametrize("number", [1, 3])
    def test_its_queries(self, client, officer, django_assert_num_queries, number):
        for _n in range(number):
            reported(BatchFactory())
        client.get(LIST)
        with django_assert_num_queries(8):
            page = client.get(LIST)
        assert len(page.context["cl"].result_list) == number

    def test_what_is_no_day_comes_back_at_its_field(self, client, officer):
        page = client.post(f"{LIST}add/", {
            "held_on": "2026-02-30", "member_from": "x\x00", "title": "あ" * 200, "reference": "",
        })  # fmt: skip
        errors = page.context["adminform"].form.errors
        assert set(errors) == {"held_on", "member_from", "title"}
        assert not DecisionBatch.objects.exists()


class TestPuttingOnTheList:
    def test_those_that_are_being_checked_are_ticked(self, client, officer):
        batch, known = BatchFactory(), OrganizationFactory(name="株式会社あかり")
        application = ApplicationFactory(status=ApplicationStatus.CHECKING, name=known.name)
        ApplicationFactory(status=ApplicationStatus.RECEIVED, name="まだ見ていない申込")
        page = client.get(page_of(batch))
        assert application.name in page.text
        assert "まだ見ていない申込" not in page.text
        assert "既知の可能性あり" in page.text
        answer = client.post(f"{LIST}{batch.pk}/report/", {"application": [application.pk]},
                             follow=True)  # fmt: skip
        assert "一覧にのせた申込:1" in answer.text
        application.refresh_from_db()
        assert (application.status, application.batch) == (ApplicationStatus.REPORTED, batch)

    @pytest.mark.parametrize("sent", [[], ["x"], ["99999999999999999999"], ["-1"], ["1\x00"]])
    def test_nonsense_puts_nothing_on_it(self, client, officer, sent):
        batch = BatchFactory()
        answer = client.post(f"{LIST}{batch.pk}/report/", {"application": sent}, follow=True)
        assert answer.status_code == 200
        assert not batch.applications.exists()

    def test_taking_one_off_keeps_what_was_typed_for_the_others(self, client, officer):
        batch = BatchFactory()
        stays, goes = reported(batch), reported(batch)
        data = rows(stays, goes, verdict="declined") | {f"a{stays.pk}-reason": "書きかけの理由"}
        page = client.post(f"{LIST}{batch.pk}/unreport/{goes.pk}/", data)
        assert page.status_code == 200
        assert "書きかけの理由" in page.text
        goes.refresh_from_db()
        assert goes.status == ApplicationStatus.CHECKING

    def test_a_contractor_prepares_but_does_not_decide(self, client):
        client.force_login(make_staff(Role.CONTRACTOR))
        batch = BatchFactory()
        application = ApplicationFactory(status=ApplicationStatus.CHECKING)
        client.post(f"{LIST}{batch.pk}/report/", {"application": [application.pk]})
        application.refresh_from_db()
        assert application.status == ApplicationStatus.REPORTED
        page = client.get(page_of(batch))
        assert "-verdict" not in page.text
        decided = client.post(page_of(batch), rows(application) | {"_decide": "1"})
        assert decided.status_code == 403
        assert not Decision.objects.exists()


class TestDeciding:
    def test_first_a_look_then_the_decision(self, client, officer):
        batch = BatchFactory()
        yes, no, later = reported(batch), reported(batch), reported(batch, name="次回の会")
        data = rows(yes, no, later) | {
            f"a{no.pk}-verdict": "declined", f"a{no.pk}-reason": "内部の理由",
            f"a{no.pk}-text": "申請者への文", f"a{later.pk}-verdict": "held",
        }  # fmt: skip
        look = client.post(page_of(batch), data | {"_look": "1"})
        assert look.status_code == 200
        outlook = look.context["outlook"]
        assert (outlook.admitted, outlook.declined, outlook.held) == (1, 1, 1)
        assert (outlook.mailboxes, outlook.logins) == (3, 1)
        assert not Decision.objects.exists()
        assert not Message.objects.exists()
        assert not Membership.objects.exists()
        # the look carries everything on
        for name, value in data.items():
            assert f'name="{name}" value="{value}"' in look.text

        answer = client.post(page_of(batch), data | {"_decide": "1"}, follow=True)
        assert "決定しました" in answer.text
        batch.refresh_from_db()
        assert (batch.decided_by, batch.reference) == (officer, "第9回")
        number = Membership.objects.get().number
        assert number in answer.text
        assert "内部の理由" in answer.text
        assert "配信待ち" in answer.text
        later.refresh_from_db()
        assert later.batch is None

    def test_correcting_after_the_look_loses_nothing(self, client, officer):
        batch = BatchFactory()
        application = reported(batch)
        data = rows(application, verdict="declined") | {
            f"a{application.pk}-reason": "理由", f"a{application.pk}-text": "長い文",
        }  # fmt: skip
        page = client.post(page_of(batch), data | {"_edit": "1"})
        assert "長い文" in page.text
        assert "第9回" in page.text

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("verdict", "", "入力"),
            ("verdict", "maybe", "選択"),
            ("category", "", "承認には"),
            ("member_from", "", "承認には"),
            ("member_from", "2026-02-30", "日付"),
            ("member_from", "令和99年1月1日", "日付"),
        ],
    )
    def test_a_bad_row_comes_back_with_its_sentence(self, client, officer, field, value, sentence):
        batch = BatchFactory()
        application = reported(batch)
        name = f"a{application.pk}-{field}"
        page = client.post(page_of(batch), rows(application) | {name: value, "_decide": "1"})
        (form,) = page.context["forms"]
        assert sentence in str(form.errors[field])
        assert "第9回" in page.text
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("bad", ["", "   ", "あ" * 2001, "x\x00y"])
    def test_a_refusal_needs_words_that_can_be_kept(self, client, officer, bad):
        batch = BatchFactory()
        application = reported(batch)
        data = rows(application, verdict="declined") | {
            f"a{application.pk}-reason": bad, f"a{application.pk}-text": bad, "_decide": "1",
        }  # fmt: skip
        page = client.post(page_of(batch), data)
        (form,) = page.context["forms"]
        assert set(form.errors) == {"reason", "text"}
        assert not Decision.objects.exists()

    def test_what_the_register_refuses_is_said_at_the_look(self, client, officer):
        OrganizationFactory(corporate_number="7000012050002")
        batch = BatchFactory()
        application = reported(batch, corporate_number="7000012050002")
        page = client.post(page_of(batch), rows(application) | {"_look": "1"})
        assert application.name in page.context["refusal"]
        assert "法人番号" in page.context["refusal"]

    def test_one_that_came_to_the_list_meanwhile_is_shown_first(self, client, officer):
        batch = BatchFactory()
        seen, came = reported(batch), reported(batch)
        page = client.post(page_of(batch), rows(seen) | {"_decide": "1"})
        assert "あとから一覧に加わった申込があります" in page.text
        assert came.name in page.text
        assert not Decision.objects.exists()

    def test_the_second_officer_is_told(self, client, officer):
        batch = BatchFactory()
        application = reported(batch)
        data = rows(application) | {"_decide": "1"}
        client.post(page_of(batch), data)
        answer = client.post(page_of(batch), data, follow=True)
        assert "ほかの方が先に" in answer.text
        assert Decision.objects.count() == 1

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_queries_of_the_table(self, client, officer, django_assert_num_queries, number):
        batch = BatchFactory()
        for _n in range(number):
            reported(batch)
            ApplicationContactFactory(application__status=ApplicationStatus.CHECKING)
        client.get(page_of(batch))
        with django_assert_num_queries(15):
            client.get(page_of(batch))


class TestTheResult:
    def decided(self, client, number=1, **fields):
        batch = BatchFactory()
        found = [reported(batch, **fields) for _n in range(number)]
        client.post(page_of(batch), rows(*found) | {"_decide": "1"})
        return batch

    @pytest.mark.parametrize("number", [1, 3])
    def test_its_queries(self, client, officer, django_assert_num_queries, number):
        batch = self.decided(client, number)
        client.get(page_of(batch))
        with django_assert_num_queries(11):
            page = client.get(page_of(batch))
        assert page.text.count("承認を取り消す") == number

    def test_letters_show_how_far_they_came(self, client, officer):
        batch = self.decided(client)
        Envelope.objects.update(status=EnvelopeStatus.BOUNCED)
        page = client.get(page_of(batch))
        assert str(EnvelopeStatus.BOUNCED.label) in page.text
        assert 'data-tone="danger"' in page.text

    def test_who_reads_no_mail_gets_a_sheet_of_paper(self, client, officer):
        batch = BatchFactory()
        paper = ApplicationFactory(
            status=ApplicationStatus.REPORTED, batch=batch, email="", fax="03-0000-2222",
            postal_code="100-0001", address="東京都千代田区1-1", prefecture="13",
        )  # fmt: skip
        ApplicationContactFactory(application=paper, email="", name="見本 花子")
        look = client.post(page_of(batch), rows(paper) | {"_look": "1"})
        assert look.context["outlook"].by_post == [paper.name]
        page = client.post(page_of(batch), rows(paper) | {"_decide": "1"}, follow=True)
        assert "FAX 03-0000-2222" in page.text
        decision = Decision.objects.get()
        letter = client.get(f"{LIST}{batch.pk}/letter/{decision.pk}/")
        for words in ("〒100-0001", "東京都千代田区1-1", decision.number, "見本 花子"):
            assert words in letter.text
        assert "shell/css" not in letter.text
        assert not Message.objects.exists()

    def test_superseding_both_ways(self, client, officer):
        batch = self.decided(client)
        first = Decision.objects.get()
        place = f"{LIST}{batch.pk}/supersede/{first.pk}/"
        assert "承認を取り消す" in client.get(place).text
        bad = client.post(place, {"effective_on": "", "reason": "", "text": ""})
        assert set(bad.context["form"].errors) == {"effective_on", "reason", "text"}
        page = client.post(place, {
            "effective_on": "2026-12-01", "reason": "内部", "text": "取り消します。",
            "reference": "第10回",
        }, follow=True)  # fmt: skip
        assert "決定をあらためました" in page.text
        second = Decision.objects.get(supersedes=first)
        assert second.reference == "第10回"
        again = client.post(f"{LIST}{batch.pk}/supersede/{second.pk}/", {
            "category": "supporting", "member_from": "2026-12-15", "reference": "",
        }, follow=True)  # fmt: skip
        assert again.status_code == 200
        third = Decision.objects.get(supersedes=second)
        assert (third.verdict, third.category) == (Verdict.APPROVED, Category.SUPPORTING)
        late = client.post(place, {
            "effective_on": "2026-12-01", "reason": "内部", "text": "もう一度",
        })  # fmt: skip
        assert "すでにあらためられています" in late.text

    def test_a_decision_of_another_round_is_not_here(self, client, officer):
        batch, decision = self.decided(client), Decision.objects.get()
        other = BatchFactory()
        for page in ("letter", "supersede"):
            assert client.get(f"{LIST}{other.pk}/{page}/{decision.pk}/").status_code == 404
        assert client.get(f"{LIST}{batch.pk}/letter/{decision.pk}/").status_code == 200


class TestForTheCommittee:
    def test_the_workbook_holds_the_rows_as_text(self, client, officer):
        batch = BatchFactory()
        reported(batch, name='=HYPERLINK("http://x.example")', name_kana="+81",
                 summary="@SUM(1)", kind="npo", prefecture="01")  # fmt: skip
        reported(batch, organization=OrganizationFactory(), wishes="第1分科会")
        answer = client.post(f"{LIST}{batch.pk}/list.xlsx")
        assert "filename*=utf-8''" in answer.headers["Content-Disposition"]
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert sheet["A1"].value == batch.title
        first = [cell.value for cell in sheet[5]]
        assert first[3] == '\'=HYPERLINK("http://x.example")'
        assert first[4] == "'+81"
        assert (first[5], first[7], first[8]) == ("NPO法人", "北海道", "'@SUM(1)")
        assert {cell.data_type for cell in sheet[5]} <= {"s", "n"}
        assert not any(cell.data_type == "f" for row in sheet for cell in row)
        assert "以前の会員" in sheet[6][10].value
        assert Act.objects.filter(verb="members.batch.exported").count() == 1

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_print_view_has_the_same_rows(
        self, client, officer, django_assert_num_queries, number
    ):
        batch = BatchFactory()
        found = [reported(batch) for _n in range(number)]
        client.get(f"{LIST}{batch.pk}/print/")
        with django_assert_num_queries(10):
            page = client.get(f"{LIST}{batch.pk}/print/")
        for application in found:
            assert application.name in page.text
            assert application.contacts.get().email not in page.text
        assert 'id="side"' not in page.text

    def test_who_looks_like_a_member_is_marked(self, client, officer):
        batch, member = BatchFactory(), MemberFactory(name="特定非営利活動法人よりそい")
        FormerNameFactory(organization=member)
        reported(batch, name="NPO法人よりそい",
                 duplicate_key=member.duplicate_key)  # fmt: skip
        assert "既知の可能性" in client.get(f"{LIST}{batch.pk}/print/").text


def test_a_round_is_never_deleted(client, officer):
    batch = BatchFactory()
    assert client.post(f"{LIST}{batch.pk}/delete/", {"post": "yes"}).status_code == 403
    assert MembershipApplication.objects.count() == 0


def test_its_day_can_be_moved_until_it_is_decided(client, officer):
    batch = BatchFactory()
    place = f"{LIST}{batch.pk}/act/edit/"
    data = {"name": batch.title, "held_on": "2026-12-15", "member_from": "2027-01-04"}
    client.post(place, data)
    batch.refresh_from_db()
    assert (batch.title, batch.held_on) == ("令和8年12月15日の審査", date(2026, 12, 15))
    application = reported(batch)
    client.post(page_of(batch), rows(application) | {"_decide": "1"})
    assert "すでに" in client.post(place, data).text


class TestFromTheListOfApplications:
    def send(self, client, *applications):
        return client.post(
            "/admin/members/membershipapplication/",
            {"action": "report", "_selected_action": [a.pk for a in applications]},
            follow=True,
        )

    def test_the_chosen_ones_go_to_the_round_that_comes_next(self, client, officer):
        BatchFactory(held_on=date(2026, 12, 15))
        batch = BatchFactory(held_on=date(2026, 12, 1))
        chosen = [ApplicationFactory(status=ApplicationStatus.CHECKING) for _n in range(2)]
        page = self.send(client, *chosen)
        assert "一覧にのせた申込:2" in page.text
        assert batch.applications.count() == 2

    def test_all_of_them_or_none(self, client, officer):
        batch = BatchFactory()
        good = ApplicationFactory(status=ApplicationStatus.CHECKING)
        bad = ApplicationFactory(status=ApplicationStatus.RECEIVED)
        assert bad.name in self.send(client, good, bad).text
        assert not batch.applications.exists()

    def test_without_a_round_a_sentence_says_where_to_open_one(self, client, officer):
        chosen = ApplicationFactory(status=ApplicationStatus.CHECKING)
        assert "「審査」で作ってください" in self.send(client, chosen).text

    def test_who_only_reads_reports_nothing(self, client):
        client.force_login(make_staff(Role.AUDITOR))
        batch = BatchFactory()
        self.send(client, ApplicationFactory(status=ApplicationStatus.CHECKING))
        assert not batch.applications.exists()
