"""The main job end to end: the list in, an issue by two people, each mail once, one reader gone."""

import email
import email.policy
import urllib.request
from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.choices import Role
from accounts.models import User
from mailing.choices import ConsentAction, EnvelopeStatus
from mailing.models import Consent, Envelope
from newsletter.choices import IssueStatus
from newsletter.models import Issue
from platform_site.embedded.smtp import Catcher
from platform_site.tasks import tick
from tests.factories.accounts import PASSWORD, make_staff, totp_code
from tests.journeys.worker import celery_worker, wait_for

ROSTER = Path(settings.BASE_DIR) / "platform_site" / "demo" / "roster-2022-06-15.xlsx"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def box(tmp_path):
    catcher = Catcher(tmp_path / "mail")
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture
def site(live_server, box, tmp_path, settings):
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    log = tmp_path / "worker.log"
    with celery_worker(site_url=live_server.url, smtp_port=box.port, log=log):
        yield live_server.url


def _log_in(browser: Browser, site: str, user: User) -> Page:
    """Password and one-time code, as a person types them."""
    page = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo").new_page()
    page.goto(f"{site}/admin/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.locator("input[name=code]").fill(totp_code())
    page.locator("input[name=code]").press("Enter")
    page.wait_for_url(f"{site}/admin/")
    return page


def _import_the_list(page: Page, site: str) -> None:
    page.goto(f"{site}/admin/members/organization/import/")
    page.set_input_files("input[type=file]", ROSTER)
    page.locator("main button[type=submit].primary, .submit-row button.primary").click()
    confirm = page.locator("button[formaction$='/confirm/']")
    expect(confirm).to_be_visible(timeout=60_000)
    confirm.click()
    expect(page.get_by_text("名簿を書き込みました。")).to_be_visible(timeout=60_000)


def _write_an_issue(page: Page, site: str) -> Issue:
    page.goto(f"{site}/admin/newsletter/issue/add/")
    page.fill("#id_title", "夏のお知らせ")
    page.fill("#id_send_at", timezone.localtime().strftime("%Y-%m-%dT%H:%M"))
    page.locator("#items-group .add-row a, #items-group .add-row button").first.click()
    page.fill("#id_items-0-title", "報告書を公開しました")
    page.fill("#id_items-0-body", "3月30日のワークショップの報告書を公開しました。")
    page.locator("button[name=_continue]").click()
    page.wait_for_url("**/change/")
    page.locator("button[name=_step]").click()
    page.wait_for_url("**/proof/")
    return Issue.objects.get()


def _approve(page: Page, site: str, issue: Issue) -> None:
    page.goto(f"{site}/admin/newsletter/issue/{issue.pk}/proof/")
    expect(page.locator("pre.mail-text")).to_contain_text("報告書を公開しました")
    page.check("#id_read")
    page.locator("button[value=approve]").click()
    page.wait_for_load_state()


def _mails(box: Catcher) -> list[EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted(box.box.glob("*.eml"))
    ]


def _one_click(mail: EmailMessage) -> str:
    """RFC 8058: what a mail program does when its reader presses “unsubscribe”."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = mail["List-Unsubscribe"].strip("<>")
    request = urllib.request.Request(url, data=b"List-Unsubscribe=One-Click")  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- own live server
        assert answer.status == 200
    return str(mail["To"])


def test_the_list_goes_in_and_the_magazine_goes_out(browser, site, box):
    author = make_staff(Role.OFFICER, email="author@example.jp")
    approver = make_staff(Role.ADMINISTRATOR, email="approver@example.jp")

    desk = _log_in(browser, site, author)
    _import_the_list(desk, site)
    issue = _write_an_issue(desk, site)
    expect(desk.locator("button[value=approve]")).to_have_count(0)

    _approve(_log_in(browser, site, approver), site, issue)
    tick.delay()
    sent = EnvelopeStatus.SENT
    wait_for(
        lambda: Envelope.objects.exists() and not Envelope.objects.exclude(status=sent).exists(),
        what="every envelope is sent",
    )
    tick.delay()
    wait_for(
        lambda: Issue.objects.get().status == IssueStatus.SENT, what="the issue is marked as sent"
    )

    mails = _mails(box)
    per_mailbox = Counter(str(mail["To"]) for mail in mails)
    assert len(mails) == len(per_mailbox) == 257
    assert set(per_mailbox.values()) == {1}
    assert {mail["Subject"] for mail in mails} == {mails[0]["Subject"]}

    refused = _one_click(mails[0])
    newest = Consent.objects.filter(address__email=refused).order_by("-pk").first()
    assert newest.action == ConsentAction.WITHDRAWN

    public = browser.new_context(locale="ja-JP").new_page()
    public.goto(f"{site}/members/?as_of=2022-06-15")
    expect(public.locator("main")).to_contain_text("257")
    public.goto(f"{site}/newsletter/1/")
    expect(public.locator("h1")).to_have_text("夏のお知らせ")
    desk.goto(f"{site}/admin/newsletter/issue/{issue.pk}/progress/")
    expect(desk.locator("#progress")).to_contain_text("257")
