"""A mail server, a network or a database that misbehaves for longer than one letter."""

from datetime import timedelta
from time import monotonic

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from bench.sink import Sink
from core.audit.models import Act
from mailing.delivery import ledger as ledger_module
from mailing.delivery import round as round_module
from mailing.delivery.connect import RelayUnreachableError, open_line
from mailing.delivery.ledger import Ledger, LedgerLostError
from mailing.delivery.pace import Pace
from mailing.delivery.replies import Reply, ReplyReader
from mailing.delivery.settle import delay_before
from mailing.models import Envelope, Message
from tests.factories.mailing import AddressFactory, EnvelopeFactory, MessageFactory

pytestmark = pytest.mark.django_db


def envelope_to(email: str, **changes) -> Envelope:
    return EnvelopeFactory(address=AddressFactory(email=email), **changes)


def many(number: int, *, mode: str = "", **changes) -> Message:
    message = MessageFactory(**changes)
    for index in range(number):
        envelope_to(f"{f'm{mode}-' if mode else 'r'}{index}@sink.test", message=message)
    return message


class TestDeadRelay:
    def test_everything_due_waits_and_says_why(self, sink, deliver):
        sink.stop()
        many(3)
        assert deliver() == {"deferred": 3}
        for envelope in Envelope.objects.all():
            assert (envelope.status, envelope.phase, envelope.attempts) == (
                "deferred", "connect", 1,
            )  # fmt: skip
            assert "ConnectionRefusedError" in envelope.reply
            wait = envelope.due_at - timezone.now()
            assert timedelta(seconds=20) < wait < timedelta(seconds=80)

    def test_nobody_waits_longer_than_the_fault(self, sink, deliver):
        many(3)
        Envelope.objects.update(
            status="deferred", phase="connect", due_at=timezone.now() + timedelta(hours=1)
        )
        envelope_to("new@sink.test")
        assert deliver() == {"sent": 4}

    @pytest.mark.parametrize("greeting", ["421", "554"])
    def test_a_server_that_turns_us_away_is_a_dead_one(self, settings, deliver, greeting):
        with Sink(greeting=greeting) as server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            envelope_to("a@sink.test")
            assert deliver() == {"deferred": 1}
        assert Envelope.objects.get().reply.startswith(greeting)

    def test_it_is_given_up_after_two_days(self, sink, deliver):
        sink.stop()
        envelope_to("a@sink.test", first_tried_at=timezone.now() - timedelta(hours=49))
        deliver()
        envelope = Envelope.objects.get()
        assert (envelope.status, envelope.finished_at is not None) == ("failed", True)

    def test_encryption_that_is_asked_for_and_not_offered_is_no_line(self, sink, settings):
        settings.EMAIL_USE_TLS = True
        with pytest.raises(RelayUnreachableError, match="STARTTLS"):
            open_line()

    def test_a_login_that_is_not_offered_is_no_line(self, sink, settings):
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "user", "secret"
        with pytest.raises(RelayUnreachableError) as refusal:
            open_line()
        assert "secret" not in str(refusal.value)

    def test_plain_talk_on_an_encrypted_port_is_no_line(self, sink, settings):
        settings.EMAIL_USE_SSL = True
        with pytest.raises(RelayUnreachableError):
            open_line()

    def test_fewer_lines_than_wished_deliver_all_the_same(self, sink, deliver):
        opened = []

        def stingy():
            if opened:
                raise RelayUnreachableError("too many connections")
            opened.append(1)
            return open_line()

        many(40)
        assert deliver(connections=4, opener=stingy) == {"sent": 40}

    def test_a_relay_that_dies_in_the_middle_leaves_the_rest_waiting(self, sink, deliver):
        opened = []

        def once():
            if opened:
                raise RelayUnreachableError("gone")
            opened.append(1)
            return open_line()

        message = MessageFactory()
        envelope_to("mdropdot-1@sink.test", message=message)
        for index in range(3):
            envelope_to(f"r{index}@sink.test", message=message)
        tally = deliver(connections=1, opener=once)
        assert tally == {"uncertain": 1, "deferred": 3}
        assert set(Envelope.objects.filter(status="deferred").values_list("phase", flat=True)) == {
            "connect"
        }


class TestOddServers:
    @pytest.mark.parametrize("mode", ["ok", "550", "450x1", "554d", "dropdot", "drop@data"])
    def test_without_pipelining_the_ends_are_the_same(self, settings, deliver, mode):
        ends = {"ok": "sent", "550": "bounced", "554d": "failed", "dropdot": "uncertain"}
        with Sink(keep=True, pipelining=False, eight_bit=False) as server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            first = envelope_to(f"m{mode}-1@sink.test", message__text="日本語の本文\n")
            second = envelope_to("after@sink.test")
            deliver(connections=1)
            first.refresh_from_db()
            second.refresh_from_db()
        assert first.status == ends.get(mode, "deferred")
        assert second.status == "sent"
        assert all(body.isascii() for _to, body in server.bodies)

    def test_lines_that_the_server_ends_after_a_few_letters_are_opened_anew(
        self, settings, deliver
    ):
        with Sink(keep=True, letters_per_line=5) as server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            many(23)
            assert deliver(connections=1)["sent"] == 23
        assert server.count == 23

    def test_a_body_larger_than_the_network_takes_at_once_arrives_whole(self, sink, deliver):
        text = "".join(f"{number:07}\n" for number in range(1_000_000))
        envelope_to("a@sink.test", message__text=text)
        assert deliver(timeout=20) == {"sent": 1}
        assert sink.bodies[0][1].endswith(b"0999999\r\n")

    @pytest.mark.parametrize("bad", [b"what?\r\n", b"25\r\n", b"2500 x\r\n", b"9" * 70_000])
    def test_nonsense_is_no_reply(self, bad):
        with pytest.raises(ValueError, match="reply"):
            ReplyReader().feed(bad)

    def test_replies_come_in_pieces_and_in_lines(self):
        reader = ReplyReader()
        assert reader.feed(b"250-a\r\n25") == []
        assert reader.feed(b"0 b\r\n354\r\n") == [Reply(250, "a b"), Reply(354, "")]

    @pytest.mark.parametrize(
        ("reply", "dead"),
        [
            (Reply(550, "5.1.1 no such user"), True),
            (Reply(550, "no such user"), True),
            (Reply(554, "5.7.1 relay access denied"), False),
            (Reply(552, "mailbox full"), False),
            (Reply(450, "4.1.1 perhaps"), False),
        ],
    )
    def test_only_a_named_dead_mailbox_is_dead(self, reply, dead):
        assert reply.names_dead_mailbox is dead


class TestRefusals:
    def test_five_refused_contents_in_a_row_hold_the_message_back(self, sink, deliver):
        message = many(8, mode="554d")
        good = envelope_to("good@sink.test")
        deliver(connections=1)
        message.refresh_from_db()
        assert message.paused_at is not None
        assert message.paused_reason
        assert Act.objects.filter(verb="mailing.message.paused").count() == 1
        assert message.envelopes.filter(status="failed").count() < 9
        good.refresh_from_db()
        assert good.status == "sent"

    def test_an_accepted_copy_ends_the_row_of_refusals(self, sink, deliver):
        message = many(3, refusals=4)
        deliver()
        message.refresh_from_db()
        assert (message.refusals, message.paused_at) == (0, None)

    def test_refusals_of_one_round_are_forgiven_by_an_accepted_copy(self, sink, deliver):
        message = MessageFactory()
        for index in range(2):
            envelope_to(f"m554b-{index}@sink.test", message=message)
        for index in range(30):
            envelope_to(f"z{index}@sink.test", message=message)
        deliver(connections=1)
        message.refresh_from_db()
        assert message.refusals == 0

    def test_three_letters_given_up_silence_a_mailbox(self, sink, deliver):
        envelope = envelope_to(
            "m450x9-1@sink.test", first_tried_at=timezone.now() - timedelta(hours=49)
        )
        type(envelope.address).objects.update(soft_bounces=2)
        assert deliver() == {"failed": 1}
        envelope.address.refresh_from_db()
        assert (envelope.address.status, envelope.address.soft_bounces) == ("suspended", 3)

    def test_delays_grow_to_a_limit_and_differ(self):
        first = [delay_before(1, "rcpt") for _try in range(50)]
        assert 45 <= min(first) < max(first) <= 75
        assert delay_before(4, "rcpt") > 300
        assert delay_before(40, "rcpt") <= 2 * 3600 * 1.25
        assert delay_before(40, "connect") <= 600 * 1.25

    @pytest.mark.parametrize("email", ["a b@x.jp", "a@x.jp>\r\nrcpt to:<b@x.jp", "none"])
    def test_an_address_that_could_break_the_dialogue_is_not_sent_to(self, sink, deliver, email):
        envelope = envelope_to(email)
        assert deliver() == {"failed": 1}
        envelope.refresh_from_db()
        assert envelope.status == "failed"
        assert sink.seen["RCPT"] == 0


class TestPrivacy:
    def test_no_copy_knows_of_another_reader(self, sink, deliver):
        message = MessageFactory(kind="notice", text="⟦name⟧ 様 合言葉 ⟦word⟧\n⟦unsubscribe_url⟧\n")
        for number in range(200):
            envelope_to(
                f"reader{number:03}@sink.test", message=message,
                recipient_name=f"氏名{number:03}号", merge={"word": f"秘密{number:03}番"},
            )  # fmt: skip
        assert deliver()["sent"] == 200
        for recipient, body in sink.bodies:
            mine = recipient[6:9]
            text = body.decode()
            assert f"秘密{mine}番" in text
            for number in range(200):
                if f"{number:03}" != mine:
                    assert f"reader{number:03}@" not in text
                    assert f"秘密{number:03}番" not in text
                    assert f"氏名{number:03}号" not in text


class TestPace:
    def test_letters_leave_evenly(self, sink, deliver):
        many(6)
        started = monotonic()
        assert deliver(rate_per_minute=600)["sent"] == 6
        assert monotonic() - started > 0.5

    def test_no_more_is_claimed_than_leaves_soon(self):
        assert Pace(60).batch(1000) == 20
        assert Pace(0).batch(1000) == 1000
        assert Pace(0).wait(5.0) == 0.0

    def test_idle_time_is_not_saved_up_for_a_burst(self):
        pace = Pace(60, start=0.0)
        pace.spend(100.0)
        pace.spend(100.0)
        assert pace.wait(100.0) > 0.9

    def test_what_waited_too_long_is_asked_about_anew(self, sink, deliver, monkeypatch):
        monkeypatch.setattr(round_module, "STALE_SECONDS", -1.0)
        many(2)
        calls = []
        real = round_module.claim

        def counted(holder, limit):
            calls.append(1)
            if len(calls) > 2:
                monkeypatch.setattr(round_module, "STALE_SECONDS", 30.0)
            return real(holder, limit)

        monkeypatch.setattr(round_module, "claim", counted)
        assert deliver()["sent"] == 2
        assert len(calls) > 2


@pytest.mark.django_db(transaction=True)
class TestLostDatabase:
    def end_session(self):
        """What a restart of PostgreSQL does to a connection: the server ends it."""
        ours = connection.connection.info
        with psycopg.connect(ours.dsn) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [ours.backend_pid])

    def test_a_round_reconnects_and_repeats_nothing(self, sink, deliver, monkeypatch):
        many(60)
        broken = []
        send = round_module.Ledger.send

        def send_then_break(ledger):
            send(ledger)
            if ledger.busy and sink.count > 10 and not broken:
                broken.append(1)
                self.end_session()

        monkeypatch.setattr(round_module.Ledger, "send", send_then_break)
        tally = deliver(connections=3)
        assert broken
        assert tally["sent"] == 60
        recipients = [entry["to"] for entry in sink.accepted]
        assert len(recipients) == len(set(recipients)) == 60
        assert set(Envelope.objects.values_list("status", flat=True)) == {"sent"}

    def test_a_database_that_keeps_refusing_ends_the_round(self, sink, deliver, monkeypatch):
        many(1)
        monkeypatch.setattr(ledger_module, "_STATEMENT", ledger_module._STATEMENT + " WHERE 1/0=1")
        with pytest.raises(LedgerLostError, match="division by zero"):
            deliver()
        connection.close()
        assert sink.count == 0

    def test_a_statement_that_the_database_cannot_read_ends_the_round(
        self, sink, deliver, monkeypatch
    ):
        many(1)
        monkeypatch.setattr(ledger_module, "_STATEMENT", "nonsense")
        monkeypatch.setattr(round_module, "DATABASE_PATIENCE", 0.0)
        connection.close()
        with pytest.raises(LedgerLostError, match="nonsense"):
            deliver()
        connection.close()

    def test_a_ledger_without_a_connection_says_so(self):
        connection.close()
        with pytest.raises(LedgerLostError):
            Ledger("x").fileno()

    def test_a_new_connection_with_nothing_under_way_writes_nothing(self):
        Ledger("x").resend()

    def test_a_broken_wire_is_a_lost_ledger(self, monkeypatch):
        ledger = Ledger("x")
        connection.ensure_connection()
        connection.connection.pgconn.finish()
        with pytest.raises(LedgerLostError):
            ledger.receive()
        ledger.pending.accepted.append((1, 1, 'quoted "reply" \\ with all'))
        with pytest.raises(LedgerLostError):
            ledger.send()
        connection.close()

    def test_an_answer_that_is_not_whole_yet_is_waited_for(self):
        ledger = Ledger("x")
        ledger.pending.accepted.append((1, 1, 'quoted "reply" \\ with all'))
        connection.ensure_connection()
        ledger.send()
        while (answer := ledger.receive()) is None:
            pass
        assert answer[0].accepted == [(1, 1, 'quoted "reply" \\ with all')]
        assert not ledger.busy

    def test_a_database_that_stays_away_ends_the_round_without_a_dot(
        self, sink, deliver, monkeypatch
    ):
        many(3)
        monkeypatch.setattr(round_module, "DATABASE_PATIENCE", 0.0)

        def refuse(_ledger):
            raise LedgerLostError("gone")

        monkeypatch.setattr(round_module.Ledger, "send", refuse)
        monkeypatch.setattr(round_module.Ledger, "resend", refuse)
        with pytest.raises(LedgerLostError):
            deliver()
        assert sink.count == 0
