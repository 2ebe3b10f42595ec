"""One kept SMTP connection that always knows how far the letter on it has come.

Django's and Python's own clients answer a broken line with the same exception whether the server
has the letter or not. Here the phase is known: before the closing dot was written the server must
not deliver; after it, without an answer, nobody can know.
"""

import contextlib
import smtplib
import socket
import ssl
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

from mailing.choices import EnvelopeStatus
from mailing.delivery.replies import CLOSING, Outcome, Reply, ReplyReader, judge

CHUNK = 65536
READY_FOR_DATA = 354
_WOULD_BLOCK = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class State(Enum):
    IDLE = auto()
    ASKING = auto()  # MAIL, RCPT and DATA are out
    BODY = auto()  # the body is out or on its way, the dot is not
    DOT = auto()  # the dot is out: only the server's word can end this
    EMPTYING = auto()  # nobody accepted, but the server waits for data: an empty one
    CLOSED = auto()


@dataclass
class Job:
    """One attempt to hand over one envelope."""

    envelope_id: int
    attempt: int
    message_id: int
    sender: str
    recipient: str
    data: bytes = b""


class Line:
    """A connection in use. `outcome` is set once the attempt has ended."""

    def __init__(self, client: smtplib.SMTP, *, timeout: float, patience: float) -> None:
        self.client = client
        self.socket: socket.socket = client.sock or socket.socket()
        self.pipelining = client.has_extn("pipelining")
        self.eight_bit = client.has_extn("8bitmime")
        self.timeout, self.patience = timeout, patience
        self.state = State.IDLE
        self.job: Job | None = None
        self.outcome: Outcome | None = None
        self.deadline = float("inf")
        self.sent = 0
        self._replies = ReplyReader()
        self._expected: deque[str] = deque()
        self._unasked: deque[tuple[str, bytes]] = deque()
        self._out = bytearray()
        self._dirty = False
        self._dot_requested = False
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(0)

    def fileno(self) -> int:
        return int(self.socket.fileno())

    @property
    def wants_to_write(self) -> bool:
        return bool(self._out)

    @property
    def attempting(self) -> bool:
        """Is the fate of a letter still open on this line?"""
        return self.job is not None and self.outcome is None

    def take_dot_request(self) -> Job | None:
        """The letter whose body is out and whose dot may not leave before it is written down."""
        if self._dot_requested or self.state is not State.BODY or not self.attempting:
            return None
        self._dot_requested = True
        return self.job

    def take_outcome(self) -> tuple[Job, Outcome] | None:
        """The finished attempt, once."""
        if self.job is None or self.outcome is None:
            return None
        finished = (self.job, self.outcome)
        self.job = self.outcome = None
        return finished

    # --- what the round tells the line --------------------------------------------------------

    def begin(self, job: Job, now: float) -> None:
        """Start the attempt: sender, recipient and the wish to send data, in one go if allowed."""
        self.job, self.outcome, self.state = job, None, State.ASKING
        self._dot_requested = False
        body = b" BODY=8BITMIME" if self.eight_bit else b""
        commands = [
            ("mail", b"MAIL FROM:<%s>%s\r\n" % (job.sender.encode(), body)),
            ("rcpt", b"RCPT TO:<%s>\r\n" % job.recipient.encode()),
            ("data", b"DATA\r\n"),
        ]
        if self._dirty:
            commands.insert(0, ("rset", b"RSET\r\n"))
            self._dirty = False
        self._unasked.extend(commands)
        self._ask(now)

    def send_dot(self, now: float) -> None:
        """The ledger has it in writing that this is about to happen."""
        self.state = State.DOT
        self._expected.append("dot")
        self.deadline = now + self.patience
        self._write(b".\r\n")

    def abandon(self, reason: str) -> None:
        """Break off before the dot; only closing the line stops a letter whose body is out."""
        self.outcome = Outcome(EnvelopeStatus.QUEUED, "data", reason)
        self.close()

    def quit(self) -> None:
        if self.state is State.IDLE:
            with contextlib.suppress(OSError):
                self.socket.send(b"QUIT\r\n")
        self.close()

    def close(self) -> None:
        self.state = State.CLOSED
        self.deadline = float("inf")
        with contextlib.suppress(OSError):
            self.client.close()  # its reading end as well, or the server would not notice

    # --- what the network tells the line ------------------------------------------------------

    def on_readable(self, now: float) -> None:
        try:
            replies = self._replies.feed(self._received())
        except _WOULD_BLOCK:
            return
        except (OSError, ValueError) as error:
            self.broken(str(error))
            return
        for reply in replies:
            if self.state is not State.CLOSED:
                self._on_reply(reply, now)

    def _received(self) -> bytes:
        data: bytes = self.socket.recv(CHUNK)
        if not data:
            raise ConnectionResetError("connection closed by the mail server")
        # TLS may hold more than the network shows.
        while isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
            data += self.socket.recv(CHUNK)
        return data

    def on_writable(self) -> None:
        self._write(b"")

    def on_timeout(self) -> None:
        self.broken("timed out")

    def broken(self, why: str) -> None:
        """The line is dead. What that means for the letter depends on the dot alone."""
        if self.attempting and self.state is State.DOT and not self._out:
            self.outcome = Outcome(EnvelopeStatus.UNCERTAIN, "dot", why)
        elif self.attempting:
            self.outcome = Outcome(EnvelopeStatus.DEFERRED, self._phase(), why)
        self.close()

    # --- inside -------------------------------------------------------------------------------

    def _phase(self) -> str:
        if self.state is State.ASKING and self._expected:
            first = self._expected[0]
            return "mail" if first == "rset" else first
        return "data"

    def _ask(self, now: float) -> None:
        """Send what may be sent: everything at once, or one command after the other."""
        self.deadline = now + self.timeout
        ready = bytearray()
        while self._unasked and (self.pipelining or not self._expected):
            tag, command = self._unasked.popleft()
            self._expected.append(tag)
            ready += command
        if ready:
            self._write(bytes(ready))

    def _write(self, data: bytes) -> None:
        self._out += data
        try:
            while self._out:
                del self._out[: self.socket.send(self._out)]
        except _WOULD_BLOCK:
            return
        except OSError as error:
            self.broken(str(error))

    def _on_reply(self, reply: Reply, now: float) -> None:
        if not self._expected:
            self.broken(f"unexpected: {reply}")  # mostly "421 timeout" on an idle line
            return
        tag = self._expected.popleft()
        if tag in {"dot", "empty"}:
            self._on_last_reply(tag, reply)
        elif tag == "data":
            self._on_data_reply(reply, now)
        elif not reply.good and tag != "rset":
            self._refused(tag, reply)
        if reply.code == CLOSING:
            self.broken(str(reply))
        elif self.state is State.ASKING:
            self._ask(now)

    def _refused(self, phase: str, reply: Reply) -> None:
        """The first refusal counts; the server refuses the rest of the group because of it."""
        self._dirty = True
        if self.attempting:
            self.outcome = judge(phase, reply)
        if self._unasked:  # asked one by one: the rest need not be asked any more
            self._unasked.clear()
            self._rest()

    def _on_data_reply(self, reply: Reply, now: float) -> None:
        if reply.code != READY_FOR_DATA:
            self._refused("data", reply)
            self._rest()
        elif self.attempting:
            self.state = State.BODY
            self.deadline = now + self.timeout
            self._write(self.job.data if self.job else b"")
        else:
            self.state = State.EMPTYING
            self._expected.append("empty")
            self._write(b".\r\n")

    def _on_last_reply(self, tag: str, reply: Reply) -> None:
        if tag == "dot" and reply.good:
            self.sent += 1
            self.outcome = Outcome(EnvelopeStatus.SENT, "dot", str(reply))
        elif tag == "dot":
            self.outcome = judge("dot", reply)
        self._dirty = not reply.good
        self._rest()

    def _rest(self) -> None:
        if self.state is not State.CLOSED:
            self.state = State.IDLE
            self.deadline = float("inf")
