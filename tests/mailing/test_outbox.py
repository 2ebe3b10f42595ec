from datetime import UTC, datetime

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction

from mailing.choices import MessageKind
from mailing.errors import MailError
from mailing.models import Address, Envelope, Message, SenderIdentity
from mailing.outbox import Letter, Recipient, address_to, post, post_each
from mailing.wake import wake_worker
from tests.factories.mailing import AddressFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 6, 15, 1, 0, tzinfo=UTC)


def letter(*recipients: Recipient, **changes) -> Message:
    fields = {
        "kind": MessageKind.NOTICE,
        "subject": "総会のご案内",
        "text": "本文です。",
        "at": NOW,
    }
    return post(recipients=recipients, **(fields | changes))


def test_each_mailbox_gets_one_envelope_whatever_its_spelling():
    message = letter(
        Recipient("ABC@Example.jp"), Recipient("ａｂｃ＠example.jp"), Recipient("d@e.jp")
    )
    assert sorted(message.envelopes.values_list("address__email", flat=True)) == [
        "abc@example.jp", "d@e.jp",
    ]  # fmt: skip


def test_a_known_mailbox_is_not_made_again():
    known = AddressFactory(email="a@b.jp")
    message = letter(Recipient("A@b.jp"))
    assert message.envelopes.get().address == known


def test_an_address_row_may_be_given_instead_of_its_text():
    known = AddressFactory()
    assert letter(Recipient(address=known, name="山田")).envelopes.get().recipient_name == "山田"


def test_addressing_the_same_letter_again_adds_only_who_is_new():
    message = letter(Recipient("a@b.jp"))
    again = address_to(
        message=message, recipients=[Recipient("a@b.jp"), Recipient("c@d.jp")], at=NOW
    )
    assert again == 1
    assert message.envelopes.count() == 2


def test_a_thousand_recipients_cost_a_handful_of_statements(django_assert_max_num_queries):
    many = [Recipient(f"r{n}@many.example", name=f"名{n}") for n in range(1000)]
    with django_assert_max_num_queries(14):
        assert letter(*many).envelopes.count() == 1000


def test_a_wrong_address_refuses_the_whole_letter():
    with pytest.raises(MailError):
        letter(Recipient("good@example.jp"), Recipient("no address"))
    assert not Message.objects.exists()
    assert not Envelope.objects.exists()


@pytest.mark.parametrize("subject", ["A\r\nBcc: evil@example.jp", "A\nB", "A\rB"])
def test_a_line_break_in_the_subject_is_refused(subject):
    with pytest.raises(MailError):
        letter(Recipient("a@b.jp"), subject=subject)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("山田\r\nBcc: evil@example.jp", "山田 Bcc: evil@example.jp"),
        ("山田\u202e太郎", "山田太郎"),
        ("\0山田\x07", "山田"),
    ],
)
def test_names_lose_what_could_break_a_header(name, kept):
    assert letter(Recipient("a@b.jp", name=name)).envelopes.get().recipient_name == kept


@pytest.mark.parametrize("subject", ["", "  ", "\u202e"])
def test_an_empty_subject_is_refused(subject):
    with pytest.raises(MailError):
        letter(Recipient("a@b.jp"), subject=subject)


def test_an_empty_text_is_refused():
    with pytest.raises(MailError):
        letter(Recipient("a@b.jp"), text=" \n")


def test_a_subject_longer_than_its_column_is_refused_in_words():
    with pytest.raises(MailError):
        letter(Recipient("a@b.jp"), subject="あ" * 201)


def test_nul_and_foreign_line_breaks_leave_the_text():
    message = letter(Recipient("a@b.jp"), text="一\r\n二\r三\0四")
    assert message.text == "一\n二\n三四"


def test_only_known_headers_may_be_set():
    assert letter(Recipient("a@b.jp"), headers={"X-Issue": "3"}).headers == {"X-Issue": "3"}
    with pytest.raises(MailError):
        letter(Recipient("a@b.jp"), headers={"Bcc": "evil@example.jp"})
    with pytest.raises(MailError):
        letter(Recipient("a@b.jp"), headers={"X-Issue": "3\r\nBcc: evil@example.jp"})


def test_the_sender_is_who_the_secretariat_is_that_day():
    SenderIdentity.objects.create(
        name="旧事務局", email="old@pf.example", valid_from="2021-01-01", valid_until="2022-06-15"
    )
    SenderIdentity.objects.create(
        name="事務局", email="new@pf.example", reply_to="reply@pf.example", valid_from="2022-06-15"
    )
    message = letter(Recipient("a@b.jp"))
    assert (message.sender_name, message.sender_email, message.reply_to) == (
        "事務局", "new@pf.example", "reply@pf.example",
    )  # fmt: skip


def test_the_worker_is_woken_only_after_commit(monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr("mailing.outbox.wake_worker", lambda: woken.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        letter(Recipient("a@b.jp"))
        assert woken == []
    assert woken == [1]


def test_a_dead_broker_fails_nothing_and_takes_no_time(settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    assert wake_worker() is False


def test_a_living_broker_is_told():
    assert wake_worker() is True


def test_a_rolled_back_caller_leaves_no_letter():
    with transaction.atomic():
        letter(Recipient("a@b.jp"))
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not Address.objects.exists()


class TestDjangosMailDoor:
    def connection(self, **options):
        return get_connection("mailing.backend.OutboxBackend", **options)

    def test_a_library_mail_becomes_a_system_letter(self):
        mail = EmailMultiAlternatives(
            "パスワード再設定", "本文", "other@elsewhere.example", ["山田 <A@b.jp>"],
            reply_to=["返信 <r@pf.example>"], connection=self.connection(),
        )  # fmt: skip
        mail.attach_alternative("{}", "application/json")
        mail.attach_alternative("<p>本文</p>", "text/html")
        assert mail.send() == 1
        message = Message.objects.get()
        assert (message.kind, message.html) == (MessageKind.SYSTEM, "<p>本文</p>")
        assert (message.sender_email, message.reply_to) == (
            "jimukyoku@platform.example", "r@pf.example",
        )  # fmt: skip
        envelope = message.envelopes.get()
        assert (envelope.address.email, envelope.recipient_name) == ("a@b.jp", "山田")

    def test_copies_go_out_as_envelopes_of_their_own(self):
        mail = EmailMessage("件名", "本文", to=["a@b.jp"], cc=["c@b.jp"], bcc=["d@b.jp"],
                            connection=self.connection())  # fmt: skip
        mail.send()
        assert Envelope.objects.count() == 3

    def test_a_mail_without_recipients_is_no_mail(self):
        assert self.connection().send_messages([EmailMessage("件名", "本文")]) == 0

    def test_attachments_are_refused(self):
        mail = EmailMessage("件名", "本文", to=["a@b.jp"], connection=self.connection())
        mail.attach("a.txt", "x", "text/plain")
        with pytest.raises(MailError):
            mail.send()

    def test_a_refusal_can_be_silent(self):
        mail = EmailMessage("件名\nBcc: x", "本文", to=["a@b.jp"],
                            connection=self.connection(fail_silently=True))  # fmt: skip
        assert mail.send() == 0


def test_many_letters_each_say_their_own_in_a_handful_of_statements(django_assert_max_num_queries):
    one_box = AddressFactory()
    letters = [
        Letter(
            subject=f"お願い{n}",
            text=f"本文{n}",
            recipients=(Recipient(address=one_box), Recipient(f"r{n}@many.example")),
            reference=f"thing:{n}",
        )
        for n in range(200)
    ]
    with django_assert_max_num_queries(12):
        messages = post_each(kind=MessageKind.NOTICE, letters=letters, at=NOW)
    assert [message.reference for message in messages] == [f"thing:{n}" for n in range(200)]
    assert Envelope.objects.filter(address=one_box).count() == 200
    assert messages[7].envelopes.get(address__email="r7@many.example").message.text == "本文7"


def test_one_wrong_letter_among_many_refuses_them_all():
    right = Letter(subject="お願い", text="本文", recipients=(Recipient("a@b.jp"),))
    wrong = Letter(subject="お願い", text=" ", recipients=(Recipient("c@d.jp"),))
    with pytest.raises(MailError):
        post_each(kind=MessageKind.NOTICE, letters=[right, wrong], at=NOW)
    assert not Message.objects.exists()
