from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from accounts.choices import Role
from core.audit.models import Act
from mailing.choices import Channel, ConsentAction, EnvelopeStatus, MessageKind, Purpose
from mailing.errors import MailError
from mailing.models import Address, Consent, Envelope
from mailing.queries import (
    delivery_health,
    is_finished,
    is_opt_out,
    paused_messages,
    progress,
    subscribed,
    uncertain_envelopes,
    wish,
)
from mailing.services import (
    cancel_message,
    give_consent,
    mark_uncertain_sent,
    pause_message,
    reactivate_address,
    resend_uncertain,
    resume_message,
    suspend_address,
    withdraw_consent,
)
from mailing.sweeper import sweep
from mailing.today import rows
from tests.factories.accounts import make_staff
from tests.factories.mailing import AddressFactory, ConsentFactory, EnvelopeFactory, MessageFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 15, 1, 0, tzinfo=UTC)


@pytest.fixture
def officer():
    return make_staff(Role.OFFICER)


def verbs() -> list[str]:
    found = Act.objects.filter(verb__startswith="mailing.").order_by("pk")
    return list(found.values_list("verb", flat=True))


class TestConsent:
    def test_the_newest_word_holds(self, officer):
        address = AddressFactory()
        give_consent(address=address, actor=officer, at=NOW, channel=Channel.PAPER, wording="同意")
        assert subscribed([address]).get() == address
        withdraw_consent(address=address, actor=None, at=NOW, channel=Channel.ONE_CLICK)
        assert not subscribed(Address.objects.all()).exists()
        newest = wish(address, Purpose.NEWSLETTER)
        assert (newest.action, newest.channel) == (ConsentAction.WITHDRAWN, Channel.ONE_CLICK)
        assert verbs() == ["mailing.consent.given", "mailing.consent.withdrawn"]

    def test_saying_it_again_writes_nothing(self):
        address = AddressFactory()
        first = give_consent(address=address, actor=None, at=NOW, channel=Channel.WEB)
        again = give_consent(address=address, actor=None, at=NOW, channel=Channel.ORAL)
        assert first == again
        assert Consent.objects.count() == 1

    def test_a_word_is_never_changed(self):
        consent = ConsentFactory()
        with pytest.raises(DatabaseError), transaction.atomic():
            Consent.objects.filter(pk=consent.pk).update(action=ConsentAction.WITHDRAWN)

    def test_a_suspended_mailbox_is_not_subscribed(self):
        address = ConsentFactory().address
        suspend_address(address=address, reason="不達", actor=None, at=NOW)
        assert not subscribed([address]).exists()

    def test_only_the_magazine_can_be_refused(self):
        assert [kind for kind in MessageKind if is_opt_out(kind)] == [MessageKind.NEWSLETTER]


class TestMailbox:
    def test_suspended_once_and_back_with_a_clean_sheet(self, officer):
        address = AddressFactory(hard_bounces=1)
        assert suspend_address(address=address, reason="550", actor=officer, at=NOW)
        assert not suspend_address(address=address, reason="again", actor=officer, at=NOW)
        reactivate_address(address=address, actor=officer, at=NOW)
        address.refresh_from_db()
        assert (address.status, address.hard_bounces, address.suspended_at) == ("active", 0, None)
        assert verbs() == ["mailing.address.suspended", "mailing.address.reactivated"]

    def test_a_working_mailbox_cannot_be_reactivated(self, officer):
        with pytest.raises(MailError):
            reactivate_address(address=AddressFactory(), actor=officer, at=NOW)


class TestMessage:
    def test_pause_and_resume_are_told_once(self, officer):
        message = MessageFactory(refusals=5)
        EnvelopeFactory(message=message)
        pause_message(message=message, actor=officer, at=NOW, reason="確認のため")
        assert list(paused_messages()) == [message]
        with pytest.raises(MailError):
            pause_message(message=message, actor=officer, at=NOW)
        resume_message(message=message, actor=officer, at=NOW)
        with pytest.raises(MailError):
            resume_message(message=message, actor=officer, at=NOW)
        message.refresh_from_db()
        assert (message.paused_at, message.paused_reason, message.refusals) == (None, "", 0)

    def test_stopping_leaves_what_has_gone(self, officer):
        message = MessageFactory()
        statuses = ["queued", "deferred", "in_flight", "sent", "uncertain"]
        for status in statuses:
            EnvelopeFactory(message=message, status=status)
        assert cancel_message(message=message, actor=officer, at=NOW) == 2
        counts = progress(message)
        assert (counts["cancelled"], counts["sent"], counts["in_flight"]) == (2, 1, 1)
        assert not is_finished(message)
        with pytest.raises(MailError):
            cancel_message(message=message, actor=officer, at=NOW)

    def test_what_comes_back_after_the_stop_is_stopped_by_the_sweeper(self, officer):
        message = MessageFactory()
        envelope = EnvelopeFactory(message=message, status="in_flight")
        cancel_message(message=message, actor=officer, at=NOW)
        Envelope.objects.update(status="deferred")
        assert sweep(at=NOW)["cancelled"] == 1
        envelope.refresh_from_db()
        assert envelope.status == "cancelled"
        assert is_finished(message)


class TestUncertain:
    def test_sent_again_only_by_a_person(self, officer):
        envelope = EnvelopeFactory(status="uncertain", phase="dot", lease_holder="x", attempts=1)
        assert list(uncertain_envelopes()) == [envelope]
        resend_uncertain(envelope=envelope, actor=officer, at=NOW)
        envelope.refresh_from_db()
        assert (envelope.status, envelope.lease_holder, envelope.due_at) == ("queued", "", NOW)
        assert verbs() == ["mailing.envelope.resent"]

    def test_of_two_decisions_the_second_is_told_so(self, officer):
        envelope = EnvelopeFactory(status="uncertain")
        mark_uncertain_sent(envelope=envelope, actor=officer, at=NOW)
        for decide in (mark_uncertain_sent, resend_uncertain):
            with pytest.raises(MailError):
                decide(envelope=envelope, actor=officer, at=NOW)
        envelope.refresh_from_db()
        assert (envelope.status, envelope.finished_at) == ("sent", NOW)

    def test_a_stopped_message_is_not_sent_again(self, officer):
        envelope = EnvelopeFactory(status="uncertain", message__cancelled_at=NOW)
        with pytest.raises(MailError):
            resend_uncertain(envelope=envelope, actor=officer, at=NOW)


class TestHealthAndToday:
    def test_a_quiet_office_has_nothing_for_anybody(self, officer):
        EnvelopeFactory(status="sent")
        health = delivery_health(NOW)
        assert health.good
        assert health.waiting == 0
        assert rows(officer, NOW) == []

    def test_everything_that_needs_a_person_is_on_today(self, officer):
        EnvelopeFactory(status="deferred", phase="connect", reply="ConnectionRefusedError",
                        due_at=NOW, last_tried_at=NOW)  # fmt: skip
        EnvelopeFactory(status="uncertain", address__email="who@knows.example")
        EnvelopeFactory(message__subject="止まった号", message__paused_at=NOW)
        AddressFactory(email="gone@x.example", status="suspended", suspended_at=NOW,
                       hard_bounces=1, suspended_reason="550 no such user")  # fmt: skip
        titles = [str(row.title) for row in rows(officer, NOW)]
        assert titles[1:] == ["止まった号", "who@knows.example", "gone@x.example"]
        health = delivery_health(NOW)
        assert (health.relay_unreachable, health.uncertain, health.paused) == (True, 1, 1)
        assert not health.good

    def test_late_mail_points_to_the_worker(self, officer):
        EnvelopeFactory(due_at=NOW - timedelta(minutes=10))
        assert delivery_health(NOW).late == 1
        assert len(rows(officer, NOW)) == 1

    def test_many_uncertain_mails_are_one_line(self, officer):
        message = MessageFactory()
        for _number in range(12):
            EnvelopeFactory(status="uncertain", message=message)
        assert len(rows(officer, NOW)) == 1

    def test_who_may_not_decide_is_not_asked(self):
        EnvelopeFactory(status="uncertain")
        AddressFactory(status="suspended", suspended_at=NOW, hard_bounces=1)
        assert rows(make_staff(Role.CONTRACTOR), NOW) == []


def test_every_status_is_counted_even_at_zero():
    assert progress(MessageFactory()) == {status.value: 0 for status in EnvelopeStatus}
