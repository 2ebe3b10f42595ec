"""The real list goes in as it is, once and again; what cannot be taken stops all of it."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from core.audit.models import Act, Change
from core.japan.codes import corporate_number_valid, local_government_code_valid
from mailing.choices import Channel, ConsentAction
from mailing.models import Address, Consent
from members.choices import Category, Duty
from members.models import Affiliation, Membership, Organization, OrganizationName, Person
from members.queries import counts_by_category, newsletter_addresses_on
from members.roster.apply import apply_roster
from members.roster.copying import copy_rows
from members.roster.errors import RosterChangedError, RosterRefusedError
from members.roster.plan import plan_roster
from members.roster.reading import read_roster
from members.roster.work import Outcome, Plan
from tests.factories.accounts import make_user
from tests.members.roster_files import DEMO_LIST, GOOD, csv_file, many, row, sheet_of, workbook

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def plan_of(data: bytes, at: datetime = AT) -> Plan:
    return plan_roster(read_roster(data), actor=None, at=at)


def take_in(data: bytes, at: datetime = AT, actor=None) -> Plan:
    return apply_roster(
        data, filename="名簿.xlsx", digest=plan_of(data, at).digest(), actor=actor, at=at
    )


def outcomes(plan: Plan) -> list[str]:
    return [report.outcome.value for report in plan.reports]


def written() -> int:
    return Change.objects.count()


@pytest.fixture
def demo() -> bytes:
    return DEMO_LIST.read_bytes()


# --- the real list -------------------------------------------------------------------------------


def test_the_list_of_june_2022_gives_its_257_members(demo):
    plan = take_in(demo)
    counts = counts_by_category(date(2022, 6, 15))
    assert counts == {Category.REGULAR: 150, Category.SUPPORTING: 12, Category.COOPERATING: 95}
    assert counts.total == 257
    assert plan.counts()["rows"] == 275
    assert plan.counts()["create"] == 275


@pytest.mark.parametrize(
    ("day", "regular", "supporting", "cooperating"),
    [
        (date(2022, 2, 24), 0, 0, 0),
        (date(2022, 2, 25), 88, 0, 86),
        (date(2022, 3, 31), 103, 3, 87),
        (DAY, 150, 12, 95),
    ],
)
def test_members_can_be_counted_as_of_any_day(demo, day, regular, supporting, cooperating):
    take_in(demo)
    assert list(counts_by_category(day).values()) == [regular, supporting, cooperating]


def test_every_person_and_mailbox_of_the_list_is_in(demo):
    take_in(demo)
    rows = read_roster(demo).rows
    told = {(str(one.cells["担当者名"]), one.cells["メールアドレス"]) for one in rows}
    kept = set(
        Affiliation.objects.exclude(duty=Duty.REPRESENTATIVE).values_list(
            "person__name", "address__email"
        )
    )
    assert kept == told
    assert Address.objects.count() == 275
    heads = {one.cells["代表者名"] for one in rows if "代表者名" in one.cells}
    assert set(
        Affiliation.objects.filter(duty=Duty.REPRESENTATIVE).values_list("person__name", flat=True)
    ) == heads  # fmt: skip
    assert newsletter_addresses_on(date(2022, 6, 15)).count() == 257
    assert Consent.objects.filter(action=ConsentAction.WITHDRAWN).count() == 18
    assert set(Consent.objects.values_list("channel", flat=True)) == {Channel.IMPORT}


def test_names_are_kept_to_the_letter_and_codes_get_one_spelling(demo):
    take_in(demo)
    told = {one.cells["団体名"] for one in read_roster(demo).rows}
    assert set(Organization.objects.values_list("name", flat=True)) == told
    assert Person.objects.filter(name="𠮷田　翔").exists()
    assert Person.objects.filter(name="髙橋 健").exists()
    assert Organization.objects.get(name="公益財団法人徳島かけはしフードバンク").name_kana == (
        "ﾄｸｼﾏｶｹﾊｼﾌードバﾝｸ"
    )
    hokkaido = Organization.objects.get(name="北海道")
    assert hokkaido.corporate_number == "7000020010006"
    assert hokkaido.local_government_code == "010006"
    assert hokkaido.postal_code == "561-9432"
    assert hokkaido.phone == "01-6521-7486"
    for number in Organization.objects.exclude(corporate_number="").values_list(
        "corporate_number", "local_government_code"
    ):
        assert corporate_number_valid(number[0])
        assert local_government_code_valid(number[1])
    numbers = set(Membership.objects.values_list("number", flat=True))
    assert {"会0001", "会0150", "賛0001", "賛0012", "協0001", "協0095"} <= numbers


def test_imported_members_are_found_and_ordered_like_registered_ones(demo):
    take_in(demo)
    assert Organization.objects.search("あなたのいばしょ").count() == 1
    assert Organization.objects.search("会0001").count() == 1
    assert not Organization.objects.filter(sort_key="").exists()
    assert Person.objects.search("高橋").exists()


def test_twice_in_a_row_changes_nothing_and_writes_nothing(demo):
    take_in(demo)
    before, acts = written(), Act.objects.count()
    with CaptureQueriesContext(connection) as queries:
        plan = take_in(demo)
    assert plan.counts()["unchanged"] == 275
    assert written() == before
    assert Act.objects.count() == acts
    writing = ("INSERT", "UPDATE", "DELETE")
    assert [one["sql"] for one in queries if one["sql"].startswith(writing)] == []


def test_the_trail_says_who_took_in_which_file(demo):
    actor = make_user(name="小川 健太")
    take_in(demo, actor=actor)
    act = Act.objects.get(verb="members.roster.imported")
    assert act.actor_name == "小川 健太"
    assert act.detail["counts"]["create"] == 275
    assert len(act.detail["sha256"]) == 64
    change = Change.objects.filter(table="members_organization").latest("pk")
    assert (change.actor_name, change.why) == ("小川 健太", "名簿の取込 名簿.xlsx")


# --- what cannot be taken ------------------------------------------------------------------------

BAD_ROWS = {
    "unknown category": (row(区分="特別会員"), "「特別会員」という区分はありません"),
    "no category": (row(区分=""), "区分がありません"),
    "bad date": (row(入会日="令和4年2月30日"), "存在しない日付"),
    "date in words": (row(入会日="春ごろ"), "入会日"),
    "no date": (row(入会日=""), "入会日がありません"),
    "bad mailbox": (row(メールアドレス="hanako＠"), "メールアドレス"),
    "two mailboxes": (row(メールアドレス="a@b.example,c@d.example"), "1つだけ"),
    "check digit": (row(法人番号="1234567890123"), "検査数字が合いません"),
    "short corporate number": (row(法人番号="12-34"), "法人番号"),
    "government code": (row(団体コード="123456"), "団体コードが正しくありません"),
    "legal form": (row(法人格="秘密結社"), "「秘密結社」という法人格はありません"),
    "no legal form": (row(法人格=""), "法人格がありません"),
    "prefecture": (row(都道府県="江戸"), "「江戸」という都道府県はありません"),
    "phone": (row(電話番号="電話なし"), "電話番号として読み取れません"),
    "postal code": (row(郵便番号="12"), "郵便番号は7桁"),
    "field": (row(活動分野="21"), "1から20まで"),
    "wish": (row(メルマガ="たぶん"), "希望する・希望しない のどちらか"),
    "number": (row(**{"No.": "第一"}), "番号として読み取れません"),
    "number of another category": (row(**{"No.": "賛1"}), "頭文字「賛」が区分「会員」と合いません"),
    "long name": (row(団体名="あ" * 201), "200文字以内"),
    "no name": (row(団体名="", 担当者名="", 担当者フリガナ="", 担当部署="", メールアドレス="",
                    メルマガ=""), "団体名がありません"),
    "contact without a name": (row(担当者名=""), "担当者名がありません"),
    "wish without a mailbox": (row(メールアドレス=""), "メールアドレスがありません"),
    "url": (row(URL="javascript:alert(1)"), "ウェブサイトのアドレスではありません"),
    "lost letters": (row(担当者名="〓田 花子"), "文字が失われています"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_refused_with_its_number_and_nothing_is_written(name):
    bad, sentence = BAD_ROWS[name]
    data = workbook(*many(2, first=10), bad)
    before = written()
    plan = plan_of(data)
    assert [report.number for report in plan.refused] == [4]
    assert sentence in " ".join(plan.refused[0].reasons)
    with pytest.raises(RosterRefusedError, match="1行"):
        apply_roster(data, filename="x", digest=plan.digest(), actor=None, at=AT)
    assert written() == before
    assert not Organization.objects.exists()


def test_rows_that_contradict_each_other_are_refused():
    other = row(**{"No.": "", "担当者名": "別の人", "電話番号": "03-9999-9999"})
    plan = plan_of(workbook(GOOD, other))
    assert outcomes(plan) == ["unchanged", "refused"]
    assert "電話番号が2行目と違います" in plan.refused[0].reasons[0]


def test_one_number_for_two_organisations_is_refused():
    plan = plan_of(workbook(GOOD, row(団体名="別の会", メールアドレス="b@b.example")))
    assert (
        "番号 会0001 が2行目の「特定非営利活動法人みほん」と重なっています"
        in (plan.refused[0].reasons[0])
    )


def test_one_organisation_twice_in_the_list_is_refused():
    again = row(**{"No.": 2, "団体名": "NPO法人 ミホン"[:6] + "みほん"})
    plan = plan_of(workbook(GOOD, again))
    assert "2行目の「特定非営利活動法人みほん」と同じ団体です" in plan.refused[0].reasons[0]


def test_a_number_of_another_member_is_refused():
    take_in(workbook(GOOD))
    plan = plan_of(workbook(row(団体名="まったく別の会")))
    assert "「特定非営利活動法人みほん」の会員番号です" in plan.refused[0].reasons[0]


def test_a_member_that_comes_with_another_number_is_named():
    take_in(workbook(GOOD))
    plan = plan_of(workbook(row(**{"No.": 7})))
    assert "No. を 1 に直すと更新になります" in plan.refused[0].reasons[0]


def test_periods_that_overlap_are_refused():
    take_in(workbook(GOOD))
    plan = plan_of(workbook(row(区分="賛助会員", 入会日="2023-04-01")))
    assert "会員期間が重なります" in plan.refused[0].reasons[0]
    assert "会員(会0001)" in plan.refused[0].reasons[0]


def test_a_category_that_contradicts_its_section_is_refused():
    lines = [[*GOOD], ["【賛助会員】"], [*GOOD.values()]]
    plan = plan_of(sheet_of(lines))
    assert "見出し【賛助会員】の下にあります" in plan.refused[0].reasons[0]


def test_the_same_contact_twice_is_refused():
    plan = plan_of(workbook(GOOD, row(**{"No.": ""})))
    assert plan.refused[0].reasons == ["2行目と同じ担当者です。"]


# --- what is taken -------------------------------------------------------------------------------


def test_a_full_width_mailbox_is_taken_in_its_plain_spelling():
    take_in(workbook(row(メールアドレス="ＡＢＣ＠ＥＸＡＭＰＬＥ．ｊｐ")))
    assert Address.objects.get().email == "abc@example.jp"


def test_a_section_gives_the_category_and_a_list_without_numbers_gets_them():
    headings = ["区分", "団体名", "法人格", "入会日"]
    data = csv_file(
        {"区分": "会員", "団体名": "甲の会", "法人格": "任意団体", "入会日": "R4.4.1"},
        {"区分": "協力会員", "団体名": "乙の会", "法人格": "任意団体", "入会日": "R4.4.1"},
        {"区分": "会員", "団体名": "丙の会", "法人格": "任意団体", "入会日": "R4.4.1"},
        headings=headings,
    )
    take_in(data)
    assert set(Membership.objects.values_list("organization__name", "number")) == {
        ("甲の会", "会0001"), ("乙の会", "協0001"), ("丙の会", "会0002"),
    }  # fmt: skip
    assert take_in(data).counts()["unchanged"] == 3


def test_changes_are_shown_and_written_field_by_field():
    take_in(workbook(GOOD))
    data = workbook(row(電話番号="03-0000-1234", 代表者名="例題 みどり", 担当部署="総務部"))
    plan = plan_of(data)
    assert plan.reports[0].changes == [
        ("電話番号", "03-1234-5678", "03-0000-1234"),
        ("代表者名", "髙橋 誠", "例題 みどり"),
        ("担当部署", "事務局", "総務部"),
    ]
    take_in(data)
    assert Organization.objects.get().phone == "03-0000-1234"
    head = Affiliation.objects.active_on(DAY).get(duty=Duty.REPRESENTATIVE)
    assert head.person.name == "例題 みどり"
    assert Affiliation.objects.get(person__name="髙橋 誠").valid_until == DAY
    assert take_in(data).counts()["unchanged"] == 1


def test_an_empty_cell_erases_nothing():
    take_in(workbook(GOOD))
    plan = plan_of(workbook(row(電話番号="", 代表者名="", 所在地="", 備考="")))
    assert outcomes(plan) == ["unchanged"]


def test_a_successor_at_the_same_mailbox_takes_over():
    take_in(workbook(GOOD))
    data = workbook(row(担当者名="後任 太郎", 担当者フリガナ="コウニン タロウ"))
    take_in(data)
    now = Affiliation.objects.active_on(DAY).get(duty=Duty.PRIMARY)
    assert (now.person.name, now.address.email) == ("後任 太郎", "hanako@mihon.example")
    assert outcomes(plan_of(data)) == ["unchanged"]
    old = plan_of(workbook(GOOD))
    assert any("担当を離れているため" in notice for notice in old.reports[0].notices)
    assert not old.reports[0].changes


def test_a_successor_may_take_over_on_the_first_day_of_all():
    today = row(入会日="2026-11-23")
    take_in(workbook(today))
    data = workbook(today | {"担当者名": "後任 太郎", "担当者フリガナ": ""})
    take_in(data)
    assert outcomes(plan_of(data)) == ["unchanged"]


def test_a_contact_with_a_new_mailbox_stays_the_same_person():
    take_in(workbook(GOOD))
    data = workbook(row(メールアドレス="new@mihon.example"))
    take_in(data)
    assert Person.objects.filter(name="𠮷田　花子").count() == 1
    assert Affiliation.objects.get(duty=Duty.PRIMARY).address.email == "new@mihon.example"


def test_a_further_contact_is_added_and_one_left_out_stays():
    second = row(**{"No.": "", "担当者名": "二番 手", "メールアドレス": "two@mihon.example"})
    take_in(workbook(GOOD))
    take_in(workbook(GOOD, second))
    assert Affiliation.objects.get(person__name="二番 手").duty == Duty.DEPUTY
    plan = plan_of(workbook(GOOD))
    assert any("「二番 手」は名簿にありません" in notice for notice in plan.reports[0].notices)
    assert plan.work.is_empty()


def test_another_spelling_is_corrected_and_another_name_keeps_the_old_one():
    number = "4011001098993"
    take_in(workbook(row(法人番号=number)))
    take_in(workbook(row(法人番号=number, 団体名="特定非営利活動法人ミホン")))
    assert not OrganizationName.objects.exists()
    take_in(workbook(row(法人番号=number, 団体名="特定非営利活動法人れいだい")))
    assert OrganizationName.objects.get().name == "特定非営利活動法人ミホン"
    assert Organization.objects.search("れいだい").count() == 1
    assert Organization.objects.search("みほん").count() == 1
    stale = plan_of(workbook(GOOD))
    assert "変わっています" in stale.refused[0].reasons[0]


def test_a_former_member_is_not_brought_back_by_an_old_list():
    take_in(workbook(GOOD))
    Membership.objects.update(valid_until=date(2025, 4, 1), end_reason="withdrawn")
    plan = plan_of(workbook(row(電話番号="03-0000-9999")))
    assert outcomes(plan) == ["unchanged"]
    assert any("会員でなくなっている" in notice for notice in plan.reports[0].notices)


def test_a_former_member_joins_again_with_a_new_number():
    take_in(workbook(GOOD))
    Membership.objects.update(valid_until=date(2025, 4, 1), end_reason="withdrawn")
    take_in(workbook(row(**{"No.": 2, "入会日": "2026-04-01"})))
    assert Organization.objects.count() == 1
    assert list(Membership.objects.order_by("number").values_list("number", flat=True)) == [
        "会0001", "会0002",
    ]  # fmt: skip


# --- the mail magazine ---------------------------------------------------------------------------


def wish_of(email: str) -> str:
    return Consent.objects.filter(address__email=email).order_by("-pk")[0].action


def test_a_withdrawn_consent_is_never_lifted_by_a_list():
    take_in(workbook(GOOD))
    address = Address.objects.get()
    Consent.objects.create(
        address=address, purpose="newsletter", action="withdrawn", at=AT, channel="one_click"
    )
    plan = take_in(workbook(GOOD))
    assert plan.work.is_empty()
    assert any("配信停止の申し出" in notice for notice in plan.reports[0].notices)
    assert wish_of(address.email) == ConsentAction.WITHDRAWN


def test_a_suspended_mailbox_stays_suspended():
    take_in(workbook(GOOD))
    Address.objects.update(status="suspended", suspended_at=AT, suspended_reason="550")
    plan = take_in(workbook(GOOD))
    assert any("再開しません" in notice for notice in plan.reports[0].notices)
    assert Address.objects.get().status == "suspended"


def test_a_refusal_in_the_list_counts_over_an_earlier_yes():
    take_in(workbook(GOOD))
    plan = take_in(workbook(row(メルマガ="希望しない")))
    assert plan.reports[0].changes == [("メルマガ", "希望する", "希望しない")]
    assert wish_of("hanako@mihon.example") == ConsentAction.WITHDRAWN


def test_of_two_wishes_for_one_mailbox_the_refusal_counts():
    other = many(1, first=5)[0] | {
        "メールアドレス": GOOD["メールアドレス"],
        "メルマガ": "希望しない",
    }
    take_in(workbook(GOOD, other))
    assert wish_of("hanako@mihon.example") == ConsentAction.WITHDRAWN
    assert Address.objects.count() == 1


def test_an_empty_wish_says_nothing():
    take_in(workbook(row(メルマガ="")))
    assert not Consent.objects.exists()


# --- all or nothing, and at the right moment -----------------------------------------------------


def test_a_change_since_the_preview_stops_the_writing():
    take_in(workbook(GOOD))
    data = workbook(row(電話番号="03-0000-1234"))
    digest = plan_of(data).digest()
    Organization.objects.update(phone="03-5555-5555")
    before = written()
    with pytest.raises(RosterChangedError, match="もう一度"):
        apply_roster(data, filename="x", digest=digest, actor=None, at=AT)
    assert written() == before


def test_a_refusal_of_the_database_undoes_everything(monkeypatch):
    data = workbook(*many(5))
    digest = plan_of(data).digest()

    def clash(work):
        Organization.objects.create(kind="npo", name="a", slug="same")
        Organization.objects.create(kind="npo", name="b", slug="same")

    monkeypatch.setattr("members.roster.apply._write", clash)
    with pytest.raises(RosterChangedError):
        apply_roster(data, filename="x", digest=digest, actor=None, at=AT)
    assert not Organization.objects.exists()


@pytest.mark.parametrize("size", [10, 100])
def test_the_number_of_queries_does_not_grow_with_the_list(size):
    data = workbook(*many(size))
    with CaptureQueriesContext(connection) as looking:
        plan = plan_of(data)
    assert len(looking) == 6
    with CaptureQueriesContext(connection) as writing:
        apply_roster(data, filename="x", digest=plan.digest(), actor=None, at=AT)
    with CaptureQueriesContext(connection) as looking_again:
        plan_of(data)
    assert len(looking_again) == 7  # now there are wishes to be looked up
    assert len(writing) <= 37
    changed = workbook(*[one | {"電話番号": "03-0000-0000"} for one in many(size)])
    with CaptureQueriesContext(connection) as updating:
        take_in(changed)
    assert len([one for one in updating if one["sql"].startswith("UPDATE")]) == 1


def test_a_clash_inside_a_copy_is_a_refusal_like_any_other():
    twins = [Organization(kind="npo", name=name, slug="same") for name in "甲乙"]
    with pytest.raises(IntegrityError):
        copy_rows(Organization, twins)


def test_outcomes_have_a_word_each():
    assert [outcome.value for outcome in Outcome] == ["create", "update", "unchanged", "refused"]
