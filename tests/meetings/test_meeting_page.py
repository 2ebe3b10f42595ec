"""The page of one meeting: what stands on it for whom."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from meetings.choices import Audience, MeetingStatus, MinutesStatus, Office, Reply, SeatRole
from meetings.models import AgendaItem
from meetings.templatetags.papers import unbroken
from tests.factories.accounts import make_staff
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.meetings import (
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
    make_material,
    seated_user,
    speaking_user,
)
from tests.factories.members import AffiliationFactory, MemberFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ROOM = "https://room.example/secret"


@pytest.fixture(autouse=True)
def noon():
    SenderIdentityFactory()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def body():
    return BodyFactory(name="分科会1")


@pytest.fixture
def meeting(body):
    return MeetingFactory(
        body=body, number=2, place="見本会館3階", online_url=ROOM, online_note="番号 4711",
        reply_by=NOON + timedelta(days=5),
    )  # fmt: skip


def address(meeting):
    return reverse("meetings:meeting", args=[meeting.public_id])


def read(client, meeting, user=None):
    if user is not None:
        client.force_login(user)
    answer = client.get(address(meeting))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_number_of_a_heading_is_not_torn_apart(client, meeting):
    page = read(client, meeting)
    assert '<h1>分科会1 <span class="nobr">第2回会合</span></h1>' in page
    assert "<title>分科会1 第2回会合|" in page


def test_a_heading_stays_escaped():
    assert unbroken("<b> 第3回") == '&lt;b&gt; <span class="nobr">第3回</span>'


def test_anybody_reads_when_where_and_what_about(client, meeting):
    AgendaItem.objects.create(meeting=meeting, title="声かけの事例", note="資料1")
    SeatFactory(body=meeting.body, office=Office.CHAIR, display_name="見本の座長団体")
    page = read(client, meeting)
    for words in (
        "分科会1 第2回会合", "令和8年12月8日(火)15:00から17:00まで", "見本会館3階",
        "声かけの事例", "見本の座長団体", "開催予定",
    ):  # fmt: skip
        assert words in page
    assert ROOM not in page
    assert "4711" not in page
    assert "この会合の仕事" not in page


def test_where_to_go_in_is_for_who_sits_there_from_its_hour_on(client, meeting):
    seat = SeatFactory(body=meeting.body)
    assert ROOM not in read(client, meeting, speaking_user(MemberFactory()))
    assert ROOM in read(client, meeting, seated_user(seat))
    meeting.online_from = NOON + timedelta(hours=1)
    meeting.save(update_fields=["online_from"])
    page = read(client, meeting, seated_user(seat))
    assert ROOM not in page
    assert "令和8年11月23日(月)13:00からここに出ます" in page
    assert ROOM in read(client, meeting, seated_user(SeatFactory(body=meeting.body, role="lead")))
    meeting.status = MeetingStatus.CANCELLED
    meeting.cancelled_reason = "台風のため"
    meeting.save(update_fields=["status", "cancelled_reason"])
    page = read(client, meeting, make_staff())
    assert ROOM not in page
    assert "台風のため" in page


def test_who_is_invited_answers_on_the_page(client, meeting):
    seat = SeatFactory(body=meeting.body)
    invitation = InvitationFactory(meeting=meeting, seat=seat)
    InvitationFactory(meeting=meeting, seat__body=meeting.body, reply=Reply.ATTEND)
    user = seated_user(seat)
    page = read(client, meeting, user)
    answer_at = reverse("meetings:reply", args=[invitation.link_key])
    assert page.count("<form") == 1
    assert f'action="{answer_at}"' in page
    assert f"<strong>{seat.organization.shown_name}</strong>" in page
    assert "2団体のうち1団体が答えました" in page
    client.post(answer_at, {"reply": "online", "attendee": "見本 花子"})
    page = read(client, meeting, user)
    assert "いまのお返事" in page
    assert "見本 花子" in page
    # Nobody else finds the link of the invitation.
    assert invitation.link_key not in read(
        client, meeting, seated_user(SeatFactory(body=meeting.body))
    )


def test_who_speaks_for_two_answers_for_each(client, meeting):
    first, second = SeatFactory.create_batch(2, body=meeting.body)
    for seat in (first, second):
        InvitationFactory(meeting=meeting, seat=seat)
    user = seated_user(first)
    AffiliationFactory(person=user.person, organization=second.organization)
    page = read(client, meeting, user)
    assert page.count("出欠を答える") == 2
    assert page.count('id="reply0_attendee"') == 1
    assert page.count('id="reply1_attendee"') == 1


def test_a_meeting_that_began_takes_no_answer(client, meeting):
    invitation = InvitationFactory(meeting=meeting, seat__body=meeting.body)
    user = seated_user(invitation.seat)
    with time_machine.travel(meeting.starts_at + timedelta(minutes=1), tick=False):
        page = read(client, meeting, user)
    assert "<form" not in page
    assert "お返事はありませんでした" in page


def test_papers_and_minutes_of_this_meeting_for_who_may(client, meeting):
    make_material(body=meeting.body, meeting=meeting, title="だれでも", audience=Audience.PUBLIC)
    make_material(body=meeting.body, meeting=meeting, title="分科会だけ")
    make_material(body=meeting.body, meeting=MeetingFactory(body=meeting.body), title="別の会合")
    MinutesFactory(
        meeting=meeting, status=MinutesStatus.PUBLISHED, publish_at=NOON - timedelta(hours=1)
    )
    page = read(client, meeting)
    assert "だれでも" in page
    assert "議事要旨" in page
    assert "分科会だけ" not in page
    assert "別の会合" not in page
    assert "papers.zip" not in page  # one file needs none
    page = read(client, meeting, seated_user(SeatFactory(body=meeting.body)))
    assert "分科会だけ" in page
    assert "2件、計" in page
    assert "papers.zip" in page


def test_unfinished_minutes_are_for_who_writes_them(client, meeting):
    MinutesFactory(meeting=meeting)
    assert "議事要旨" not in read(client, meeting, seated_user(SeatFactory(body=meeting.body)))
    lead = seated_user(SeatFactory(body=meeting.body, role=SeatRole.LEAD))
    page = read(client, meeting, lead)
    assert "議事要旨" in page
    assert "まだ公開していません" in page


def test_what_is_being_prepared_is_there_for_who_runs_it_alone(client, body):
    draft = MeetingFactory(body=body, status=MeetingStatus.DRAFT, number=None)
    closed = MeetingFactory(body=body, audience=Audience.STEERING)
    for user in (None, speaking_user(MemberFactory()), seated_user(SeatFactory(body=body))):
        if user:
            client.force_login(user)
        assert client.get(address(draft)).status_code == 404
        assert client.get(address(closed)).status_code == 404
    lead = seated_user(SeatFactory(body=body, role=SeatRole.LEAD))
    page = read(client, draft, lead)
    assert "準備中の会合" in page
    assert "この会合の仕事" in page


@pytest.mark.parametrize("number", [1, 3])
def test_asks_the_same_few_questions(client, meeting, django_assert_num_queries, number):
    for n in range(number):
        AgendaItem.objects.create(meeting=meeting, title=f"議題{n}")
        seat = SeatFactory(body=meeting.body)
        InvitationFactory(meeting=meeting, seat=seat)
        make_material(body=meeting.body, meeting=meeting)
    user = seated_user(seat)
    read(client, meeting, user)
    with django_assert_num_queries(10):
        client.get(address(meeting))


def test_the_chair_is_the_one_of_that_day(client, meeting, body):
    day = meeting.starts_at.date()
    before = SeatFactory(body=body, office=Office.CHAIR, valid_until=day)
    chair = SeatFactory(body=body, office=Office.CHAIR, valid_from=day)
    page = read(client, meeting, seated_user(SeatFactory(body=body)))
    assert chair.organization.shown_name in page
    assert before.organization.shown_name not in page
    # Who has left the platform by then has no chair, even where the seat was not ended.
    chair.organization.memberships.update(valid_until=day)
    assert chair.organization.shown_name not in read(client, meeting)
