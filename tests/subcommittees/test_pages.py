"""What is read of the subcommittees, by whom, and with how many questions to the database."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from meetings.choices import (
    Audience,
    BodyKind,
    MaterialKind,
    MeetingStatus,
    MinutesStatus,
    SeatRole,
)
from tests.factories.accounts import make_staff, make_user
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
from tests.factories.members import MemberFactory
from tests.factories.subcommittees import SubcommitteeFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
HELD = {"status": MeetingStatus.HELD, "starts_at": datetime(2026, 10, 6, 6, 0, tzinfo=UTC)}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def subcommittee():
    return SubcommitteeFactory(number=1, theme="声をかけやすい社会", body__name="分科会1")


def read(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


class TestList:
    def test_tells_theme_leads_and_the_next_meeting(self, client, subcommittee):
        SeatFactory(body=subcommittee.body, role=SeatRole.LEAD, display_name="よりそいホットライン")
        MeetingFactory(body=subcommittee.body)
        page = read(client, "subcommittees:list")
        assert "声をかけやすい社会" in page
        assert "よりそいホットライン" in page
        assert "令和8年12月8日(火)" in page

    def test_leaves_out_what_has_ended_or_is_for_others(self, client, subcommittee):
        SubcommitteeFactory(theme="終わったテーマ", body__valid_until=date(2026, 4, 1))
        SubcommitteeFactory(theme="会員だけのテーマ", body__audience=Audience.MEMBERS)
        page = read(client, "subcommittees:list")
        assert "終わったテーマ" not in page
        assert "会員だけのテーマ" not in page
        client.force_login(speaking_user(MemberFactory()))
        assert "会員だけのテーマ" in read(client, "subcommittees:list")

    def test_is_kind_when_there_is_none(self, client):
        assert "分科会はまだありません" in read(client, "subcommittees:list")

    @pytest.mark.parametrize("number", [1, 3])
    def test_asks_the_same_few_questions_for_one_and_for_three(
        self, client, django_assert_num_queries, number
    ):
        for one in SubcommitteeFactory.create_batch(number):
            SeatFactory(body=one.body, role=SeatRole.LEAD)
            MeetingFactory(body=one.body)
        with django_assert_num_queries(4):  # subcommittees, leads, next meetings, footer
            client.get("/subcommittees/")


class TestPage:
    def test_a_stranger_reads_what_is_public_and_no_word_of_the_rest(self, client, subcommittee):
        meeting = MeetingFactory(body=subcommittee.body, **HELD)
        make_material(body=subcommittee.body, meeting=meeting, title="だれでも", audience="public")
        make_material(body=subcommittee.body, meeting=meeting, title="会員だけ", audience="members")
        make_material(body=subcommittee.body, meeting=meeting, title="分科会だけ")
        page = read(client, "subcommittees:subcommittee", 1)
        assert "だれでも" in page
        assert "1件、計" in page
        assert "会員だけ" not in page
        assert "分科会だけ" not in page

    def test_who_sits_there_reads_its_papers_and_as_what(self, client, subcommittee):
        seat = SeatFactory(body=subcommittee.body)
        make_material(body=subcommittee.body, title="分科会だけ")
        make_material(body=subcommittee.body, title="まとめ", kind=MaterialKind.OUTPUT)
        client.force_login(seated_user(seat))
        page = read(client, "subcommittees:subcommittee", 1)
        assert "構成員です" in page
        assert f"{seat.organization.shown_name}として" in page
        assert "分科会だけ" in page
        assert page.index("まとめたもの") < page.index("そのほかの資料")

    def test_a_lead_sees_what_is_not_out_and_what_was_withdrawn_nobody(self, client, subcommittee):
        seat = SeatFactory(body=subcommittee.body, role=SeatRole.LEAD)
        make_material(body=subcommittee.body, title="あすの資料", publish_at=NOON + timedelta(1))
        make_material(
            body=subcommittee.body,
            title="取り下げた資料",
            withdrawn_at=NOON,
            withdrawn_reason="誤り",
        )
        page = read(client, "subcommittees:subcommittee", 1)
        assert "あすの資料" not in page
        client.force_login(seated_user(seat))
        page = read(client, "subcommittees:subcommittee", 1)
        assert "あすの資料" in page
        assert "公開前" in page
        assert "取り下げた資料" not in page

    def test_the_next_meeting_stands_above_with_the_reply(self, client, subcommittee):
        seat = SeatFactory(body=subcommittee.body)
        meeting = MeetingFactory(body=subcommittee.body, reply_by=NOON + timedelta(days=3))
        MeetingFactory(body=subcommittee.body, starts_at=NOON + timedelta(days=90))
        MeetingFactory(body=subcommittee.body, status=MeetingStatus.DRAFT, title="まだ秘密")
        InvitationFactory(meeting=meeting, seat=seat)
        assert "まだ秘密" not in read(client, "subcommittees:subcommittee", 1)
        client.force_login(seated_user(seat))
        page = read(client, "subcommittees:subcommittee", 1)
        assert "11月26日(木)12:00" in page
        assert reverse("meetings:meeting", args=[meeting.public_id]) in page

    def test_the_address_of_the_body_leads_here(self, client, subcommittee):
        slug = subcommittee.body.slug
        assert client.get(f"/bodies/{slug}/").url == f"/subcommittees/{slug}/"
        assert client.get(f"/subcommittees/{slug}/").url == "/subcommittees/1/"
        hidden = SubcommitteeFactory(body__audience=Audience.SECRETARIAT)
        for address in (
            f"/bodies/{hidden.body.slug}/", f"/subcommittees/{hidden.body.slug}/",
            f"/subcommittees/{hidden.number}/", "/subcommittees/4711/",
            "/subcommittees/99999999999/",
        ):  # fmt: skip
            assert client.get(address).status_code == 404

    @pytest.mark.parametrize("number", [1, 3])
    def test_asks_the_same_few_questions_for_one_and_for_three(
        self, client, subcommittee, django_assert_num_queries, number
    ):
        for _n in range(number):
            SeatFactory(body=subcommittee.body, role=SeatRole.LEAD)
            seat = SeatFactory(body=subcommittee.body)
            MeetingFactory(body=subcommittee.body)
            meeting = MeetingFactory(body=subcommittee.body, **HELD)
            MinutesFactory(
                meeting=meeting, status=MinutesStatus.PUBLISHED, publish_at=NOON - timedelta(1)
            )
            for kind in MaterialKind:
                make_material(body=subcommittee.body, kind=kind)
            make_material(body=subcommittee.body, meeting=meeting)
        client.force_login(seated_user(seat))
        client.get("/subcommittees/1/")
        with django_assert_num_queries(13):
            client.get("/subcommittees/1/")


class TestMeetingsAndMembers:
    def test_all_meetings_are_told_newest_first_with_what_there_is(self, client, subcommittee):
        old = MeetingFactory(body=subcommittee.body, number=1, **HELD)
        MeetingFactory(body=subcommittee.body, number=2)
        make_material(body=subcommittee.body, meeting=old, audience=Audience.PUBLIC)
        page = read(client, "subcommittees:meetings", 1)
        assert page.index("第2回会合") < page.index("第1回会合")
        assert "資料1件" in page
        assert "開催済み" in page

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_meetings_ask_the_same_few_questions(
        self, client, subcommittee, django_assert_num_queries, number
    ):
        for meeting in MeetingFactory.create_batch(number, body=subcommittee.body):
            make_material(body=subcommittee.body, meeting=meeting, audience=Audience.PUBLIC)
        with django_assert_num_queries(7):
            client.get("/subcommittees/1/meetings/")

    def test_the_list_of_members_is_for_members(self, client, subcommittee):
        lead = SeatFactory(body=subcommittee.body, role=SeatRole.LEAD)
        seat = SeatFactory(body=subcommittee.body)
        page = read(client, "subcommittees:members", 1)
        assert lead.organization.shown_name in page
        assert seat.organization.shown_name not in page
        client.force_login(make_user())
        assert seat.organization.shown_name not in read(client, "subcommittees:members", 1)
        client.force_login(speaking_user(MemberFactory()))
        assert seat.organization.shown_name in read(client, "subcommittees:members", 1)

    def test_names_of_people_are_for_who_sits_there(self, client, subcommittee):
        seat = SeatFactory(body=subcommittee.body)
        named = seated_user(seat).person
        seat.person = named
        seat.save(update_fields=["person"])
        client.force_login(speaking_user(MemberFactory()))
        assert named.name not in read(client, "subcommittees:members", 1)
        client.force_login(seated_user(SeatFactory(body=subcommittee.body)))
        assert named.name in read(client, "subcommittees:members", 1)

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_members_ask_the_same_few_questions(
        self, client, subcommittee, django_assert_num_queries, number
    ):
        SeatFactory.create_batch(number, body=subcommittee.body)
        client.force_login(make_staff())
        client.get("/subcommittees/1/members/")
        with django_assert_num_queries(10):
            client.get("/subcommittees/1/members/")


def test_other_bodies_have_the_same_pages(client):
    committee = BodyFactory(kind=BodyKind.STEERING, name="幹事会", slug="kanjikai")
    seat = SeatFactory(body=committee)
    make_material(body=committee, title="幹事会だけ")
    page = read(client, "bodies:body", "kanjikai")
    assert "幹事会" in page
    assert "幹事会だけ" not in page
    # Who sits on the committee is known to all.
    assert seat.organization.shown_name in read(client, "bodies:members", "kanjikai")
    read(client, "bodies:meetings", "kanjikai")
    client.force_login(seated_user(seat))
    assert "幹事会だけ" in read(client, "bodies:body", "kanjikai")


def test_a_working_group_is_found_from_its_body_and_back(client):
    parent = BodyFactory(kind=BodyKind.STEERING, name="幹事会", slug="kanjikai")
    BodyFactory(kind=BodyKind.WORKING_GROUP, name="広報の部会", slug="koho", parent=parent)
    assert "/bodies/koho/" in read(client, "bodies:body", "kanjikai")
    assert "/bodies/kanjikai/" in read(client, "bodies:body", "koho")
