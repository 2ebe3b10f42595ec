from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.choices import Role
from mailing.models import Envelope, Message
from newsletter.choices import IssueStatus
from newsletter.models import Issue
from newsletter.queries import proof
from newsletter.services import approve_issue, schedule_issue, submit_issue
from tests.factories.accounts import make_staff
from tests.factories.newsletter import FRIDAY_10, IssueFactory, ItemFactory, make_reader

pytestmark = pytest.mark.django_db

WEDNESDAY = FRIDAY_10 - timedelta(days=2)


@pytest.fixture(autouse=True)
def _wednesday():
    with time_machine.travel(WEDNESDAY, tick=False):
        yield


@pytest.fixture
def author():
    return make_staff(Role.OFFICER, email="author@example.jp")


@pytest.fixture
def approver():
    return make_staff(Role.ADMINISTRATOR, email="approver@example.jp")


@pytest.fixture
def submitted(author):
    make_reader()
    return submit_issue(issue=ItemFactory().issue, actor=author, at=WEDNESDAY)


@pytest.fixture
def scheduled(submitted, approver):
    digest = proof(submitted, WEDNESDAY).digest
    approve_issue(issue=submitted, digest=digest, actor=approver, at=WEDNESDAY)
    return schedule_issue(issue=submitted, actor=approver, at=WEDNESDAY)


def page(name, issue):
    return reverse(f"admin:newsletter_issue_{name}", args=[issue.pk])


def form_data(issue, **overrides):
    item = issue.items.get()
    return {
        "title": issue.title, "lead": "", "send_at": "2022-06-17T10:00",
        "items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "1",
        "items-MIN_NUM_FORMS": "0", "items-MAX_NUM_FORMS": "1000",
        "items-0-id": item.pk, "items-0-issue": issue.pk, "items-0-section": item.section,
        "items-0-position": "0", "items-0-title": item.title, "items-0-body": item.body,
        "items-0-url": "", "items-0-contact": "",
    } | overrides  # fmt: skip


def test_saving_and_submitting_is_one_press(client, author):
    client.force_login(author)
    issue = ItemFactory().issue
    data = form_data(issue, title="新しい題", _step="submit")
    answer = client.post(page("change", issue), data)
    assert answer.url == page("proof", issue)
    issue.refresh_from_db()
    assert (issue.title, issue.status, issue.author) == ("新しい題", IssueStatus.SUBMITTED, author)


def test_a_refusal_is_shown_and_the_typing_is_kept(client, author):
    client.force_login(author)
    issue = ItemFactory().issue
    data = form_data(issue, send_at="2022-06-14T10:00", title="残る題", _step="submit")
    answer = client.post(page("change", issue), data, follow=True)
    assert "令和4年6月14日(火)10:00" in answer.content.decode()
    issue.refresh_from_db()
    assert (issue.title, issue.status) == ("残る題", IssueStatus.DRAFT)


def test_a_submitted_issue_is_closed_for_editing(client, author, submitted):
    client.force_login(author)
    client.post(page("change", submitted), form_data(submitted, title="あとから"))
    submitted.refresh_from_db()
    assert submitted.title != "あとから"
    assert submitted.items.count() == 1


def test_approving_is_reading_pressing_and_it_is_scheduled(client, approver, submitted):
    client.force_login(approver)
    shown = client.get(page("proof", submitted))
    digest = shown.context["proof"].digest
    client.post(page("decide", submitted), {"decision": "approve", "digest": digest, "read": "on"})
    submitted.refresh_from_db()
    assert submitted.status == IssueStatus.SCHEDULED
    assert Envelope.objects.filter(due_at=FRIDAY_10).count() == 1


def test_approved_after_its_hour_it_is_followed_to_its_delivery(client, approver, submitted):
    with time_machine.travel(FRIDAY_10 + timedelta(hours=1), tick=False):
        client.force_login(approver)
        digest = client.get(page("proof", submitted)).context["proof"].digest
        answer = client.post(
            page("decide", submitted), {"decision": "approve", "digest": digest, "read": "on"}
        )
    assert answer.url == page("progress", submitted)


def test_pressing_approve_twice_schedules_once(client, approver, submitted):
    client.force_login(approver)
    digest = client.get(page("proof", submitted)).context["proof"].digest
    for _press in range(2):
        client.post(
            page("decide", submitted), {"decision": "approve", "digest": digest, "read": "on"}
        )
    assert Message.objects.count() == 1


def test_approving_unread_is_refused(client, approver, submitted):
    client.force_login(approver)
    digest = client.get(page("proof", submitted)).context["proof"].digest
    client.post(page("decide", submitted), {"decision": "approve", "digest": digest})
    submitted.refresh_from_db()
    assert submitted.status == IssueStatus.SUBMITTED


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.AUDITOR])
def test_roles_without_the_right_cannot_approve(client, submitted, role):
    client.force_login(make_staff(role))
    digest = proof(submitted, WEDNESDAY).digest
    answer = client.post(
        page("decide", submitted), {"decision": "approve", "digest": digest, "read": "on"}
    )
    assert answer.status_code == 403
    submitted.refresh_from_db()
    assert submitted.status == IssueStatus.SUBMITTED


def test_the_author_sees_why_there_is_no_approve_button(client, author, submitted):
    client.force_login(author)
    html = client.get(page("proof", submitted)).content.decode()
    assert 'value="approve"' not in html
    assert 'value="return"' in html


@pytest.mark.parametrize(
    ("decision", "status"),
    [("unschedule", IssueStatus.APPROVED), ("cancel", IssueStatus.CANCELLED)],
)
def test_a_scheduled_issue_is_taken_back_or_dropped(client, approver, scheduled, decision, status):
    client.force_login(approver)
    client.post(page("decide", scheduled), {"decision": decision})
    scheduled.refresh_from_db()
    assert scheduled.status == status


def test_taken_back_it_can_be_scheduled_again_or_returned(client, approver, scheduled):
    client.force_login(approver)
    for decision, status in (
        ("unschedule", IssueStatus.APPROVED),
        ("schedule", IssueStatus.SCHEDULED),
        ("unschedule", IssueStatus.APPROVED),
        ("return", IssueStatus.DRAFT),
    ):
        client.post(page("decide", scheduled), {"decision": decision, "reason": "日付"})
        scheduled.refresh_from_db()
        assert scheduled.status == status


def test_stop_and_continue_from_the_delivery_page(client, approver, scheduled):
    with time_machine.travel(FRIDAY_10, tick=False):
        client.force_login(approver)
        answer = client.post(page("decide", scheduled), {"decision": "stop"})
        assert answer.url == page("progress", scheduled)
        assert Message.objects.get().paused_at is not None
        client.post(page("decide", scheduled), {"decision": "continue"})
        assert Message.objects.get().paused_at is None


def test_a_get_decides_nothing(client, approver, submitted):
    client.force_login(approver)
    client.get(page("decide", submitted), {"decision": "approve"})
    client.get(page("test", submitted), {"to": "x@example.jp"})
    submitted.refresh_from_db()
    assert submitted.status == IssueStatus.SUBMITTED
    assert not Message.objects.exists()


def test_the_html_preview_carries_its_own_narrow_policy(client, author, submitted):
    client.force_login(author)
    answer = client.get(page("html", submitted))
    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_wrong_test_mailbox_is_told_and_nothing_goes(client, author, submitted):
    client.force_login(author)
    client.post(page("test", submitted), {"to": "ok@example.jp\n間違い"})
    assert not Message.objects.exists()
    client.post(page("test", submitted), {"to": "ok@example.jp\nzwei@example.jp"})
    assert Envelope.objects.count() == 2


def test_a_test_is_no_way_round_the_second_person(client, author, submitted):
    client.force_login(author)
    many = "\n".join(f"reader{n}@example.jp" for n in range(11))
    client.post(page("test", submitted), {"to": many})
    assert not Message.objects.exists()


def test_the_delivery_page_tells_each_mailbox(client, author, scheduled):
    client.force_login(author)
    html = client.get(page("progress", scheduled)).content.decode()
    assert Envelope.objects.get().address.email in html
    part = client.get(page("progress", scheduled), {"part": "1", "status": "sent"})
    assert "<html" not in part.content.decode()
    assert Envelope.objects.get().address.email not in part.content.decode()


def test_an_issue_without_a_message_has_no_delivery_page_yet(client, author, submitted):
    client.force_login(author)
    assert client.get(page("progress", submitted)).url == page("proof", submitted)


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    client, author, number, django_assert_max_num_queries
):
    client.force_login(author)
    for n in range(number):
        IssueFactory(number=n + 1, status=IssueStatus.SENT)
    client.get(reverse("admin:newsletter_issue_changelist"))
    with django_assert_max_num_queries(12):
        answer = client.get(reverse("admin:newsletter_issue_changelist"))
    assert answer.context["cl"].result_count == number == Issue.objects.count()


@pytest.mark.parametrize("name", ["proof", "html", "progress", "change"])
def test_strangers_and_members_see_nothing(client, submitted, name):
    assert client.get(page(name, submitted)).status_code in (302, 404)
