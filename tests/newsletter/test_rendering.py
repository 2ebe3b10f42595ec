from datetime import date

import pytest

from core.japan.wrapping import columns
from mailing.markers import UNSUBSCRIBE_URL, marker
from mailing.models import SenderIdentity
from newsletter.choices import Section
from newsletter.rendering import render, sections_of
from tests.factories.newsletter import IssueFactory, ItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender():
    return SenderIdentity.objects.create(
        name="孤独・孤立対策官民連携プラットフォーム 事務局", email="pf@pf.example",
        postal_address="〒000-0000 見本県見本市見本1-2-3", phone="00-0000-0000",
        fax="00-0000-0001", office_hours="平日 9:30から17:00まで", valid_from=date(2022, 2, 25),
    )  # fmt: skip


@pytest.fixture
def issue():
    issue = IssueFactory(lead="梅雨に入りました。")
    ItemFactory(
        issue=issue, section=Section.MEMBERS, title="夜の居場所 見学会", body="長い文。" * 40
    )
    ItemFactory(issue=issue, url="https://pf.example/report/", contact="事務局 00-0000-0000")
    ItemFactory(issue=issue, section=Section.AFTERWORD, title="雨の日に", body="また来週。")
    return issue


def test_the_text_is_complete_without_html(issue, sender):
    text = render(issue, issue.items.all(), 12, sender).text
    for part in (
        "第12号", "令和4年6月17日(金)", "梅雨に入りました。", "夜の居場所 見学会", "また来週。",
        "https://pf.example/report/", "事務局 00-0000-0000", marker(UNSUBSCRIBE_URL),
        "電話 00-0000-0000(平日 9:30から17:00まで)", "〒000-0000",
    ):  # fmt: skip
        assert part in text


def test_no_line_is_longer_than_35_full_width_characters(issue, sender):
    text = render(issue, issue.items.all(), 12, sender).text
    assert [line for line in text.splitlines() if columns(line) > 70] == []


def test_every_address_stands_alone_on_its_line(issue, sender):
    lines = render(issue, issue.items.all(), 12, sender).text.splitlines()
    assert "https://pf.example/report/" in lines
    assert marker(UNSUBSCRIBE_URL) in lines


def test_the_subject_is_number_and_date_in_the_fixed_form(issue, sender):
    rendered = render(issue, issue.items.all(), 12, sender)
    assert rendered.subject == "【孤独・孤立PF】メールマガジン第12号(令和4年6月17日)"


def test_sections_are_numbered_in_printing_order_and_the_afterword_is_not(issue):
    blocks = sections_of(issue.items.all())
    assert [block.heading[:1] for block in blocks[:2]] == ["1", "2"]
    assert [number for block in blocks for number, _item in block.items] == ["1-1", "2-1", ""]


def test_what_was_typed_is_escaped_in_html(issue, sender):
    ItemFactory(issue=issue, title="<script>x</script>", body="<img src=x onerror=y> & 山田")
    html = render(issue, issue.items.all(), 12, sender).html
    assert "<script>x" not in html
    assert "<img" not in html
    assert "&lt;img src=x onerror=y&gt; &amp; 山田" in html


def test_one_changed_comma_changes_the_digest(issue, sender):
    before = render(issue, issue.items.all(), 12, sender).digest
    item = issue.items.first()
    item.body += "、"
    item.save()
    assert render(issue, issue.items.all(), 12, sender).digest != before
