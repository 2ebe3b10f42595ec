"""The table audience × viewer, and the three ways in which the house answers from it.

Rows are papers (body, then audience or state), columns are people. `x` opens, `.` does not.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from meetings.choices import Audience, MeetingStatus, MinutesStatus
from meetings.models import Material, Meeting, Minutes
from meetings.queries import reader_of
from meetings.queries.reach import what_can_open
from meetings.queries.rights import audience_size, preview, who_can_open
from tests.factories.accounts import make_staff
from tests.factories.meetings import (
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
    make_material,
    seated_user,
)
from tests.meetings.rights_world import LATER, World, make_world

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
DAY = AT.date()

# lapsed: organisation left; ended: seat ended; seat/observer/named/lead: in 分科会1; colleague: of
# the organisation whose seat is named; other: leads 分科会2; grouped: in a working group of
# 分科会1; kanji/listener: member and observer of the steering committee.
TABLE = """
                     anonymous member lapsed ended seat observer named colleague lead other grouped kanji listener officer contractor auditor
one public           x x x x  x x x x  x x x  x x  x x x
one members          . x . x  x x x x  x x x  x x  x x x
one body             . . . .  x x x .  x . .  x .  x x x
one steering         . . . .  . . . .  x . .  x .  x . x
one secretariat      . . . .  . . . .  . . .  . .  x x x
one later            . . . .  . . . .  x . .  . .  x x .
one draft            . . . .  . . . .  x . .  . .  x x .
one draft for the office . . . .  . . . .  . . .  . .  x x .
one withdrawn        . . . .  . . . .  x . .  . .  x x .
two public           x x x x  x x x x  x x x  x x  x x x
two members          . x . x  x x x x  x x x  x x  x x x
two body             . . . .  . . . .  . x .  x .  x x x
two steering         . . . .  . . . .  . x .  x .  x . x
two secretariat      . . . .  . . . .  . . .  . .  x x x
group public         x x x x  x x x x  x x x  x x  x x x
group members        . x . x  x x x x  x x x  x x  x x x
group body           . . . .  . . . .  x . x  x .  x x x
group steering       . . . .  . . . .  x . .  x .  x . x
group secretariat    . . . .  . . . .  . . .  . .  x x x
steering public      x x x x  x x x x  x x x  x x  x x x
steering members     . x . x  x x x x  x x x  x x  x . x
steering body        . . . .  . . . .  . . .  x x  x . x
steering steering    . . . .  . . . .  . . .  x .  x . x
steering secretariat . . . .  . . . .  . . .  . .  x . x
steering draft       . . . .  . . . .  . . .  . .  x . .
assembly public      x x x x  x x x x  x x x  x x  x x x
assembly members     . x . x  x x x x  x x x  x x  x x x
assembly body        . . . .  . . . .  . . .  . .  x x x
assembly steering    . . . .  . . . .  . . .  x .  x . x
assembly secretariat . . . .  . . . .  . . .  . .  x x x
"""  # noqa: E501 -- a table


def _rows() -> Iterator[tuple[str, str, bool]]:
    head, *lines = TABLE.strip().splitlines()
    for line in lines:
        cells = [mark for mark in line.split() if mark in {"x", "."}]
        paper = " ".join(word for word in line.split() if word not in {"x", "."})
        for viewer, mark in zip(head.split(), cells, strict=True):
            yield paper, viewer, mark == "x"


EXPECTED = {(paper, viewer): opens for paper, viewer, opens in _rows()}
PAPERS = list(dict.fromkeys(paper for paper, _viewer in EXPECTED))
VIEWERS = list(dict.fromkeys(viewer for _paper, viewer in EXPECTED))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def _differences(found: dict[tuple[str, str], bool]) -> list[str]:
    return [
        f"{paper} × {viewer}: {'opens' if found[paper, viewer] else 'does not open'}"
        for paper, viewer in found
        if found[paper, viewer] != EXPECTED[paper, viewer]
    ]


def test_the_table_is_about_everything_in_the_world(world: World):
    assert set(PAPERS) == set(world.papers)
    assert set(VIEWERS) == set(world.people)


def test_readers_open_what_the_table_says(world: World):
    found = {}
    for viewer in VIEWERS:
        reader = reader_of(world.people[viewer], DAY)
        opened = set(Material.objects.visible_to(reader, AT))
        found |= {(paper, viewer): world.papers[paper] in opened for paper in PAPERS}
    assert not _differences(found)


def test_the_pages_of_a_body_show_what_the_table_says(world: World):
    found = {}
    for viewer in VIEWERS:
        reader = reader_of(world.people[viewer], DAY)
        opened: set[Material] = set()
        for body in world.bodies.values():
            opened |= set(Material.objects.seen_in(body, reader.sight(body.pk, body.kind), AT))
        found |= {(paper, viewer): world.papers[paper] in opened for paper in PAPERS}
    assert not _differences(found)


def test_the_pages_of_a_body_tell_of_the_same_meetings_and_minutes_as_all_others(world: World):
    for body in world.bodies.values():
        for number, audience in enumerate(Audience, 1):
            MeetingFactory(body=body, number=None, status=MeetingStatus.DRAFT, audience=audience)
            for status in MinutesStatus:
                for n, publish_at in enumerate((AT, LATER)):
                    meeting = MeetingFactory(body=body, number=10 * number + n, audience=audience)
                    MinutesFactory(
                        meeting=meeting, audience=audience, status=status, publish_at=publish_at
                    )
    for viewer in VIEWERS:
        reader = reader_of(world.people[viewer], DAY)
        meetings = set(Meeting.objects.visible_to(reader))
        minutes = set(Minutes.objects.visible_to(reader, AT))
        for body in world.bodies.values():
            sight = reader.sight(body.pk, body.kind)
            here = {meeting for meeting in meetings if meeting.body_id == body.pk}
            assert set(Meeting.objects.seen_in(body, sight)) == here
            everything = Minutes.objects.filter(meeting__body=body)
            told = set(everything) & minutes
            assert set(Minutes.objects.seen_in(body, sight, AT)) == told
            assert {
                row for row in everything if sight.opens(row.audience, out=row.is_out(AT))
            } == told


@pytest.mark.parametrize("viewer", VIEWERS)
def test_the_door_answers_what_the_table_says(world: World, viewer: str):
    client = Client()
    user = world.people[viewer]
    if isinstance(user, User):
        client.force_login(user)
    found = {}
    for paper in PAPERS:
        with transaction.atomic():
            response = client.get(f"/materials/{world.papers[paper].public_id}/")
            list(response)
            transaction.set_rollback(True)
        assert response.status_code in {200, 404}
        found[paper, viewer] = response.status_code == 200
    assert not _differences(found)


def test_who_can_open_names_them_and_nobody_else(world: World):
    found = {}
    for paper in PAPERS:
        ways = who_can_open(world.papers[paper], AT)
        anybody = any(way.user is None and way.person is None for way in ways)
        users = {way.user for way in ways}
        assert all(way.through for way in ways)
        found |= {(paper, who): anybody or world.people[who] in users for who in VIEWERS}
    assert not _differences(found)


def test_what_can_open_gives_a_reason_for_each_and_for_no_other(world: World):
    found = {}
    for viewer in VIEWERS:
        user = world.people[viewer]
        if not isinstance(user, User) or not hasattr(user, "person"):
            continue
        reach = what_can_open(user.person, AT)
        opened = set(reach.materials)
        for paper in PAPERS:
            material = world.papers[paper]
            assert bool(reach.through(material)) == (material in opened), (paper, viewer)
            found[paper, viewer] = material in opened
    assert found
    assert not _differences(found)


def test_the_size_of_an_audience_counts_the_people_who_can_open_it(world: World):
    for name, body in world.bodies.items():
        sizes = preview(body, DAY)
        for audience in Audience:
            size = sizes[audience]
            ways = who_can_open(world.papers[f"{name} {audience.value}"], AT)
            if audience == Audience.PUBLIC:
                assert size.anybody
                continue
            people = [way for way in ways if way.person is not None]
            assert size.people == len({way.person for way in people}), (name, audience)
            assert size.organizations == len({way.organization for way in people})
            assert size.staff == len({way.user for way in ways if way.person is None})


def test_a_preview_asks_the_same_few_queries_whatever_there_is(
    world: World, django_assert_num_queries
):
    with django_assert_num_queries(4):
        preview(world.bodies["group"], DAY)


def test_the_words_of_a_size(world: World):
    seat = world.seats["seat"]
    assert audience_size(body=seat.body, audience="secretariat", day=DAY).people == 0
    before = audience_size(body=world.bodies["assembly"], audience="steering", day=DAY)
    after = audience_size(body=seat.body, audience="body", day=DAY)
    assert before.words == "1団体1人が開けます"
    assert after.words == "5団体5人が開けます"
    assert after.compared_with(before) == "+4人(前より)"
    assert before.compared_with(after) == "-4人(前より)"
    assert after.compared_with(after) == "前と同じ"
    public = audience_size(body=seat.body, audience="public", day=DAY)
    assert public.words == "だれでも開けます(ログイン不要)"
    assert public.compared_with(after) == "前より広くなります"
    assert after.compared_with(public) == "前より狭くなります"
    assert public.compared_with(public) == "前と同じ"
    office = audience_size(body=seat.body, audience="secretariat", day=DAY)
    assert office.words == "事務局だけが開けます(3人)"


def test_who_has_no_login_is_counted_and_said(world: World):
    user = world.people["seat"]
    assert isinstance(user, User)
    with transaction.atomic():
        user.is_active = False
        user.save(update_fields=["is_active"])
        size = audience_size(body=world.bodies["one"], audience="body", day=DAY)
        assert size.words == "5団体5人が開けます(うち1人はまだログインできません)"
        ways = who_can_open(world.papers["one body"], AT)
        assert [way.person for way in ways if way.person and not way.can_log_in] == [user.person]
        assert not what_can_open(user.person, AT).seats
        transaction.set_rollback(True)


def test_reach_is_told_in_the_same_few_queries_for_one_paper_and_for_three(
    world: World, django_assert_num_queries
):
    user = world.people["lead"]
    assert isinstance(user, User)
    for _round in range(2):
        with django_assert_num_queries(5):
            reach = what_can_open(user.person, AT)
            rows = list(reach.materials.select_related("body")[:3])
            assert all(reach.through(row) for row in rows)


def test_staff_who_sit_in_a_body_are_read_as_staff():
    officer = make_staff()
    seat = SeatFactory()
    user = seated_user(seat)
    person = user.person
    person.user = officer
    person.save(update_fields=["user"])
    paper = make_material(body=seat.body)
    ways = who_can_open(paper, timezone.now())
    assert person not in {way.person for way in ways}
    assert officer in {way.user for way in ways}
    assert what_can_open(person, timezone.now()).reasons == ["事務局(職員)"]
