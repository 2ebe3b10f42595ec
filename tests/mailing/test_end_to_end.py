"""The whole road: a library's mail, the outbox, the command, a foreign mail server."""

import email
from email import policy

import pytest
from django.core import mail
from django.core.management import call_command
from django.db.utils import OperationalError

from mailing.delivery import office
from mailing.models import Envelope, Message
from platform_site.embedded.smtp import Catcher
from tests.factories.mailing import EnvelopeFactory, SenderIdentityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def catcher(settings, tmp_path):
    settings.EMAIL_BACKEND = "mailing.backend.OutboxBackend"
    server = Catcher(tmp_path / "box")
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
    settings.MAIL_CONNECTIONS = 2
    yield server
    server.stop()


def kept(catcher) -> list[email.message.EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(catcher.box.glob("*.eml"))
    ]


def test_a_mail_of_the_login_library_arrives_through_the_outbox(catcher, capsys):
    mail.send_mail("パスワードの再設定", "リンク: https://pf.example/x\n", None, ["a@b.jp"])
    assert kept(catcher) == []
    call_command("send_due_mail")
    assert capsys.readouterr().out == "sent: 1\n"
    (letter,) = kept(catcher)
    assert (letter["Subject"], letter["To"]) == ("パスワードの再設定", "a@b.jp")
    assert letter["Auto-Submitted"] == "auto-generated"
    body = letter.get_body(("plain",)).get_content()
    assert body.replace("\r\n", "\n") == "リンク: https://pf.example/x\n"
    assert Envelope.objects.get().status == "sent"


def test_with_nothing_to_send_the_command_says_so(catcher, capsys):
    call_command("send_due_mail")
    assert capsys.readouterr().out == "配信するメールはありません。\n"


def test_a_server_without_pipelining_gets_many_letters(catcher):
    message = EnvelopeFactory().message
    EnvelopeFactory.create_batch(30, message=message)
    call_command("send_due_mail", verbosity=0)
    assert len({letter["Message-ID"] for letter in kept(catcher)}) == 31


def test_records_name_themselves():
    envelope = EnvelopeFactory()
    assert str(envelope) == f"{envelope.message_id}/{envelope.pk}"
    assert str(Message.objects.get()) == "総会のご案内"
    assert str(SenderIdentityFactory(name="事務局", email="j@pf.example")) == (
        "事務局 <j@pf.example>"
    )


def test_a_lock_on_a_lost_connection_needs_no_unlocking(monkeypatch):
    closed = []

    class Gone:
        def cursor(self):
            raise OperationalError

        def close(self):
            closed.append(1)

    monkeypatch.setattr(office, "connection", Gone())
    office._give_up(0)
    assert closed == [1]
