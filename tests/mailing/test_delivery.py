"""Every phase at which the mail server may fail, and what the envelope says afterwards."""

import pytest

from mailing.choices import EnvelopeStatus
from mailing.models import Envelope
from tests.factories.mailing import (
    AddressFactory,
    EnvelopeFactory,
    MessageFactory,
)

pytestmark = pytest.mark.django_db


def envelope_to(email: str, **changes) -> Envelope:
    return EnvelopeFactory(address=AddressFactory(email=email), **changes)


def due_again() -> None:
    Envelope.objects.filter(status=EnvelopeStatus.DEFERRED).update(due_at="2022-01-01T00:00Z")


def test_a_waiting_letter_is_delivered_once(sink, deliver):
    envelope = envelope_to("a@sink.test")
    assert deliver() == {"sent": 1}
    envelope.refresh_from_db()
    assert (envelope.status, envelope.phase, envelope.attempts) == ("sent", "dot", 1)
    assert envelope.reply.startswith("250 2.0.0 queued")
    assert envelope.finished_at is not None
    assert deliver() == {}
    assert [entry["to"] for entry in sink.accepted] == ["a@sink.test"]


def test_many_letters_share_few_lines(sink, deliver):
    message = MessageFactory()
    for number in range(200):
        envelope_to(f"r{number}@sink.test", message=message)
    assert deliver(connections=3)["sent"] == 200
    assert sorted(entry["to"] for entry in sink.accepted) == sorted(
        f"r{number}@sink.test" for number in range(200)
    )
    assert len({entry["line"] for entry in sink.accepted}) <= 3


@pytest.mark.parametrize(
    ("mode", "phase", "reply"),
    [
        ("450x1", "rcpt", "450 4.2.0 try later"),
        ("452x1", "rcpt", "452 4.2.0 try later"),
        ("451d", "data", "451 4.3.0 try later"),
        ("451b", "dot", "451 4.3.0 try later"),
        ("421m", "mail", "421 4.3.2 busy"),
        ("drop@mail", "mail", "connection closed by the mail server"),
        ("drop@rcpt", "mail", "connection closed by the mail server"),
        ("drop@data", "mail", "connection closed by the mail server"),
        ("drop@mid", "data", None),
    ],
)
def test_what_the_server_did_not_take_comes_again_and_arrives_once(
    sink, deliver, mode, phase, reply
):
    # More than the buffers between the two hold: what is cut in the middle never reaches its dot.
    text = ("本文です。" * 10 + "\n") * 100_000 if mode == "drop@mid" else "本文です。\n"
    envelope = envelope_to(f"m{mode}-1@sink.test", message=MessageFactory(text=text))
    deliver()
    envelope.refresh_from_db()
    assert (envelope.status, envelope.phase) == ("deferred", phase)
    if reply is not None:
        assert envelope.reply == reply
    assert envelope.finished_at is None
    due_again()
    deliver()
    envelope.refresh_from_db()
    assert (envelope.status, envelope.attempts) == ("sent", 2)
    assert len(sink.accepted) == 1


def test_a_missing_mailbox_is_tried_once_and_takes_the_address_off(sink, deliver):
    envelope = envelope_to("m550-1@sink.test")
    assert deliver() == {"bounced": 1}
    envelope.refresh_from_db()
    assert (envelope.status, envelope.phase, envelope.attempts) == ("bounced", "rcpt", 1)
    assert envelope.reply == "550 5.1.1 no such user"
    assert envelope.address.status == "suspended"
    assert envelope.address.suspended_reason == "550 5.1.1 no such user"


def test_a_refusal_by_policy_says_nothing_about_the_mailbox(sink, deliver):
    envelope = envelope_to("m554r-1@sink.test")
    assert deliver() == {"bounced": 1}
    envelope.address.refresh_from_db()
    assert (envelope.address.status, envelope.address.hard_bounces) == ("active", 0)


@pytest.mark.parametrize(("mode", "phase"), [("554d", "data"), ("554b", "dot")])
def test_a_refused_content_fails_for_good(sink, deliver, mode, phase):
    envelope = envelope_to(f"m{mode}-1@sink.test")
    assert deliver() == {"failed": 1}
    envelope.refresh_from_db()
    assert (envelope.status, envelope.phase) == ("failed", phase)
    assert deliver() == {}


def test_a_line_dropped_after_the_dot_leaves_the_letter_uncertain(sink, deliver):
    envelope = envelope_to("mdropdot-1@sink.test")
    assert deliver() == {"uncertain": 1}
    envelope.refresh_from_db()
    assert (envelope.status, envelope.phase) == ("uncertain", "dot")
    assert len(sink.accepted) == 1
    assert deliver() == {}
    assert len(sink.accepted) == 1


def test_a_server_silent_after_the_dot_leaves_the_letter_uncertain(sink, deliver):
    envelope = envelope_to("mhangdot-1@sink.test")
    assert deliver(timeout=0.1) == {"uncertain": 1}
    envelope.refresh_from_db()
    assert (envelope.status, envelope.reply) == ("uncertain", "timed out")


def test_one_bad_recipient_holds_nobody_else_up(sink, deliver):
    message = MessageFactory()
    modes = ["m550-1", "mdrop@data-1", "m450x1-1", "mdropdot-1", "m451b-1"]
    for name in [*modes, *(f"good{number}" for number in range(40))]:
        envelope_to(f"{name}@sink.test", message=message)
    tally = deliver()
    assert tally["sent"] == 40
    assert sum(tally.values()) == 45
