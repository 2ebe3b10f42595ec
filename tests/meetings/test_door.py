"""The one door for files: who gets the bytes, how, and what the log says. Who may: test_rights."""

import io
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.choices import Audience, MeetingStatus, OpeningWay, SeatRole
from meetings.models import Material, MaterialOpening
from tests.factories.accounts import make_user
from tests.factories.files import pdf
from tests.factories.meetings import (
    BodyFactory,
    MaterialFactory,
    MeetingFactory,
    SeatFactory,
    make_material,
    make_version,
    seated_user,
)

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024
DATA = pdf(b"%" + b"0123456789" * 10 + b"\n")


def door(paper):
    return reverse("materials:open", args=[paper.public_id])


def body_of(response):
    return response.getvalue() if response.streaming else response.content


@pytest.fixture
def seat():
    return SeatFactory()


@pytest.fixture
def reader(client, seat):
    user = seated_user(seat)
    client.force_login(user)
    return user


@pytest.fixture
def paper(seat):
    return make_material(body=seat.body, data=DATA, name="資料1 名簿.pdf")


class TestOpening:
    def test_it_is_a_download_under_its_japanese_name_that_nobody_keeps(
        self, client, reader, paper
    ):
        answer = client.get(door(paper))
        assert (answer.status_code, body_of(answer)) == (200, DATA)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == (
            "attachment; filename*=utf-8''%E8%B3%87%E6%96%991%20%E5%90%8D%E7%B0%BF.pdf"
        )
        assert answer["Content-Length"] == str(len(DATA))
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"

    def test_every_opening_stands_in_the_log(self, client, reader, paper):
        body_of(client.get(door(paper)))
        opening = MaterialOpening.objects.get()
        assert (opening.user, opening.material, opening.way) == (reader, paper, OpeningWay.FILE)
        assert (opening.version, opening.seen_as) == (paper.current, None)

    def test_a_stranger_opens_what_is_public_and_stands_there_without_a_name(self, client):
        public = make_material(audience=Audience.PUBLIC)
        body_of(client.get(door(public)))
        assert MaterialOpening.objects.get().user is None

    def test_looking_whether_it_is_there_is_no_opening(self, client, reader, paper):
        answer = client.head(door(paper))
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer["Content-Length"] == str(len(DATA))
        assert not MaterialOpening.objects.exists()

    def test_the_rest_of_a_broken_download_belongs_to_its_opening(self, client, reader, paper):
        body_of(client.get(door(paper), headers={"Range": "bytes=0-9"}))
        answer = client.get(door(paper), headers={"Range": "bytes=10-"})
        assert (answer.status_code, body_of(answer)) == (206, DATA[10:])
        assert MaterialOpening.objects.count() == 1

    def test_nobody_avoids_the_log_by_leaving_out_the_first_byte(self, client, reader, paper):
        body_of(client.get(door(paper), headers={"Range": "bytes=1-"}))
        assert MaterialOpening.objects.count() == 1

    def test_a_part_that_is_not_there_is_no_opening(self, client, reader, paper):
        answer = client.get(door(paper), headers={"Range": "bytes=9999-"})
        assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(DATA)}")
        assert not MaterialOpening.objects.exists()

    def test_the_web_server_in_front_may_send_the_bytes(self, client, reader, paper, settings):
        settings.FILES_ACCEL_PREFIX = "/protected"
        answer = client.get(door(paper))
        assert (answer.content, answer["X-Accel-Redirect"]) == (
            b"", f"/protected/{paper.current.file.name}"
        )  # fmt: skip
        assert MaterialOpening.objects.count() == 1

    def test_only_reading_is_possible(self, client, reader, paper):
        assert client.post(door(paper)).status_code == 405

    def test_rights_cost_the_door_one_query_more_than_the_paper(
        self, client, reader, paper, django_assert_num_queries
    ):
        """Session, account, reader, paper, log."""
        body_of(client.get(door(paper)))
        with django_assert_num_queries(5):
            answer = client.get(door(paper))
        body_of(answer)

    def test_fifty_megabytes_leave_in_pieces(self, client, reader, paper):
        path = Path(paper.current.file.path)
        with path.open("r+b") as file:
            file.truncate(50 * MEGABYTE)
        answer = client.get(door(paper))
        tracemalloc.start()
        try:
            sent = sum(len(chunk) for chunk in answer.streaming_content)
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (sent, peak < MEGABYTE) == (50 * MEGABYTE, True)


def _later(paper):
    paper.publish_at = timezone.now() + timedelta(minutes=5)


def _draft(paper):
    paper.publish_at = None


def _withdrawn(paper):
    paper.withdrawn_at, paper.withdrawn_reason = timezone.now(), "誤り"


def _elsewhere(paper):
    paper.body = BodyFactory()


def _lost(paper):
    Path(paper.current.file.path).unlink()


def _without_file(paper):
    paper.current = None


class TestClosed:
    @pytest.mark.parametrize(
        "change", [_later, _draft, _withdrawn, _elsewhere, _lost, _without_file]
    )
    def test_what_cannot_be_opened_is_not_there_and_not_in_the_log(
        self, client, reader, paper, change
    ):
        assert body_of(client.get(door(paper))) == DATA
        before = MaterialOpening.objects.count()
        change(paper)
        paper.save()
        for asked in ({}, {"Range": "bytes=0-1"}, {"Range": "bytes=5-"}):
            answer = client.get(door(paper), headers=asked)
            assert (answer.status_code, "資料1" in answer.text) == (404, False)
            assert "Content-Disposition" not in answer
        assert client.head(door(paper)).status_code == 404
        assert MaterialOpening.objects.count() == before

    def test_the_seat_that_ended_today_closes_the_door(self, client, reader, paper, seat):
        seat.valid_until = timezone.localdate()
        seat.save()
        assert client.get(door(paper)).status_code == 404

    def test_a_stranger_is_shown_the_way_to_the_login_and_back(self, client, paper):
        answer = client.get(door(paper))
        assert answer.status_code == 404
        assert f"{reverse('account_login')}?next={door(paper)}" in answer.text


class TestEarlierVersions:
    @pytest.fixture
    def replaced(self, paper):
        make_version(paper, data=pdf(b"%new\n"), name="資料1 名簿(差替).pdf")
        return paper

    @staticmethod
    def old(paper, number=1):
        return reverse("materials:version", args=[paper.public_id, number])

    def test_the_address_gives_the_newest(self, client, reader, replaced):
        assert body_of(client.get(door(replaced))) == pdf(b"%new\n")

    def test_those_who_run_the_body_open_the_old_one_and_stand_in_the_log(
        self, client, seat, replaced
    ):
        seat.role = SeatRole.LEAD
        seat.save()
        client.force_login(seated_user(seat))
        assert body_of(client.get(self.old(replaced))) == DATA
        opening = MaterialOpening.objects.get()
        assert (opening.way, opening.version.number) == (OpeningWay.OLD_VERSION, 1)
        assert client.get(self.old(replaced, 3)).status_code == 404
        assert client.get(self.old(replaced, 10**12)).status_code == 404

    def test_for_other_readers_it_is_not_there(self, client, reader, replaced):
        assert client.get(self.old(replaced)).status_code == 404
        assert client.get(self.old(replaced, 2)).status_code == 404

    def test_a_stranger_is_sent_to_the_login(self, client, replaced):
        assert client.get(self.old(replaced)).status_code == 302


class TestAllPapers:
    @pytest.fixture
    def meeting(self, seat):
        meeting = MeetingFactory(body=seat.body, number=2)
        place = {"body": seat.body, "meeting": meeting}
        make_material(**place, label="次第", title="次第", position=1, name="a.pdf", data=DATA)
        make_material(**place, label="資料1", title="名簿", position=2, name="b.pdf")
        make_material(
            **place, label="資料2-1", title="資料2-1 予算/決算", position=3, name="c.pdf",
            audience=Audience.PUBLIC,
        )  # fmt: skip
        make_material(**place, title="内部", position=4, audience=Audience.SECRETARIAT)
        make_material(**place, title="まだ", position=5, publish_at=None)
        MaterialFactory(**place, title="ファイルなし", position=6)
        return meeting

    @staticmethod
    def zip_of(answer):
        data = body_of(answer)
        assert answer["Content-Length"] == str(len(data))
        return zipfile.ZipFile(io.BytesIO(data))

    def address(self, meeting):
        return reverse("meetings:zip", args=[meeting.public_id])

    def test_what_this_reader_may_open_numbered_in_the_order_of_the_page(
        self, client, reader, meeting
    ):
        meeting.body.name = "分科会1"
        meeting.body.save()
        answer = client.get(self.address(meeting))
        with self.zip_of(answer) as archive:
            assert archive.namelist() == [
                "01_次第.pdf",
                "02_資料1_名簿.pdf",
                "03_資料2-1_予算_決算.pdf",
            ]
            assert archive.read("01_次第.pdf") == DATA
        assert answer["Content-Type"] == "application/zip"
        assert answer["Cache-Control"] == "private, no-store"
        assert "%E5%88%86%E7%A7%91%E4%BC%9A1%20%E7%AC%AC2%E5%9B%9E" in answer["Content-Disposition"]
        ways = MaterialOpening.objects.values_list("way", "user")
        assert list(ways) == [(OpeningWay.ZIP, reader.pk)] * 3

    def test_a_stranger_gets_the_public_ones(self, client, meeting):
        with self.zip_of(client.get(self.address(meeting))) as archive:
            assert archive.namelist() == ["01_資料2-1_予算_決算.pdf"]

    def test_drafts_are_left_out_for_those_who_run_it_too(self, client, seat, meeting):
        seat.role = SeatRole.LEAD
        seat.save()
        client.force_login(seated_user(seat))
        with self.zip_of(client.get(self.address(meeting))) as archive:
            assert len(archive.namelist()) == 3

    def test_looking_whether_it_is_there_is_no_opening(self, client, reader, meeting):
        answer = client.head(self.address(meeting))
        assert (answer.status_code, answer.content) == (200, b"")
        with self.zip_of(client.get(self.address(meeting))) as archive:
            assert str(archive.fp.seek(0, 2)) == answer["Content-Length"]

    def test_nothing_to_open_is_not_there(self, client, meeting):
        Material.objects.filter(audience=Audience.PUBLIC).update(audience=Audience.BODY)
        client.force_login(make_user())
        assert client.get(self.address(meeting)).status_code == 404
        meeting.status = MeetingStatus.DRAFT
        meeting.save()
        assert client.get(self.address(meeting)).status_code == 404

    def test_a_lost_file_is_told_and_the_others_are_given(self, client, reader, meeting):
        lost = Material.objects.get(title="名簿")
        Path(lost.current.file.path).unlink()
        with self.zip_of(client.get(self.address(meeting))) as archive:
            assert archive.namelist() == [
                "01_次第.pdf", "03_資料2-1_予算_決算.pdf", "お読みください.txt"
            ]  # fmt: skip
            assert "02_資料1_名簿.pdf" in archive.read("お読みください.txt").decode()
        assert not MaterialOpening.objects.filter(material=lost).exists()

    def test_what_no_zip_holds_is_refused_with_a_sentence(
        self, client, reader, meeting, monkeypatch
    ):
        monkeypatch.setattr("meetings.views.materials.ZIP_BYTES", 100)
        answer = client.get(self.address(meeting))
        assert (answer.status_code, "大きすぎます" in answer.text) == (413, True)
        assert not MaterialOpening.objects.exists()

    @pytest.mark.parametrize("more", [0, 2])
    def test_three_papers_ask_no_more_than_one(
        self, client, reader, seat, more, django_assert_num_queries
    ):
        meeting = MeetingFactory(body=seat.body)
        for _paper in range(1 + more):
            make_material(body=seat.body, meeting=meeting)
        body_of(client.get(self.address(meeting)))
        with django_assert_num_queries(6):
            answer = client.get(self.address(meeting))
        body_of(answer)
