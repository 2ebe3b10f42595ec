"""変更届 and the yearly confirmation on the secretariat's pages."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from mailing.models import Message
from members.choices import Reception
from members.models import ChangeRequest, Confirmation, ConfirmationRound, Organization, Scan
from members.services.answers import confirm_unchanged
from members.services.confirmations import send_round
from tests.factories.accounts import make_staff
from tests.factories.members import (
    AffiliationFactory,
    ChangeRequestFactory,
    MemberFactory,
    RoundFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = make_staff(Role.OFFICER)
    client.force_login(user)
    return user


def place(name, *args):
    return reverse(f"admin:members_{name}", args=args)


def act(asked, key):
    return place("changerequest_act", asked.pk, key)


def paper(organization, **more):
    today = timezone.localdate().isoformat()
    return {
        "organization": organization.pk, "channel": "fax", "received_on": today,
        "asked_by_name": "見本 花子", "effective_on": today, "message": "",
        "internal_note": "", **more,
    }  # fmt: skip


# --- change requests ------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    client, officer, number, django_assert_num_queries
):
    for _n in range(number):
        ChangeRequestFactory()
    client.get(place("changerequest_changelist"))
    with django_assert_num_queries(LIST_QUERIES):
        answer = client.get(place("changerequest_changelist"))
    assert answer.content.decode().count("日待ち") == number


LIST_QUERIES = 8


def test_those_that_wait_stand_first(client, officer):
    ChangeRequestFactory(status="accepted", received_on=timezone.localdate() - timedelta(days=90))
    waiting = ChangeRequestFactory()
    rows = client.get(place("changerequest_changelist")).context["cl"].result_list
    assert rows[0] == waiting


def test_the_record_marks_what_has_moved_since(client, officer):
    asked = ChangeRequestFactory()
    Organization.objects.update(name="別の名前になった会")
    text = client.get(place("changerequest_change", asked.pk)).content.decode()
    for told in ("特定非営利活動法人見本改名", "別の名前になった会", "届のあとに変わった"):
        assert told in text


def test_accepting_writes_the_register(client, officer):
    asked = ChangeRequestFactory()
    text = client.get(act(asked, "accept")).content.decode()
    assert "特定非営利活動法人見本改名" in text
    answer = client.post(act(asked, "accept"), {"effective_on": "2026-11-01"})
    assert answer.url == place("changerequest_change", asked.pk)
    assert Organization.objects.get().name == "特定非営利活動法人見本改名"
    again = client.post(act(asked, "accept"), {"effective_on": "2026-11-01"})
    assert "受理" in again.content.decode()
    assert Organization.objects.get().former_names.count() == 1


def test_a_future_name_says_when(client, officer):
    later = timezone.localdate() + timedelta(days=40)
    asked = ChangeRequestFactory(effective_on=later)
    answer = client.post(act(asked, "accept"), {"effective_on": later.isoformat()})
    assert "その日になってから受理してください" in answer.content.decode()
    assert ChangeRequest.objects.get().status == "received"


def test_a_number_of_somebody_else_is_told_and_nothing_is_written(client, officer):
    MemberFactory(corporate_number="7000012050002")
    asked = ChangeRequestFactory(
        changes={
            "kind": {"old": "npo", "new": "company"},
            "corporate_number": {"old": "", "new": "7000012050002"},
        }
    )
    answer = client.post(act(asked, "accept"), {"effective_on": "2026-11-01"})
    assert "この法人番号" in answer.content.decode()
    asked.organization.refresh_from_db()
    assert asked.organization.kind == "npo"


@pytest.mark.parametrize("key", ["return", "refuse"])
def test_the_member_reads_why(client, officer, key):
    contact = AffiliationFactory()
    asked = ChangeRequestFactory(organization=contact.organization)
    assert "入力してください" in client.post(act(asked, key), {"answer": " "}).content.decode()
    client.post(act(asked, key), {"answer": "登記の写しを送ってください。"})
    assert "登記の写しを送ってください。" in Message.objects.get().text
    asked.refresh_from_db()
    assert asked.status == {"return": "returned", "refuse": "refused"}[key]


def test_an_answer_by_phone_and_a_retraction(client, officer):
    asked = ChangeRequestFactory(status="returned")
    client.post(act(asked, "answer"), {"message": "11月1日だそうです。"})
    asked.refresh_from_db()
    assert (asked.status, "11月1日だそうです。" in asked.message) == ("received", True)
    client.post(act(asked, "retract"))
    asked.refresh_from_db()
    assert asked.status == "retracted"


@pytest.mark.parametrize(
    ("role", "key", "expected"),
    [
        (Role.CONTRACTOR, "accept", 403),
        (Role.CONTRACTOR, "refuse", 403),
        (Role.CONTRACTOR, "return", 302),
        (Role.AUDITOR, "return", 403),
        (Role.AUDITOR, "accept", 403),
        (Role.ADMINISTRATOR, "accept", 302),
    ],
)
def test_who_may_do_what(client, role, key, expected):
    client.force_login(make_staff(role))
    asked = ChangeRequestFactory()
    given = {"effective_on": "2026-11-01", "answer": "いつからですか。"}
    assert client.post(act(asked, key), given).status_code == expected
    assert client.get(place("changerequest_change", asked.pk)).status_code == 200


def test_a_fax_is_keyed_with_its_scan(client, officer):
    member = MemberFactory()
    scan = SimpleUploadedFile("届.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n")
    past = (timezone.localdate() - timedelta(days=20)).isoformat()
    answer = client.post(
        place("changerequest_add"),
        paper(member, name="新見本", received_on=past, scans=[scan]),
    )
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    asked = ChangeRequest.objects.get()
    assert (asked.channel, asked.received_by) == (Reception.FAX, officer)
    assert asked.received_on.isoformat() == past
    assert Scan.objects.get().change_request == asked
    text = client.get(place("changerequest_change", asked.pk)).content.decode()
    assert "届.pdf" in text


def test_a_phone_call_is_called_back(client, officer):
    member = MemberFactory()
    given = paper(member, name="新見本", channel="phone")
    answer = client.post(place("changerequest_add"), given)
    assert list(answer.context["adminform"].form.errors) == ["called_back"]
    client.post(place("changerequest_add"), {**given, "called_back": "on"})
    assert "折り返して確かめた" in ChangeRequest.objects.get().internal_note


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("corporate_number", "1234567890123"),
        ("name_kana", "見本"),
        ("name", "あ" * 300),
        ("received_on", "2999-01-01"),
        ("effective_on", "2026-13-45"),
        ("name", "新\x00見本"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_lost(client, officer, field, value):
    member = MemberFactory()
    answer = client.post(
        place("changerequest_add"), paper(member, display_name="みほん", **{field: value})
    )
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert form.errors
    assert form["display_name"].value() == "みほん"
    assert not ChangeRequest.objects.exists()


def test_a_paper_that_changes_nothing_is_told(client, officer):
    answer = client.post(place("changerequest_add"), paper(MemberFactory()))
    assert answer.status_code == 200
    assert answer.context["adminform"].form.non_field_errors()


def test_a_fact_can_be_emptied(client, officer):
    member = MemberFactory(display_name="みほん")
    client.post(place("changerequest_add"), paper(member, emptied=["display_name"]))
    changes = ChangeRequest.objects.get().changes
    assert changes == {"display_name": {"old": "みほん", "new": ""}}


def test_the_note_is_written_at_any_time(client, officer):
    asked = ChangeRequestFactory()
    client.post(place("changerequest_change", asked.pk), {"internal_note": "登記を確認中"})
    assert ChangeRequest.objects.get().internal_note == "登記を確認中"


# --- the yearly confirmation ----------------------------------------------------------------------


@pytest.fixture
def round_():
    today = timezone.localdate()
    return RoundFactory(opens_on=today, due_on=today + timedelta(days=30))


def of_round(round_, name, *args):
    return place(f"confirmationround_{name}", round_.pk, *args)


@pytest.fixture
def under_way(round_):
    AffiliationFactory(
        organization__name="見本の会", organization__phone="03-1111-2222", person__name="電話 花子"
    )
    send_round(confirmation_round=round_, actor=None, at=timezone.now())
    return round_


def test_a_round_is_proposed_prepared_read_and_sent(client, officer):
    contact = AffiliationFactory()
    silent = MemberFactory(name="メールのない会")
    page = client.get(place("confirmationround_add"))
    assert "年度の登録内容の確認" in page.context["adminform"].form["title"].value()
    today = timezone.localdate()
    client.post(
        place("confirmationround_add"),
        {
            "title": "令和8年度の登録内容の確認", "opens_on": today.isoformat(),
            "due_on": (today + timedelta(days=30)).isoformat(), "lead": "よろしくお願いします。",
        },
    )  # fmt: skip
    round_ = ConfirmationRound.objects.get()
    text = client.get(of_round(round_, "change")).content.decode()
    assert silent.name in text
    assert "よろしくお願いします。" in text
    assert not Message.objects.exists()
    assert "1" in client.get(of_round(round_, "act", "send")).content.decode()
    client.post(of_round(round_, "act", "send"))
    assert Message.objects.get().envelopes.get().address == contact.address
    again = client.post(of_round(round_, "act", "send"))
    assert "すでに送られています" in again.content.decode()
    assert Message.objects.count() == 1


def test_the_days_are_put_right_before_sending(client, officer, round_):
    given = {"title": "直した", "opens_on": round_.opens_on, "due_on": round_.opens_on, "lead": ""}
    assert client.get(of_round(round_, "act", "edit")).status_code == 200
    client.post(of_round(round_, "act", "edit"), given)
    round_.refresh_from_db()
    assert round_.title == "直した"
    answer = client.post(of_round(round_, "act", "edit"), {**given, "due_on": "2000-01-01"})
    assert answer.status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(
    client, officer, round_, number, django_assert_num_queries
):
    for _n in range(number):
        AffiliationFactory()
    send_round(confirmation_round=round_, actor=None, at=timezone.now())
    client.get(of_round(round_, "change"))
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(of_round(round_, "change"))
    client.get(place("confirmationround_changelist"))
    with django_assert_num_queries(ROUNDS_QUERIES):
        client.get(place("confirmationround_changelist"))


PAGE_QUERIES, ROUNDS_QUERIES = 12, 8


def call(client, round_, **given):
    row = Confirmation.objects.get()
    return client.post(of_round(round_, "call", row.pk), given, follow=True).content.decode()


def test_a_call_confirms_or_is_noted(client, officer, under_way):
    text = call(client, under_way, outcome="absent", note="午後に")
    assert "午後に" in text
    assert "03-1111-2222" in text
    assert Confirmation.objects.get().status == "waiting"
    assert "お名前を入力してください" in call(client, under_way, outcome="unchanged", name="")
    assert "入力した内容" in call(client, under_way, outcome="nonsense")
    call(client, under_way, outcome="unchanged", name="電話 花子")
    row = Confirmation.objects.get()
    assert (row.status, row.channel, row.answered_by) == ("unchanged", "phone", "電話 花子")
    assert Organization.objects.get().confirmed_on == timezone.localdate()
    assert "すでに返事がありました" in call(client, under_way, outcome="absent")


def test_a_contractor_calls_but_does_not_send(client, under_way):
    client.force_login(make_staff(Role.CONTRACTOR))
    call(client, under_way, outcome="changed", name="電話 花子")
    assert Confirmation.objects.get().status == "changed"
    assert client.post(of_round(under_way, "act", "remind")).status_code == 403


def test_an_auditor_only_reads(client, under_way):
    client.force_login(make_staff(Role.AUDITOR))
    assert "電話で確認した" not in client.get(of_round(under_way, "change")).content.decode()
    row = Confirmation.objects.get()
    assert client.post(of_round(under_way, "call", row.pk)).status_code == 403


def test_the_reminder_is_pressed_once(client, officer, under_way):
    first = client.get(of_round(under_way, "act", "remind"))
    seen = first.context["form"]["seen"].value()
    client.post(of_round(under_way, "act", "remind"), {"seen": seen})
    assert Message.objects.count() == 2
    again = client.post(of_round(under_way, "act", "remind"), {"seen": seen})
    assert "再送はすでに" in again.content.decode()
    assert Message.objects.count() == 2
    bad = client.post(of_round(under_way, "act", "remind"), {"seen": "きのう"})
    assert "開きなおして" in bad.content.decode()


def test_who_joined_later_is_added(client, officer, under_way):
    late = AffiliationFactory().organization
    page = client.get(of_round(under_way, "act", "add"))
    assert late.name in page.content.decode()
    client.post(of_round(under_way, "act", "add"), {"organizations": [late.pk]})
    assert Confirmation.objects.filter(organization=late).exists()


def test_the_list_goes_out_as_excel_and_on_paper(client, officer, under_way):
    Organization.objects.update(name="=HYPERLINK(1)")
    sheet = openpyxl.load_workbook(
        io.BytesIO(client.get(of_round(under_way, "export")).content)
    ).active
    assert sheet["A3"].data_type == "s"
    assert sheet["B3"].value == "03-1111-2222"
    text = client.get(of_round(under_way, "print")).content.decode()
    assert "電話 花子" in text


def test_the_answers_are_drawn_and_the_round_closes(client, officer, under_way):
    confirm_unchanged(
        confirmation=Confirmation.objects.get(), name="見本", channel=Reception.WEB,
        actor=None, at=timezone.now(),
    )  # fmt: skip
    text = client.get(of_round(under_way, "change")).content.decode()
    assert "answer-days" in text
    assert "全部の団体から返事がありました" in text
    client.post(of_round(under_way, "act", "close"))
    under_way.refresh_from_db()
    assert under_way.closed_at is not None
    assert client.get(of_round(under_way, "change")).status_code == 200
    assert client.get(place("confirmationround_history", under_way.pk)).status_code == 200


def test_what_is_not_there_is_not_found(client, officer, under_way):
    assert client.get(place("confirmationround_change", 999_999)).status_code == 404
    other = RoundFactory()
    row = Confirmation.objects.get()
    assert client.post(of_round(other, "call", row.pk)).status_code == 404
