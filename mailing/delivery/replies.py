"""What a mail server says, and what follows from it."""

import re
from dataclasses import dataclass

from mailing.choices import EnvelopeStatus

_ENHANCED = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")
_DEAD_WITHOUT_ENHANCED = (550, 551, 553)
_REPLY = re.compile(r"[2-5]\d\d(?:[ -]|$)")
CLOSING = 421
PERMANENT = 500
LONGEST = 64 * 1024


@dataclass(frozen=True)
class Reply:
    """One answer of the server, its lines joined."""

    code: int
    text: str

    @property
    def good(self) -> bool:
        return 200 <= self.code < 400

    @property
    def permanent(self) -> bool:
        return self.code >= PERMANENT

    @property
    def names_dead_mailbox(self) -> bool:
        """Does it say that the mailbox is gone, rather than that we are not liked?

        A relay that is set up wrongly refuses everybody with 5.7.1; that must not take all
        members off the list.
        """
        if not self.permanent:
            return False
        enhanced = _ENHANCED.match(self.text)
        if enhanced:
            return enhanced[1].startswith("5.1.")
        return self.code in _DEAD_WITHOUT_ENHANCED

    def __str__(self) -> str:
        return f"{self.code} {self.text}"[:500]


class ReplyReader:
    """Cuts the stream of a connection into replies. Nonsense raises ValueError."""

    def __init__(self) -> None:
        self._buffer = b""
        self._lines: list[str] = []

    def feed(self, data: bytes) -> list[Reply]:
        self._buffer += data
        if len(self._buffer) > LONGEST:
            raise ValueError("reply too long")
        *lines, self._buffer = self._buffer.split(b"\n")
        replies = []
        for line in lines:
            reply = self._take(line.rstrip(b"\r").decode("utf-8", "replace"))
            if reply is not None:
                replies.append(reply)
        return replies

    def _take(self, line: str) -> Reply | None:
        if not _REPLY.match(line):
            raise ValueError("not an SMTP reply")
        self._lines.append(line[4:].strip())
        if line[3:4] == "-":
            return None
        text = " ".join(part for part in self._lines if part).replace("\0", "")
        self._lines = []
        return Reply(int(line[:3]), text)


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt. `phase` says how far it came."""

    status: EnvelopeStatus
    phase: str
    reply: str = ""
    dead_mailbox: bool = False

    @property
    def refused_content(self) -> bool:
        """The letter itself was refused: five of these in a row and the message is held back."""
        return self.status == EnvelopeStatus.FAILED and self.phase in {"mail", "data", "dot"}


def judge(phase: str, reply: Reply) -> Outcome:
    """A refusal by phase and code. 4xx comes again; 5xx is the end."""
    if not reply.permanent:
        return Outcome(EnvelopeStatus.DEFERRED, phase, str(reply))
    if phase == "rcpt":
        return Outcome(
            EnvelopeStatus.BOUNCED, phase, str(reply), dead_mailbox=reply.names_dead_mailbox
        )
    return Outcome(EnvelopeStatus.FAILED, phase, str(reply))
