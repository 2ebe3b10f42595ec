"""Who is not written to, who holds what, and what happens when a holder vanishes."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from mailing.choices import Channel, EnvelopeStatus
from mailing.delivery import claim as claim_module
from mailing.delivery.claim import anything_due, claim, expire_leases, new_holder, renew
from mailing.delivery.office import deliver_due
from mailing.models import Address, Envelope, Message
from mailing.services import pause_message, resend_uncertain, withdraw_consent
from mailing.sweeper import sweep
from mailing.tasks import deliver as deliver_task
from tests.factories.accounts import make_user
from tests.factories.mailing import AddressFactory, ConsentFactory, EnvelopeFactory, MessageFactory

pytestmark = pytest.mark.django_db


def envelope_to(email: str, **changes) -> Envelope:
    return EnvelopeFactory(address=AddressFactory(email=email), **changes)


class TestSuppression:
    def test_the_magazine_goes_only_to_who_wants_it_now(self, sink, deliver):
        issue = MessageFactory(kind="newsletter")
        wants = ConsentFactory(address__email="wants@sink.test").address
        left = ConsentFactory(address__email="left@sink.test").address
        never = AddressFactory(email="never@sink.test")
        for address in (wants, left, never):
            EnvelopeFactory(message=issue, address=address)
        withdraw_consent(address=left, actor=None, at=timezone.now(), channel=Channel.ONE_CLICK)
        assert deliver() == {"sent": 1, "suppressed": 2}
        assert [entry["to"] for entry in sink.accepted] == ["wants@sink.test"]
        assert Envelope.objects.get(address=left).reply == "no consent"

    def test_a_business_notice_needs_no_consent(self, sink, deliver):
        envelope_to("a@sink.test")
        assert deliver() == {"sent": 1}

    def test_nothing_goes_to_a_suspended_mailbox(self, sink, deliver):
        envelope = envelope_to("a@sink.test")
        Address.objects.update(status="suspended", suspended_at=timezone.now())
        assert deliver() == {"suppressed": 1}
        envelope.refresh_from_db()
        assert (envelope.status, envelope.reply) == ("suppressed", "suspended")
        assert sink.accepted == []

    def test_paused_and_stopped_messages_stay(self, sink, deliver):
        envelope_to("a@sink.test", message__paused_at=timezone.now())
        envelope_to("b@sink.test", message__cancelled_at=timezone.now())
        assert deliver() == {}
        assert not anything_due()

    def test_what_is_due_later_waits(self, sink, deliver):
        envelope_to("a@sink.test", due_at=timezone.now() + timedelta(minutes=1))
        assert deliver() == {}

    def test_a_login_code_does_not_wait_for_the_magazine(self):
        magazine = EnvelopeFactory(rank=2)
        code = EnvelopeFactory(rank=0)
        assert [row.id for row in claim("a", 1).envelopes] == [code.pk]
        assert [row.id for row in claim("a", 1).envelopes] == [magazine.pk]


class TestLease:
    def test_a_claimed_row_is_not_claimed_again(self):
        EnvelopeFactory()
        assert len(claim("one", 10).envelopes) == 1
        assert claim("two", 10).envelopes == []

    def test_a_living_holder_keeps_its_rows(self):
        EnvelopeFactory()
        claim("one", 10)
        Envelope.objects.update(lease_until=timezone.now() + timedelta(seconds=1))
        renew("one")
        assert expire_leases() == {"queued": 0, "uncertain": 0}
        assert Envelope.objects.get().lease_until > timezone.now() + timedelta(seconds=30)

    @pytest.mark.parametrize(("phase", "status"), [("", "queued"), ("dot", "uncertain")])
    def test_a_dead_holder_s_rows_go_back_or_to_a_person(self, phase, status):
        EnvelopeFactory()
        claim("one", 10)
        Envelope.objects.update(phase=phase, lease_until=timezone.now() - timedelta(seconds=1))
        assert sweep(at=timezone.now())[status] == 1
        assert Envelope.objects.get().status == status
        assert sweep(at=timezone.now())[status] == 0

    def test_an_uncertain_letter_is_never_sent_again_by_itself(self, sink, deliver):
        envelope_to("mdropdot-1@sink.test")
        deliver()
        for _hour in range(3):
            Envelope.objects.update(due_at=timezone.now() - timedelta(hours=2))
            sweep(at=timezone.now() + timedelta(hours=2))
            deliver()
        assert len(sink.accepted) == 1

    def test_sent_again_by_a_person_it_has_the_same_number(self, sink, deliver):
        envelope = envelope_to("mdropdot-1@sink.test")
        deliver()
        resend_uncertain(envelope=envelope, actor=make_user(), at=timezone.now())
        deliver()
        first, second = (entry["message_id"] for entry in sink.accepted)
        assert first == second

    def test_two_holders_never_have_one_name(self):
        assert new_holder() != new_holder()


@pytest.mark.django_db(transaction=True)
class TestManyWorkers:
    """Against real parallel connections.

    Negative control: take `FOR UPDATE OF e SKIP LOCKED` out of `claim._CLAIM` and
    `test_two_claimers_never_share_a_row` turns red, because the second claimer then waits for the
    first and takes the same rows over.
    """

    def run_parallel(self, number, work):
        failures = []

        def guarded():
            try:
                work()
            except Exception as error:
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=guarded) for _worker in range(number)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert failures == []

    def share(self) -> list[list[int]]:
        """Four claimers take ten rows each, time after time, until nothing is left."""
        message = MessageFactory()
        for _number in range(120):
            EnvelopeFactory(message=message)
        taken, start = [], threading.Barrier(4)

        def work():
            holder = new_holder()
            start.wait(10)
            while rows := claim(holder, 10).envelopes:
                taken.append([row.id for row in rows])

        self.run_parallel(4, work)
        return taken

    def test_two_claimers_never_share_a_row(self):
        ids = [key for batch in self.share() for key in batch]
        assert len(ids) == len(set(ids)) == 120

    def test_without_the_row_lock_they_would(self, monkeypatch):
        """The control of the control: the test above can fail."""
        unlocked = (
            claim_module._CLAIM.replace("FOR UPDATE OF e SKIP LOCKED", "")
            .replace("), judged AS", "), pause AS (SELECT pg_sleep(0.05)), judged AS")
            .replace("FROM due JOIN", "FROM pause, due JOIN")
        )
        monkeypatch.setattr(claim_module, "_CLAIM", unlocked)
        ids = [key for batch in self.share() for key in batch]
        assert len(ids) > len(set(ids))

    def test_a_claim_does_not_wait_for_another(self):
        EnvelopeFactory.create_batch(2)
        with transaction.atomic():
            claim("one", 1)
            second = []
            self.run_parallel(1, lambda: second.extend(claim("two", 5).envelopes))
        assert len(second) == 1

    def test_four_rounds_at_once_deliver_each_letter_once(self, sink, deliver):
        message = MessageFactory()
        for number in range(200):
            envelope_to(f"r{number}@sink.test", message=message)
        self.run_parallel(4, lambda: deliver(connections=2))
        recipients = [entry["to"] for entry in sink.accepted]
        assert len(recipients) == len(set(recipients)) == 200
        assert set(Envelope.objects.values_list("status", flat=True)) == {"sent"}

    def test_pausing_in_the_middle_loses_and_repeats_nothing(self, sink, deliver):
        sink.delay = 0.01
        message = MessageFactory()
        for number in range(60):
            envelope_to(f"r{number}@sink.test", message=message)

        def pause_soon():
            while sink.count < 10:
                pass
            pause_message(message=message, actor=None, at=timezone.now())

        breaker = threading.Thread(target=lambda: (pause_soon(), connection.close()))
        breaker.start()
        deliver(connections=2)
        breaker.join(10)
        assert 10 <= sink.count < 60
        Message.objects.update(paused_at=None)
        deliver(connections=2)
        assert sorted(entry["to"] for entry in sink.accepted) == sorted(
            f"r{number}@sink.test" for number in range(60)
        )


class TestOffice:
    @pytest.fixture(autouse=True)
    def _relay(self, sink, settings):
        settings.MAIL_CONNECTIONS = 2

    def test_the_task_delivers_what_is_due(self, sink):
        envelope_to("a@sink.test")
        deliver_task()
        assert sink.count == 1

    def test_with_nothing_due_no_line_is_opened(self, sink):
        assert deliver_due() == {}
        assert sink.seen["EHLO"] == 0

    def test_a_round_that_ran_out_of_time_calls_the_next(self, sink, monkeypatch):
        calls = []
        monkeypatch.setattr("mailing.delivery.office.wake_worker", lambda: calls.append(1))
        envelope_to("a@sink.test")
        assert deliver_due(seconds=0) == {}
        assert len(calls) == 2
        assert Envelope.objects.get().status == EnvelopeStatus.QUEUED

    @pytest.mark.django_db(transaction=True)
    def test_no_more_rounds_than_places_at_the_counter(self, sink, settings):
        settings.MAIL_PROCESSES = 1
        envelope_to("a@sink.test")
        held, go_on = threading.Event(), threading.Event()

        def other_worker():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, 0)", [0x6D61696C])
                held.set()
                go_on.wait(10)
                cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [0x6D61696C])
            connection.close()

        thread = threading.Thread(target=other_worker)
        thread.start()
        held.wait(10)
        assert deliver_due() == {}
        go_on.set()
        thread.join(10)
        assert deliver_due() == {"sent": 1}

    def test_the_sweeper_wakes_the_worker_when_something_is_due(self, monkeypatch):
        calls = []
        monkeypatch.setattr("mailing.sweeper.wake_worker", lambda: calls.append(1))
        sweep(at=timezone.now())
        assert calls == []
        EnvelopeFactory()
        sweep(at=timezone.now())
        assert calls == [1]
