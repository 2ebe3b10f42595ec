"""Everything started twice, and with clocks that are hours apart: each thing happens once."""

import re
from collections import Counter
from email import message_from_bytes

from bench.sink import Sink

WORKED = re.compile(r"Sending due task tick|tasks\.tick\[[^]]*\] succeeded")
ACTS = """
    SELECT verb, count(*) FROM core_act
    WHERE id > %s AND verb LIKE 'newsletter.issue.%%' AND verb <> 'newsletter.issue.tested'
    GROUP BY verb
"""


def test_two_beats_and_three_workers_with_clocks_six_hours_apart_do_each_thing_once(
    platform, worker
):
    """A tick every second from two beats, one an hour ahead; workers ahead, behind and right.

    Negative controls: with the claim taking envelopes in flight too, and the ledger not asking for
    their holder, envelopes never come to rest; without the compare-and-set of
    `newsletter.services._advance` its acts are doubled; with `expires` of a minute
    the worker ahead throws its ticks away.
    """
    (last,) = platform.rows("SELECT COALESCE(max(id), 0) FROM core_act")[0]
    doubles = [platform.worker(clock=clock) for clock in ("+3", "-3")]
    doubles += [platform.beat(), platform.beat(clock="+1")]
    try:
        platform.rows(
            "UPDATE newsletter_issue SET status = 'scheduled', sent_at = NULL WHERE id = %s",
            platform.known["scheduled"],
        )
        platform.wait(lambda: _worked(platform, doubles), "every process has done some work", 90)
        with Sink(port=platform.smtp_port, delay=0.1, keep=True) as sink:
            posted = [platform.post_mails(name, 100) for name in ("first", "second")]
            mailboxes = [mailbox for names, _answer in posted for mailbox in names]
            platform.wait(lambda: platform.all_sent(mailboxes), "all mails are sent")
            arrived = Counter(entry["to"] for entry in sink.accepted)
        platform.wait(lambda: _issue_is_sent(platform), "the issue has come to its end")
    finally:
        platform.end(*doubles)

    assert arrived == dict.fromkeys(mailboxes, 1)
    holders = set(platform.envelopes(mailboxes, "split_part(e.lease_holder, ':', 2)"))
    assert len(holders) > 1, "one process alone proves nothing"
    acts = dict(platform.rows(ACTS, last))
    assert acts.pop("newsletter.issue.prepared", 1) == 1  # only from Wednesday to Friday
    assert acts == {"newsletter.issue.sending": 1, "newsletter.issue.sent": 1}


def _worked(platform, doubles) -> bool:
    platform.tick()  # two beats and two workers can fall into step, and the third gets nothing
    return all(WORKED.search(child.log.read_text(errors="replace")) for child in doubles)


def _issue_is_sent(platform) -> bool:
    question = "SELECT status FROM newsletter_issue WHERE id = %s"
    return platform.rows(question, platform.known["scheduled"]) == [("sent",)]


def test_leases_and_heartbeats_follow_the_clock_of_the_database(platform, worker, box):
    """One worker alone, three hours ahead: it works, and nothing it writes lies in the future.

    Negative controls: with the worker's own clock in `tick` the heartbeat is three hours ahead,
    and would hide a dead worker for as long; with `expires` of a minute it does nothing at all.
    """
    worker.ask_to_stop()
    worker.wait()
    ahead = platform.worker(clock="+3")
    try:
        mailboxes, answer = platform.post_mails("ahead", 10)
        assert answer.status == 302
        platform.wait(lambda: platform.all_sent(mailboxes), "the worker that is ahead delivers")
        (before,) = platform.rows("SELECT max(at) FROM core_heartbeat")[0]
        platform.tick()
        platform.wait(
            lambda: platform.rows("SELECT min(at) FROM core_heartbeat")[0][0] > before,
            "the worker that is ahead does its round",
        )
        future = platform.rows(
            "SELECT name FROM core_heartbeat WHERE at > clock_timestamp() + interval '1 minute'"
            " UNION ALL SELECT status FROM mailing_envelope"
            " WHERE greatest(last_tried_at, finished_at) > clock_timestamp() + interval '1 minute'"
        )
        assert future == []
    finally:
        platform.end(ahead)
        worker.start()
    mails = [message_from_bytes(path.read_bytes()) for path in box.messages()]
    assert Counter(str(mail["Delivered-To"]) for mail in mails) == dict.fromkeys(mailboxes, 1)
