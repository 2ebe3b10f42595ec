"""Today shows each person the work that waits for that person, and the numbers of the day."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from core.heartbeat import BEAT, WORKER, beat
from core.shell.today import TodayRow
from mailing.choices import AddressStatus, EnvelopeStatus
from members.choices import Category
from newsletter.calendar import monday_of
from newsletter.choices import IssueStatus
from newsletter.models import Issue
from platform_site import today
from tests.core.shell import world
from tests.factories.accounts import make_staff
from tests.factories.members import AffiliationFactory, MemberFactory
from tests.factories.newsletter import ItemFactory

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


def titles(client):
    return [row.title for band in client.get(INDEX).context["queue"] for row in band["rows"]]


def row(title, due):
    return TodayRow(kind="仕事", icon="mail", title=title, who="", action="開く", url="/", due=due)


def test_work_that_waits_is_asked_of_every_app(client):
    officer = make_staff(Role.OFFICER)
    client.force_login(officer)
    issue = ItemFactory().issue
    lonely = MemberFactory(name="連絡先のない会員")
    envelope = world.make(world.Envelope, officer)
    contact = AffiliationFactory(address__email="tomatta@example.jp")
    contact.address.status = AddressStatus.SUSPENDED
    contact.address.hard_bounces = 1
    contact.address.suspended_at = timezone.now()
    contact.address.save()
    shown = titles(client)
    for title in (str(issue), lonely.name, envelope.address.email, "tomatta@example.jp"):
        assert title in shown
    for band in client.get(INDEX).context["queue"]:
        for line in band["rows"]:
            assert client.get(line.url).status_code == 200, line


def test_what_has_been_decided_waits_no_longer(client):
    officer = make_staff(Role.OFFICER)
    client.force_login(officer)
    envelope = world.make(world.Envelope, officer)
    type(envelope).objects.update(status=EnvelopeStatus.SENT)
    assert titles(client) == []


def test_an_auditor_has_no_work_that_writes(client):
    client.force_login(make_staff(Role.AUDITOR))
    MemberFactory(name="連絡先のない会員")
    world.make(world.Envelope, make_staff())
    assert titles(client) == []


def test_the_most_urgent_stands_first_in_bands_of_its_own(client, monkeypatch):
    day = timezone.localdate()
    rows = [row("後で", day + timedelta(days=3)), row("過ぎた", day - timedelta(days=1)),
            row("いつでも", None), row("今日", day)]  # fmt: skip
    monkeypatch.setattr(today, "rows_for", lambda user, at: rows)
    monkeypatch.setattr(today, "cards_for", lambda user, at: [])
    client.force_login(make_staff())
    context = client.get(INDEX).context
    assert [band["rows"][0].title for band in context["queue"]] == [
        "過ぎた", "今日", "後で", "いつでも",
    ]  # fmt: skip
    assert (context["waiting"], context["overdue"], context["due_today"]) == (4, 1, 1)


def test_one_kind_can_be_looked_at_alone(client):
    officer = make_staff(Role.OFFICER)
    client.force_login(officer)
    world.make(world.Envelope, officer)
    MemberFactory()
    kinds = client.get(INDEX).context["kinds"]
    assert kinds[0]["n"] == sum(kind["n"] for kind in kinds[1:]) >= 2
    one = client.get(INDEX, {"kind": kinds[1]["key"]}).context
    assert sum(len(band["rows"]) for band in one["queue"]) == kinds[1]["n"]
    assert client.get(INDEX, {"kind": "<script>"}).context["queue"] == []


def test_the_numbers_are_those_of_today_and_the_bar_adds_up(client):
    for category, number in zip(Category, (3, 1, 2), strict=True):
        for _n in range(number):
            MemberFactory(membership__category=category)
    client.force_login(make_staff())
    members = client.get(INDEX).context["members"]
    assert [part["n"] for part in members["parts"]] == [3, 1, 2]
    assert members["total"] == 6
    assert sum(float(part["w"]) for part in members["parts"]) == pytest.approx(300, abs=0.1)


def test_a_platform_without_members_has_a_bar_too(client):
    client.force_login(make_staff())
    assert client.get(INDEX).context["members"]["total"] == 0


def test_a_silent_worker_is_said_aloud(client):
    client.force_login(make_staff())
    assert client.get(INDEX).context["health"]["tone"] == "danger"
    for name in (WORKER, BEAT):
        beat(name=name, at=timezone.now())
    assert client.get(INDEX).context["health"]["tone"] == "success"


def test_today_asks_few_questions_whatever_waits(client, django_assert_num_queries):
    for _n in range(15):
        MemberFactory()
    client.force_login(make_staff())
    client.get(INDEX)
    with django_assert_num_queries(42):
        client.get(INDEX)


def test_the_issue_of_the_week_shows_how_far_it_has_come(client):
    client.force_login(make_staff())
    (card,) = client.get(INDEX).context["cards"]
    assert not card.steps
    issue = ItemFactory(issue__week_of=monday_of(timezone.localdate())).issue
    (card,) = client.get(INDEX).context["cards"]
    assert card.name == str(issue)
    assert [step.state for step in card.steps] == ["now", "next", "next", "next"]
    Issue.objects.update(status=IssueStatus.SENT, number=1, sent_at=timezone.now())
    (card,) = client.get(INDEX).context["cards"]
    assert {step.state for step in card.steps} == {"done"}


def test_many_unreachable_members_are_one_line_that_leads_to_them(client):
    for _n in range(7):
        MemberFactory()
    client.force_login(make_staff())
    (band,) = client.get(INDEX).context["queue"]
    (line,) = band["rows"]
    assert client.get(line.url).context["cl"].result_count == 7
