import pytest

from portal.charts import COLUMNS, dot_chart


def test_up_to_300_every_organisation_has_its_own_mark():
    chart = dot_chart([("regular", 150), ("supporting", 12), ("cooperating", 95)])
    assert chart.per_mark == 1
    assert [dot.kind for dot in chart.dots] == (
        ["regular"] * 150 + ["supporting"] * 12 + ["cooperating"] * 95
    )


def test_above_300_a_mark_stands_for_five_and_no_kind_vanishes():
    chart = dot_chart([("regular", 300), ("supporting", 1)])
    assert chart.per_mark == 5
    assert [dot.kind for dot in chart.dots] == ["regular"] * 60 + ["supporting"]


@pytest.mark.parametrize("count", [1, COLUMNS, COLUMNS + 1, 300])
def test_no_mark_stands_outside_the_picture_or_on_another(count):
    chart = dot_chart([("regular", count)])
    places = {(dot.x, dot.y) for dot in chart.dots}
    assert len(places) == count
    assert all(0 < x < chart.width and 0 < y < chart.height for x, y in places)


def test_nobody_makes_an_empty_picture_with_a_height():
    assert dot_chart([("regular", 0)]).dots == ()
    assert dot_chart([]).height > 0


@pytest.mark.parametrize(
    ("total", "per_mark"), [(300, 1), (301, 5), (1500, 5), (1501, 10), (10_000, 50), (99_999, 100)]
)
def test_a_mark_stands_for_more_when_there_are_many(total, per_mark):
    assert dot_chart([("regular", total)]).per_mark == per_mark
