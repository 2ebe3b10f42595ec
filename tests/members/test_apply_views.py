"""Applying through the public pages, as a browser without scripts does it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from core.audit.models import Act
from core.links import new_link_key
from mailing.models import Envelope, Message
from members.choices import Agreement, ApplicationStatus, Duty, OrganizationKind
from members.models import Correction, MembershipApplication
from members.queries.applications import snapshot_of
from members.services.applying import submit_application
from tests.factories.applying import (
    ACTIVITIES,
    AGREED,
    MAIN_CONTACT,
    ORGANIZATION,
    PAGES,
    PLACE,
    make_draft,
)
from tests.factories.members import ApplicationFactory, MemberFactory

pytestmark = pytest.mark.django_db

START = reverse("members:apply")
SENT = reverse("members:apply_sent")


def page_of(application, name=""):
    if not name:
        return reverse("members:application", args=[application.link_key])
    if name in {"check", "retract"}:
        return reverse(f"members:application_{name}", args=[application.link_key])
    return reverse("members:application_step", args=[application.link_key, name])


def fresh(application):
    return MembershipApplication.objects.get(pk=application.pk)


def link_in(envelope):
    return envelope.merge["application_url"]


def returned(marked, message="電話番号をもう一度お確かめください。", **changes):
    """An application that the office sent back."""
    application = make_draft()
    submit_application(application=application, at=timezone.now())
    MembershipApplication.objects.filter(pk=application.pk).update(
        status=ApplicationStatus.RETURNED, **changes
    )
    application = fresh(application)
    Correction.objects.create(
        application=application,
        message=message,
        marked=marked,
        asked_at=timezone.now(),
        before=snapshot_of(application),
    )
    return application


class TestStart:
    def test_the_first_page_says_how_long_a_draft_is_kept(self, client):
        page = client.get(START).content.decode()
        assert "60日のあいだ" in page
        assert "協力会員" in page

    def test_a_mail_brings_the_link(self, client):
        response = client.post(START, {"email": "Ａpply@Aozora.example", "category": "regular"})
        assert response.status_code == 302
        assert response["Location"] == SENT
        application = MembershipApplication.objects.get()
        assert application.status == ApplicationStatus.DRAFT
        assert application.email == "apply@aozora.example"
        envelope = Envelope.objects.get()
        assert link_in(envelope).endswith(page_of(application))
        assert len(link_in(envelope)) <= 60
        # The office may read the text of every letter, but not the key.
        assert application.link_key not in envelope.message.text
        assert "⟦application_url⟧" in envelope.message.text.splitlines()

    def test_the_answer_is_the_same_for_a_member_and_a_stranger(self, client):
        MemberFactory()
        ApplicationFactory(email="known@example.jp")
        known = client.post(START, {"email": "known@example.jp", "category": "regular"})
        other = client.post(START, {"email": "new@example.jp", "category": "regular"})
        assert (known.status_code, known["Location"]) == (other.status_code, other["Location"])
        pages = {client.get(response["Location"]).content for response in (known, other)}
        assert len(pages) == 1

    @pytest.mark.parametrize(
        ("email", "sentence"),
        [
            ("", "「メールアドレス」を入れてください。"),
            ("a\x00b@example.jp", "使えない文字(NUL)"),
            ("x" * 10_000_000, "300"),
            ("山田@example.jp", "使えない文字"),
            ("a@example.jp\r\nBcc: b@example.jp", "メールアドレス"),
        ],
    )
    def test_bad_addresses_get_a_sentence(self, client, email, sentence):
        response = client.post(START, {"email": email, "category": "regular"})
        assert response.status_code == 200
        assert sentence in str(response.context["form"].errors["email"])
        assert not MembershipApplication.objects.exists()

    def test_a_mailbox_is_not_flooded_and_the_page_says_no_other_word(self, client):
        for _n in range(7):
            response = client.post(START, {"email": "a@example.jp", "category": "regular"})
            assert response["Location"] == SENT
        assert Envelope.objects.count() == 5

    def test_one_place_cannot_start_without_end(self, client):
        for number in range(30):
            client.post(START, {"email": f"a{number}@example.jp", "category": "regular"})
        response = client.post(START, {"email": "one-more@example.jp", "category": "regular"})
        assert response.status_code == 429
        page = response.content.decode()
        assert "1時間ほど待って" in page
        assert 'value="one-more@example.jp"' in page
        assert MembershipApplication.objects.count() == 30


class TestKeys:
    @pytest.mark.parametrize("name", ["", "organization", "check", "retract"])
    def test_unknown_and_forged_keys_are_the_same_404(self, client, name):
        make_draft()
        answers = []
        for key in (new_link_key(), "no-such-key", "k7dm", "x" * 500):
            url = page_of(MembershipApplication(link_key=key), name)
            response = client.get(url)
            assert response.status_code == 404
            assert client.post(url).status_code == 404
            answers.append(response.content.replace(key.encode(), b""))
        assert len(set(answers)) == 1

    def test_an_unknown_page_of_a_known_key_is_absent_too(self, client):
        assert client.get(page_of(make_draft(), "no-such-step")).status_code == 404

    def test_capitals_do_not_matter(self, client):
        draft = make_draft()
        assert client.get(page_of(draft).replace(draft.link_key, draft.link_key.upper()))

    @pytest.mark.parametrize("name", ["", "contacts", "check"])
    def test_pages_are_not_kept_found_or_passed_on(self, client, name):
        response = client.get(page_of(make_draft(), name))
        assert response.status_code == 200
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()

    def test_the_key_never_enters_the_trail(self, client):
        draft = make_draft()
        with_key = draft.link_key
        client.post(page_of(draft, "check"), AGREED)
        from core.audit.models import Change  # noqa: PLC0415 -- only here

        assert not Change.objects.filter(after__icontains=with_key).exists()
        assert not Act.objects.filter(detail__icontains=with_key).exists()


class TestSteps:
    def test_from_the_first_page_to_the_receipt(self, client, django_capture_on_commit_callbacks):
        client.post(START, {"email": "apply@aozora.example", "category": "regular"})
        application = MembershipApplication.objects.get()
        for name, answers in PAGES.items():
            response = client.post(page_of(application, name), {**answers, "next": "1"})
            assert response.status_code == 302, response.context["faulty"]
        assert response["Location"] == page_of(application, "check")
        page = client.get(response["Location"]).content.decode()
        assert "特定非営利活動法人見本あおぞら居場所ネット" in page
        assert "埼玉県・東京都" in page
        assert "反社会的勢力" in page
        response = client.post(page_of(application, "check"), AGREED)
        assert response["Location"] == page_of(application) + "?sent"
        application = fresh(application)
        assert application.status == ApplicationStatus.RECEIVED
        assert application.received_on == timezone.localdate()
        assert application.agreement == Agreement.ONLINE
        assert (application.pledge_version, application.privacy_version) == ("2026-04", "2026-04")
        assert application.agreed_at is not None
        assert application.postal_code == "100-0001"
        assert application.phone == "03-0000-1111"
        assert application.url == "https://aozora.example"
        assert application.founded == "2012-04"
        page = client.get(response["Location"]).content.decode()
        assert "申込みを受け付けました" in page
        assert application.receipt_number in page
        letter = Message.objects.latest("pk")
        assert application.receipt_number in letter.subject
        assert "月に2回" in letter.text
        assert Act.objects.filter(verb="members.application.received").count() == 1

    def test_what_is_wrong_is_said_and_everything_else_is_kept(self, client):
        draft = make_draft(complete=False)
        sent = {
            **ORGANIZATION,
            "name_kana": "",
            "corporate_number": "7000012050003",
            "founded_month": "14",
        }
        response = client.post(page_of(draft, "organization"), {**sent, "next": "1"})
        assert response.status_code == 200
        page = response.content.decode()
        assert "3か所をなおしてください" in page
        assert "<title>エラー:" in page
        for anchor in ("id_name_kana", "id_corporate_number", "id_founded_year"):
            assert f'href="#{anchor}"' in page
            assert f'id="{anchor}"' in page
        assert 'value="7000012050003"' in page
        assert 'value="14"' in page
        draft = fresh(draft)
        assert draft.name == ORGANIZATION["name"]
        assert draft.corporate_number == ""

    @pytest.mark.parametrize(
        ("page", "field", "value"),
        [
            ("organization", "corporate_number", "7000012050012"),
            ("organization", "corporate_number", "１２３"),
            ("organization", "name", "見本\x00の会"),
            ("organization", "name", "あ" * 3_400_000),
            ("organization", "name_kana", "見本の会"),
            ("organization", "kind", "no-such-kind"),
            ("organization", "category", "emperor"),
            ("organization", "local_government_code", "131016"),  # no municipality
            ("organization", "founded_year", "昭和50"),
            ("organization", "founded_year", "1600"),
            ("organization", "founded_year", "9" * 10_000),
            ("contacts", "postal_code", "100-000"),
            ("contacts", "phone", "03-0000"),
            ("contacts", "phone", "03-0000-1111、03-0000-2222"),
            ("contacts", "prefecture", "48"),
            ("contacts", "organization_email", "info@"),
            ("contacts", "url", "javascript:alert(1)"),
            ("contacts", "contact-1-email", "jiro"),
            ("contacts", "contact-1-name_kana", "高橋"),
            ("activities", "summary", "あ" * 401),
            ("activities", "fields", ["21"]),
            ("activities", "targets", ["cats"]),
            ("activities", "regions", ["99"]),
            ("activities", "motivation", "\x00"),
            ("publication", "public_fields", ["note"]),
        ],
    )
    def test_bad_input_gets_a_sentence_at_its_field(self, client, page, field, value):
        draft = make_draft()
        before = snapshot_of(draft)
        response = client.post(page_of(draft, page), {**PAGES[page], field: value, "next": "1"})
        assert response.status_code == 200
        (form,) = response.context["faulty"]
        ((name, errors),) = form.errors.items()
        assert field.endswith(name) or name == "founded"
        assert not str(errors.as_text()).isascii()
        after = snapshot_of(fresh(draft))
        before_people, after_people = before.pop("contacts"), after.pop("contacts")
        assert after == before
        assert [one["email"] for one in after_people] == [one["email"] for one in before_people]

    def test_a_municipality_gives_its_code(self, client):
        draft = make_draft()
        sent = {**ORGANIZATION, "kind": OrganizationKind.LOCAL, "local_government_code": "131016"}
        assert client.post(page_of(draft, "organization"), sent).status_code == 302
        assert fresh(draft).local_government_code == "131016"

    def test_an_individual_represents_nobody(self, client):
        draft = make_draft(complete=False)
        sent = {**ORGANIZATION, "kind": OrganizationKind.INDIVIDUAL}
        sent |= {"representative_name": "", "representative_kana": "", "corporate_number": ""}
        assert client.post(page_of(draft, "organization"), sent).status_code == 302

    def test_four_hundred_letters_and_their_line_breaks_fit(self, client):
        draft = make_draft()
        text = ("あ" * 199 + "\r\n") * 2
        response = client.post(page_of(draft, "activities"), {**ACTIVITIES, "summary": text})
        assert response.status_code == 302

    def test_nationwide_needs_no_prefectures(self, client):
        draft = make_draft(complete=False)
        sent = {**ACTIVITIES, "regions": []}
        assert client.post(page_of(draft, "activities"), sent).status_code == 200
        sent["nationwide"] = "on"
        assert client.post(page_of(draft, "activities"), sent).status_code == 302

    def test_breaking_off_saves_and_says_how_to_come_back(self, client):
        draft = make_draft(complete=False)
        letters = Message.objects.count()
        sent = {"name": "見本の会", "pause": "1"}
        response = client.post(page_of(draft, "organization"), sent)
        assert response["Location"] == page_of(draft) + "?saved"
        page = client.get(response["Location"]).content.decode()
        assert "保存しました" in page
        assert "メールでお送りしたリンク" in page
        assert fresh(draft).name == "見本の会"
        assert Message.objects.count() == letters

    def test_breaking_off_still_tells_what_is_wrong(self, client):
        draft = make_draft(complete=False)
        sent = {"name": "見本の会", "corporate_number": "123", "pause": "1"}
        response = client.post(page_of(draft, "organization"), sent)
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["corporate_number"]
        assert fresh(draft).name == "見本の会"

    def test_forward_and_back(self, client):
        draft = make_draft()
        response = client.post(page_of(draft, "contacts"), {**PAGES["contacts"], "back": "1"})
        assert response["Location"] == page_of(draft, "organization")
        response = client.post(page_of(draft, "contacts"), {**PAGES["contacts"], "next": "1"})
        assert response["Location"] == page_of(draft, "activities")

    def test_from_the_check_page_and_back_to_it(self, client):
        draft = make_draft()
        page = client.get(page_of(draft, "check")).content.decode()
        assert f'href="{page_of(draft, "contacts")}?check"' in page
        page = client.get(page_of(draft, "contacts") + "?check").content.decode()
        assert "保存して確認に戻る" in page
        sent = {**PAGES["contacts"], "back_to_check": "1"}
        response = client.post(page_of(draft, "contacts") + "?check", sent)
        assert response["Location"] == page_of(draft, "check")

    def test_nothing_else_can_be_set(self, client):
        draft = make_draft()
        sent = {**ORGANIZATION, "status": "approved", "receipt_number": "入2026-0001", "batch": "1"}
        client.post(page_of(draft, "organization"), sent)
        draft = fresh(draft)
        assert (draft.status, draft.receipt_number) == (ApplicationStatus.DRAFT, None)


class TestContacts:
    def test_a_row_is_added_and_taken_away_without_a_script(self, client):
        draft = make_draft()
        url = page_of(draft, "contacts")
        response = client.post(url, {**PAGES["contacts"], "add": "1"})
        assert response.status_code == 200
        assert len(response.context["rows"].forms) == 2
        assert not response.context["faulty"]
        rows = {
            **PAGES["contacts"],
            "contact-rows": "3",
            "contact-2-name": "見本 二郎",
            "contact-2-name_kana": "みほん じろう",
            "contact-3-name": "見本 三郎",
            "contact-3-name_kana": "みほん さぶろう",
            "contact-3-duty": "accounts",
            "contact-3-email": "saburo@aozora.example",
        }
        assert client.post(url, {**rows, "next": "1"}).status_code == 302
        kept = list(draft.contacts.values_list("position", "name", "duty"))
        assert kept == [
            (0, "髙橋 次郎", Duty.PRIMARY),
            (1, "見本 二郎", Duty.DEPUTY),
            (2, "見本 三郎", Duty.ACCOUNTS),
        ]
        response = client.post(url, {**rows, "remove": "2"})
        assert [form["name"].value() for form in response.context["rows"].forms] == [
            "髙橋 次郎",
            "見本 三郎",
        ]
        assert list(draft.contacts.values_list("name", "email")) == [
            ("髙橋 次郎", "jiro@aozora.example"),
            ("見本 三郎", "saburo@aozora.example"),
        ]

    def test_adding_a_row_loses_nothing_that_is_wrong(self, client):
        draft = make_draft()
        sent = {**PAGES["contacts"], "contact-1-email": "jiro@", "phone": "03", "add": "1"}
        page = client.post(page_of(draft, "contacts"), sent).content.decode()
        assert 'value="jiro@"' in page
        assert 'value="03"' in page
        assert draft.contacts.get().email == "jiro@aozora.example"

    def test_five_at_most(self, client):
        draft = make_draft()
        sent = {**PAGES["contacts"], "contact-rows": "5", "add": "1"}
        response = client.post(page_of(draft, "contacts"), sent)
        assert len(response.context["rows"].forms) == 5
        assert "担当者を加える" not in response.content.decode()

    @pytest.mark.parametrize("rows", ["", "0", "-1", "1000000", "x", "２"])
    @pytest.mark.parametrize("remove", ["1", "9", "x", ""])
    def test_forged_counts_do_no_harm(self, client, rows, remove):
        draft = make_draft()
        sent = {**PAGES["contacts"], "contact-rows": rows, "remove": remove}
        response = client.post(page_of(draft, "contacts"), sent)
        assert response.status_code == 200
        assert draft.contacts.get().name == "髙橋 次郎"

    def test_the_main_contact_needs_a_mailbox_and_a_blank_row_is_nobody(self, client):
        draft = make_draft()
        sent = {**PLACE, **MAIN_CONTACT, "contact-rows": "2", "contact-2-duty": "deputy"}
        assert client.post(page_of(draft, "contacts"), sent).status_code == 302
        assert draft.contacts.count() == 1
        response = client.post(page_of(draft, "contacts"), {**sent, "contact-1-email": ""})
        assert response.status_code == 200
        assert 'href="#id_contact-1-email"' in response.content.decode()


class TestSending:
    def test_gaps_are_named_and_linked(self, client):
        draft = make_draft(complete=False)
        response = client.post(page_of(draft, "check"), AGREED)
        assert response.status_code == 200
        page = response.content.decode()
        assert f'href="{page_of(draft, "organization")}#id_name"' in page
        assert f'href="{page_of(draft, "contacts")}#id_contact-1-name"' in page
        assert fresh(draft).status == ApplicationStatus.DRAFT

    @pytest.mark.parametrize("left_out", ["agree_pledge", "agree_privacy"])
    def test_both_texts_must_be_agreed_to(self, client, left_out):
        draft = make_draft()
        sent = {name: value for name, value in AGREED.items() if name != left_out}
        response = client.post(page_of(draft, "check"), sent)
        assert response.status_code == 200
        assert f'href="#id_{left_out}"' in response.content.decode()
        assert fresh(draft).status == ApplicationStatus.DRAFT

    def test_agreement_to_an_old_text_is_asked_for_again(self, client):
        draft = make_draft()
        sent = {**AGREED, "pledge_version": "2020-01"}
        response = client.post(page_of(draft, "check"), sent, follow=True)
        assert "新しくなりました" in response.content.decode()
        assert fresh(draft).status == ApplicationStatus.DRAFT

    def test_sending_twice_gives_one_receipt_and_one_letter(self, client):
        draft = make_draft()
        letters = Message.objects.count()
        first = client.post(page_of(draft, "check"), AGREED)
        number = fresh(draft).receipt_number
        second = Client().post(page_of(draft, "check"), AGREED)
        assert first["Location"] == second["Location"]
        assert fresh(draft).receipt_number == number
        assert Message.objects.count() == letters + 1

    def test_after_sending_the_form_is_closed(self, client):
        draft = make_draft()
        client.post(page_of(draft, "check"), AGREED)
        url = page_of(draft, "organization")
        assert client.get(url)["Location"] == page_of(draft)
        client.post(url, {**ORGANIZATION, "name": "あとから"})
        assert fresh(draft).name == ORGANIZATION["name"]
        page = client.get(page_of(draft)).content.decode()
        assert "申込みの状況" in page
        assert "見本ビル2階" in page
        assert "直す" not in page

    def test_a_decided_application_no_longer_shows_its_answers(self, client):
        application = ApplicationFactory(
            status=ApplicationStatus.DECLINED, address="見本区見本9-9-9", decided_at=timezone.now()
        )
        page = client.get(page_of(application)).content.decode()
        assert "見合わせる" in page
        assert "見本区見本9-9-9" not in page
        assert "取り下げる" not in page


class TestRetracting:
    def test_get_asks_and_post_retracts(self, client):
        application = ApplicationFactory()
        url = page_of(application, "retract")
        assert "取り下げますか" in client.get(url).content.decode()
        assert fresh(application).status == ApplicationStatus.RECEIVED
        assert client.post(url)["Location"] == page_of(application)
        assert fresh(application).status == ApplicationStatus.RETRACTED
        assert "申込みを取り下げました" in client.get(page_of(application)).content.decode()
        assert "取下げ" in Message.objects.get().subject

    @pytest.mark.parametrize(
        "status", [ApplicationStatus.APPROVED, ApplicationStatus.DECLINED, "draft"]
    )
    def test_what_is_decided_or_not_yet_sent_is_not_retracted(self, client, status):
        application = ApplicationFactory(status=status)
        assert client.post(page_of(application, "retract"))["Location"] == page_of(application)
        assert fresh(application).status == status


class TestCorrecting:
    def test_the_words_of_the_office_and_the_marked_field_come_first(self, client):
        application = returned(["phone", "regions"])
        page = client.get(page_of(application)).content.decode()
        assert page.index("電話番号をもう一度") < page.index('id="id_phone"')
        assert 'id="id_nationwide"' in page
        assert 'id="id_motivation"' not in page

    def test_only_what_changed_is_stored(self, client):
        application = returned(["phone"])
        response = client.post(page_of(application), {"phone": "03-0000-2222", "next": "1"})
        assert response["Location"] == page_of(application, "check")
        page = client.get(response["Location"]).content.decode()
        assert "直したところ" in page
        assert "<del" in page
        assert "誓約" not in page
        response = client.post(page_of(application, "check"))
        assert response["Location"] == page_of(application) + "?sent"
        correction = Correction.objects.get()
        assert correction.changes == {"phone": ["03-0000-1111", "03-0000-2222"]}
        assert correction.answered_at is not None
        assert fresh(application).status == ApplicationStatus.CHECKING
        letter = Message.objects.latest("pk")
        assert "修正を受け取りました" in letter.subject
        assert "03-0000-2222" in letter.text
        assert "受け取りました" in client.get(response["Location"]).content.decode()

    def test_the_contacts_can_be_asked_for(self, client):
        application = returned(["contacts"])
        page = client.get(page_of(application)).content.decode()
        assert 'id="id_contact-1-name"' in page
        sent = {**MAIN_CONTACT, "contact-1-phone": "090-0000-3333", "next": "1"}
        client.post(page_of(application), sent)
        client.post(page_of(application, "check"))
        assert Correction.objects.get().changes == {"contacts.1.phone": ["", "090-0000-3333"]}

    def test_wrong_digits_are_refused_and_kept_on_the_page(self, client):
        application = returned(["phone"])
        response = client.post(page_of(application), {"phone": "03-00", "next": "1"})
        assert response.status_code == 200
        assert 'value="03-00"' in response.content.decode()
        assert fresh(application).phone == "03-0000-1111"

    def test_other_pages_can_be_corrected_too(self, client):
        application = returned([], message="ご確認ください。")
        sent = {**ACTIVITIES, "motivation": "書き直しました。", "back_to_check": "1"}
        client.post(page_of(application, "activities"), sent)
        client.post(page_of(application, "check"))
        assert list(Correction.objects.get().changes) == ["motivation"]

    def test_the_office_was_quicker(self, client):
        application = returned(["phone"])
        MembershipApplication.objects.update(status=ApplicationStatus.CHECKING)
        response = client.post(page_of(application, "contacts"), PAGES["contacts"], follow=True)
        assert response.status_code == 200
        assert fresh(application).phone == "03-0000-1111"


class TestQueries:
    @pytest.mark.parametrize("contacts", [1, 3])
    @pytest.mark.parametrize(
        ("name", "queries"), [("", 3), ("organization", 3), ("contacts", 4), ("check", 3)]
    )
    def test_they_do_not_grow(self, client, contacts, name, queries, django_assert_num_queries):
        draft = make_draft()
        for number in range(1, contacts):
            draft.contacts.create(position=number, name=f"見本 {number}")
        url = page_of(draft, name)
        with django_assert_num_queries(queries):
            client.get(url)

    @pytest.mark.parametrize("rounds", [1, 3])
    def test_nor_with_the_corrections(self, client, rounds, django_assert_num_queries):
        application = ApplicationFactory()
        for _n in range(rounds):
            Correction.objects.create(
                application=application,
                message="電話番号",
                asked_at=timezone.now() - timedelta(days=2),
                answered_at=timezone.now(),
            )
        with django_assert_num_queries(5):
            client.get(page_of(application))


def test_what_is_typed_is_never_markup(client):
    draft = make_draft()
    evil = '<b onclick="x">見本</b>'
    client.post(page_of(draft, "organization"), {**ORGANIZATION, "name": evil})
    page = client.get(page_of(draft, "check")).content.decode()
    assert evil not in page
    assert escape(evil) in page
