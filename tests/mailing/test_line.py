"""The state machine of one line against hand-made sockets, reply by reply."""

import smtplib
import socket

import pytest

from mailing.choices import EnvelopeStatus
from mailing.delivery.line import Job, Line, State


class Pair:
    """A line whose server is the test itself."""

    def __init__(self, *extensions: str) -> None:
        ours, self.server = socket.socketpair()
        client = smtplib.SMTP()
        client.sock = ours
        client.does_esmtp = True
        client.esmtp_features = dict.fromkeys(extensions, "")
        self.line = Line(client, timeout=5, patience=25)

    def say(self, text: str) -> None:
        self.server.sendall(text.encode())
        self.line.on_readable(0.0)

    def heard(self) -> bytes:
        self.server.setblocking(False)
        return self.server.recv(65536)


@pytest.fixture
def pair():
    made = Pair("pipelining")
    yield made
    made.line.close()
    made.server.close()


def job(data: bytes = b"x\r\n") -> Job:
    return Job(1, 1, 1, "s@pf.example", "a@b.jp", data)


def test_nothing_of_the_dot_leaves_before_it_is_asked_for(pair):
    pair.line.begin(job(), 0.0)
    pair.heard()
    pair.say("250 ok\r\n250 ok\r\n354 go\r\n")
    assert pair.heard() == b"x\r\n"
    assert pair.line.take_dot_request() is pair.line.job
    assert pair.line.take_dot_request() is None
    pair.line.send_dot(0.0)
    assert pair.heard() == b".\r\n"
    assert pair.line.deadline == 25.0
    pair.say("250 queued\r\n")
    assert pair.line.take_outcome()[1].status == EnvelopeStatus.SENT
    assert pair.line.take_outcome() is None


def test_a_dot_that_never_left_the_machine_is_no_dot(pair):
    """The network was stuffed: part of the body waits here, so the server cannot have the end."""
    pair.line.begin(job(b"x" * 4_000_000), 0.0)
    pair.say("250 ok\r\n250 ok\r\n354 go\r\n")
    pair.line.send_dot(0.0)
    assert pair.line.wants_to_write
    pair.line.on_timeout()
    outcome = pair.line.take_outcome()[1]
    assert (outcome.status, outcome.phase) == (EnvelopeStatus.DEFERRED, "data")


def test_a_broken_network_while_writing_is_noticed(pair):
    pair.line.begin(job(b"x" * 4_000_000), 0.0)
    pair.say("250 ok\r\n250 ok\r\n354 go\r\n")
    pair.server.close()
    pair.line.on_writable()
    assert pair.line.state is State.CLOSED
    assert pair.line.take_outcome()[1].status == EnvelopeStatus.DEFERRED


def test_a_server_that_wants_data_though_nobody_accepted_gets_an_empty_letter(pair):
    pair.line.begin(job(), 0.0)
    pair.say("250 ok\r\n550 5.1.1 gone\r\n354 go\r\n")
    assert pair.line.take_outcome()[1].status == EnvelopeStatus.BOUNCED
    assert pair.heard().endswith(b"DATA\r\n.\r\n")
    assert pair.line.state is State.EMPTYING
    pair.say("554 nobody\r\n")
    assert pair.line.state is State.IDLE
    pair.line.begin(job(), 0.0)
    assert pair.heard().startswith(b"RSET\r\nMAIL")
    pair.say("250 reset\r\n250 ok\r\n250 ok\r\n354 go\r\n")
    assert pair.line.state is State.BODY


def test_an_idle_line_that_speaks_is_closed(pair):
    pair.say("421 too long idle\r\n")
    assert pair.line.state is State.CLOSED
    assert pair.line.take_outcome() is None


def test_a_goodbye_after_the_dot_is_a_refusal_not_a_riddle(pair):
    pair.line.begin(job(), 0.0)
    pair.say("250 ok\r\n250 ok\r\n354 go\r\n")
    pair.line.send_dot(0.0)
    pair.say("421 shutting down\r\n")
    assert pair.line.state is State.CLOSED
    outcome = pair.line.take_outcome()[1]
    assert (outcome.status, outcome.phase) == (EnvelopeStatus.DEFERRED, "dot")


def test_a_broken_off_letter_leaves_without_its_dot(pair):
    pair.line.begin(job(), 0.0)
    pair.say("250 ok\r\n250 ok\r\n354 go\r\n")
    pair.line.abandon("paused")
    assert pair.line.take_outcome()[1].status == EnvelopeStatus.QUEUED
    assert not pair.heard().endswith(b".\r\n")
    assert pair.heard() == b""


def test_replies_after_the_end_of_a_line_change_nothing(pair):
    pair.line.begin(job(), 0.0)
    pair.say("421 bye\r\n250 ok\r\n354 go\r\n")
    outcome = pair.line.take_outcome()[1]
    assert (outcome.status, outcome.phase) == (EnvelopeStatus.DEFERRED, "mail")


def test_nothing_to_read_is_no_news(pair):
    pair.line.begin(job(), 0.0)
    pair.line.on_readable(0.0)
    assert pair.line.attempting


def test_a_polite_end_says_so(pair):
    pair.line.quit()
    assert pair.heard() == b"QUIT\r\n"


def test_asking_one_by_one_stops_at_the_first_no():
    pair = Pair()
    pair.line.begin(job(), 0.0)
    assert pair.heard() == b"MAIL FROM:<s@pf.example>\r\n"
    pair.say("250 ok\r\n")
    assert pair.heard() == b"RCPT TO:<a@b.jp>\r\n"
    pair.say("450 later\r\n")
    assert pair.line.state is State.IDLE
    pair.line.begin(job(), 0.0)
    assert pair.heard() == b"RSET\r\n"
    pair.line.on_timeout()
    assert pair.line.outcome.phase == "mail"
    pair.server.close()
