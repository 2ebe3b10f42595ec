"""Papers put up, replaced, edited, ordered, withdrawn: all of it or nothing, and nothing unseen."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from core.audit.models import Act
from core.files import FileRefusedError
from meetings.choices import Audience, MaterialKind, Searchable, SeatRole
from meetings.errors import FieldsRefusedError, MeetingsError, TooLateError
from meetings.models import Material, MaterialVersion
from meetings.services.materials import (
    add_material,
    edit_material,
    fingerprints_of,
    move_material,
    reorder_materials,
    replace_material,
    restore_material,
    withdraw_material,
)
from meetings.services.versions import sweep_papers
from members.services.editing import EditConflictError
from tests.factories.accounts import make_user
from tests.factories.files import pdf
from tests.factories.meetings import (
    BodyFactory,
    MeetingFactory,
    SeatFactory,
    make_material,
    seated_user,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def upload(data=b"", name="資料1.pdf"):
    return ContentFile(data or pdf(), name=name)


def stored_files():
    folder = Path(settings.MEDIA_ROOT) / "papers"
    return {path for path in folder.rglob("*") if path.is_file()}


def add(body=None, **given):
    values = {"title": "名簿", "file": upload(), "actor": None, "at": AT, **given}
    return add_material(body=body or BodyFactory(), **values)


class TestAdding:
    def test_a_paper_with_its_first_version(self):
        officer = make_user()
        meeting = MeetingFactory()
        paper = add(
            meeting.body, meeting=meeting, title=" 構成員\n名簿 ", label="資料1", publish_at=AT,
            audience=Audience.MEMBERS, tags=["名簿", "名簿", " "], comment="部内用\r\n確認済み",
            actor=officer,
        )  # fmt: skip
        assert (paper.title, paper.label, paper.tags) == ("構成員 名簿", "資料1", ["名簿"])
        assert (paper.comment, paper.created_by, paper.position) == ("部内用\n確認済み", officer, 1)
        version = paper.current
        assert (version.number, version.name, version.uploaded_by) == (1, "資料1.pdf", officer)
        assert version.file.read() == pdf()
        version.file.close()
        assert "資料1" not in version.file.name
        act = Act.objects.get(verb="meetings.material.added")
        assert (act.target_name, act.detail["audience"]) == ("資料1 構成員 名簿", "会員限り")

    def test_the_next_one_stands_behind(self):
        meeting = MeetingFactory()
        first, second = (add(meeting.body, meeting=meeting) for _ in range(2))
        assert second.position == first.position + 1
        assert add(meeting.body).position == 1  # a list of its own

    def test_without_a_time_it_is_a_draft(self):
        assert add().publish_at is None

    def test_a_locked_pdf_is_kept_and_marked_as_not_searchable(self):
        paper = add(file=upload(pdf(b"<</Encrypt 5 0 R>>")))
        assert paper.current.searchable == Searchable.LOCKED
        assert add().current.searchable == Searchable.WAITING

    def test_a_big_upload_is_moved_and_not_copied(self):
        file = TemporaryUploadedFile("大.pdf", "application/pdf", len(pdf()), None)
        file.write(pdf())
        file.flush()
        inode = Path(file.temporary_file_path()).stat().st_ino
        paper = add(file=file)
        file.close()
        assert paper.current.file.size == len(pdf())
        assert Path(paper.current.file.path).stat().st_ino == inode

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"title": "\x00 \u200b"}, "title"),
            ({"title": "あ" * 201}, "title"),
            ({"title": "長" * 4_000_000}, "title"),
            ({"label": "資" * 21}, "label"),
            ({"comment": "あ" * 4001}, "comment"),
            ({"tags": ["a" * 31]}, "tags"),
            ({"tags": [str(n) for n in range(11)]}, "tags"),
            ({"kind": "page"}, "kind"),
            ({"audience": "everybody"}, "audience"),
            ({"audience": ""}, "audience"),
            ({"publish_at": AT + timedelta(days=800)}, "publish_at"),
            ({"publish_at": datetime(1022, 1, 1, tzinfo=UTC)}, "publish_at"),
            ({"publish_at": datetime.max.replace(tzinfo=UTC)}, "publish_at"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_stored(self, wrong, field):
        before = stored_files()
        with pytest.raises(FieldsRefusedError) as refused:
            add(**wrong)
        assert list(refused.value.by_field) == [field]
        assert (Material.objects.exists(), stored_files() - before) == (False, set())

    def test_letters_that_cannot_be_stored_are_left_out(self):
        paper = add(
            title="名\x00簿\ud800", comment="確\x00認\ud800", tags=["a\x00"], label="資\x00料"
        )
        paper.refresh_from_db()
        assert (paper.title, paper.comment, paper.tags, paper.label) == (
            "名簿", "確認", ["a"], "資料"
        )  # fmt: skip

    def test_a_hostile_file_stores_nothing(self):
        before = stored_files()
        with pytest.raises(FileRefusedError):
            add(file=upload(b"<svg/>", "資料.pdf"))
        assert (Material.objects.exists(), stored_files() - before) == (False, set())

    def test_when_the_database_refuses_the_file_goes_too(self, monkeypatch):
        def refuse(self, *args, **kwargs):
            raise RuntimeError("the connection is gone")

        before = stored_files()
        monkeypatch.setattr(MaterialVersion, "save", refuse)
        with pytest.raises(RuntimeError):
            add()
        assert (Material.objects.exists(), stored_files() - before) == (False, set())

    def test_a_meeting_of_another_body_takes_nothing(self):
        with pytest.raises(MeetingsError):
            add(BodyFactory(), meeting=MeetingFactory())


class TestReplacing:
    def test_the_address_stays_and_the_old_file_is_kept(self):
        paper = make_material()
        version = replace_material(
            material=paper, file=upload(pdf(b"%2\n"), "新.pdf"), reason=" 数字の\n誤り ", seen=1,
            actor=None, at=AT,
        )  # fmt: skip
        paper.refresh_from_db()
        assert (paper.current, version.number, version.reason) == (version, 2, "数字の 誤り")
        assert paper.versions.count() == 2
        assert Act.objects.get(verb="meetings.material.replaced").detail["reason"] == "数字の 誤り"

    @pytest.mark.parametrize("reason", ["", "\x00\n", "あ" * 301])
    def test_it_says_why(self, reason):
        paper = make_material()
        with pytest.raises(FieldsRefusedError) as refused:
            replace_material(material=paper, file=upload(), reason=reason, actor=None, at=AT)
        assert list(refused.value.by_field) == ["reason"]
        assert paper.versions.count() == 1

    def test_the_same_file_again_is_no_other_file(self):
        paper = add()
        with pytest.raises(FieldsRefusedError, match="同じ"):
            replace_material(material=paper, file=upload(), reason="念のため", actor=None, at=AT)

    def test_what_somebody_else_has_replaced_meanwhile_is_looked_at_first(self):
        paper = add()
        for number, seen in ((2, 1), (3, 1)):
            file = upload(pdf(b"%%%d\n" % number))
            given = {"material": paper, "file": file, "reason": "誤り", "seen": seen}
            if number == 2:
                replace_material(**given, actor=None, at=AT)
                continue
            with pytest.raises(TooLateError, match="ほかの方"):
                replace_material(**given, actor=None, at=AT)
        assert paper.versions.count() == 2


class TestEditing:
    def test_what_differs_is_written_and_told(self):
        paper = make_material(audience=Audience.BODY)
        edit_material(
            material=paper, actor=None, at=AT,
            values={"title": "新しい題", "audience": Audience.PUBLIC, "label": paper.label},
        )  # fmt: skip
        paper.refresh_from_db()
        assert (paper.title, paper.audience) == ("新しい題", Audience.PUBLIC)
        detail = Act.objects.get(verb="meetings.material.edited").detail
        assert (detail["was"], detail["audience"]) == ("分科会限り", "公開")
        assert detail["fields"] == "題名、公開範囲"

    def test_nothing_new_is_no_act(self):
        paper = make_material()
        edit_material(material=paper, values={"title": paper.title}, actor=None, at=AT)
        assert not Act.objects.filter(verb="meetings.material.edited").exists()

    def test_two_editors_lose_nothing(self):
        paper = make_material(title="古い題")
        seen = fingerprints_of(paper)
        edit_material(material=paper, values={"title": "甲の題"}, seen=seen, actor=None, at=AT)
        shown = {"title": "古い題", "label": "資料9", "publish_at": paper.publish_at}
        edit_material(material=paper, values=shown, seen=seen, actor=None, at=AT)
        paper.refresh_from_db()
        assert (paper.title, paper.label) == ("甲の題", "資料9")
        with pytest.raises(EditConflictError) as refused:
            edit_material(material=paper, values={"title": "乙の題"}, seen=seen, actor=None, at=AT)
        assert refused.value.fields == ("title",)

    def test_what_cannot_be_is_refused_at_its_field(self):
        paper = make_material()
        with pytest.raises(FieldsRefusedError) as refused:
            edit_material(
                material=paper, values={"title": "", "kind": MaterialKind.OUTPUT, "audience": "x"},
                actor=None, at=AT,
            )  # fmt: skip
        assert list(refused.value.by_field) == ["title", "audience"]
        paper.refresh_from_db()
        assert paper.kind == MaterialKind.PAPER


class TestWithdrawing:
    def test_it_is_gone_at_once_and_comes_back_as_it_was(self):
        paper = make_material()
        withdraw_material(material=paper, reason="誤って掲載", actor=None, at=AT)
        assert not Material.objects.published(AT).exists()
        with pytest.raises(TooLateError):
            withdraw_material(material=paper, reason="また", actor=None, at=AT)
        restore_material(material=paper, actor=None, at=AT)
        assert Material.objects.published(AT).get() == paper
        with pytest.raises(TooLateError):
            restore_material(material=paper, actor=None, at=AT)

    def test_it_says_why(self):
        with pytest.raises(FieldsRefusedError):
            withdraw_material(material=make_material(), reason=" ", actor=None, at=AT)


class TestOrder:
    @pytest.fixture
    def meeting(self):
        meeting = MeetingFactory()
        for title in "abc":
            add(meeting.body, meeting=meeting, title=title)
        return meeting

    @staticmethod
    def titles(meeting):
        return "".join(meeting.materials.order_by("position").values_list("title", flat=True))

    def reorder(self, meeting, order):
        keys = {paper.title: paper.pk for paper in meeting.materials.all()}
        reorder_materials(
            body=meeting.body, meeting=meeting, order=[keys.get(one, 0) for one in order],
            actor=None, at=AT,
        )  # fmt: skip

    def test_the_whole_order_at_once(self, meeting):
        self.reorder(meeting, "cab")
        assert self.titles(meeting) == "cab"

    @pytest.mark.parametrize("order", ["ab", "abcc", "abx", ""])
    def test_a_list_that_has_changed_meanwhile_is_looked_at_again(self, meeting, order):
        with pytest.raises(TooLateError):
            self.reorder(meeting, order)
        assert self.titles(meeting) == "abc"

    @pytest.mark.parametrize(
        ("title", "step", "after"), [("b", -1, "bac"), ("b", 1, "acb"), ("a", -1, "abc")]
    )
    def test_one_place_up_or_down(self, meeting, title, step, after):
        paper = meeting.materials.get(title=title)
        everything = Material.objects.all()
        move_material(material=paper, among=everything, step=step, actor=None, at=AT)
        assert self.titles(meeting) == after


@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_an_upload_cut_in_the_middle_stores_nothing(client, share):
    """The line broke: half a file is no file."""
    seat = SeatFactory(role=SeatRole.LEAD)
    client.force_login(seated_user(seat))
    paper = make_material(body=seat.body)
    file = upload(pdf(b"x" * 100_000))
    body = encode_multipart(BOUNDARY, {"uploads": file, "reason": "誤り", "version": "1"})
    before = stored_files()
    answer = client.generic(
        "POST", reverse("materials:replace", args=[paper.public_id]),
        body[: int(len(body) * share)], content_type=MULTIPART_CONTENT,
    )  # fmt: skip
    assert answer.status_code == 200
    assert "新しいファイルを選んでください" in answer.text
    assert (paper.versions.count(), stored_files() - before) == (1, set())


def test_files_that_no_version_speaks_of_are_swept_after_a_day():
    paper = add()
    kept = Path(paper.current.file.path)
    lost = kept.with_name("lost")
    lost.write_bytes(b"x")
    for path, age in ((kept, 9), (lost, 9)):
        moment = (AT - timedelta(days=age)).timestamp()
        os.utime(path, (moment, moment))
    sweep_papers(at=AT)
    assert (kept.exists(), lost.exists()) == (True, False)
