"""The page of mails that the local mail server kept."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from platform_site.embedded.smtp import Catcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def catcher(tmp_path: Path, settings: Settings) -> Iterator[Catcher]:
    settings.MAILBOX_DIR = str(tmp_path / "box")
    settings.LOCAL = True
    catcher = Catcher(tmp_path / "box")
    catcher.start()
    yield catcher
    catcher.stop()


def send(catcher: Catcher, *to: str, subject: str = "第1号", html: str = "") -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "事務局 <jimukyoku@platform.example>"
    message["To"] = "会員各位 <members@platform.example>"
    message.set_content("本文です。𠮷野家と髙島屋。\n")
    if html:
        message.add_alternative(html, subtype="html")
    with smtplib.SMTP("127.0.0.1", catcher.port) as smtp:
        smtp.send_message(message, from_addr="bounce@platform.example", to_addrs=list(to))


def detail_address(catcher: Catcher, position: int = -1) -> str:
    return f"/dev/mails/{catcher.messages()[position].stem}/"


def test_a_mail_is_kept_once_with_its_envelope(catcher: Catcher) -> None:
    send(catcher, "a@member.example", "b@member.example")
    (path,) = catcher.messages()
    content = path.read_bytes()
    assert content.startswith(b"Return-Path: <bounce@platform.example>\r\n")
    assert b"Delivered-To: a@member.example\r\nDelivered-To: b@member.example\r\n" in content
    assert not list(catcher.box.glob("*.part"))


def test_the_newest_mail_stands_first(catcher: Catcher, client: Client) -> None:
    send(catcher, "a@member.example", subject="古い便り")
    send(catcher, "a@member.example", subject="新しい便り")
    page = client.get("/dev/mails/").content.decode()
    assert 0 < page.index("新しい便り") < page.index("古い便り")


def test_a_mailbox_finds_its_own_mails_only(catcher: Catcher, client: Client) -> None:
    send(catcher, "akita@member.example", subject="秋田さん宛て")
    send(catcher, "iwate@member.example", subject="岩手さん宛て")
    page = client.get("/dev/mails/", {"to": "AKITA@"}).content.decode()
    assert "秋田さん宛て" in page
    assert "岩手さん宛て" not in page


def test_the_list_has_pages(catcher: Catcher, client: Client) -> None:
    for number in range(51):
        name = f"{number:020d}-00000000.eml"
        (catcher.box / name).write_text(f"Delivered-To: a@x.example\nSubject: {number} 通目\n\n")
    assert "0 通目" in client.get("/dev/mails/?page=2").content.decode()
    assert ">0 通目" not in client.get("/dev/mails/").content.decode()


def test_text_html_and_source_can_be_read(catcher: Catcher, client: Client) -> None:
    send(catcher, "a@member.example", html="<p>HTML の本文</p>")
    address = detail_address(catcher)
    assert "𠮷野家と髙島屋。" in client.get(address).content.decode()
    assert "<p>HTML の本文</p>" in client.get(f"{address}html/").content.decode()
    source = client.get(f"{address}source/")
    assert source["Content-Type"].startswith("text/plain")
    assert "Delivered-To: a@member.example" in source.content.decode()


def test_html_of_a_mail_can_neither_run_nor_fetch(catcher: Catcher, client: Client) -> None:
    send(catcher, "a@member.example", html="<script>alert(1)</script>")
    answer = client.get(f"{detail_address(catcher)}html/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_mail_without_html_has_no_html_page(catcher: Catcher, client: Client) -> None:
    send(catcher, "a@member.example")
    address = detail_address(catcher)
    assert "<iframe" not in client.get(address).content.decode()
    assert client.get(f"{address}html/").status_code == 404


def test_markup_in_a_subject_is_shown_as_text(catcher: Catcher, client: Client) -> None:
    send(catcher, "a@member.example", subject="<b>太字</b>")
    assert "&lt;b&gt;太字" in client.get("/dev/mails/").content.decode()


def test_a_broken_mail_is_shown_all_the_same(catcher: Catcher, client: Client) -> None:
    (catcher.box / f"{1:020d}-00000000.eml").write_bytes(
        b"Subject: =?utf-8?b?44?=\nContent-Type: text/plain; charset=nonsense\n\n\xff\xfe"
    )
    assert client.get("/dev/mails/").status_code == 200
    assert client.get(detail_address(catcher)).status_code == 200


@pytest.mark.parametrize("key", ["..", "0", "secret-key", f"{1:020d}-zzzzzzzz"])
def test_only_kept_mails_can_be_opened(catcher: Catcher, client: Client, key: str) -> None:
    (catcher.box / "secret-key.eml").write_text("Subject: nothing for you\n\n")
    assert client.get(f"/dev/mails/{key}/").status_code == 404


@pytest.mark.parametrize("path", ["", f"{1:020d}-00000000/"])
def test_outside_local_mode_there_is_no_such_page(
    catcher: Catcher, client: Client, settings: Settings, path: str
) -> None:
    (catcher.box / f"{1:020d}-00000000.eml").write_text("Subject: x\n\n")
    assert client.get(f"/dev/mails/{path}").status_code == 200
    settings.LOCAL = False
    assert client.get(f"/dev/mails/{path}").status_code == 404
