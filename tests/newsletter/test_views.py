import pytest
from django.urls import reverse

from newsletter.choices import IssueStatus
from tests.factories.newsletter import FRIDAY_10, IssueFactory, ItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    item = ItemFactory(issue__number=12, issue__status=IssueStatus.SENT, issue__sent_at=FRIDAY_10)
    return item.issue


def test_the_archive_lists_what_was_sent(client, sent):
    html = client.get(reverse("newsletter:archive")).content.decode()
    assert sent.title in html
    assert "令和4年6月17日(金)" in html


def test_an_empty_archive_says_so(client):
    assert (
        "まだ発行した号がありません" in client.get(reverse("newsletter:archive")).content.decode()
    )


@pytest.mark.parametrize("status", [s for s in IssueStatus if s != IssueStatus.SENT])
def test_nothing_unsent_shows_anywhere(client, status):
    # Planted: a number and a title that could leak.
    IssueFactory(number=13, status=status, title="まだ秘密の題")
    assert client.get(reverse("newsletter:issue", args=[13])).status_code == 404
    for url in (reverse("newsletter:archive"), reverse("portal:home")):
        assert "まだ秘密の題" not in client.get(url).content.decode()


def test_an_issue_is_a_page_with_its_neighbours(client, sent):
    IssueFactory(number=11, status=IssueStatus.SENT, sent_at=FRIDAY_10)
    html = client.get(reverse("newsletter:issue", args=[12])).content.decode()
    assert "報告書を公開しました" in html
    assert reverse("newsletter:issue", args=[11]) in html


def test_no_marker_of_the_mail_shows_on_the_page(client, sent):
    assert "⟦" not in client.get(reverse("newsletter:issue", args=[12])).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_archive_costs_the_same_for_one_and_three(client, number, django_assert_num_queries):
    for n in range(number):
        IssueFactory(number=n + 1, status=IssueStatus.SENT, sent_at=FRIDAY_10)
    with django_assert_num_queries(3):
        client.get(reverse("newsletter:archive"))


@pytest.mark.parametrize("query", ["?page=x", "?page=999", "?page=%00", "?page=-1"])
def test_odd_pages_answer_a_page(client, sent, query):
    assert client.get(reverse("newsletter:archive") + query).status_code == 200
