"""`manage.py run` from the first line to the last."""

import json
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from platform_site.embedded import places
from platform_site.embedded.child import (
    Child,
    ServiceError,
    humble_account,
    wait_until,
)
from platform_site.embedded.postgres import Postgres
from platform_site.embedded.redis import Redis
from platform_site.run import preparation, welcome
from platform_site.run.claim import Claim, Refused
from platform_site.run.console import Console
from platform_site.run.environment import OWN, PROJECT, Layout, share
from platform_site.run.supervisor import (
    Crashed,
    Supervisor,
    Unit,
    stopping_on_signals,
    wait_while_healthy,
)

HOST = "127.0.0.1"
LEFTOVER_SECONDS = 40.0  # a worker cut off in the middle of a message may need that long
FIRST_PAGE_SECONDS = 60.0
READY_SECONDS = 150.0  # beat's first round comes a minute after its first start
READY_PAUSE = 5.0


class Stopped(BaseException):
    """A signal asked us to stop; like KeyboardInterrupt nobody catches it on the way."""


def _port_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- our own address
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- our own address
            return bool(json.load(answer).get("status") == "ok")
    except (OSError, ValueError):
        return False


class Launch:
    """One run of the platform."""

    def __init__(self, *, port: int, console: Console, layout: Layout | None = None) -> None:
        self.port = port
        self.console = console
        self.layout = layout or Layout()
        self.claim = Claim(self.layout)
        self.supervisor = Supervisor(console)
        self.own = set(os.environ.get(OWN, "").split())
        self.address = f"http://{HOST}:{port}/"
        self.stopping = False
        self.parent = os.getppid()

    def run(self) -> int:
        self.layout.logs.mkdir(parents=True, exist_ok=True)
        code = 1
        with stopping_on_signals(self._on_signal):
            try:
                self._start()
                self._watch()
            except Stopped:
                code = 0
            except (Refused, ServiceError) as error:
                self.console.say(f"\n✗ {error}")
            except Crashed as crash:
                self.console.say(f"\n✗ {crash.unit.title}が動かないので、すべて止めます。")
            finally:
                self._finish()
        return code

    def _on_signal(self, _number: int) -> None:
        if self.stopping:
            self.console.say("  … 止めています。もう少しお待ちください。")
        else:
            self.stopping = True
            raise Stopped

    # --- starting ----------------------------------------------------------------------------

    def _start(self) -> None:
        started = time.monotonic()
        self.console.say("孤独・孤立対策官民連携プラットフォームを起動します")
        self.claim.take()
        self._wait_for_leftovers()
        self._check_port()
        _rotate(self.layout.logs)
        self._start_services()
        self._remember()
        preparation.migrate(self.console)
        preparation.collect_static(self.console, self.layout.var)
        self._seed()
        share(self.layout)
        self._start_web()
        self._start_helpers()
        welcome.show(self.console, self.address, seconds=time.monotonic() - started)
        self.console.say("  止めるには Ctrl-C を押してください。")

    def _wait_for_leftovers(self) -> None:
        if self.claim.leftovers():
            with self.console.step("前回途中で終わったプロセスの後片付けを待つ"):
                wait_until(lambda: not self.claim.leftovers(), seconds=LEFTOVER_SECONDS)

    def _check_port(self) -> None:
        if not _port_free(self.port):
            other = self.port + 1
            raise Refused(
                f"ポート {self.port} は別のプログラムが使っています。\n"
                "別のポートで起動してください:\n"
                f"    make run PORT={other}    （または manage.py run --port {other}）"
            )

    def _start_services(self) -> None:
        sockets = places.run_folder(self.layout.var, humble_account())
        if "DATABASE_URL" in self.own:
            postgres = Postgres(
                self.layout.var / "postgres", sockets, log=self.layout.logs / "postgres.log"
            )
            with self.console.step("PostgreSQL を起動する"):
                self.supervisor.start(Unit("PostgreSQL", 1, postgres))
            if self.layout.var not in postgres.data_dir.parents:
                self.console.say(f"    データの置き場所: {postgres.data_dir}")
        if "REDIS_URL" in self.own:
            redis = Redis(sockets, log=self.layout.logs / "redis.log")
            with self.console.step("Redis を起動する"):
                self.supervisor.start(Unit("Redis", 2, redis))
        if "EMAIL_URL" in self.own:
            with self.console.step("メールの受け箱を起動する"):
                self.supervisor.start(Unit("メールの受け箱", 3, self._mail()))

    def _mail(self) -> Child:
        port = os.environ["EMAIL_URL"].rpartition(":")[2].rstrip("/")
        module = ("-m", "platform_site.embedded.smtp")
        box = str(self.layout.mailbox)
        return self._python("mail", *module, "--port", port, "--box", box, patience=5)

    def _seed(self) -> None:
        try:
            preparation.seed(self.console)
        except Exception as error:
            self.console.say(f"  ✗ 見本のデータを入れられませんでした: {error}")
            self.console.say("    プラットフォームはこのまま起動します。見本なしでも使えます。")

    def _start_web(self) -> None:
        """Alone, because the others would fight it for the processor until the first page."""
        web = Unit("Web サーバー", 5, self._python("web", *self._gunicorn(), patience=10))
        with self.console.step("Web サーバーを起動する"):
            self.supervisor.start(web)
            self._remember()
            served = wait_while_healthy(
                self.supervisor,
                lambda: 0 < _status(f"{self.address}healthz") < 500,
                seconds=FIRST_PAGE_SECONDS,
            )
        if not served:
            raise ServiceError(f"画面が表示できません。ログ: {self.layout.logs / 'web.log'}")

    def _start_helpers(self) -> None:
        celery = ("-m", "celery", "-A", "platform_site")
        worker = ("worker", "-c", "2", "--loglevel=INFO", "--without-gossip", "--without-mingle")
        beat = ("beat", "--loglevel=INFO", "--pidfile=", "-s", str(self.layout.var / "beat"))
        with self.console.step("ワーカーとスケジューラーを起動する"):
            for title, rank, child in (
                ("ワーカー", 4, self._python("worker", *celery, *worker, patience=30)),
                ("スケジューラー", 5, self._python("beat", *celery, *beat, patience=5)),
            ):
                self.supervisor.start(Unit(title, rank, child))
        self._remember()

    def _gunicorn(self) -> list[str]:
        options = [
            "--worker-class=gthread",
            "--workers=2",
            "--threads=4",
            "--preload",
        ]
        bind = f"--bind={HOST}:{self.port}"
        return ["-m", "gunicorn", bind, *options, "platform_site.wsgi:application"]

    def _python(self, name: str, *arguments: str, patience: float) -> Child:
        return Child(
            name,
            [sys.executable, *arguments],
            self.layout.logs / f"{name}.log",
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            cwd=PROJECT,
            patience=patience,
        )

    def _remember(self) -> None:
        self.claim.write(self.address, self.supervisor.pids())

    # --- running and stopping ----------------------------------------------------------------

    def _watch(self) -> None:
        pids = self.supervisor.pids()
        readiness = self._tell_when_ready()
        while self._parent_lives():
            self.supervisor.check()
            next(readiness, None)
            if pids != self.supervisor.pids():
                pids = self.supervisor.pids()
                self._remember()
            time.sleep(0.3)
        raise Stopped

    def _tell_when_ready(self) -> Iterator[None]:
        """The pages are there before the first round of worker and beat; tell when mail leaves."""
        started = time.monotonic()
        while not _ready(f"{self.address}readyz"):
            pause = time.monotonic() + READY_PAUSE
            while time.monotonic() < pause:
                yield
            if time.monotonic() - started > READY_SECONDS:
                self.console.say(f"  ! 一部がまだ準備中です。様子: {self.address}readyz")
                return
        self.console.say("  ✓ すべて動いています（ワーカーとスケジューラーも動き始めました）")

    def _parent_lives(self) -> bool:
        """`make run` killed with -9 must not leave us behind; started otherwise, we live on."""
        return not os.environ.get("MAKELEVEL") or os.getppid() == self.parent

    def _finish(self) -> None:
        self.stopping = True
        if self.supervisor.units:
            self.console.say("\n止めています…")
            self.supervisor.stop_all()
            self.console.say("すべて止めました。")
        self.claim.release()


def _rotate(logs: Path) -> None:
    """The last run's logs stay readable for one more run."""
    for log in logs.glob("*.log"):
        log.replace(log.with_suffix(".log.1"))
