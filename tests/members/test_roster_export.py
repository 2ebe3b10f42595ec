"""The list goes out in the shape in which it came, and comes back without changing anything."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest

from core.audit.models import Act, Change
from core.japan.tables import decode_csv
from members.models import Membership, Organization, OrganizationName, Person
from members.roster.apply import apply_roster
from members.roster.export import FORMATS, build_roster, export_roster
from members.roster.plan import plan_roster
from members.roster.reading import read_roster
from tests.members.roster_files import DEMO_LIST, GOOD, HEADINGS, many, row, workbook

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
AS_OF = date(2022, 6, 15)
pytestmark = pytest.mark.django_db


def take_in(data: bytes):
    plan = plan_roster(read_roster(data), actor=None, at=AT)
    return apply_roster(data, filename="x", digest=plan.digest(), actor=None, at=AT)


def grid_of(content: bytes) -> list[list]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    lines = [["" if cell is None else cell for cell in line] for line in book.active.values]
    book.close()
    return lines


@pytest.mark.parametrize("form", FORMATS)
def test_export_then_import_changes_nothing(form):
    take_in(DEMO_LIST.read_bytes())
    before = Change.objects.count()
    plan = take_in(build_roster(form=form, as_of=AS_OF).content)
    assert plan.counts()["unchanged"] == 275
    assert Change.objects.count() == before


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_fills_an_empty_platform_with_the_same_members(form):
    take_in(workbook(row(担当者名="山田 花子", 所在地="東京都見本区1-2")))
    content = build_roster(form=form, as_of=AS_OF).content
    wanted = list(Organization.objects.values("name", "phone", "address", "duplicate_key"))
    with pytest.MonkeyPatch.context():
        Membership.objects.all().delete()
        Organization.objects.get().affiliations.all().delete()
        Organization.objects.all().delete()
        Person.objects.all().delete()
    take_in(content)
    assert list(Organization.objects.values("name", "phone", "address", "duplicate_key")) == wanted


def test_the_workbook_looks_like_the_secretariats_list():
    take_in(DEMO_LIST.read_bytes())
    lines = grid_of(build_roster(form="xlsx", as_of=AS_OF).content)
    assert (
        lines[0][0] == "孤独・孤立対策官民連携プラットフォーム　会員名簿（令和４年６月１５日時点）"
    )
    assert lines[3] == HEADINGS
    assert [line[0] for line in lines if str(line[0]).startswith("【")] == [
        "【会員】", "【賛助会員】", "【協力会員】",
    ]  # fmt: skip
    first = lines[5]
    assert first[:3] == [1, "会員", "特定非営利活動法人あなたのいばしょ"]
    assert first[20] == datetime(2022, 2, 25)  # noqa: DTZ001 -- Excel knows no time zone
    assert lines[7][0] == ""  # a second contact has no number
    original = grid_of(DEMO_LIST.read_bytes())
    assert [line[2] for line in lines[4:]] == [line[2] for line in original[4:]]


def test_codes_keep_their_leading_zero_as_text():
    take_in(DEMO_LIST.read_bytes())
    hokkaido = next(
        line for line in grid_of(build_roster(form="xlsx", as_of=AS_OF).content)
        if line[2] == "北海道"
    )  # fmt: skip
    assert hokkaido[5:8] == ["7000020010006", "010006", "561-9432"]


@pytest.mark.parametrize(("day", "rows"), [(date(2022, 2, 24), 0), (date(2022, 2, 25), 182)])
def test_the_list_can_be_taken_as_of_any_day(day, rows):
    take_in(DEMO_LIST.read_bytes())
    assert build_roster(form="csv", as_of=day).rows == rows


def test_a_list_of_an_old_day_bears_the_names_of_that_day():
    take_in(workbook(GOOD))
    OrganizationName.objects.create(
        organization=Organization.objects.get(), name="旧みほん会", valid_until=date(2023, 1, 1)
    )
    assert "旧みほん会" in build_roster(form="csv", as_of=AS_OF).content.decode("utf-8-sig")
    later = build_roster(form="csv", as_of=date(2024, 1, 1)).content.decode("utf-8-sig")
    assert "旧みほん会" not in later


# --- what an encoding cannot carry ---------------------------------------------------------------


def test_cp932_reports_every_cell_that_it_cannot_carry():
    take_in(workbook(GOOD))
    file = build_roster(form="csv-cp932", as_of=AS_OF)
    told = {(cell.row, HEADINGS[cell.column - 1], cell.characters) for cell in file.lossy}
    assert told == {(2, "所在地", "−"), (2, "担当者名", "𠮷")}
    assert "〓田　花子" in file.content.decode("cp932")
    assert build_roster(form="csv", as_of=AS_OF).lossy == []


def test_a_letter_lost_in_cp932_does_not_reach_the_database():
    take_in(workbook(GOOD))
    plan = take_in(build_roster(form="csv-cp932", as_of=AS_OF).content)
    assert plan.work.is_empty()
    assert any("登録済みの「𠮷田　花子」のまま" in notice for notice in plan.reports[0].notices)
    assert Person.objects.filter(name="𠮷田　花子").exists()


def test_a_true_change_beside_a_lost_letter_is_taken():
    take_in(workbook(GOOD))
    content = build_roster(form="csv-cp932", as_of=AS_OF).content
    changed = content.replace("03-1234-5678".encode("cp932"), "03-9876-5432".encode("cp932"))
    plan = take_in(changed)
    assert plan.reports[0].changes == [("電話番号", "03-1234-5678", "03-9876-5432")]
    assert Person.objects.filter(name="𠮷田　花子").exists()


# --- formulas ------------------------------------------------------------------------------------

PAYLOADS = [
    "=1+1", "+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠A1",
    '=HYPERLINK("http://x.example")', "'=1+1", "=1+1 と\n改行",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_formula_leaves_and_no_letter_is_lost(form, payload):
    take_in(workbook(row(備考="x")))
    Organization.objects.update(note=payload, address="=住所")
    content = build_roster(form=form, as_of=AS_OF).content
    for cell in cells_of(form, content):
        assert not str(cell).startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    plan = take_in(content)
    assert plan.work.is_empty()
    assert Organization.objects.get().note == payload


def cells_of(form: str, content: bytes) -> list[object]:
    if form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content))
        kinds = {cell.data_type for line in book.active.iter_rows() for cell in line}
        book.close()
        assert "f" not in kinds
        return [cell for line in grid_of(content) for cell in line]
    text = content.decode("cp932" if form == "csv-cp932" else "utf-8-sig")
    assert decode_csv(content)
    return [cell for line in text.split("\r\n") for cell in line.strip('"').split('","')]


# --- the trail -----------------------------------------------------------------------------------


def test_taking_the_list_out_is_recorded():
    take_in(workbook(GOOD))
    export_roster(form="csv", as_of=AS_OF, actor=None, at=AT)
    act = Act.objects.get(verb="members.roster.exported")
    assert act.detail == {"format": "csv", "as_of": "2022-06-15", "rows": 1, "lossy": 0}


@pytest.mark.parametrize("size", [10, 100])
def test_the_number_of_queries_does_not_grow_with_the_list(size, django_assert_num_queries):
    take_in(workbook(*many(size)))
    with django_assert_num_queries(4):
        build_roster(form="csv", as_of=AS_OF)
