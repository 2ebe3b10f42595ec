"""A whole platform in real processes, whose parts a test may stop and start.

Everything runs on a leash of `platform_site.embedded`: it ends with the test run, `kill -9`
included.
"""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode

import psycopg
from celery import Celery
from django.conf import settings

from platform_site.embedded import places
from platform_site.embedded.child import Child, humble_account
from platform_site.embedded.postgres import Postgres
from platform_site.embedded.redis import Redis
from platform_site.embedded.smtp import free_port
from tests.plugin_services import PREFIX

ROOT = Path(settings.BASE_DIR)
CSRF = "resilience" * 3 + "42"  # 32 letters; sent back as cookie and field, as browsers do
SLOW = 60.0  # what may take long on a busy machine; the promises have figures of their own


@dataclass(frozen=True)
class Answer:
    """What came back, and how long the visitor waited."""

    status: int
    headers: http.client.HTTPMessage
    text: str
    seconds: float

    def json(self) -> Any:
        return json.loads(self.text)


class Visitor:
    """A browser without a window. `session` is the key of somebody's login."""

    def __init__(self, port: int, session: str = "") -> None:
        self.port = port
        self.cookies = {"csrf": CSRF} | ({"session": session} if session else {})

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, **fields: str) -> Answer:
        return self._ask("POST", path, urlencode({"csrfmiddlewaretoken": CSRF, **fields}))

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        started = time.monotonic()
        try:
            link.request(method, path, body, headers)
            reply = link.getresponse()
            text = reply.read().decode()
            return Answer(reply.status, reply.headers, text, time.monotonic() - started)
        finally:
            link.close()


class Platform:
    """Servers in one folder of their own, processes on request."""

    def __init__(self) -> None:
        base = places.open_base(humble_account())
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
        self._mark: IO[str] | None = places.lock(self.folder / "in-use")
        self.postgres = Postgres(
            self.folder / "data", self.folder, settings={"log_min_messages": "fatal"}
        )
        self.redis = Redis(self.folder)
        self.web_port, self.smtp_port = free_port(), free_port()
        self.children: list[Child] = []
        self.known: dict[str, Any] = {}
        self.env: dict[str, str] = {}

    def start(self) -> None:
        """Databases, tables, people; see `seed.py` for what is known then."""
        self.env = os.environ | {
            "DATABASE_URL": self.postgres.start(),
            "REDIS_URL": self.redis.start(),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "SITE_URL": f"http://127.0.0.1:{self.web_port}",
            "ALLOWED_HOSTS": "127.0.0.1",
            "PLATFORM_MODE": "production",
            "MAIL_CONNECTIONS": "2",
            "MAIL_PROCESSES": "6",  # all at once, where production lets two
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONUNBUFFERED": "1",
        }
        made = subprocess.run(
            [sys.executable, "-m", "tests.resilience.seed"],
            cwd=ROOT, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise AssertionError(made.stderr[-3000:])
        self.known = json.loads(made.stdout.splitlines()[-1])

    def stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        for child in self.children:
            child.wait()
        self.redis.stop()
        self.postgres.stop()
        if self._mark is not None:
            self._mark.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- processes ----------------------------------------------------------------------------

    def web(self) -> Child:
        options = ["--worker-class=gthread", "--workers=1", "--threads=4", "--log-level=warning"]
        bind = f"--bind=127.0.0.1:{self.web_port}"
        child = self._run("web", "gunicorn", bind, *options, "platform_site.wsgi:application")
        self.wait(lambda: self.answers("/healthz") == 200, "the web server answers")
        return child

    def worker(self, *, clock: str = "") -> Child:
        """`clock` moves what this process takes for the time, in hours."""
        name = f"worker{len(self.children)}"
        options = ["-c", "2", "-n", f"{name}@resilience", "--without-gossip", "--without-mingle"]
        return self._celery(name, "worker", *options, clock=clock)

    def beat(self, *, clock: str = "") -> Child:
        name = f"beat{len(self.children)}"
        return self._celery(name, "beat", "--pidfile=", "-s", str(self.folder / name), clock=clock)

    def _celery(self, name: str, *command: str, clock: str) -> Child:
        return self._run(
            name, "celery", "-A", "tests.resilience.quick", *command, "-l", "info",
            RESILIENCE_CLOCK=clock,
        )  # fmt: skip

    def _run(self, name: str, module: str, *arguments: str, **env: str) -> Child:
        child = Child(
            name,
            [sys.executable, "-m", module, *arguments],
            self.folder / f"{name}.log",
            env={**self.env, **env},
            cwd=ROOT,
            patience=10,
        )
        child.start()
        self.children.append(child)
        return child

    def end(self, *children: Child) -> None:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.wait()
            self.children.remove(child)

    def crash_postgres(self) -> None:
        """What `pg_ctl restart -m immediate` does: every session is cut, then recovery."""
        pid = int((self.postgres.data_dir / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        child = self.postgres.child
        assert child is not None
        child.wait()
        self.postgres.start()

    # --- looking at it ------------------------------------------------------------------------

    def visitor(self) -> Visitor:
        return Visitor(self.web_port)

    def staff(self) -> Visitor:
        return Visitor(self.web_port, self.known["staff_session"])

    def answers(self, path: str) -> int:
        try:
            return self.visitor().get(path).status
        except OSError:
            return 0

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url, autocommit=True) as link:
            cursor = link.execute(question, values)  # type: ignore[call-overload] # test's own SQL
            return cursor.fetchall() if cursor.description else []

    def envelopes(self, mailboxes: list[str], columns: str = "e.status") -> list[tuple[Any, ...]]:
        return self.rows(
            f"SELECT {columns} FROM mailing_envelope e"  # noqa: S608 -- the test's own columns
            " JOIN mailing_address a ON a.id = e.address_id WHERE a.email = ANY(%s)",
            mailboxes,
        )

    def all_sent(self, mailboxes: list[str]) -> bool:
        states = [status for (status,) in self.envelopes(mailboxes)]
        return len(states) == len(mailboxes) and set(states) == {"sent"}

    def tick(self) -> None:
        """What beat does once a minute."""
        broker = f"redis+socket://{quote(str(self.redis.socket))}"
        knock = Celery("knock", broker=broker, set_as_current=False)
        plan = settings.CELERY_BEAT_SCHEDULE["tick"]
        with knock.connection_for_write() as link:
            knock.send_task(plan["task"], connection=link, ignore_result=True, **plan["options"])

    def post_mails(self, name: str, number: int) -> tuple[list[str], Answer]:
        """An officer sends the draft of an issue to so many mailboxes, ten with each press.

        Returns the mailboxes and the answer that took longest.
        """
        mailboxes = [f"{name}{index}@t.example" for index in range(number)]
        path = f"/admin/newsletter/issue/{self.known['draft']}/test/"
        staff = self.staff()
        answers = [
            staff.post(path, to=" ".join(mailboxes[start : start + 10]))
            for start in range(0, number, 10)
        ]
        return mailboxes, max(answers, key=lambda answer: answer.seconds)

    def wait(self, condition: Callable[[], object], what: str, seconds: float = SLOW) -> float:
        """Returns how long it took; fails by name, with the logs, when it does not come true."""
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > seconds:
                raise AssertionError(f"in vain for {seconds:.0f} s: {what}\n{self._last_words()}")
            time.sleep(0.1)
        return time.monotonic() - started

    def _last_words(self) -> str:
        return "\n".join(
            f"--- {child.name}\n" + "\n".join(line[:300] for line in child.last_lines(12))
            for child in self.children
        )
