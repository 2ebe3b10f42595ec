"""The list of papers and its order."""

import pytest
from django.urls import reverse

from meetings.choices import Audience
from meetings.models import Material
from tests.factories.meetings import make_material
from tests.meetings.papers_room.pages import NOON, list_page

pytestmark = pytest.mark.django_db


def test_papers_move_up_and_down(room, meeting):
    first, second = (
        make_material(body=meeting.body, meeting=meeting, title=title, position=n)
        for n, title in enumerate(("甲の表", "乙の表"))
    )
    answer = room.post(reverse("materials:move", args=[second.public_id]), {"step": "up"})
    assert answer["Location"].endswith(f"#paper-{second.public_id}")
    page = room.get(list_page(meeting)).content.decode()
    assert page.index("乙の表") < page.index("甲の表")
    room.post(reverse("materials:move", args=[second.public_id]), {"step": "sideways"})
    room.post(reverse("materials:move", args=[first.public_id]), {"step": "down"})
    page = room.get(list_page(meeting)).content.decode()
    assert page.index("乙の表") < page.index("甲の表")


@pytest.mark.parametrize(
    "between",
    [
        {"audience": Audience.SECRETARIAT},
        {"withdrawn_at": NOON, "withdrawn_reason": "誤り"},
    ],
    ids=["the secretariat's", "withdrawn"],
)
@pytest.mark.parametrize(("mover", "step"), [("乙の表", "up"), ("甲の表", "down")])
def test_a_paper_moves_past_what_does_not_stand_in_the_list(room, meeting, between, mover, step):
    columns = ({"title": "甲の表"}, {"title": "伏せた表", **between}, {"title": "乙の表"})
    rows = [
        make_material(body=meeting.body, meeting=meeting, position=n, **given)
        for n, given in enumerate(columns)
    ]
    paper = next(row for row in rows if row.title == mover)
    room.post(reverse("materials:move", args=[paper.public_id]), {"step": step})
    page = room.get(list_page(meeting)).content.decode()
    assert page.index("乙の表") < page.index("甲の表")
    kept = Material.objects.order_by("position").values_list("title", flat=True)
    assert list(kept) == ["乙の表", "伏せた表", "甲の表"]


def test_at_the_end_of_what_they_see_a_lead_moves_nothing(room, meeting):
    hidden, seen = (
        make_material(body=meeting.body, meeting=meeting, position=n, audience=audience)
        for n, audience in enumerate((Audience.SECRETARIAT, Audience.BODY))
    )
    room.post(reverse("materials:move", args=[seen.public_id]), {"step": "up"})
    assert list(Material.objects.order_by("position")) == [hidden, seen]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_one_paper_as_for_three(
    room, meeting, rows, django_assert_num_queries
):
    for n in range(rows):
        make_material(body=meeting.body, meeting=meeting, label=f"資料{n}")
    room.get(list_page(meeting))  # the session is written down once
    with django_assert_num_queries(10):
        room.get(list_page(meeting))
