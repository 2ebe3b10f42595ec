"""A local mail server that delivers nothing: it keeps what it gets, one file per message.

`python -m platform_site.embedded.smtp --port 2525 --box var/mail`
"""

import argparse
import logging
import os
import secrets
import signal
import socket
import threading
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LARGEST_MESSAGE = 50 * 1024 * 1024


class Keeper:
    """Writes each message whole or not at all; the envelope stands in its first lines."""

    def __init__(self, box: Path) -> None:
        self.box = box
        box.mkdir(mode=0o700, parents=True, exist_ok=True)

    async def handle_DATA(  # noqa: N802 -- aiosmtpd calls it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        content = envelope.original_content or b""
        unfinished = self.box / f"{name}.part"
        unfinished.write_bytes(_envelope_lines(envelope) + content)
        unfinished.rename(self.box / f"{name}.eml")
        return f"250 2.0.0 kept as {name}"


def _envelope_lines(envelope: Envelope) -> bytes:
    lines = [f"Return-Path: <{envelope.mail_from or ''}>"]
    lines += [f"Delivered-To: {address}" for address in envelope.rcpt_tos]
    return "".join(f"{line}\r\n" for line in lines).encode()


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


class Catcher:
    """The server in a thread of its own, for tests; as a process of its own, see `main`."""

    def __init__(self, box: Path, host: str = "127.0.0.1", port: int = 0) -> None:
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # it tells every line of SMTP
        self.box = box
        self.host = host
        self.port = port or free_port(host)
        self._controller = Controller(
            Keeper(box),
            hostname=host,
            port=self.port,
            data_size_limit=LARGEST_MESSAGE,
            enable_SMTPUTF8=True,
            ident="local mail catcher",
        )

    def start(self) -> str:
        self._controller.start()
        return f"smtp://{self.host}:{self.port}"

    def stop(self) -> None:
        if self._controller.server is not None:
            self._controller.stop()

    def messages(self) -> list[Path]:
        """Oldest first."""
        return sorted(self.box.glob("*.eml"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--box", type=Path, required=True)
    options = parser.parse_args()
    os.umask(0o077)
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    catcher = Catcher(options.box, options.host, options.port)
    catcher.start()
    done.wait()
    catcher.stop()


if __name__ == "__main__":
    main()
