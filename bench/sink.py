"""A mail server that keeps a ledger and fails on demand.

The mode is chosen per recipient by the local part `m<mode>-<n>@...`; anything else is `ok`:

    ok                 accept
    450xK, 452xK       refuse RCPT K times, then accept
    550                refuse RCPT for good
    554r               refuse RCPT by policy (5.7.1)
    421m               answer 421 to MAIL once, then accept (seen when MAIL and RCPT come together)
    354d, 554d, 451d   refuse at DATA: 5xx for good; 451 once
    554b               refuse the content after the dot
    451b               refuse the content after the dot once
    drop@MAIL|RCPT|DATA|MID   close the line there, once (drop.MAIL reads the same)
    dropdot            accept, write the ledger, close without an answer
    hangdot            accept, write the ledger, never answer
    slow:S             answer S seconds after the dot, accept then

Faults of the whole server: `greeting="421"`, `pipelining=False`, `eight_bit=False`, `stop()`.
One ledger line (JSON) per accepted letter: time, connection, sender, recipient, Message-ID, digest
of the content. Run as a program it serves until its parent goes.
"""

import argparse
import hashlib
import heapq
import itertools
import json
import os
import re
import selectors
import socket
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import IO, Any

_MODE = re.compile(rb"m([a-z0-9@:.]+?)-[^@]*@", re.IGNORECASE)
_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)
_PATH = re.compile(rb"<([^>]*)>")
_END = b"\r\n.\r\n"


def mode_of(recipient: bytes) -> str:
    found = _MODE.match(recipient)
    return found[1].decode().lower().replace("drop.", "drop@") if found else "ok"


class Peer:
    """One client connection."""

    def __init__(self, link: socket.socket, number: int) -> None:
        self.link, self.number = link, number
        self.buffer = bytearray()
        self.searched = 0
        self.in_data = False
        self.sender = b""
        self.recipients: list[bytes] = []
        self.held = False


class Sink:
    """Listens on one port of the loopback, in one thread."""

    def __init__(
        self,
        *,
        port: int = 0,
        ledger: Path | None = None,
        keep: bool = False,
        delay: float = 0.0,
        pipelining: bool = True,
        eight_bit: bool = True,
        greeting: str = "220",
        letters_per_line: int = 0,
    ) -> None:
        self.delay, self.greeting, self.keep = delay, greeting, keep
        self.letters_per_line = letters_per_line
        self.accepted: list[dict[str, Any]] = []
        self.bodies: list[tuple[str, bytes]] = []
        self.count = 0
        self.tries: Counter[tuple[str, bytes]] = Counter()
        self.seen: Counter[str] = Counter()
        extensions = ["sink.test", *(["PIPELINING"] if pipelining else [])]
        extensions += ["8BITMIME"] if eight_bit else []
        self.hello = "".join(f"250-{name}\r\n" for name in extensions).encode() + b"250 HELP\r\n"
        self._ledger: IO[str] | None = ledger.open("a", encoding="utf-8") if ledger else None
        self._numbers = itertools.count(1)
        self._timers: list[tuple[float, int, Any]] = []
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=200)
        self._listener.settimeout(0)
        self.port = int(self._listener.getsockname()[1])
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._running = True
        self._thread: threading.Thread | None = None

    def start(self) -> "Sink":
        self._thread = threading.Thread(target=self.serve, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        self._running = False
        if self._thread:
            self._thread.join(5)

    def __enter__(self) -> "Sink":
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def serve(self) -> None:
        parent = os.getppid()
        while self._running and os.getppid() == parent:
            wait = 0.2
            if self._timers:
                wait = min(wait, max(self._timers[0][0] - time.monotonic(), 0))
            for key, _mask in self._selector.select(wait):
                if key.fileobj is self._listener:
                    self._greet()
                else:
                    self._read(key.data)
            while self._timers and self._timers[0][0] <= time.monotonic():
                heapq.heappop(self._timers)[2]()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()
        self._selector.close()
        if self._ledger:
            self._ledger.close()

    # --- lines --------------------------------------------------------------------------------

    def _greet(self) -> None:
        link, _address = self._listener.accept()
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.greeting != "220":
            link.sendall(f"{self.greeting} 4.3.2 not now\r\n".encode())
            link.close()
            return
        link.settimeout(0)
        peer = Peer(link, next(self._numbers))
        self._selector.register(link, selectors.EVENT_READ, peer)
        link.send(b"220 sink.test ESMTP\r\n")

    def _close(self, peer: Peer) -> None:
        if peer.link.fileno() >= 0:
            self._selector.unregister(peer.link)
            peer.link.close()

    def _say(self, peer: Peer, text: bytes) -> None:
        try:
            peer.link.send(text)
        except OSError:
            self._close(peer)

    def _later(self, seconds: float, action: Any) -> None:
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._numbers), action))

    def _read(self, peer: Peer) -> None:
        try:
            data = peer.link.recv(262144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._close(peer)
            return
        peer.buffer += data
        self._work(peer)

    def _work(self, peer: Peer) -> None:
        answers = bytearray()
        while not peer.held and peer.link.fileno() >= 0:
            if peer.in_data:
                if not self._content(peer, answers):
                    break
            else:
                end = peer.buffer.find(b"\n")
                if end < 0:
                    break
                line = bytes(peer.buffer[:end]).rstrip(b"\r")
                del peer.buffer[: end + 1]
                self._command(peer, line, answers)
        if answers and peer.link.fileno() >= 0:
            self._say(peer, bytes(answers))

    # --- commands -----------------------------------------------------------------------------

    def _once(self, what: str, recipient: bytes, times: int = 1) -> bool:
        self.tries[what, recipient] += 1
        return self.tries[what, recipient] <= times

    def _command(self, peer: Peer, line: bytes, answers: bytearray) -> None:
        verb = line[:4].upper()
        self.seen[verb.decode("latin-1")] += 1
        if verb == b"MAIL":
            self._mail(peer, line, answers)
        elif verb == b"RCPT":
            self._rcpt(peer, line, answers)
        elif verb == b"DATA":
            self._data(peer, answers)
        elif verb in {b"EHLO", b"HELO"}:
            answers += self.hello
        elif verb == b"RSET":
            peer.sender, peer.recipients = b"", []
            answers += b"250 2.0.0 reset\r\n"
        elif verb == b"QUIT":
            self._say(peer, bytes(answers) + b"221 2.0.0 bye\r\n")
            answers.clear()
            self._close(peer)
        else:
            answers += b"502 5.5.1 what\r\n"

    def _mail(self, peer: Peer, line: bytes, answers: bytearray) -> None:
        peeked = bytes(peer.buffer[:300])
        found = _PATH.search(peeked) if peeked[:4].upper() == b"RCPT" else None
        recipient = found[1] if found else b""
        mode = mode_of(recipient)
        if mode == "drop@mail" and self._once(mode, recipient):
            self._close(peer)
        elif mode == "421m" and self._once(mode, recipient):
            self._say(peer, b"421 4.3.2 busy\r\n")
            self._close(peer)
        else:
            path = _PATH.search(line)
            peer.sender, peer.recipients = (path[1] if path else b""), []
            answers += b"250 2.1.0 ok\r\n"

    def _rcpt(self, peer: Peer, line: bytes, answers: bytearray) -> None:
        path = _PATH.search(line)
        recipient = path[1] if path else b""
        mode = mode_of(recipient)
        code, _x, times = mode.partition("x")
        if mode == "drop@rcpt" and self._once(mode, recipient):
            self._close(peer)
        elif code in {"450", "452"} and self._once(mode, recipient, int(times or 1)):
            answers += f"{code} 4.2.0 try later\r\n".encode()
        elif mode == "550":
            answers += b"550 5.1.1 no such user\r\n"
        elif mode == "554r":
            answers += b"554 5.7.1 relay access denied\r\n"
        else:
            peer.recipients.append(recipient)
            answers += b"250 2.1.5 ok\r\n"

    def _data(self, peer: Peer, answers: bytearray) -> None:
        recipient = peer.recipients[0] if peer.recipients else b""
        mode = mode_of(recipient)
        if not recipient:
            answers += b"554 5.5.1 no valid recipients\r\n"
        elif mode == "drop@data" and self._once(mode, recipient):
            self._close(peer)
        elif mode == "554d":
            answers += b"554 5.6.0 not this\r\n"
        elif mode == "451d" and self._once(mode, recipient):
            answers += b"451 4.3.0 try later\r\n"
        else:
            peer.in_data, peer.searched = True, 0
            answers += b"354 go on\r\n"

    # --- content ------------------------------------------------------------------------------

    def _content(self, peer: Peer, answers: bytearray) -> bool:
        """Take one letter if its end is there. False: more must come."""
        recipient = peer.recipients[0] if peer.recipients else b""
        mode = mode_of(recipient)
        if mode == "drop@mid" and len(peer.buffer) > 100 and self._once(mode, recipient):
            self._close(peer)
            return False
        if peer.buffer.startswith(b".\r\n"):
            end, after = 0, 3
        else:
            end = peer.buffer.find(_END, max(peer.searched - 5, 0))
            if end < 0:
                peer.searched = len(peer.buffer)
                return False
            end, after = end + 2, end + len(_END)
        content = bytes(peer.buffer[:end])
        del peer.buffer[:after]
        peer.in_data = False
        self._verdict(peer, mode, recipient, content, answers)
        return True

    def _verdict(
        self, peer: Peer, mode: str, recipient: bytes, content: bytes, answers: bytearray
    ) -> None:
        if mode == "554b":
            answers += b"554 5.7.1 content refused\r\n"
            return
        if mode == "451b" and self._once(mode, recipient):
            answers += b"451 4.3.0 try later\r\n"
            return
        self._enter(peer, content)
        wait = float(mode[5:]) if mode.startswith("slow:") else self.delay
        if mode == "dropdot":
            self._close(peer)
        elif mode == "hangdot":
            peer.held = True
        elif wait:
            peer.held = True
            if answers:
                self._say(peer, bytes(answers))
                answers.clear()
            self._later(wait, lambda: self._release(peer))
        else:
            answers += b"250 2.0.0 queued as %d\r\n" % self.count
            self._maybe_end(peer, answers)

    def _maybe_end(self, peer: Peer, answers: bytearray) -> None:
        if self.letters_per_line and self.count % self.letters_per_line == 0:
            self._say(peer, bytes(answers) + b"421 4.7.0 enough on this line\r\n")
            answers.clear()
            self._close(peer)

    def _release(self, peer: Peer) -> None:
        peer.held = False
        if peer.link.fileno() >= 0:
            self._say(peer, b"250 2.0.0 queued\r\n")
            self._work(peer)

    def _enter(self, peer: Peer, content: bytes) -> None:
        self.count += 1
        if self.keep:
            self.bodies.append((peer.recipients[0].decode(), content.replace(b"\r\n..", b"\r\n.")))
        found = _MESSAGE_ID.search(content[:4000])
        for recipient in peer.recipients:
            entry = {
                "at": time.time(),
                "line": peer.number,
                "from": peer.sender.decode("utf-8", "replace"),
                "to": recipient.decode("utf-8", "replace"),
                "message_id": found[1].decode("utf-8", "replace") if found else "",
                "digest": hashlib.sha256(content).hexdigest(),
            }
            if self._ledger:
                self._ledger.write(json.dumps(entry) + "\n")
                self._ledger.flush()
            elif self.keep:
                self.accepted.append(entry)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ledger", type=Path)
    parser.add_argument("--delay", type=float, default=0.0)
    options = parser.parse_args()
    sink = Sink(port=options.port, ledger=options.ledger, delay=options.delay)
    print(sink.port, flush=True)
    sink.serve()


if __name__ == "__main__":
    sys.exit(main())
