"""The rows of papers that every page shows."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template.loader import render_to_string

from meetings.choices import Audience, BodyKind
from meetings.models import Material
from tests.factories.meetings import LONG_AGO, MaterialFactory, make_material, make_version

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def shown(*materials):
    papers = Material.objects.filter(pk__in=[one.pk for one in materials])
    rows = papers.select_related("body", "current")
    return render_to_string("meetings/parts/files.html", {"materials": rows})


def test_label_title_kind_and_size_stand_beside_the_link():
    paper = make_material(label="資料2-1", title="聞き取りの結果")
    page = shown(paper)
    assert "資料2-1" in page
    assert "(PDF形式:1KB)" in page
    assert f'href="/materials/{paper.public_id}/"' in page
    assert "分科会限り" in page
    assert "この分科会の構成員が開けます" in page


@pytest.mark.parametrize(
    ("audience", "label"),
    [
        (Audience.PUBLIC, "どなたでも開けます"),
        (Audience.MEMBERS, "会員の担当者が開けます"),
        (Audience.STEERING, "幹事が開けます"),
        (Audience.SECRETARIAT, "事務局だけが開けます"),
    ],
)
def test_who_can_open_it_stands_in_words(audience, label):
    assert label in shown(make_material(audience=audience))


def test_in_the_steering_committee_the_word_is_its_own():
    page = shown(make_material(body__kind=BodyKind.STEERING))
    assert "幹事会限り" in page
    assert "この幹事会の構成員が開けます" in page


def test_what_is_a_week_old_is_not_new():
    assert "新着" in shown(make_material(publish_at=NOON - timedelta(days=6)))
    assert "新着" not in shown(make_material(publish_at=NOON - timedelta(days=7)))


def test_a_replaced_paper_says_when_and_why():
    paper = make_material(publish_at=LONG_AGO)
    make_version(paper, uploaded_at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC), reason="合計の誤り")
    page = shown(paper)
    assert "差替 令和8年11月21日" in page
    assert "合計の誤り" in page


def test_what_is_not_out_says_so():
    assert "準備中" in shown(make_material(publish_at=None))
    assert "準備中" in shown(MaterialFactory())
    coming = shown(make_material(publish_at=NOON + timedelta(hours=3)))
    assert "令和8年11月23日(月)15:00に公開します" in coming
    gone = shown(make_material(withdrawn_at=NOON, withdrawn_reason="差し控えます"))
    assert "取下げ 令和8年11月23日" in gone
    assert "差し控えます" in gone
