"""Who comes into the workroom, what lies there, and a meeting that is prepared."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.choices import Role
from core.audit.models import Act
from mailing.models import Message
from meetings.choices import Audience, BodyKind, MeetingStatus, SeatRole
from meetings.models import Meeting
from tests.factories.accounts import make_staff
from tests.factories.meetings import (
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    SeatFactory,
    make_material,
    seated_user,
)
from tests.factories.members import AffiliationFactory
from tests.meetings.workroom.pages import FILLED, NOW, announced, form_of, page, prepared, text_of

pytestmark = pytest.mark.django_db


class TestWhoMayEnter:
    def test_only_who_runs_the_body(self, client, lead, seat, body):
        meeting = MeetingFactory(body=body)
        pages = [
            reverse("bodies:run", args=[body.slug]),
            reverse("bodies:meeting_add", args=[body.slug]),
            *(page(name, meeting) for name in ("run", "edit", "announce", "cancel", "discard",
                                               "attendance", "invite")),
        ]  # fmt: skip
        other = SeatFactory(role=SeatRole.LEAD)
        for user, allowed in (
            (seated_user(lead), True),
            (make_staff(Role.OFFICER), True),
            (make_staff(Role.CONTRACTOR), True),
            (make_staff(Role.AUDITOR), False),
            (seated_user(seat), False),
            (seated_user(other), False),
        ):
            client.force_login(user)
            for address in pages:
                expected = {200, 405} if allowed else {404, 405}
                assert client.get(address).status_code in expected, (user, address)
                if not allowed:
                    assert client.post(address).status_code in {404, 405}, (user, address)

    def test_a_contractor_does_not_run_the_steering_committee(self, client):
        committee = BodyFactory(kind=BodyKind.STEERING, audience=Audience.PUBLIC)
        client.force_login(make_staff(Role.CONTRACTOR))
        assert client.get(reverse("bodies:run", args=[committee.slug])).status_code == 404

    def test_rights_end_with_the_seat(self, room, lead, body):
        address = reverse("bodies:run", args=[body.slug])
        assert room.get(address).status_code == 200
        lead.valid_until = date(2026, 11, 23)
        lead.save()
        assert room.get(address).status_code == 404


class TestPreparing:
    def test_a_draft_is_made_and_nobody_is_told(self, room, body, seat):
        meeting = prepared(room, body)
        assert (meeting.number, meeting.status, meeting.fiscal_year) == (None, "draft", 2026)
        assert meeting.starts_at == datetime(2026, 12, 8, 6, 0, tzinfo=UTC)
        assert meeting.ends_at - meeting.starts_at == timedelta(hours=2)
        assert meeting.online_from == datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
        # 空欄の期限は、5開庁日前の17:00
        assert meeting.reply_by == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
        assert [str(item) for item in meeting.agenda.all()] == ["事例の整理", "報告に向けて"]
        assert meeting.agenda.first().note == "資料1"
        assert not Message.objects.exists()
        assert Act.objects.filter(verb="meetings.meeting.prepared").count() == 1

    def test_the_next_one_is_offered_as_the_last_one_was(self, room, body):
        prepared(room, body, mode="hybrid", place="見本会館3階")
        form = form_of(room.get(reverse("bodies:meeting_add", args=[body.slug])))
        assert form["mode"].value() == "hybrid"
        assert form["place"].value() == "見本会館3階"
        assert form["closed_reason"].value() == "公表前の事例をあつかうため"

    def test_an_hour_of_the_last_ones_own_is_not_taken_over(self, room, body):
        meeting = prepared(room, body)
        meeting.online_from = meeting.starts_at - timedelta(hours=5)
        meeting.save(update_fields=["online_from"])
        form = form_of(room.get(reverse("bodies:meeting_add", args=[body.slug])))
        offered = [value for value, _label in form.fields["online_when"].choices]
        assert form["online_when"].value() in offered

    @pytest.mark.parametrize(
        ("changes", "field", "words"),
        [
            ({"starts_at_day": "31", "starts_at_month": "11"}, "starts_at", "その日付はありません"),
            ({"starts_at_year": "9999"}, "starts_at", "日"),
            ({"starts_at_year": "0001"}, "starts_at", "日"),
            ({"starts_at_year": "2021"}, "starts_at", "この会議体はありません"),
            ({"starts_at_hour": "25"}, "starts_at", "0から23"),
            ({"ends_hour": "14"}, "ends", "より後"),
            ({"ends_hour": "９" * 400}, "ends", "0から23"),
            ({"title": "あ" * 101}, "title", "100"),
            ({"title": "見本\0"}, "title", "使えない文字(NUL)"),
            ({"message": "あ" * 1_000_000}, "message", "4000"),
            ({"agenda": "あ" * 201}, "agenda", "1行目"),
            ({"agenda": "15:00 はじめ\n25:00 つぎ"}, "agenda", "2行目"),
            ({"agenda": "あ\n" * 41}, "agenda", "40"),
            ({"online_url": "javascript:alert(1)"}, "online_url", "URL"),
            ({"audience": "secretariat"}, "audience", "選択"),
            ({"mode": "moon"}, "mode", "選択"),
            ({"reply_by_year": "2026", "reply_by_month": "12", "reply_by_day": "9",
              "reply_by_hour": "9"}, "reply_by", "始まるまで"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_said_at_its_field(self, room, body, changes, field, words):
        answer = room.post(reverse("bodies:meeting_add", args=[body.slug]), {**FILLED, **changes})
        form = form_of(answer)
        assert words in " ".join(form.errors[field]), form.errors
        assert form["agenda"].value() == changes.get("agenda", FILLED["agenda"])
        assert not Meeting.objects.exists()

    def test_a_draft_without_papers_is_thrown_away(self, room, body):
        meeting = prepared(room, body)
        room.get(page("discard", meeting))
        assert Meeting.objects.exists()
        room.post(page("discard", meeting))
        assert not Meeting.objects.exists()

    def test_a_draft_with_papers_is_kept(self, room, body):
        meeting = prepared(room, body)
        make_material(body=body, meeting=meeting)
        answer = room.post(page("discard", meeting), follow=True)
        assert "資料があります" in text_of(answer)
        assert Meeting.objects.exists()


HOME, HUB, ANNOUNCE, ATTENDANCE, PRESS = 9, 9, 12, 7, 27


class TestLists:
    @pytest.mark.parametrize("count", [1, 3])
    def test_home_asks_a_constant_number_of_queries(
        self, room, body, lead, count, django_assert_num_queries
    ):
        for n in range(count):
            for status in MeetingStatus:
                InvitationFactory(
                    seat=lead,
                    meeting=MeetingFactory(
                        body=body, status=status, starts_at=NOW + timedelta(days=n + 1)
                    ),
                )
        room.get(reverse("bodies:run", args=[body.slug]))
        with django_assert_num_queries(HOME):
            assert "待っていること" in text_of(room.get(reverse("bodies:run", args=[body.slug])))

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_meeting_and_its_announcement(
        self, room, body, seat, count, django_assert_num_queries
    ):
        for _n in range(count):
            AffiliationFactory(organization=SeatFactory(body=body).organization)
        draft = prepared(room, body)
        meeting = announced(room, body)
        SeatFactory.create_batch(count, body=body)
        for address, queries in ((page("run", meeting), HUB), (page("announce", draft), ANNOUNCE),
                                 (page("attendance", meeting), ATTENDANCE)):  # fmt: skip
            room.get(address)
            with django_assert_num_queries(queries):
                assert room.get(address).status_code == 200

    @pytest.mark.parametrize("count", [1, 3])
    def test_announcing_asks_the_same_for_one_seat_and_for_three(
        self, room, body, seat, count, django_assert_num_queries
    ):
        for _n in range(count):
            AffiliationFactory(organization=SeatFactory(body=body).organization)
        meeting = prepared(room, body)
        with django_assert_num_queries(PRESS):
            room.post(page("announce", meeting), {"seen": meeting.changed_at.isoformat()})
