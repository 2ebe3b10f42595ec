"""Calendar files: what Outlook, Google and a telephone make of a meeting that moves."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from accounts.choices import Role
from core.audit.models import Act, Change
from meetings.choices import Audience, BodyKind, MeetingStatus, SeatRole
from meetings.models import CalendarFeed
from meetings.services.meetings import cancel_meeting, edit_meeting
from tests.factories.accounts import make_staff
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.meetings import (
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    SeatFactory,
    affiliation_of,
    seated_user,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
PAGE = "/my/calendar/"


@pytest.fixture(autouse=True)
def _clock():
    SenderIdentityFactory(name="孤独・孤立PF事務局", email="jimukyoku@platform.example")
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seat():
    return SeatFactory(body__name="分科会1")


@pytest.fixture
def meeting(seat):
    return MeetingFactory(
        body=seat.body, number=2, title="声かけ、事例; その「整理」", audience=Audience.BODY,
        place="見本会館3階", mode="hybrid", online_url="https://meet.example.jp/himitsu",
        closed_reason="公表前の事例をあつかうため", changed_at=NOW,
    )  # fmt: skip


@pytest.fixture
def user(seat):
    return seated_user(seat)


def file_of(client, meeting):
    return client.get(reverse("meetings:ics", args=[meeting.public_id]))


def event_of(response):
    assert response.status_code == 200
    calendar = Calendar.from_ical(response.content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def feed(client, wish="open"):
    client.post(PAGE, {"wish": wish})
    address = client.get(PAGE).context["address"]
    return "/calendar/" + address.rpartition("/")[2] if address else ""


class TestOneMeeting:
    def test_what_stands_in_it(self, client, meeting, user):
        client.force_login(user)
        response = file_of(client, meeting)
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert response.headers["Content-Disposition"] == 'attachment; filename="meeting.ics"'
        assert response.headers["Cache-Control"] == "private, no-store"
        calendar, event = event_of(response)
        assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
        assert event["SUMMARY"] == "分科会1 第2回会合(声かけ、事例; その「整理」)"
        assert event["DTSTART"].dt == datetime(2026, 12, 8, 6, 0, tzinfo=UTC)
        assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=2)
        assert event["LOCATION"] == "会場とオンライン 見本会館3階"
        assert (event["STATUS"], event["CLASS"], event["SEQUENCE"]) == ("CONFIRMED", "PRIVATE", 0)
        assert event["ORGANIZER"] == "mailto:jimukyoku@platform.example"
        assert "himitsu" in event["DESCRIPTION"]

    def test_the_bytes_are_as_the_standard_asks(self, client, meeting, user):
        """Lines of at most 75 bytes with CRLF, the zone of Japan told in the file itself."""
        client.force_login(user)
        content = file_of(client, meeting).content
        lines = content.split(b"\r\n")
        assert max(map(len, lines)) <= 75
        assert b"\n" not in content.replace(b"\r\n", b"")
        for told in (b"BEGIN:VTIMEZONE", b"TZID:Asia/Tokyo", b"TZOFFSETTO:+0900",
                     b"DTSTART;TZID=Asia/Tokyo:20261208T150000"):  # fmt: skip
            assert told in lines

    def test_moved_and_cancelled_it_is_the_same_entry(self, client, meeting, user, seat):
        client.force_login(user)
        _calendar, before = event_of(file_of(client, meeting))
        edit_meeting(
            meeting=meeting, values={"starts_at": meeting.starts_at + timedelta(minutes=30)},
            actor=None, at=NOW + timedelta(hours=1),
        )  # fmt: skip
        _calendar, moved = event_of(file_of(client, meeting))
        cancel_meeting(
            meeting=meeting, reason="台風のため", actor=None, at=NOW + timedelta(hours=2)
        )
        calendar, gone = event_of(file_of(client, meeting))
        assert before["UID"] == moved["UID"] == gone["UID"]
        assert (before["SEQUENCE"], moved["SEQUENCE"], gone["SEQUENCE"]) == (0, 1, 2)
        assert before["DTSTAMP"].dt < moved["DTSTAMP"].dt < gone["DTSTAMP"].dt
        assert (calendar["METHOD"], gone["STATUS"]) == ("CANCEL", "CANCELLED")
        assert gone["SUMMARY"].startswith("【中止】")
        assert "台風のため" in gone["DESCRIPTION"]

    def test_only_who_may_know_of_it(self, client, meeting, seat):
        assert file_of(client, meeting).status_code == 404
        client.force_login(seated_user(SeatFactory()))
        assert file_of(client, meeting).status_code == 404

    def test_a_draft_is_nothing_to_note_down(self, client, meeting, seat):
        seat.role = SeatRole.LEAD
        seat.save()
        meeting.status, meeting.number = MeetingStatus.DRAFT, None
        meeting.save()
        client.force_login(seated_user(seat))
        assert file_of(client, meeting).status_code == 404

    def test_the_public_reads_no_way_in(self, client, meeting):
        meeting.audience = Audience.PUBLIC
        meeting.save()
        assert b"himitsu" not in file_of(client, meeting).content

    def test_before_its_hour_nobody_reads_the_way_in(self, client, meeting, user):
        meeting.online_from = NOW + timedelta(hours=1)
        meeting.save()
        client.force_login(user)
        assert b"himitsu" not in file_of(client, meeting).content

    def test_by_the_link_of_an_invitation(self, client, meeting, seat):
        asked = InvitationFactory(meeting=meeting, seat=seat)
        response = client.get(reverse("meetings:reply_ics", args=[asked.link_key]))
        _calendar, event = event_of(response)
        assert event["URL"].endswith(f"/meetings/reply/{asked.link_key}/")
        assert "himitsu" in event["DESCRIPTION"]

    def test_line_breaks_in_names_make_no_lines(self, client, meeting, user):
        meeting.place = "見本会館\r\nATTENDEE:mailto:x@example.jp"
        meeting.save()
        client.force_login(user)
        content = file_of(client, meeting).content
        assert b"\r\nATTENDEE" not in content


class TestFeed:
    def test_looking_at_the_page_makes_no_address(self, client, user):
        client.force_login(user)
        before = Change.objects.count()
        assert "予定表のアドレスを作る" in client.get(PAGE).content.decode()
        client.head(PAGE)
        assert not CalendarFeed.objects.exists()
        assert Change.objects.count() == before

    def test_it_is_read_without_a_login(self, client, meeting, user):
        client.force_login(user)
        address = feed(client)
        client.logout()
        response = client.get(address)
        _calendar, event = event_of(response)
        assert event["SUMMARY"].startswith("分科会1 第2回会合")
        assert "no-store" in response.headers["Cache-Control"]
        assert "noindex" in response.headers["X-Robots-Tag"]

    def test_moves_and_cancellations_follow(self, client, meeting, user):
        client.force_login(user)
        address = feed(client)
        cancel_meeting(meeting=meeting, reason="台風のため", actor=None, at=NOW)
        calendar, event = event_of(client.get(address))
        assert (calendar["METHOD"], event["STATUS"]) == ("PUBLISH", "CANCELLED")

    def test_only_meetings_of_the_bodies_in_which_one_sits(self, client, meeting, user, seat):
        MeetingFactory(title="公開の別の会", audience=Audience.PUBLIC)
        MeetingFactory(title="よその会", audience=Audience.BODY)
        MeetingFactory(body=seat.body, status=MeetingStatus.DRAFT, title="準備中の会")
        MeetingFactory(body=seat.body, audience=Audience.SECRETARIAT, title="事務局の会")
        MeetingFactory(body=seat.body, starts_at=NOW - timedelta(days=500), title="昔の会")
        client.force_login(user)
        content = client.get(feed(client)).content.decode()
        assert "声かけ" in content
        for hidden in ("公開の別の会", "よその会", "準備中の会", "事務局の会", "昔の会"):
            assert hidden not in content

    def test_a_new_address_ends_the_old_one(self, client, meeting, user):
        client.force_login(user)
        old = feed(client)
        new = feed(client, "renew")
        assert old != new
        assert client.get(old).status_code == 404
        assert client.get(new).status_code == 200
        assert feed(client, "close") == ""
        assert client.get(new).status_code == 404
        verbs = Act.objects.filter(verb__startswith="meetings.calendar.").order_by("id")
        assert [act.verb.rpartition(".")[2] for act in verbs] == ["opened", "renewed", "closed"]

    def test_pressing_twice_keeps_the_address(self, client, user):
        client.force_login(user)
        assert feed(client) == feed(client)

    @pytest.mark.parametrize("what", ["seat", "affiliation", "membership"])
    def test_rights_end_at_once(self, client, meeting, user, seat, what):
        client.force_login(user)
        address = feed(client)
        assert b"VEVENT" in client.get(address).content
        today = date(2026, 11, 23)
        if what == "seat":
            seat.valid_until = today
            seat.save()
        elif what == "affiliation":
            row = affiliation_of(user)
            row.valid_until = today
            row.save()
        else:
            seat.organization.memberships.update(valid_until=today)
        response = client.get(address)
        assert response.status_code == 200
        assert b"VEVENT" not in response.content

    def test_an_account_that_is_closed_has_no_address(self, client, meeting, user):
        client.force_login(user)
        address = feed(client)
        user.is_active = False
        user.save()
        assert client.get(address).status_code == 404

    def test_an_account_that_has_run_out_has_no_address(self, client, meeting):
        contractor = make_staff(Role.CONTRACTOR)
        CalendarFeed.objects.create(user=contractor, link_key="aaaa-bbbb-cccc-dddd")
        assert client.get("/calendar/aaaa-bbbb-cccc-dddd.ics").status_code == 200
        contractor.valid_until = date(2026, 11, 22)
        contractor.save()
        assert client.get("/calendar/aaaa-bbbb-cccc-dddd.ics").status_code == 404

    def test_the_staffs_address_shows_no_way_in(self, client, meeting):
        """It opens without their second factor."""
        officer = make_staff(Role.OFFICER)
        CalendarFeed.objects.create(user=officer, link_key="aaaa-bbbb-cccc-dddd")
        content = client.get("/calendar/aaaa-bbbb-cccc-dddd.ics").content
        assert b"VEVENT" in content
        assert b"himitsu" not in content

    def test_a_contractor_reads_nothing_of_the_committee(self, client):
        committee = BodyFactory(kind=BodyKind.STEERING, name="幹事会")
        MeetingFactory(body=committee, audience=Audience.BODY, title="内々の会")
        contractor = make_staff(Role.CONTRACTOR)
        CalendarFeed.objects.create(user=contractor, link_key="aaaa-bbbb-cccc-dddd")
        assert b"VEVENT" not in client.get("/calendar/aaaa-bbbb-cccc-dddd.ics").content

    @pytest.mark.parametrize("key", ["x", "aaaa-bbbb-cccc-dddd", "a" * 300])
    def test_no_such_address(self, client, key):
        assert client.get(f"/calendar/{key}.ics").status_code == 404

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_queries_do_not_grow(self, client, user, seat, count, django_assert_num_queries):
        MeetingFactory.create_batch(count, body=seat.body, audience=Audience.BODY)
        client.force_login(user)
        address = feed(client)
        client.logout()
        with django_assert_num_queries(FEED):
            client.get(address)
        client.force_login(user)
        with django_assert_num_queries(MINE):
            client.get(PAGE)


FEED, MINE = 4, 15
