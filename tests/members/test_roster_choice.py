"""Choosing rows of a list: what is ticked is written, all or none; the rest stays as it is."""

import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.choices import Role
from core.audit.models import Change, ChangeSet
from members.models import Membership, Organization, RosterImport
from members.roster.choices import ImportStatus
from tests.factories.accounts import make_staff
from tests.members.roster_files import many, row, workbook

pytestmark = pytest.mark.django_db
NAME = "admin:members_organization_import"
BAD = row(**{"No.": 99, "区分": "名誉会員", "団体名": "株式会社なおす"})


@pytest.fixture
def desk(client):
    client.force_login(make_staff(Role.OFFICER))
    return client


def upload(client, data: bytes) -> RosterImport:
    client.post(reverse(NAME), {"file": SimpleUploadedFile("名簿.xlsx", data)})
    return RosterImport.objects.latest("pk")


def send(client, job, act="confirm", **data):
    url = reverse(f"{NAME}_{act}", args=[job.public_id])
    answer = client.post(url, data, follow=True)
    job.refresh_from_db()
    return answer.content.decode()


def preview(client, job, **query):
    return client.get(reverse(f"{NAME}_detail", args=[job.public_id]), query).content.decode()


def names():
    return sorted(Organization.objects.values_list("name", flat=True))


def test_rows_that_are_not_ticked_are_left_alone(desk):
    job = upload(desk, workbook(*many(3)))
    html = send(desk, job, seen=["2", "3", "4"], take=["2", "4"])
    assert job.status == ImportStatus.DONE
    assert names() == ["一般社団法人見本00001番の会", "一般社団法人見本00003番の会"]
    assert "ほかの1行" in html


def test_the_same_file_again_offers_only_what_was_left_out(desk):
    data = workbook(*many(3))
    send(desk, upload(desk, data), seen=["2", "3", "4"], take=["2"])
    job = upload(desk, data)
    assert (job.counts["create"], job.counts["update"], job.counts["unchanged"]) == (2, 0, 1)
    send(desk, job)
    newest = Change.objects.latest("id").pk
    again = upload(desk, data)
    assert again.counts["unchanged"] == 3
    send(desk, again)
    assert again.status == ImportStatus.DONE
    assert Change.objects.latest("id").pk == newest
    assert ChangeSet.objects.count() == 2


def test_good_rows_go_in_though_others_are_refused(desk):
    job = upload(desk, workbook(*many(2), BAD))
    assert "取り込めない行が1行あります" in preview(desk, job)
    send(desk, job)
    assert job.status == ImportStatus.DONE
    assert len(names()) == 2
    assert job.counts["left"] == 1


def test_an_organization_goes_in_whole_or_not_at_all(desk):
    first, second = many(2)
    contact = second | {"No.": "", "担当者名": "次の 担当", "メールアドレス": "not a mailbox"}
    job = upload(desk, workbook(first, second, contact))
    html = preview(desk, job, show="all")
    assert html.count('class="choice"') == 1
    send(desk, job)
    assert names() == [first["団体名"]]


def test_the_choice_is_kept_from_page_to_page(desk):
    job = upload(desk, workbook(*many(120)))
    first = [str(number) for number in range(2, 52)]
    send(desk, job, "choose", seen=first, take=first[1:], show="all", page="1", to="all:2")
    assert job.skipped == [2]
    html = preview(desk, job, show="all", page="1")
    assert len(re.findall(r'class="choice"[^>]+ checked>', html)) == 49
    second = [str(number) for number in range(52, 102)]
    send(desk, job, "choose", seen=second, take=second[:-1], to="create:1")
    assert job.skipped == [2, 101]
    send(desk, job)
    assert Organization.objects.count() == 118


@pytest.mark.parametrize(("pressed", "left"), [("none:create", 0), ("none:update", 3)])
def test_all_of_a_kind_at_once(desk, pressed, left):
    send(desk, upload(desk, workbook(*many(2))))
    changed = [one | {"電話番号": "03-9999-0000"} for one in many(2)]
    job = upload(desk, workbook(*changed, *many(3, first=3)))
    assert (job.counts["create"], job.counts["update"]) == (3, 2)
    send(desk, job, "choose", select=pressed, show="all", page="1")
    send(desk, job)
    assert Organization.objects.count() == 2 + left
    assert Organization.objects.filter(phone="03-9999-0000").count() == (2 if left == 0 else 0)


def test_nothing_ticked_writes_nothing_and_says_so(desk):
    job = upload(desk, workbook(*many(2)))
    send(desk, job, "choose", select="none:all")
    html = send(desk, job)
    assert job.status == ImportStatus.CHECKED
    assert "書き込む行が選ばれていません" in html
    send(desk, job, "choose", select="all:all")
    send(desk, job)
    assert len(names()) == 2


def test_numbers_that_shift_by_the_choice_are_shown_before_they_are_given(desk):
    rows = [one | {"No.": ""} for one in many(3)]
    job = upload(desk, workbook(*rows))
    assert "会員番号は 会0001 になります" in preview(desk, job, show="all")
    html = send(desk, job, seen=["2", "3", "4"], take=["3", "4"])
    assert job.status == ImportStatus.CHECKED
    assert "もう一度内容を確かめてください" in html
    assert not Organization.objects.exists()
    send(desk, job)
    assert job.status == ImportStatus.DONE
    numbers = sorted(Membership.objects.values_list("number", flat=True))
    assert numbers == ["会0001", "会0002"]


@pytest.mark.parametrize(
    "data",
    [
        {"seen": ["x", "²", "99999999999"], "take": ["-1"]},
        {"select": "all:nonsense"},
        {"select": "nonsense", "to": "a:b:c", "page": "x"},
        {"seen": ["99"], "take": []},
    ],
)
def test_what_no_form_sends_harms_nothing(desk, data):
    job = upload(desk, workbook(*many(2)))
    send(desk, job, "choose", **data)
    assert job.skipped == []
    assert job.status == ImportStatus.CHECKED


def test_a_reason_is_kept_and_too_long_a_one_is_told(desk):
    job = upload(desk, workbook(*many(2)))
    html = send(desk, job, reason="あ" * 301)
    assert "300" in html
    assert job.status == ImportStatus.CHECKED
    assert "あ\x00" not in send(desk, job, reason="あ\x00い")
    assert job.status == ImportStatus.CHECKED
    send(desk, job, "choose", reason="年度の名簿", to="all:1")
    assert 'value="年度の名簿"' in preview(desk, job)
    send(desk, job, reason="年度の名簿")
    made = ChangeSet.objects.get()
    assert (made.why, made.kind) == ("年度の名簿", "members.roster.imported")
    assert "名簿.xlsx" in made.title
    assert job.change_set == made


def test_choosing_after_the_end_is_told_in_words(desk):
    job = upload(desk, workbook(*many(1)))
    send(desk, job)
    html = send(desk, job, "choose", seen=["2"], take=[])
    assert job.skipped == []
    assert "確認待ち" in html or "待って" in html


class TestRefusedRowsComeBack:
    def file(self, desk, job):
        answer = desk.get(reverse(f"{NAME}_refused", args=[job.public_id]))
        assert answer["Cache-Control"] == "private, no-store"
        return b"".join(answer) if answer.streaming else answer.content

    def sheet(self, content):
        return openpyxl.load_workbook(io.BytesIO(content)).active

    def test_with_reason_and_row_and_are_taken_as_they_are_once_corrected(self, desk):
        job = upload(desk, workbook(*many(2), BAD))
        content = self.file(desk, job)
        sheet = self.sheet(content)
        heads = [cell.value for cell in sheet[1]]
        line = dict(zip(heads, (cell.value for cell in sheet[2]), strict=True))
        assert "「名誉会員」という区分はありません" in line["取り込めない理由"]
        assert (line["元の行"], line["団体名"]) == (4, BAD["団体名"])
        assert sheet.max_row == 2
        again = upload(desk, content)
        assert (again.status, again.counts["refused"]) == (ImportStatus.CHECKED, 1)
        assert not any("読まない列" in notice for notice in again.notices)
        sheet.cell(2, heads.index("区分") + 1).value = "会員"
        out = io.BytesIO()
        sheet.parent.save(out)
        send(desk, upload(desk, out.getvalue()))
        assert names() == [BAD["団体名"]]

    def test_the_other_rows_of_the_organization_come_along(self, desk):
        (first,) = many(1)
        second = {"団体名": "", "担当者名": "次の 担当", "メールアドレス": "nothing"}
        job = upload(desk, workbook(first, row(**dict.fromkeys(first, "")) | second))
        sheet = self.sheet(self.file(desk, job))
        assert sheet.max_row == 3
        assert "同じ団体の行です" in sheet.cell(2, 1).value

    def test_formulas_and_zeros_stay_text(self, desk):
        job = upload(
            desk, workbook(row(区分="名誉会員", 団体名="=1+1会", 電話番号="03-1", 備考="0012"))
        )
        sheet = self.sheet(self.file(desk, job))
        told = {cell.value: cell.data_type for cell in sheet[2]}
        assert told["0012"] == "s"
        assert "f" not in told.values()

    def test_an_erased_file_is_told_in_words(self, desk):
        job = upload(desk, workbook(*many(1), BAD))
        send(desk, job)
        answer = desk.get(reverse(f"{NAME}_refused", args=[job.public_id]), follow=True)
        assert "ファイルは消去しました" in answer.content.decode()
