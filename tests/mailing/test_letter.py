"""The bytes of a mail, held against Django's own build of the same mail."""

import email
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from django.core.mail import EmailMultiAlternatives

from mailing.choices import MessageKind
from mailing.delivery.letter import Letter, Reader, encoded_words, message_id
from mailing.markers import marker
from mailing.models import Message
from mailing.unsubscribe import token_for
from tests.factories.mailing import MessageFactory

AT = datetime(2022, 6, 15, 1, 0, tzinfo=UTC)
LONG = "特定非営利活動法人孤独・孤立対策官民連携を進める市民の会東京都支部 髙﨑 𠮷子 葛󠄀城"


def message(**fields) -> Message:
    return MessageFactory.build(**fields)


def sent(
    letter_message: Message, *, eight_bit: bool = True, **reader
) -> tuple[bytes, EmailMessage]:
    """The bytes as the mail server sees them after it has taken the doubled dots away."""
    fields = {"address_id": 7, "email": "a@b.jp", "name": "山田 花子"} | reader
    data = Letter(letter_message, at=AT).render(Reader(**fields), eight_bit=eight_bit)
    plain = data.replace(b"\r\n..", b"\r\n.")
    return plain, email.message_from_bytes(plain, policy=policy.default)


def part(parsed: EmailMessage, kind: str) -> str:
    body = parsed.get_body((kind,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


def shown_name(plain: bytes) -> str:
    """By the older parser: the newer one of Python 3.11 leaves blanks between encoded words."""
    raw = parseaddr(email.message_from_bytes(plain)["To"])[0]
    return str(make_header(decode_header(raw)))


@pytest.mark.parametrize("name", ["", "John Smith", 'O"Brien, Jr.', "山田 花子", LONG])
@pytest.mark.parametrize("html", ["", "<p>本文です。</p>\n"])
def test_it_reads_like_django_s_own_build(name, html):
    text = "一行目。\n.点で始まる行\n..二つ\n\n終わり。\n"
    ours_is = message(text=text, html=html, subject=LONG, reply_to="r@pf.example")
    plain, ours = sent(ours_is, name=name)
    theirs = EmailMultiAlternatives(
        LONG, text, "事務局 <jimukyoku@platform.example>", reply_to=["r@pf.example"]
    )
    if html:
        theirs.attach_alternative(html, "text/html")
    expected = email.message_from_bytes(theirs.message().as_bytes(), policy=policy.default)
    assert ours["Subject"] == expected["Subject"].strip() == LONG
    assert ours["From"].addresses == expected["From"].addresses
    assert ours["Reply-To"].addresses == expected["Reply-To"].addresses
    assert ours["To"].addresses[0].addr_spec == "a@b.jp"
    assert shown_name(plain) == name
    assert ours.get_content_type() == expected.get_content_type()
    assert part(ours, "plain") == part(expected, "plain")
    if html:
        assert part(ours, "html").rstrip() == part(expected, "html").rstrip()
    assert ours.defects == []


def test_markers_are_filled_and_escaped_for_where_they_stand():
    say = f"{marker('name')} 様 {marker('club')} {marker('unknown')}\n"
    parsed = sent(
        message(text=say, html=f"<p>{say}</p>"), name="<b>&山田", merge={"club": '"A" & <i>B'}
    )[1]
    assert part(parsed, "plain") == '<b>&山田 様 "A" & <i>B ⟦unknown⟧\n'
    assert "<p>&lt;b&gt;&amp;山田 様 &quot;A&quot; &amp; &lt;i&gt;B ⟦unknown⟧" in part(
        parsed, "html"
    )


def test_a_value_that_looks_like_a_marker_is_not_filled_again():
    parsed = sent(message(text="⟦name⟧⟦club⟧\n"), name="⟦club⟧", merge={"club": "X"})[1]
    assert part(parsed, "plain") == "⟦club⟧X\n"


def test_a_value_cannot_end_the_mail_with_a_dot():
    data = Letter(message(text="⟦name⟧\n"), at=AT).render(Reader(7, "a@b.jp", "."))
    assert b"\r\n..\r\n" in data
    assert b"\r\n.\r\n" not in data


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "あ" * 2000 + "\n"},
        {"text": "⟦name⟧\n", "html": "<p>" + "あ" * 2000 + "</p>"},
        {"text": "⟦name⟧" * 40 + "\n"},
    ],
)
def test_no_line_is_longer_than_mail_allows(fields):
    plain, parsed = sent(message(**fields), name="名" * 100)
    assert max(len(line) for line in plain.split(b"\r\n")) <= 998
    expected = fields["text"].replace("⟦name⟧", "名" * 100)
    assert part(parsed, "plain") == expected


def test_a_server_without_eight_bits_gets_seven():
    plain, parsed = sent(message(text="本文\n", html="<p>本文</p>"), eight_bit=False)
    assert plain.isascii()
    assert part(parsed, "plain") == "本文\n"


def test_the_number_of_a_mail_is_the_same_for_every_attempt():
    same = message()
    first, second = sent(same)[1]["Message-ID"], sent(same)[1]["Message-ID"]
    assert first == second == message_id(same, 7)
    assert sent(same, address_id=8)[1]["Message-ID"] != first


def test_the_magazine_carries_the_one_click_link(settings):
    settings.SITE_URL = "https://pf.example"
    parsed = sent(message(kind=MessageKind.NEWSLETTER, text="⟦unsubscribe_url⟧\n"))[1]
    url = f"https://pf.example/newsletter/unsubscribe/{token_for(7)}/"
    assert parsed["List-Unsubscribe"] == f"<{url}>"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert parsed["List-Id"] == "<newsletter.pf.example>"
    assert part(parsed, "plain") == f"{url}\n"


def test_business_notices_cannot_be_opted_out_of():
    parsed = sent(message(kind=MessageKind.NOTICE))[1]
    assert parsed["List-Unsubscribe"] is parsed["List-Id"] is parsed["Auto-Submitted"] is None


def test_system_mails_say_that_no_person_wrote_them():
    assert sent(message(kind=MessageKind.SYSTEM))[1]["Auto-Submitted"] == "auto-generated"


def test_headers_of_the_message_are_written_encoded():
    parsed = sent(message(headers={"X-Issue": "第3号"}))[1]
    assert parsed["X-Issue"] == "第3号"


def test_the_text_comes_before_the_html():
    parsed = sent(message(html="<p>本文</p>"))[1]
    assert [body.get_content_type() for body in parsed.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize("text", ["abc", "山" * 100, "a山" * 60, "𠮷" * 50])
def test_encoded_words_stay_short_and_whole(text):
    words = encoded_words(text)
    assert all(len(line) <= 76 for line in words.split("\r\n "))
    parsed = email.message_from_string(f"Subject: {words}\r\n\r\n", policy=policy.default)
    assert parsed["Subject"] == text


def test_a_marker_key_is_a_plain_word():
    assert marker("club") == "⟦club⟧"
    with pytest.raises(ValueError, match="not a marker"):
        marker("Not a key")
