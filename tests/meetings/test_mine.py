"""`/my/` and `/my/papers/`: what is mine in the bodies."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from meetings.choices import Audience, MeetingStatus, Reply, SeatRole
from tests.factories.accounts import make_user
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.meetings import (
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    SeatFactory,
    affiliation_of,
    make_material,
    seated_user,
    speaking_user,
)
from tests.factories.members import MemberFactory
from tests.factories.subcommittees import ParticipationFactory, SubcommitteeFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon():
    SenderIdentityFactory()
    with time_machine.travel(NOON, tick=False):
        yield


def my(client, user, **query):
    client.force_login(user)
    return client.get("/my/", query).content.decode()


def papers(client, user, **query):
    client.force_login(user)
    return client.get("/my/papers/", query).content.decode()


class TestMyPage:
    def test_bodies_next_meeting_and_new_papers(self, client):
        seat = SeatFactory(body__name="分科会1")
        MeetingFactory(body=seat.body)
        make_material(body=seat.body, publish_at=NOON - timedelta(days=1))
        make_material(body=seat.body, audience=Audience.SECRETARIAT, publish_at=NOON)
        page = my(client, seated_user(seat))
        assert "分科会1" in page
        assert "12月8日(火)15:00" in page
        assert "新しい資料 1件" in page

    def test_an_invitation_waits_until_it_is_answered_or_over(self, client):
        seat = SeatFactory(body__name="分科会1")
        user = seated_user(seat)
        waiting = InvitationFactory(
            seat=seat, meeting__body=seat.body, meeting__number=2,
            meeting__reply_by=NOON + timedelta(days=2),
        )  # fmt: skip
        InvitationFactory(seat=seat, reply=Reply.ATTEND, meeting__body=seat.body, meeting__number=3)
        InvitationFactory(
            seat=seat, meeting__body=seat.body, meeting__number=4,
            meeting__starts_at=NOON - timedelta(hours=1),
        )  # fmt: skip
        InvitationFactory(
            seat=seat, meeting__body=seat.body, meeting__number=5,
            meeting__status=MeetingStatus.CANCELLED,
        )  # fmt: skip
        InvitationFactory(seat=seat, sent_at=None, meeting__body=seat.body, meeting__number=6)
        page = my(client, user)
        assert "分科会1 第2回会合の出欠をお答えください" in page
        assert page.count("の出欠をお答えください") == 1
        assert reverse("meetings:meeting", args=[waiting.meeting.public_id]) in page
        assert "出欠をお答えください" not in my(client, speaking_user(MemberFactory()))

    def test_leads_find_the_requests_and_organizations_their_own(self, client):
        subcommittee = SubcommitteeFactory(body__name="分科会1")
        lead = seated_user(SeatFactory(body=subcommittee.body, role=SeatRole.LEAD))
        contact = speaking_user(MemberFactory())
        ParticipationFactory(
            subcommittee=subcommittee, organization=affiliation_of(contact).organization
        )
        assert "分科会1への参加の申込みを、お決めください" in my(client, lead)
        page = my(client, contact)
        assert "分科会1への参加を担当幹事団体が確かめています" in page
        assert "お決めください" not in page

    def test_who_is_affiliated_nowhere_reads_nothing_of_it(self, client):
        assert "加わっている会議" not in my(client, make_user())

    @pytest.mark.parametrize("number", [1, 3])
    def test_asks_the_same_few_questions(self, client, django_assert_num_queries, number):
        organization = MemberFactory()
        user = speaking_user(organization)
        for _n in range(number):
            one = SubcommitteeFactory()
            seat = SeatFactory(body=one.body, organization=organization, role=SeatRole.LEAD)
            InvitationFactory(seat=seat, meeting__body=one.body)
            make_material(body=one.body, publish_at=NOON)
            ParticipationFactory(subcommittee=one)
            ParticipationFactory(organization=organization)
        my(client, user)
        with django_assert_num_queries(19):
            client.get("/my/")


class TestMyPapers:
    def test_what_i_may_open_newest_first_and_nothing_else(self, client):
        seat = SeatFactory(body__name="分科会1")
        user = seated_user(seat)
        make_material(body=seat.body, title="古い資料", publish_at=NOON - timedelta(days=9))
        make_material(body=seat.body, title="新しい資料", publish_at=NOON - timedelta(days=1))
        make_material(title="会員の資料", audience=Audience.MEMBERS)
        make_material(title="よその資料")
        make_material(body=seat.body, title="あすの資料", publish_at=NOON + timedelta(days=1))
        page = papers(client, user)
        assert page.index("新しい資料") < page.index("古い資料")
        assert "会員の資料" in page
        assert "よその資料" not in page
        assert "あすの資料" not in page
        assert "<strong>3</strong>件" in page

    def test_they_are_narrowed_to_one_body(self, client):
        seat = SeatFactory(body__name="分科会1", body__slug="one")
        user = seated_user(seat)
        make_material(body=seat.body, title="ここの資料")
        make_material(body__slug="two", title="会員の資料", audience=Audience.MEMBERS)
        make_material(body__slug="secret", title="よその資料")
        page = papers(client, user, body="one")
        assert "ここの資料" in page
        assert "会員の資料" not in page
        # What is not to be known and what is not there: the same page as without.
        assert "よその資料" not in papers(client, user, body="secret")
        assert papers(client, user, body="secret").count("ここの資料") == 1
        assert papers(client, user, body="\0", page="x" * 9).count("ここの資料") == 1

    def test_a_hint_when_there_is_nothing(self, client):
        assert "いま開ける資料はありません" in papers(client, make_user())

    def test_strangers_are_sent_to_the_login(self, client):
        assert "/accounts/login/" in client.get("/my/papers/").url

    @pytest.mark.parametrize("number", [1, 3])
    def test_asks_the_same_few_questions(self, client, django_assert_num_queries, number):
        organization = MemberFactory()
        user = speaking_user(organization)
        for _n in range(number):
            body = SeatFactory(organization=organization, body=BodyFactory()).body
            make_material(body=body, meeting=MeetingFactory(body=body))
        papers(client, user)
        with django_assert_num_queries(7):
            client.get("/my/papers/")
