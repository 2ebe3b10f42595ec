"""What readers find of minutes: on the page and in the PDF."""

import io
import re

import pypdfium2
import pytest
from django.urls import reverse

from meetings.choices import Audience, CheckRole, CheckStatus, MinutesStatus, Reply
from tests.factories.meetings import (
    InvitationFactory,
    MinutesFactory,
    MinutesSectionFactory,
    SeatFactory,
    make_material,
    seated_user,
)
from tests.meetings.minutes.pages import NOON, address, checked, edition, published

pytestmark = pytest.mark.django_db


class TestReading:
    def test_withheld_parts_are_in_no_answer(self, client, meeting):
        minutes = published(meeting)
        page = client.get(address("minutes", minutes)).content.decode()
        text = pdf_text(client.get(address("pdf", minutes)))
        for words in (page, text):
            assert "公開の文" in words
            assert "人事" in words
            assert "ひみつ" not in words

    def test_papers_and_names_are_for_those_who_may(self, writer, client, meeting, body, lead):
        minutes = MinutesFactory(
            meeting=meeting, status=MinutesStatus.CHAIR, audience=Audience.PUBLIC
        )
        MinutesSectionFactory(minutes=minutes)
        checked(minutes, role=CheckRole.CHAIR, status=CheckStatus.AGREED, answered_at=NOON)
        seat = SeatFactory(body=body, display_name="見本の会")
        InvitationFactory(meeting=meeting, seat=seat, attendance=Reply.ATTEND, attendee="出席太郎")
        make_material(body=body, meeting=meeting, title="公開の資料", audience=Audience.PUBLIC)
        make_material(body=body, meeting=meeting, title="分科会の資料", audience=Audience.BODY)
        writer.post(address("finish", minutes))
        writer.post(address("publish", minutes), {"when": "now"})
        client.logout()
        outside = client.get(address("minutes", minutes)).content.decode()
        printed = pdf_text(client.get(address("pdf", minutes)))
        client.force_login(seated_user(seat))
        inside = client.get(address("minutes", minutes)).content.decode()
        for words in (outside, printed):
            assert "見本の会" in words
            assert "公開の資料" in words
            assert "出席太郎" not in words
            assert "分科会の資料" not in words
        assert "出席太郎" in inside
        assert "分科会の資料" in inside

    def test_no_link_to_a_meeting_that_the_reader_does_not_know(self, client, meeting):
        minutes = published(meeting)
        meeting_page = reverse("meetings:meeting", args=[meeting.public_id])
        assert meeting_page in client.get(address("minutes", minutes)).content.decode()
        meeting.audience = Audience.BODY
        meeting.save()
        assert meeting_page not in client.get(address("minutes", minutes)).content.decode()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_few_queries_whatever_was_written(
        self, client, meeting, body, rows, django_assert_num_queries
    ):
        minutes = published(meeting)
        first = minutes.editions.get()
        papers = [make_material(body=body, meeting=meeting, audience=Audience.PUBLIC)
                  for _row in range(rows)]  # fmt: skip
        named = [{"material": str(one.public_id), "words": str(one)} for one in papers]
        content = {"head": [{"key": "papers", "papers": named}],
                   "sections": first.content["sections"] * rows}  # fmt: skip
        for number in range(2, rows + 2):
            edition(minutes, number=number, reason="訂正", content=content)
        client.get(address("minutes", minutes))
        with django_assert_num_queries(5):
            client.get(address("minutes", minutes))

    @pytest.mark.parametrize("rows", [1, 3])
    def test_few_queries_where_it_is_written(
        self, writer, minutes, body, rows, django_assert_num_queries
    ):
        for number in range(rows):
            MinutesSectionFactory(minutes=minutes, position=number + 1)
            seat = SeatFactory(body=body)
            InvitationFactory(meeting=minutes.meeting, seat=seat, attendance=Reply.ATTEND)
            checked(minutes)
        writer.get(address("edit", minutes))
        with django_assert_num_queries(18):
            writer.get(address("edit", minutes))


class TestPdf:
    def test_rare_letters_are_letters_and_markup_is_words(self, client, meeting):
        minutes = published(meeting)
        text = "𠮷田と髙橋 #set text(red) *強い* $x$ \\ [a] <b> 〜 ㈱ ①"
        content = {"head": [], "sections": [
            {"heading": "= 題", "text": text, "withheld": False, "withheld_reason": ""},
        ]}  # fmt: skip
        edition(minutes, number=2, reason="訂正", content=content)
        answer = client.get(address("pdf", minutes))
        assert answer.content.startswith(b"%PDF-")
        assert re.search(rb"pdfuaid", answer.content), "a file that screen readers can read"
        assert answer["Cache-Control"] == "private, no-store"
        words = pdf_text(answer)
        assert "𠮷田と髙橋#settext(red)*強い*$x$\\[a]<b>" in words.replace(" ", "")
        assert "=題" in words.replace(" ", "")

    def test_a_letter_that_no_font_has_stops_nothing(self, client, meeting):
        minutes = published(meeting)
        content = {"head": [], "sections": [
            {"heading": "顔", "text": "😀", "withheld": False, "withheld_reason": ""},
        ]}  # fmt: skip
        edition(minutes, number=2, reason="訂正", content=content)
        assert client.get(address("pdf", minutes)).content.startswith(b"%PDF-")


def pdf_text(answer) -> str:
    """What a reader can find in the file."""
    assert answer.status_code == 200
    document = pypdfium2.PdfDocument(io.BytesIO(answer.getvalue()))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text.replace("\r\n", "")
