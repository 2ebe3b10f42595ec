"""Minutes are begun and written: sections, editors that meet, words that are refused."""

import json
from datetime import date

import pytest
from django.urls import reverse

from meetings.choices import MinutesStatus, Reply
from meetings.models import Minutes, MinutesSection
from tests.browser_form import as_sent
from tests.factories.meetings import (
    AgendaItemFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesSectionFactory,
    SeatFactory,
    seated_user,
)
from tests.meetings.minutes.pages import address, opened, section_of, section_of_first

pytestmark = pytest.mark.django_db


class TestBeginning:
    def test_a_section_for_each_item_and_the_head_from_the_meeting(self, writer, meeting, lead):
        AgendaItemFactory(meeting=meeting, title="その他", position=1)
        InvitationFactory(meeting=meeting, seat=lead, attendance=Reply.ATTEND, attendee="見本太郎")
        page = reverse("minutes:start", args=[meeting.public_id])
        answer = writer.post(page, as_sent(writer.get(page), "minutes-form"))
        minutes = Minutes.objects.get()
        assert answer["Location"] == address("edit", minutes)
        assert minutes.due_on == date(2026, 12, 10)
        headings = minutes.sections.values_list("heading", flat=True)
        assert list(headings) == ["声かけの事例(資料1)", "その他"]
        words = writer.get(answer["Location"]).content.decode()
        for said in ("見本太郎", "令和8年11月10日(火)", "12人", "見本大学 講師 見本花子"):
            assert said in words
        assert writer.get(page)["Location"] == address("edit", minutes)

    def test_not_before_the_meeting_has_begun(self, writer, body):
        meeting = MeetingFactory(body=body)
        page = reverse("minutes:start", args=[meeting.public_id])
        assert "会合が始まってから" in writer.get(page).content.decode()
        sent = {
            "form": "summary", "audience": "public", "due_on_year": "2026", "due_on_month": "12",
            "due_on_day": "20",
        }  # fmt: skip
        assert "会合が始まってから" in writer.post(page, sent).content.decode()
        assert not Minutes.objects.exists()

    def test_impossible_days_are_told_at_the_field(self, writer, minutes):
        page = address("settings", minutes)
        form = opened(writer, minutes, "settings")
        for day, month, year in (("31", "2", "2026"), ("1", "1", "9999"), ("1", "1", "2001")):
            sent = {**form, "due_on_day": day, "due_on_month": month, "due_on_year": year}
            answer = writer.post(page, sent)
            assert answer.status_code == 200
            assert answer.context["form"].errors["due_on"]
        minutes.refresh_from_db()
        assert minutes.due_on == date(2027, 1, 22)

    def test_who_does_not_run_the_body_finds_nothing(self, client, body, minutes):
        client.force_login(seated_user(SeatFactory(body=body)))
        for name in ("minutes", "pdf", "edit", "settings", "speakers", "chair", "finish", "publish",
                     "correct"):  # fmt: skip
            assert client.get(address(name, minutes)).status_code == 404
        start = reverse("minutes:start", args=[minutes.meeting.public_id])
        assert client.get(start).status_code == 404


class TestWriting:
    def test_saving_adding_moving_and_removing(self, writer, minutes):
        first = section_of(minutes)
        form = opened(writer, minutes)
        form[f"s{first.pk}-text"] = "なおした文\r\n\r\n次の段落"
        answer = writer.post(address("edit", minutes), {**form, "act": "add"})
        last = minutes.sections.latest("pk")
        assert answer["Location"].endswith(f"#section-{last.pk}")
        first.refresh_from_db()
        assert first.text == "なおした文\n\n次の段落"
        assert (first.edition, first.edited_by) == (2, answer.wsgi_request.user)
        form = opened(writer, minutes)
        writer.post(address("edit", minutes), {**form, "act": f"up:{last.pk}"})
        assert list(minutes.sections.all()) == [last, first]
        form = opened(writer, minutes)
        writer.post(address("edit", minutes), {**form, "act": f"remove:{first.pk}"})
        assert minutes.sections.count() == 2, "what somebody wrote is not removed"
        form = opened(writer, minutes)
        writer.post(address("edit", minutes), {**form, "act": f"remove:{last.pk}"})
        assert list(minutes.sections.all()) == [first]

    def test_two_editors_of_two_sections_do_not_meet(self, writer, minutes):
        first = section_of(minutes)
        second = MinutesSectionFactory(minutes=minutes, position=1, text="二")
        mine, theirs = opened(writer, minutes), opened(writer, minutes)
        writer.post(address("edit", minutes), {**theirs, f"s{second.pk}-text": "相手の文"})
        answer = writer.post(address("edit", minutes), {**mine, f"s{first.pk}-text": "自分の文"})
        assert answer.status_code == 302
        texts = minutes.sections.values_list("text", flat=True)
        assert list(texts) == ["自分の文", "相手の文"]

    @pytest.mark.parametrize(("keep", "kept"), [("mine", "両方の文"), ("theirs", "相手の文")])
    def test_two_editors_of_one_section_choose(self, writer, minutes, keep, kept):
        """Negative control: without the edition in `_clashes` the second save wins unseen."""
        key = f"s{section_of(minutes).pk}"
        mine, theirs = opened(writer, minutes), opened(writer, minutes)
        writer.post(address("edit", minutes), {**theirs, f"{key}-text": "相手の文"})
        answer = writer.post(address("edit", minutes), {**mine, f"{key}-text": "自分の文"})
        assert answer.status_code == 409
        words = answer.content.decode()
        assert "相手の文" in words
        assert "自分の文" in words
        assert section_of(minutes).text == "相手の文"
        merged = {**as_sent(answer, "minutes-form"), f"{key}-text": "両方の文", f"{key}-keep": keep}
        assert writer.post(address("edit", minutes), merged).status_code == 302
        assert section_of(minutes).text == kept

    def test_a_third_editor_in_between_clashes_again(self, writer, minutes):
        key = f"s{section_of(minutes).pk}"
        mine, theirs = opened(writer, minutes), opened(writer, minutes)
        writer.post(address("edit", minutes), {**theirs, f"{key}-text": "二人目"})
        clash = writer.post(address("edit", minutes), {**mine, f"{key}-text": "一人目"})
        third = opened(writer, minutes)
        writer.post(address("edit", minutes), {**third, f"{key}-text": "三人目"})
        again = writer.post(address("edit", minutes), as_sent(clash, "minutes-form"))
        assert again.status_code == 409
        assert "三人目" in again.content.decode()
        assert "一人目" in again.content.decode()

    def test_a_section_that_was_removed_comes_back_with_ones_words(self, writer, minutes):
        row = section_of(minutes)
        MinutesSection.objects.filter(pk=row.pk).update(text="")
        form = opened(writer, minutes)
        writer.post(
            address("edit", minutes), {**opened(writer, minutes), "act": f"remove:{row.pk}"}
        )
        assert not minutes.sections.exists()
        answer = writer.post(address("edit", minutes), {**form, f"s{row.pk}-text": "書いていた文"})
        assert answer.status_code == 409
        writer.post(address("edit", minutes), as_sent(answer, "minutes-form"))
        assert section_of(minutes).text == "書いていた文"

    def test_what_cannot_come_back_stays_on_the_page(self, writer, minutes, monkeypatch):
        monkeypatch.setattr("meetings.services.minutes_text.MOST_SECTIONS", 1)
        form = {"from": "clash", "s999999-edition": "0", "s999999-text": "書いていた文"}
        answer = writer.post(address("edit", minutes), form)
        assert answer.status_code == 200
        assert "書いていた文" in answer.content.decode()
        assert "部分は1までです" in answer.content.decode()

    def test_an_empty_section_that_somebody_filled_is_not_removed(self, writer, minutes):
        row = section_of(minutes)
        MinutesSection.objects.filter(pk=row.pk).update(text="")
        old = opened(writer, minutes)
        form = opened(writer, minutes)
        writer.post(address("edit", minutes), {**form, f"s{row.pk}-text": "いま書いた文"})
        writer.post(address("edit", minutes), {**old, "act": f"remove:{row.pk}"})
        assert section_of(minutes).text == "いま書いた文"

    def test_the_page_saves_by_itself(self, writer, minutes):
        key = f"s{section_of(minutes).pk}"
        form = opened(writer, minutes)
        asks = {"headers": {"accept": "application/json"}}
        answer = writer.post(address("edit", minutes), {**form, f"{key}-text": "一"}, **asks)
        saved = json.loads(answer.content)
        assert saved["clashes"] == []
        assert saved["sections"][key]["edition"] == 2
        assert saved["savedAt"] == "12:00"
        stale = writer.post(address("edit", minutes), {**form, f"{key}-text": "二"}, **asks)
        assert json.loads(stale.content)["clashes"] == [key]
        assert section_of(minutes).text == "一"
        nulls = writer.post(address("edit", minutes), {**form, f"{key}-text": "\0"}, **asks)
        assert (nulls.status_code, bool(json.loads(nulls.content)["errors"])) == (422, True)

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("text", "あ" * 50_001, "50000"), ("text", "\0", ""), ("heading", "題" * 201, "200"),
            ("withheld", "on", "非公開にする理由"),
        ],
    )  # fmt: skip
    def test_bad_input_is_told_at_its_field_and_kept(self, writer, minutes, name, value, said):
        row = section_of(minutes)
        form = {**opened(writer, minutes), f"s{row.pk}-heading": "ほかの題"}
        answer = writer.post(address("edit", minutes), {**form, f"s{row.pk}-{name}": value})
        assert answer.status_code == 200
        words = answer.content.decode()
        assert "error-summary" in words
        if name != "heading":
            assert "ほかの題" in words
        row.refresh_from_db()
        assert row.edition == 1
        assert said in words

    def test_ten_megabytes_are_refused_with_a_sentence(self, writer, minutes):
        row = section_of(minutes)
        form = opened(writer, minutes)
        answer = writer.post(address("edit", minutes), {**form, f"s{row.pk}-text": "a" * 10**7})
        assert answer.status_code == 200
        assert "50000" in answer.content.decode()
        assert section_of(minutes).edition == 1

    def test_more_than_can_be_printed_is_refused_and_kept_on_the_page(self, writer, minutes):
        row = section_of(minutes)
        for position in range(1, 5):
            MinutesSectionFactory(minutes=minutes, position=position, text="あ" * 45_000)
        form = {**opened(writer, minutes), f"s{row.pk}-text": f"書いた文{'い' * 20_000}"}
        answer = writer.post(address("edit", minutes), form)
        assert "200,000字まで" in answer.content.decode()
        assert "書いた文い" in answer.content.decode()
        assert section_of_first(minutes).edition == 1
        asks = {"headers": {"accept": "application/json"}}
        told = json.loads(writer.post(address("edit", minutes), form, **asks).content)
        assert "200,000字まで" in told["errors"][0]

    def test_what_is_final_takes_no_more_words_and_shows_them(self, writer, minutes):
        row = section_of(minutes)
        form = opened(writer, minutes)
        Minutes.objects.update(status=MinutesStatus.FINAL)
        answer = writer.post(
            address("edit", minutes), {**form, f"s{row.pk}-text": "間に合わない文"}
        )
        assert answer.status_code == 409
        assert "間に合わない文" in answer.content.decode()
        assert section_of(minutes).text == "事例を話し合いました。"
