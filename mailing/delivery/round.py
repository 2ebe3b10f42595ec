"""One round of delivery: a few kept lines, one ledger, and what is due.

One thread does everything. While a ledger entry travels to the disk, the lines go on talking; a
dot leaves only after its entry is back.
"""

import re
from collections import Counter, deque
from collections.abc import Callable
from time import monotonic, sleep

import structlog
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from django.utils import timezone

from mailing.choices import EnvelopeStatus
from mailing.delivery.claim import Claimed, claim, new_holder, renew
from mailing.delivery.connect import RelayUnreachableError, open_line
from mailing.delivery.ledger import Entry, Ledger, LedgerLostError
from mailing.delivery.letter import Letter, Reader
from mailing.delivery.line import Job, Line, State
from mailing.delivery.pace import Pace
from mailing.delivery.replies import Outcome
from mailing.delivery.settle import (
    Settled,
    defer_everything_due,
    forget_refusals,
    release_unreachable,
    settle,
)
from mailing.delivery.switchboard import Switchboard
from mailing.models import Message

logger = structlog.get_logger(__name__)

BATCH_PER_LINE = 25
STALE_SECONDS = 30.0  # who opted out a minute ago gets nothing, however slow the mail server is
RENEW_SECONDS = 15.0
DATABASE_PATIENCE = 60.0
LOSSES_IN_A_ROW = 10
_SENDABLE = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")
_DATABASE_GONE = (OperationalError, InterfaceError, LedgerLostError)


class Round:
    """Deliver what is due until nothing is, or until the time is up."""

    def __init__(
        self,
        *,
        connections: int,
        seconds: float,
        rate_per_minute: int = 0,
        opener: Callable[[], Line] = open_line,
    ) -> None:
        self.holder = new_holder()
        self.tally: Counter[str] = Counter()
        self._board = Switchboard(opener, width=connections)
        self._ledger = Ledger(self.holder)
        self._pace = Pace(rate_per_minute, start=monotonic())
        self._end_at = monotonic() + seconds
        self._renew_at = 0.0
        self._ready: deque[tuple[Claimed, float]] = deque()
        self._settled: list[Settled] = []
        self._letters: dict[int, Letter] = {}
        self._refused: set[int] = set()
        self._forgiven: set[int] = set()
        self._exhausted = False
        self._losses = 0

    def run(self) -> Counter[str]:
        """Returns how many envelopes ended how."""
        try:
            if self._first_line():
                self._board.watch_wire(self._ledger.fileno())
                while self._step():
                    pass
        finally:
            self._board.close()
        return +self.tally

    def _first_line(self) -> bool:
        """Before anything is claimed: a dead mail server must not be tried row by row."""
        try:
            self._board.open_now()
        except RelayUnreachableError as error:
            logger.warning("relay_unreachable", reason=str(error))
            self.tally["deferred"] += defer_everything_due(str(error))
            return False
        release_unreachable()
        return True

    # --- the loop -----------------------------------------------------------------------------

    def _step(self) -> bool:
        try:
            now = monotonic()
            if not self._ledger.busy:
                self._write_settled()
                self._refill(now)
            self._assign(now)
            self._widen()
            self._ledger.send()
            if self._finished():
                return False
            for line in self._board.listen(self._longest_wait(now)):
                if line is None:
                    self._ledger_answered()
                else:
                    self._after(line)
        except _DATABASE_GONE as error:
            self._recover(error)
        return True

    def _finished(self) -> bool:
        open_ends = self._ready or self._settled or self._ledger.busy or self._ledger.pending
        return self._exhausted and not open_ends and not self._board.working

    def _longest_wait(self, now: float) -> float:
        if self._settled and not self._ledger.busy:
            return 0.0
        nearest = min((line.deadline for line in self._board.lines), default=now + 1)
        wait = min(nearest - now, 1.0)
        return min(wait, self._pace.wait(now) or wait) if self._ready else wait

    def _recover(self, error: Exception) -> None:
        """The database went away: wait for it, then write the travelling entry again.

        The lines stand still meanwhile. No dot leaves, and answers wait in their sockets.
        """
        logger.warning("ledger_lost", error=type(error).__name__)
        self._losses += 1
        if self._losses > LOSSES_IN_A_ROW:
            raise error  # the database is there and refuses: not a matter of waiting
        give_up_at = monotonic() + DATABASE_PATIENCE
        self._board.watch_wire(None)
        while True:
            try:
                connection.close()
                connection.ensure_connection()
                self._ledger.resend()
                self._board.watch_wire(self._ledger.fileno())
            except _DATABASE_GONE:
                if monotonic() > give_up_at:
                    raise
                sleep(0.5)
            else:
                return

    # --- envelopes ----------------------------------------------------------------------------

    def _refill(self, now: float) -> None:
        if now >= self._renew_at:
            renew(self.holder)
            self._renew_at = now + RENEW_SECONDS
        if now >= self._end_at and not self._exhausted:
            self._give_back("end of the round", lambda _since: True)
            self._exhausted = True
        batch = self._pace.batch(self._board.width * BATCH_PER_LINE)
        if self._exhausted or len(self._ready) > batch // 4:
            return
        claimed = claim(self.holder, batch)
        self.tally["suppressed"] += claimed.suppressed
        self._exhausted = not claimed.envelopes and not claimed.suppressed
        self._ready.extend((envelope, now) for envelope in claimed.envelopes)
        self._refused |= {row.message_id for row in claimed.envelopes if row.refusals}
        self._prepare_letters()

    def _prepare_letters(self) -> None:
        wanted = {envelope.message_id for envelope, _since in self._ready}
        kept = {key: letter for key, letter in self._letters.items() if key in wanted}
        missing = wanted - kept.keys()
        if missing:
            at = timezone.now()
            found = Message.objects.in_bulk(missing)
            kept |= {key: Letter(message, at=at) for key, message in found.items()}
        self._letters = kept

    def _assign(self, now: float) -> None:
        self._give_back("waited too long", lambda since: now - since > STALE_SECONDS)
        for line in self._board.idle():
            while self._ready and not self._pace.wait(now):
                if self._start(line, self._ready.popleft()[0], now):
                    break

    def _start(self, line: Line, envelope: Claimed, now: float) -> bool:
        if not _SENDABLE.fullmatch(envelope.email):
            reason = "not an address that can be sent to"
            self._settle(envelope, Outcome(EnvelopeStatus.FAILED, "", reason))
            return False
        letter = self._letters[envelope.message_id]
        reader = Reader(envelope.address_id, envelope.email, envelope.name, envelope.merge)
        job = Job(
            envelope_id=envelope.id,
            attempt=envelope.attempt,
            message_id=envelope.message_id,
            sender=letter.message.sender_email,
            recipient=envelope.email,
            data=letter.render(reader, eight_bit=line.eight_bit),
        )
        self._pace.spend(now)
        line.begin(job, now)
        self._after(line)
        return True

    def _give_back(self, why: str, which: Callable[[float], bool]) -> None:
        """Claimed but not begun: into the queue again, so that the rules are asked anew."""
        while self._ready and which(self._ready[0][1]):
            envelope, _since = self._ready.popleft()
            self._settle(envelope, Outcome(EnvelopeStatus.QUEUED, "", why))

    def _widen(self) -> None:
        try:
            self._board.widen(len(self._ready))
        except RelayUnreachableError as error:
            while self._ready:
                envelope, _since = self._ready.popleft()
                self._settle(envelope, Outcome(EnvelopeStatus.DEFERRED, "connect", str(error)))
            self._exhausted = True

    def _settle(self, envelope: Claimed, outcome: Outcome) -> None:
        self._settled.append(Settled(envelope.id, envelope.attempt, outcome))

    # --- what happened ------------------------------------------------------------------------

    def _after(self, line: Line) -> None:
        """Note the end of a letter or its wish for the dot, and listen rightly from now on."""
        finished = line.take_outcome()
        if finished:
            self._note(line, *finished)
        job = line.take_dot_request()
        if job is not None:
            self._ledger.want_dot(job, line)
        self._board.refresh(line)

    def _note(self, line: Line, job: Job, outcome: Outcome) -> None:
        if outcome.status == EnvelopeStatus.SENT:
            self.tally["sent"] += 1
            self._ledger.accepted(job, outcome.reply)
            if job.message_id in self._refused:
                self._forgiven.add(job.message_id)
            return
        if outcome.refused_content:
            self._refused.add(job.message_id)
        worn_out = line.state is State.CLOSED and line.sent and outcome.phase == "mail"
        if worn_out and outcome.status == EnvelopeStatus.DEFERRED:
            # The server ends lines after some letters: this is not about the letter.
            outcome = Outcome(EnvelopeStatus.QUEUED, "mail", outcome.reply)
        self._settled.append(Settled(job.envelope_id, job.attempt, outcome))

    def _ledger_answered(self) -> None:
        answer = self._ledger.receive()
        if answer is not None:
            self._losses = 0
            self._send_dots(*answer)

    def _send_dots(self, entry: Entry, granted: set[int]) -> None:
        now = monotonic()
        for job, line in entry.dots:
            if line.job is not job or line.state is not State.BODY:
                continue  # the line broke meanwhile; its outcome is on its way
            if job.envelope_id in granted:
                line.send_dot(now)
            else:
                line.abandon("paused or taken over")
            self._after(line)

    def _write_settled(self) -> None:
        if self._settled:
            written = settle(self.holder, self._settled)
            self.tally += written
            self._settled = []
            if written["queued"]:
                self._exhausted = False  # given back, so there is something to claim again
        if self._forgiven:
            forget_refusals(self._forgiven)
            self._refused -= self._forgiven
            self._forgiven = set()
