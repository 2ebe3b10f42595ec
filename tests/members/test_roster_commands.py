"""The same list from the command line."""

import io

import pytest
from django.core.management import CommandError, call_command

from core.audit.models import Act, Change
from members.models import Organization
from tests.factories.accounts import make_staff
from tests.members.roster_files import DEMO_LIST, GOOD, row, workbook

pytestmark = pytest.mark.django_db


def import_members(path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_members", str(path), *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "名簿.xlsx"
    path.write_bytes(workbook(GOOD))
    return path


def test_a_dry_run_tells_everything_and_writes_nothing(good):
    before = Change.objects.count()
    out = import_members(good, "--dry-run")
    assert "新規" in out
    assert "何も書き込んでいません" in out
    assert Change.objects.count() == before
    assert not Act.objects.exists()


def test_the_real_list_in_one_command_and_nothing_the_second_time():
    assert "275" in import_members(DEMO_LIST)
    assert Organization.objects.count() == 257
    assert "変更はありません" in import_members(DEMO_LIST)


def test_the_command_acts_in_the_name_of_a_person(good):
    make_staff(email="officer@example.jp")
    import_members(good, "--actor", "officer@example.jp")
    assert Act.objects.get(verb="members.roster.imported").actor_name == "事務局 officer"


def test_an_unknown_actor_is_refused(good):
    with pytest.raises(CommandError, match=r"nobody@example\.jp"):
        import_members(good, "--actor", "nobody@example.jp")
    assert not Organization.objects.exists()


def test_refused_rows_are_told_and_end_with_code_1(tmp_path):
    path = tmp_path / "bad.xlsx"
    path.write_bytes(workbook(GOOD, row(**{"No.": 2, "団体名": "別の会", "入会日": "不明"})))
    out = io.StringIO()
    with pytest.raises(CommandError, match="何も書き込んでいません") as error:
        call_command("import_members", str(path), stdout=out)
    assert error.value.returncode == 1
    assert "3行目" in out.getvalue()
    assert not Organization.objects.exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", "議事録".encode()])
def test_an_unreadable_file_ends_with_code_2(tmp_path, content):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(CommandError) as error:
        import_members(path)
    assert error.value.returncode == 2


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    for path in (tmp_path / "nowhere.xlsx", tmp_path):
        with pytest.raises(CommandError, match=r"ファイル"):
            import_members(path)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_for_people_not_for_logs(good):
    watched, logged = Terminal(), io.StringIO()
    call_command("import_members", str(good), "--dry-run", stdout=io.StringIO(), stderr=watched)
    call_command("import_members", str(good), "--dry-run", stdout=io.StringIO(), stderr=logged)
    assert "#" in watched.getvalue()
    assert logged.getvalue() == ""


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_the_list_can_be_taken_out_and_in_again(good, tmp_path, name):
    import_members(good)
    path = tmp_path / name
    out = io.StringIO()
    call_command("export_members", str(path), "--as-of", "R4.6.15", stdout=out)
    assert "1行" in out.getvalue()
    assert "変更はありません" in import_members(path)


def test_what_cp932_cannot_carry_is_told(good, tmp_path):
    import_members(good)
    out = io.StringIO()
    call_command(
        "export_members", str(tmp_path / "l.csv"), "--encoding", "cp932", "--as-of", "2022-06-15",
        stdout=out,
    )  # fmt: skip
    assert "2行目「担当者名」の「𠮷」はこの文字コードで表せません" in out.getvalue()


def test_a_wrong_day_is_told(good, tmp_path):
    with pytest.raises(CommandError, match="日付"):
        call_command("export_members", str(tmp_path / "l.csv"), "--as-of", "きのう")
