"""Two people press at once: one letter, one decision; and what would be without the locks."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from core.models import Act
from mailing.models import Message
from members.choices import Reception
from members.errors import MembersError
from members.models import ChangeRequest, Confirmation, ConfirmationRound, Organization
from members.services import answers, change_requests, confirmations
from tests.factories.members import AffiliationFactory, ChangeRequestFactory, RoundFactory

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 6, 5, 3, 0, tzinfo=UTC)


def at_once(*acts):
    """All in the same moment, each in its own connection: what was done, what was refused."""
    done, refused, start = [], [], threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            done.append(act())
        except MembersError as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return done, refused


def sending(round_):
    return lambda: confirmations.send_round(confirmation_round=round_, actor=None, at=AT)


def test_two_officers_send_once():
    AffiliationFactory()
    round_ = RoundFactory()
    done, refused = at_once(sending(round_), sending(round_))
    assert (len(done), len(refused)) == (1, 1)
    assert "すでに送られています" in refused[0]
    assert (Message.objects.count(), Confirmation.objects.count()) == (1, 1)


def test_without_the_lock_the_second_is_told_something_beside_the_point(monkeypatch):
    """Both believe that nothing is out; only the row itself, written by the first, stops them."""
    together = threading.Barrier(2)

    def read_only(round_):
        found = ConfirmationRound.objects.get(pk=round_.pk)
        together.wait(10)
        return found

    monkeypatch.setattr(confirmations, "_locked_round", read_only)
    AffiliationFactory()
    round_ = RoundFactory()
    done, refused = at_once(sending(round_), sending(round_))
    assert len(done) == 1
    assert "すでに送られています" not in refused[0]


def deciding(asked, act, **given):
    return lambda: act(change_request=asked, actor=None, at=AT, **given).status


def two_decisions():
    asked = ChangeRequestFactory(
        effective_on=AT.date() - timedelta(days=4),
        changes={"display_name": {"old": "", "new": "みほん"}},
    )
    day = asked.effective_on
    return asked, (
        deciding(asked, change_requests.accept_change, effective_on=day),
        deciding(asked, change_requests.refuse_change, answer="だめです"),
    )


def test_one_decision_holds_and_the_other_officer_is_told():
    asked, acts = two_decisions()
    done, refused = at_once(*acts)
    assert (len(done), len(refused)) == (1, 1)
    assert "もうこの操作はできません" in refused[0]
    asked.refresh_from_db()
    written = Organization.objects.get().display_name == "みほん"
    assert written == (asked.status == "accepted")


def test_without_the_lock_both_decisions_would_go_through(monkeypatch):
    together = threading.Barrier(2)

    def read_only(change_request, status):
        found = ChangeRequest.objects.select_related("organization").get(pk=change_request.pk)
        together.wait(10)
        found.status = status
        return found

    monkeypatch.setattr(change_requests, "_moved", read_only)
    _asked, acts = two_decisions()
    done, refused = at_once(*acts)
    assert (len(done), len(refused)) == (2, 0)


def test_an_answer_in_the_moment_of_the_reminder_gets_none():
    contact = AffiliationFactory()
    round_ = RoundFactory()
    sending(round_)()
    row = Confirmation.objects.get()
    answered, reminded = threading.Event(), threading.Event()

    def answering():
        with transaction.atomic():
            answers.confirm_unchanged(
                confirmation=row, name="見本", channel=Reception.WEB, actor=None, at=AT
            )
            answered.set()
            reminded.wait(1)  # the reminder is on its way meanwhile, and has to wait

    def reminding():
        answered.wait(10)
        try:
            confirmations.remind(confirmation_round=round_, seen=None, actor=None, at=AT)
        finally:
            reminded.set()

    _done, refused = at_once(answering, reminding)
    assert refused == ["全部の団体から返事がありました。"]
    assert Message.objects.count() == 1
    assert contact.organization_id == row.organization_id


def test_two_who_press_at_once_have_answered_once():
    """The second waits until the first has committed, and finds its own answer there."""
    AffiliationFactory()
    sending(RoundFactory())()
    row = Confirmation.objects.get()
    answered, go_on = threading.Event(), threading.Event()

    def answer():
        return answers.confirm_unchanged(
            confirmation=row, name="見本", channel=Reception.WEB, actor=None, at=AT
        )

    def first():
        with transaction.atomic():
            answer()
            answered.set()
            go_on.wait(1)  # the second is on its way meanwhile

    def second():
        answered.wait(10)
        try:
            answer()
        finally:
            go_on.set()

    _done, refused = at_once(first, second)
    assert refused == []
    assert Act.objects.filter(verb="members.confirmation.answered").count() == 1
