"""Nobody listens where the mail server should be: mails wait, staff are told, nothing doubles."""

from collections import Counter
from datetime import timedelta
from email import message_from_bytes

from django.utils.translation import gettext as _

from platform_site.embedded.smtp import Catcher

DUE_NOW = "UPDATE mailing_envelope SET due_at = clock_timestamp() WHERE status = 'deferred'"
ONE_DUE_NOW = """
    UPDATE mailing_envelope SET due_at = clock_timestamp()
    WHERE id = (SELECT min(id) FROM mailing_envelope WHERE status = 'deferred')
"""
WAITING = "e.status, e.attempts, e.due_at - e.last_tried_at, e.phase"


def test_mails_wait_longer_and_longer_and_leave_once_when_it_is_back(platform, worker, tmp_path):
    """Negative controls: with the delay taken out of `_DEFER_ALL` the waits do not grow; with
    `release_unreachable` taken out the others stay where they are when it is back."""
    mailboxes, answer = platform.post_mails("refused", 10)
    assert answer.status == 302

    waits = []
    for attempt in (1, 2, 3):
        platform.wait(
            lambda tried=attempt: (
                set(platform.envelopes(mailboxes, "e.status, e.attempts")) == {("deferred", tried)}
            ),
            f"attempt {attempt} is over",
        )
        rows = platform.envelopes(mailboxes, WAITING)
        assert {phase for *_rest, phase in rows} == {"connect"}
        waits.append([wait for _status, _attempts, wait, _phase in rows])
        if attempt < 3:
            platform.rows(DUE_NOW)
            platform.tick()

    assert min(waits[0]) > timedelta(seconds=40)
    assert max(waits[0]) < min(waits[1])
    assert max(waits[1]) < min(waits[2])
    today = platform.staff().get("/admin/")
    assert today.status == 200
    assert _("The mail server cannot be reached.") in today.text

    box = Catcher(tmp_path / "mail", port=platform.smtp_port)
    box.start()
    try:
        platform.rows(ONE_DUE_NOW)
        platform.tick()
        platform.wait(lambda: platform.all_sent(mailboxes), "one due mail calls all others")
    finally:
        box.stop()
    mails = [message_from_bytes(path.read_bytes()) for path in box.messages()]
    arrived = Counter(str(mail["Delivered-To"]) for mail in mails)
    assert arrived == dict.fromkeys(mailboxes, 1)
    assert _("The mail server cannot be reached.") not in platform.staff().get("/admin/").text
