from datetime import date, timedelta

import pytest

from accounts.choices import Role
from core.models import Act, Change
from mailing.choices import Channel, EnvelopeStatus
from mailing.models import Envelope, Message
from mailing.services import withdraw_consent
from newsletter.choices import IssueStatus
from newsletter.demo import seed
from newsletter.errors import IssueError
from newsletter.models import Approval, Issue, IssueItem
from newsletter.queries import audience_on, next_number, proof
from newsletter.services import (
    advance_issues,
    approve_issue,
    cancel_issue,
    continue_issue,
    prepare_weekly_issue,
    record_back_number,
    return_issue,
    schedule_issue,
    send_test,
    stop_issue,
    submit_issue,
    unschedule_issue,
    weekly_round,
)
from tests.factories.accounts import make_staff
from tests.factories.newsletter import FRIDAY_10, IssueFactory, ItemFactory, make_reader

pytestmark = pytest.mark.django_db

WEDNESDAY = FRIDAY_10 - timedelta(days=2)


@pytest.fixture
def author():
    return make_staff(Role.OFFICER, email="author@example.jp")


@pytest.fixture
def approver():
    return make_staff(Role.ADMINISTRATOR, email="approver@example.jp")


@pytest.fixture
def issue():
    return ItemFactory().issue


@pytest.fixture
def reader():
    return make_reader()


@pytest.fixture
def submitted(issue, author, reader):
    return submit_issue(issue=issue, actor=author, at=WEDNESDAY)


@pytest.fixture
def scheduled(submitted, approver):
    digest = proof(submitted, WEDNESDAY).digest
    approve_issue(issue=submitted, digest=digest, actor=approver, at=WEDNESDAY)
    return schedule_issue(issue=submitted, actor=approver, at=WEDNESDAY)


def _approve(issue, actor, at=WEDNESDAY):
    return approve_issue(issue=issue, digest=proof(issue, at).digest, actor=actor, at=at)


def test_the_week_gets_one_draft_however_often_the_clock_strikes():
    assert prepare_weekly_issue(day=date(2022, 6, 15), at=WEDNESDAY) is not None
    assert prepare_weekly_issue(day=date(2022, 6, 17), at=WEDNESDAY) is None
    issue = Issue.objects.get()
    assert (issue.week_of, issue.send_at) == (date(2022, 6, 13), FRIDAY_10)
    assert issue.number is None


def test_the_minute_makes_the_draft_when_due():
    weekly_round(at=WEDNESDAY - timedelta(days=1))
    assert not Issue.objects.exists()
    weekly_round(at=WEDNESDAY)
    assert Issue.objects.get().status == IssueStatus.DRAFT


def test_an_empty_issue_cannot_be_submitted(author):
    with pytest.raises(IssueError):
        submit_issue(issue=IssueFactory(), actor=author, at=WEDNESDAY)


@pytest.mark.parametrize("send_at", [None, WEDNESDAY - timedelta(days=1)])
def test_the_day_of_sending_must_not_have_passed(author, send_at):
    issue = ItemFactory(issue__send_at=send_at).issue
    with pytest.raises(IssueError):
        submit_issue(issue=issue, actor=author, at=WEDNESDAY)


def test_the_author_cannot_approve(submitted, author):
    with pytest.raises(IssueError):
        _approve(submitted, author)
    assert not Approval.objects.exists()


def test_a_contractor_cannot_give_the_final_approval(submitted):
    with pytest.raises(IssueError):
        _approve(submitted, make_staff(Role.CONTRACTOR))


def test_approval_gives_the_next_number(submitted, approver):
    IssueFactory(number=41, status=IssueStatus.SENT)
    _approve(submitted, approver)
    submitted.refresh_from_db()
    assert (submitted.number, submitted.status) == (42, IssueStatus.APPROVED)


def test_a_cancelled_draft_leaves_no_gap(issue, author):
    cancel_issue(issue=issue, actor=author, at=WEDNESDAY)
    assert next_number() == 1


def test_one_changed_comma_between_reading_and_approving_is_refused(submitted, approver):
    digest = proof(submitted, WEDNESDAY).digest
    submitted.items.update(body="3月30日に、開いた。")
    with pytest.raises(IssueError):
        approve_issue(issue=submitted, digest=digest, actor=approver, at=WEDNESDAY)


def test_a_changed_audience_between_reading_and_approving_is_refused(submitted, approver):
    digest = proof(submitted, WEDNESDAY).digest
    make_reader()
    with pytest.raises(IssueError):
        approve_issue(issue=submitted, digest=digest, actor=approver, at=WEDNESDAY)


def test_an_issue_for_nobody_is_refused(issue, author, approver):
    submitted = submit_issue(issue=issue, actor=author, at=WEDNESDAY)
    with pytest.raises(IssueError):
        _approve(submitted, approver)


def test_a_text_changed_after_approval_cannot_be_scheduled(submitted, approver):
    _approve(submitted, approver)
    submitted.items.update(title="別の題")
    with pytest.raises(IssueError):
        schedule_issue(issue=submitted, actor=approver, at=WEDNESDAY)
    assert not Message.objects.exists()


def test_scheduling_freezes_text_and_mailboxes(scheduled, reader):
    late = make_reader()
    envelopes = Envelope.objects.filter(message=scheduled.message)
    assert [(e.address_id, e.due_at) for e in envelopes] == [(reader.pk, FRIDAY_10)]
    assert late.pk not in {e.address_id for e in envelopes}
    scheduled.items.update(body="別の文")
    assert "別の文" not in Message.objects.get().text


def test_a_mailbox_of_two_people_gets_one_envelope(submitted, approver, reader):
    make_reader(address=reader)
    _approve(submitted, approver)
    schedule_issue(issue=submitted, actor=approver, at=WEDNESDAY)
    assert Envelope.objects.count() == 1


def test_it_can_be_taken_back_until_its_hour(scheduled, approver):
    unschedule_issue(issue=scheduled, actor=approver, at=FRIDAY_10 - timedelta(minutes=1))
    scheduled.refresh_from_db()
    assert scheduled.status == IssueStatus.APPROVED
    assert scheduled.message is None
    assert Envelope.objects.get().status == EnvelopeStatus.CANCELLED


def test_it_cannot_be_taken_back_at_its_hour(scheduled, approver):
    with pytest.raises(IssueError):
        unschedule_issue(issue=scheduled, actor=approver, at=FRIDAY_10)


def test_approved_after_its_hour_on_its_day_it_goes_at_once(issue, author, approver, reader):
    late = FRIDAY_10 + timedelta(hours=8)
    submitted = submit_issue(issue=issue, actor=author, at=late)
    _approve(submitted, approver, late)
    schedule_issue(issue=submitted, actor=approver, at=late)
    assert Envelope.objects.get().due_at == late


def test_a_returned_issue_gives_its_number_back_and_its_approval_is_void(submitted, approver):
    _approve(submitted, approver)
    return_issue(issue=submitted, reason="日付", actor=approver, at=WEDNESDAY)
    submitted.refresh_from_db()
    assert (submitted.number, submitted.status) == (None, IssueStatus.DRAFT)
    with pytest.raises(IssueError):
        schedule_issue(issue=submitted, actor=approver, at=WEDNESDAY)


def test_the_clock_opens_and_closes_an_issue_once(scheduled):
    assert advance_issues(at=FRIDAY_10 - timedelta(minutes=1)) == []
    assert [i.status for i in advance_issues(at=FRIDAY_10)] == [IssueStatus.SENDING]
    assert advance_issues(at=FRIDAY_10) == []  # one envelope is still open
    Envelope.objects.update(status=EnvelopeStatus.SENT, finished_at=FRIDAY_10)
    assert [i.status for i in advance_issues(at=FRIDAY_10)] == [IssueStatus.SENT]
    assert advance_issues(at=FRIDAY_10) == []
    scheduled.refresh_from_db()
    assert scheduled.sent_at == FRIDAY_10
    assert Act.objects.filter(verb="newsletter.issue.sent").count() == 1


def test_stopping_and_going_on(scheduled, approver):
    stop_issue(issue=scheduled, actor=approver, at=FRIDAY_10)
    assert Message.objects.get().paused_at == FRIDAY_10
    continue_issue(issue=scheduled, actor=approver, at=FRIDAY_10)
    assert Message.objects.get().paused_at is None


def test_a_draft_cannot_be_stopped(issue, approver):
    with pytest.raises(IssueError):
        stop_issue(issue=issue, actor=approver, at=WEDNESDAY)
    with pytest.raises(IssueError):
        continue_issue(issue=issue, actor=approver, at=WEDNESDAY)


def test_a_sent_issue_moves_nowhere(author, approver):
    issue = ItemFactory(issue__status=IssueStatus.SENT, issue__number=3).issue
    for act in (cancel_issue, submit_issue):
        with pytest.raises(IssueError):
            act(issue=issue, actor=author, at=WEDNESDAY)
    with pytest.raises(IssueError):
        return_issue(issue=issue, reason="", actor=approver, at=WEDNESDAY)


def test_a_test_mail_is_marked_and_goes_only_there(issue, author, reader):
    assert send_test(issue=issue, to=["author@example.jp"], actor=author, at=WEDNESDAY) == 1
    envelope = Envelope.objects.select_related("message", "address").get()
    assert envelope.address.email == "author@example.jp"
    assert envelope.message.subject.startswith("【試し送り】")


def test_the_audience_is_explained_mailbox_by_mailbox(reader):
    make_reader(address__status="suspended", address__suspended_at=WEDNESDAY)
    unwilling = make_reader()
    withdraw_consent(address=unwilling, actor=None, at=WEDNESDAY, channel=Channel.ORAL)
    found = audience_on(date(2022, 6, 17))
    assert (found.contacts, found.unwilling, found.suspended, found.total) == (3, 1, 1, 1)


def test_every_step_leaves_who_and_what(scheduled, approver):
    acts = list(Act.objects.filter(row_id=str(scheduled.pk), table="newsletter_issue"))
    assert [act.verb.rsplit(".", 1)[1] for act in acts] == ["submitted", "approved", "scheduled"]
    assert acts[1].actor_name == approver.get_full_name()
    assert Change.objects.filter(table="newsletter_issue", after__status="scheduled").exists()


def test_the_page_of_an_issue_opens_with_its_hour_and_not_while_it_is_stopped(scheduled, approver):
    before = FRIDAY_10 - timedelta(minutes=1)
    assert not Issue.objects.public(before).exists()
    assert Issue.objects.public(FRIDAY_10).get() == scheduled
    stop_issue(issue=scheduled, actor=approver, at=FRIDAY_10)
    assert not Issue.objects.public(FRIDAY_10).exists()


def test_a_back_number_joins_the_archive_once(author):
    def take_over():
        return record_back_number(
            number=12, title="題", lead="", sent_at=FRIDAY_10, actor=author, at=WEDNESDAY,
            items=[IssueItem(title="一", body="本文"), IssueItem(title="二", body="本文")],
        )  # fmt: skip

    assert [item.title for item in take_over().items.all()] == ["一", "二"]
    assert Issue.objects.public(WEDNESDAY).get().number == 12
    with pytest.raises(IssueError):
        take_over()


def test_the_demo_has_back_numbers_and_a_draft_ready_to_submit(author):
    seed(author, WEDNESDAY)
    seed(author, WEDNESDAY)
    assert [issue.number for issue in Issue.objects.public(WEDNESDAY)] == [13, 12, 11]
    draft = Issue.objects.get(status=IssueStatus.DRAFT)
    submit_issue(issue=draft, actor=author, at=WEDNESDAY)
