"""The lines of one round: opening them, listening to all at once, closing them."""

import selectors
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

import structlog

from mailing.delivery.connect import RelayUnreachableError
from mailing.delivery.line import Line, State

logger = structlog.get_logger(__name__)

OPENING_POLL = 0.02
LEDGER = "ledger"


class Switchboard:
    """Up to `width` lines and one wire to the database."""

    def __init__(self, opener: Callable[[], Line], *, width: int) -> None:
        self.lines: list[Line] = []
        self.width = width
        self._opener = opener
        self._opening: list[Future[Line]] = []
        self._threads: ThreadPoolExecutor | None = None
        self._selector = selectors.DefaultSelector()
        self._wire: int | None = None

    @property
    def working(self) -> int:
        return sum(line.attempting for line in self.lines)

    def idle(self) -> Iterator[Line]:
        return (line for line in list(self.lines) if line.state is State.IDLE)

    def open_now(self) -> None:
        """One line, waiting for it. Raises RelayUnreachableError."""
        self._add(self._opener())

    def widen(self, waiting: int) -> None:
        """As many lines as there is work for, opened beside the work."""
        self._take_opened()
        if not self.lines and not self._opening and waiting:
            self.open_now()
        wanted = min(self.width, self.working + waiting) - len(self.lines) - len(self._opening)
        for _new in range(wanted):
            self._threads = self._threads or ThreadPoolExecutor(self.width)
            self._opening.append(self._threads.submit(self._opener))

    def watch_wire(self, number: int | None) -> None:
        """Listen to this database connection from now on, and not to an earlier one."""
        if self._wire is not None:
            self._selector.unregister(self._wire)
        self._wire = number
        if number is not None:
            self._selector.register(number, selectors.EVENT_READ, LEDGER)

    def listen(self, longest: float) -> Iterator[Line | None]:
        """Lines on which something happened; None stands for the ledger's wire."""
        wait = OPENING_POLL if self._opening else longest
        for key, mask in self._selector.select(max(wait, 0.001)):
            if key.data is LEDGER:
                yield None
                continue
            line: Line = key.data
            if mask & selectors.EVENT_WRITE:
                line.on_writable()
            if mask & selectors.EVENT_READ and line.state is not State.CLOSED:
                line.on_readable(monotonic())
            yield line
        now = monotonic()
        for line in [line for line in self.lines if line.deadline <= now]:
            line.on_timeout()
            yield line

    def refresh(self, line: Line) -> None:
        """Listen to the line as its state asks, or let it go."""
        if line.state is State.CLOSED:
            if line in self.lines:
                self._selector.unregister(line)
                self.lines.remove(line)
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.wants_to_write else 0)
        if self._selector.get_key(line).events != events:
            self._selector.modify(line, events, line)

    def close(self) -> None:
        for line in self.lines:
            line.quit()
        if self._threads is not None:
            self._threads.shutdown(wait=True)
        for future in self._opening:
            if future.exception() is None:
                future.result().quit()
        self._selector.close()

    def _take_opened(self) -> None:
        for future in [future for future in self._opening if future.done()]:
            self._opening.remove(future)
            try:
                self._add(future.result())
            except RelayUnreachableError as error:
                # As many as the mail server lets us have; the next round asks again.
                self.width = max(len(self.lines) + len(self._opening), 1)
                logger.info("relay_refused_a_line", reason=str(error))

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        self._selector.register(line, selectors.EVENT_READ, line)
