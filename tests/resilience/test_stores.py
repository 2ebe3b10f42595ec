"""Redis or PostgreSQL gone: said plainly, nothing lost, work goes on by itself when it is back."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes

import pytest

from bench.sink import Sink
from platform_site.embedded.smtp import Catcher

PATIENCE_OF_A_PERSON = 5.0
PATIENCE_WITHOUT_DATABASE = 6.0
PUBLIC = ("/", "/members/", "/newsletter/", "/accounts/login/")
EVERYWHERE = (*PUBLIC, "/my/", "/admin/", "/admin/newsletter/issue/", "/accounts/password/reset/")
INSIDES = ("Traceback", "OperationalError", "psycopg", "SELECT ", "kodoku-test-", ".sock")


def copies(box: Catcher) -> Counter[str]:
    """Mailbox → how many mails the mail server took for it."""
    mails = [message_from_bytes(path.read_bytes()) for path in box.messages()]
    return Counter(str(mail["Delivered-To"]) for mail in mails)


@pytest.fixture
def without_redis(platform):
    """Nothing answers at the broker's place; afterwards it is there again, and empty."""
    platform.redis.stop()
    yield
    platform.redis.start()


@pytest.fixture
def without_postgres(platform):
    platform.postgres.stop()
    yield
    platform.postgres.start()


def test_without_redis_pages_and_login_work_and_readiness_names_it(platform, without_redis):
    """Negative control: with the cache in Redis the login page answers 500."""
    assert {path: platform.answers(path) for path in PUBLIC} == dict.fromkeys(PUBLIC, 200)

    known = platform.known
    login = {"login": known["contact"], "password": known["password"]}
    entered = platform.visitor().post("/accounts/login/", **login)
    assert (entered.status, entered.headers["Location"]) == (302, "/my/")
    refused = platform.visitor().post("/accounts/login/", **login | {"password": "wrong" * 3})
    assert refused.status == 200

    ready = platform.visitor().get("/readyz")
    assert (ready.status, ready.json()["checks"]["redis"]) == (503, "ng")
    assert ready.json()["checks"]["database"] == "ok"
    assert platform.answers("/healthz") == 200


def test_what_is_posted_without_redis_leaves_once_when_it_is_back(platform, worker, box):
    """The worker loses its broker too, and finds it again without help.

    Negative control: without the sign of life in `mailing.wake` the answer takes over six seconds;
    with the waking taken out of `mailing.sweeper.sweep` nothing is ever delivered.
    """
    platform.redis.stop()
    mailboxes, answer = platform.post_mails("redis", 20)
    platform.redis.start()

    assert answer.status == 302
    assert answer.seconds < PATIENCE_OF_A_PERSON
    assert set(platform.envelopes(mailboxes)) == {("queued",)}

    platform.tick()
    platform.wait(lambda: platform.all_sent(mailboxes), "the sweeper delivers what was forgotten")
    assert copies(box) == dict.fromkeys(mailboxes, 1)


def test_without_postgres_every_page_is_an_honest_pause(platform, without_postgres):
    """Negative control: with `handler500` taken out of the urls this is Django's page 500."""
    for visitor, paths in ((platform.visitor(), PUBLIC), (platform.staff(), EVERYWHERE)):
        for path in paths:
            answer = visitor.get(path)
            assert (path, answer.status) == (path, 503)
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Cache-Control"] in {"no-store", "private, no-store"}
            assert "ただいま休止しています" in answer.text
            assert [word for word in INSIDES if word in answer.text] == []
            assert answer.seconds < PATIENCE_WITHOUT_DATABASE


def test_without_postgres_what_is_sent_in_is_not_taken_for_done(platform, without_postgres):
    known = platform.known
    login = {"login": known["contact"], "password": known["password"]}
    assert platform.visitor().post("/accounts/login/", **login).status == 503
    _mailboxes, answer = platform.post_mails("nowhere", 1)
    assert answer.status == 503


def test_without_postgres_readiness_names_it_and_the_process_lives(platform, without_postgres):
    ready = platform.visitor().get("/readyz")
    assert (ready.status, ready.json()["status"]) == (503, "down")
    assert ready.json()["checks"]["database"] == "ng"
    assert ready.json()["checks"]["redis"] == "ok"
    assert ready.seconds < PATIENCE_WITHOUT_DATABASE
    assert platform.answers("/healthz") == 200


def test_pages_and_worker_find_postgres_again_by_themselves(platform, worker, box):
    """Every thread of the same web server, and the same worker, without a first try that fails."""
    before = platform.post_mails("before", 1)[0]
    platform.wait(lambda: platform.all_sent(before), "the worker has used the database")
    assert all_at_once(platform, "/members/") == {200}
    platform.postgres.stop()
    platform.tick()
    time.sleep(0.5)  # for the worker to try and fail
    platform.postgres.start()

    assert all_at_once(platform, "/members/") == {200}
    assert platform.staff().get("/admin/").status == 200  # the login outlives the pause
    mailboxes, answer = platform.post_mails("after", 3)
    assert answer.status == 302
    platform.tick()
    platform.wait(lambda: platform.all_sent(mailboxes), "the same worker delivers again")
    assert copies(box) == dict.fromkeys(before + mailboxes, 1)


def all_at_once(platform, path: str) -> set[int]:
    """More visitors than the web server has threads."""
    with ThreadPoolExecutor(8) as visitors:
        return set(visitors.map(platform.answers, [path] * 24))


def test_postgres_crashing_in_the_middle_of_a_delivery_doubles_and_loses_nothing(platform, worker):
    """`restart -m immediate` while four lines are at work. What is uncertain is for a person.

    The leases of whatever stays behind are ended by hand, so that the test need not wait a minute.
    That a row after its dot is never taken for unsent is seen red by `bench/mail_kill.py --break
    dot`, which kills the worker; here the worker lives and its ledger guards the row as well.
    """
    with Sink(port=platform.smtp_port, delay=0.1, keep=True) as sink:
        mailboxes, answer = platform.post_mails("crash", 100)
        assert answer.status == 302
        platform.wait(lambda: sink.count >= 20, "the delivery is under way")
        platform.crash_postgres()
        assert sink.count < len(mailboxes), "the crash came too late to prove anything"
        platform.rows(
            "UPDATE mailing_envelope SET lease_until = clock_timestamp()"
            " WHERE status = 'in_flight' AND lease_until > clock_timestamp()"
        )

        def settled() -> bool:
            platform.tick()
            time.sleep(0.9)
            states = {status for (status,) in platform.envelopes(mailboxes)}
            return states <= {"sent", "uncertain"}

        platform.wait(settled, "no envelope is stuck")
        states = dict(platform.envelopes(mailboxes, "a.email, e.status"))
        arrived = Counter(entry["to"] for entry in sink.accepted)

    assert len(states) == len(mailboxes)
    assert {mailbox: number for mailbox, number in arrived.items() if number > 1} == {}
    lost = {mailbox for mailbox, status in states.items() if status == "sent"} - arrived.keys()
    assert lost == set()
    uncertain = [mailbox for mailbox, status in states.items() if status == "uncertain"]
    assert len(uncertain) <= 4
