"""Minutes from the first line to a correction, through the pages of those who write and read."""

import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pypdfium2
import pytest
import time_machine
from django.urls import reverse

from core.audit.models import Act
from mailing.models import Envelope, Message
from meetings.choices import (
    Audience,
    CheckRole,
    CheckStatus,
    MeetingStatus,
    MinutesStatus,
    Office,
    Reply,
    SeatRole,
)
from meetings.models import Minutes, MinutesCheck, MinutesEdition, MinutesSection, Passage
from meetings.services.minutes_checks import remind_checkers
from tests.browser_form import as_sent
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.meetings import (
    AgendaItemFactory,
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesSectionFactory,
    SeatFactory,
    make_material,
    seated_user,
)
from tests.factories.members import AffiliationFactory, PersonFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HELD = datetime(2026, 11, 10, 6, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon():
    SenderIdentityFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def body():
    return BodyFactory(name="分科会1")


@pytest.fixture
def lead(body):
    return SeatFactory(body=body, role=SeatRole.LEAD)


@pytest.fixture
def meeting(body):
    found = MeetingFactory(
        body=body, number=2, status=MeetingStatus.HELD, starts_at=HELD, listeners=12,
        guests="見本大学 講師 見本花子",
    )  # fmt: skip
    AgendaItemFactory(meeting=found, title="声かけの事例", note="資料1")
    return found


@pytest.fixture
def writer(client, lead):
    client.force_login(seated_user(lead))
    return client


@pytest.fixture
def minutes(meeting):
    found = MinutesFactory(meeting=meeting)
    MinutesSectionFactory(minutes=found, heading="声かけの事例", text="事例を話し合いました。")
    return found


def address(name, minutes, *more):
    return reverse(f"minutes:{name}", args=[minutes.public_id, *more])


def section_of(minutes) -> MinutesSection:
    return minutes.sections.get()


def section_of_first(minutes) -> MinutesSection:
    return minutes.sections.order_by("pk").first()


def opened(client, minutes, name="edit"):
    """The form as the page shows it."""
    answer = client.get(address(name, minutes))
    assert answer.status_code == 200
    return as_sent(answer, "minutes-form")


def checked(minutes, **columns) -> MinutesCheck:
    return MinutesCheck.objects.create(
        minutes=minutes, name="見本花子", email="hanako@example.jp", sent_at=NOON,
        **{"due_on": date(2026, 12, 1), **columns},
    )  # fmt: skip


def edition(minutes, **columns) -> MinutesEdition:
    sections = [
        {"heading": "議題", "text": "公開の文", "withheld": False, "withheld_reason": ""},
        {
            "heading": "ひみつの題",
            "text": "ひみつの文",
            "withheld": True,
            "withheld_reason": "人事",
        },
    ]
    content = {"head": [], "sections": sections}
    return MinutesEdition.objects.create(
        minutes=minutes, **{"number": 1, "made_at": NOON, "content": content, **columns}
    )


def published(meeting, **columns) -> Minutes:
    minutes = MinutesFactory(
        meeting=meeting, **{"status": MinutesStatus.PUBLISHED, "publish_at": NOON, **columns}
    )
    edition(minutes)
    return minutes


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


class TestChecking:
    def ask(self, client, minutes, **values):
        form = {**opened(client, minutes, "speakers"), **values}
        return client.post(address("speakers", minutes), form)

    def test_speakers_get_a_link_answer_by_it_and_the_leads_hear(
        self, writer, minutes, body, client
    ):
        seat = SeatFactory(body=body, organization__name="発言団体")
        seated_user(seat, address__email="speaker@example.jp")
        invitation = InvitationFactory(
            meeting=minutes.meeting, seat=seat, attendance=Reply.ATTEND, attendee="発言太郎"
        )
        answer = self.ask(writer, minutes, others="有識 者子 <guest@example.jp>")
        assert answer.status_code == 302
        speaker, guest = MinutesCheck.objects.order_by("pk")
        assert (speaker.invitation, speaker.name) == (invitation, "発言太郎")
        assert (guest.name, guest.email) == ("有識 者子", "guest@example.jp")
        minutes.refresh_from_db()
        assert (minutes.status, minutes.speakers_due_on) == (
            MinutesStatus.SPEAKERS, date(2026, 12, 1),
        )  # fmt: skip
        assert Envelope.objects.count() == 2
        assert "事例を話し合いました" not in Message.objects.latest("pk").text
        assert speaker.link_key not in Message.objects.latest("pk").text

        client.logout()
        page = reverse("minutes:check", args=[speaker.link_key])
        words = client.get(page)
        assert "事例を話し合いました" in words.content.decode()
        assert words["X-Robots-Tag"] == "noindex, nofollow"
        assert "no-store" in words["Cache-Control"]
        empty = client.post(page, {"answer": "correction", "comment": " "})
        assert "なおすところを書いてください" in empty.content.decode()
        client.post(page, {"answer": "correction", "comment": "10件は12件です"})
        speaker.refresh_from_db()
        assert (speaker.status, speaker.comment) == (CheckStatus.CORRECTION, "10件は12件です")
        assert "10件は12件です" not in Message.objects.latest("pk").text
        act = Act.objects.get(verb="meetings.minutes_check.answered")
        assert act.detail["channel"] == "link"

    def test_an_answer_is_dealt_with_and_saves_what_is_written(self, writer, minutes):
        check = checked(minutes, status=CheckStatus.CORRECTION, comment="12件", answered_at=NOON)
        key = f"s{section_of(minutes).pk}"
        form = {**opened(writer, minutes), f"{key}-text": "12件", "act": f"settle:{check.pk}"}
        writer.post(address("edit", minutes), form)
        check.refresh_from_db()
        assert check.settled_at == NOON
        assert section_of(minutes).text == "12件"

    def test_guests_do_not_see_what_is_withheld(self, client, minutes, body):
        Minutes.objects.update(status=MinutesStatus.SPEAKERS)
        minutes.sections.update(withheld=True, withheld_reason="人事")
        guest = checked(minutes)
        seat = SeatFactory(body=body)
        inside = checked(minutes, invitation=InvitationFactory(meeting=minutes.meeting, seat=seat))
        pages = [
            client.get(reverse("minutes:check", args=[one.link_key])).content.decode()
            for one in (guest, inside)
        ]
        assert ["事例を話し合いました" in page for page in pages] == [False, True]

    def test_a_link_ends_with_its_seat_and_with_the_step(self, client, minutes, body):
        Minutes.objects.update(status=MinutesStatus.SPEAKERS)
        seat = SeatFactory(body=body)
        check = checked(minutes, invitation=InvitationFactory(meeting=minutes.meeting, seat=seat))
        page = reverse("minutes:check", args=[check.link_key])
        assert "事例" in client.get(page).content.decode()
        Minutes.objects.update(status=MinutesStatus.CHAIR)
        closed = client.get(page).content.decode()
        assert "この確認は終わりました" in closed
        assert "事例" not in closed
        client.post(page, {"answer": "agreed"})
        check.refresh_from_db()
        assert check.status == CheckStatus.WAITING
        seat.valid_until = date(2026, 11, 24)
        seat.save()
        assert client.get(page).status_code == 404
        assert client.get(reverse("minutes:check", args=["short"])).status_code == 404

    def test_wrong_people_and_days_are_told_at_their_field(self, writer, minutes):
        for values, field in (
            ({"others": "名前だけ"}, "others"),
            ({"others": ""}, "speakers"),
            ({"others": "人 a@example.jp", "due_on_year": "2026", "due_on_month": "11",
              "due_on_day": "24"}, "due_on"),
            ({"others": "\0"}, "others"),
        ):  # fmt: skip
            answer = self.ask(writer, minutes, **values)
            assert answer.status_code == 200
            assert answer.context["form"].errors[field]
        assert not MinutesCheck.objects.exists()
        minutes.refresh_from_db()
        assert minutes.status == MinutesStatus.DRAFT

    def test_who_is_asked_again_keeps_the_link(self, writer, minutes):
        self.ask(writer, minutes, others="有識 guest@example.jp")
        first = MinutesCheck.objects.get()
        self.ask(writer, minutes, others="有識 Guest@example.jp", due_on_day="4")
        again = MinutesCheck.objects.get()
        assert (again.link_key, again.due_on) == (first.link_key, date(2026, 12, 4))

    def test_the_chair_waits_for_speakers_whose_day_is_not_over(self, writer, minutes, noon, lead):
        self.ask(writer, minutes, others="有識 guest@example.jp")
        form = {**opened(writer, minutes, "chair"), "name": "座長", "email": "chair@example.jp"}
        answer = writer.post(address("chair", minutes), form)
        assert "まだ答えていない発言者" in answer.content.decode()
        noon.move_to(datetime(2026, 12, 2, 3, 0, tzinfo=UTC))
        writer.force_login(seated_user(lead))  # the login of a week ago is over
        form |= {"due_on_month": "12", "due_on_day": "8"}
        assert writer.post(address("chair", minutes), form).status_code == 302
        minutes.refresh_from_db()
        assert minutes.status == MinutesStatus.CHAIR

    def test_the_reminder_comes_once_on_the_working_day_before(self, minutes):
        Minutes.objects.update(status=MinutesStatus.SPEAKERS)
        checked(minutes, due_on=date(2026, 11, 30))  # a Monday
        checked(minutes, due_on=date(2026, 11, 30), status=CheckStatus.AGREED)
        friday = datetime(2026, 11, 27, 0, 0, tzinfo=UTC)
        assert remind_checkers(at=friday - timedelta(minutes=1)) == 0
        assert remind_checkers(at=friday) == 1
        assert remind_checkers(at=friday) == 0
        assert Envelope.objects.count() == 1

    def test_an_answer_by_phone_is_written_down(self, writer, minutes):
        Minutes.objects.update(status=MinutesStatus.CHAIR)
        check = checked(minutes, role=CheckRole.CHAIR)
        page = address("take_answer", minutes, check.pk)
        assert writer.post(page, {"answer": "agreed"}).status_code == 302
        check.refresh_from_db()
        assert check.status == CheckStatus.AGREED
        act = Act.objects.get(verb="meetings.minutes_check.answered")
        assert "channel" not in act.detail

    def test_back_to_the_draft_closes_the_links(self, writer, minutes):
        Minutes.objects.update(status=MinutesStatus.SPEAKERS)
        check = checked(minutes)
        writer.post(address("back", minutes))
        page = writer.get(reverse("minutes:check", args=[check.link_key])).content.decode()
        assert "いま書きなおしています" in page
        assert "事例" not in page

    def test_the_chair_of_the_body_is_offered(self, writer, minutes, body):
        seat = SeatFactory(body=body, office=Office.CHAIR)
        person = PersonFactory(name="座長花子")
        AffiliationFactory(
            person=person, organization=seat.organization, address__email="chair@example.jp"
        )
        InvitationFactory(
            meeting=minutes.meeting, seat=seat, attendance=Reply.ATTEND, attendee="座長花子"
        )
        form = opened(writer, minutes, "chair")
        assert (form["name"], form["email"]) == (["座長花子"], ["chair@example.jp"])


class TestFinal:
    @pytest.fixture
    def agreed(self, minutes):
        Minutes.objects.update(status=MinutesStatus.CHAIR)
        checked(minutes, role=CheckRole.CHAIR, status=CheckStatus.AGREED, answered_at=NOON)
        return minutes

    def test_the_edition_keeps_everything_to_the_letter(self, writer, agreed, lead):
        InvitationFactory(
            meeting=agreed.meeting, seat=lead, attendance=Reply.ABSENT, attendee="見本太郎"
        )
        make_material(body=lead.body, meeting=agreed.meeting, label="資料1", title="事例集")
        assert "確定する" in writer.get(address("finish", agreed)).content.decode()
        writer.post(address("finish", agreed))
        agreed.refresh_from_db()
        assert (agreed.status, agreed.finished_at) == (MinutesStatus.FINAL, NOON)
        content = agreed.editions.get().content
        head = {row["key"]: row for row in content["head"]}
        assert head["absent"]["lines"][0]["name"] == "見本太郎"
        assert head["papers"]["papers"][0]["words"] == "資料1 事例集"
        assert content["sections"][0]["text"] == "事例を話し合いました。"
        writer.post(address("finish", agreed))
        assert agreed.editions.count() == 1

    @pytest.mark.parametrize("status", [CheckStatus.WAITING, CheckStatus.CORRECTION])
    def test_not_without_the_chair(self, writer, agreed, status):
        agreed.checks.update(status=status)
        writer.post(address("finish", agreed))
        assert not MinutesEdition.objects.exists()

    def test_words_written_after_the_chair_agreed_are_pointed_out(self, writer, agreed, noon):
        noon.shift(timedelta(hours=1))
        row = section_of(agreed)
        form = {**opened(writer, agreed), f"s{row.pk}-text": "あとから"}
        writer.post(address("edit", agreed), form)
        assert (
            "座長の確認のあとに変えた部分" in writer.get(address("finish", agreed)).content.decode()
        )

    def test_published_by_itself_at_its_time(self, writer, agreed, client, noon):
        writer.post(address("finish", agreed))
        form = {
            "when": "at", "publish_at_year": "2026", "publish_at_month": "12",
            "publish_at_day": "1", "publish_at_hour": "10", "publish_at_minute": "00",
        }  # fmt: skip
        assert writer.post(address("publish", agreed), form).status_code == 302
        assert Passage.objects.filter(minutes=agreed).exists()
        client.logout()
        page = address("minutes", agreed)
        noon.move_to(datetime(2026, 12, 1, 0, 59, tzinfo=UTC))
        assert client.get(page).status_code == 404
        noon.move_to(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
        assert "事例を話し合いました" in client.get(page).content.decode()

    def test_a_time_that_is_past_or_far_is_told_at_its_field(self, writer, agreed):
        writer.post(address("finish", agreed))
        for year in ("2020", "2400"):
            form = {
                "when": "at", "publish_at_year": year, "publish_at_month": "12",
                "publish_at_day": "1", "publish_at_hour": "10", "publish_at_minute": "00",
            }  # fmt: skip
            answer = writer.post(address("publish", agreed), form)
            assert answer.context["form"].errors["publish_at"]
        agreed.refresh_from_db()
        assert agreed.status == MinutesStatus.FINAL

    def test_a_correction_is_numbered_and_the_old_text_is_for_those_who_run(
        self, writer, meeting, client, body
    ):
        minutes = published(meeting)
        form = opened(writer, minutes, "correct")
        assert "s1-withheld" in form
        form |= {"s0-text": "なおした文", "reason": "件数の誤り"}
        assert writer.post(address("correct", minutes), form).status_code == 302
        assert minutes.editions.count() == 2
        old = writer.get(address("edition", minutes, 1)).content.decode()
        assert "公開の文" in old
        assert "ひみつの文" in old
        client.logout()
        words = client.get(address("minutes", minutes)).content.decode()
        assert "なおした文" in words
        assert "公開の文" not in words
        assert "件数の誤り" in words
        assert "令和8年11月24日" in words
        client.force_login(seated_user(SeatFactory(body=body)))
        assert client.get(address("edition", minutes, 1)).status_code == 404
        found = " ".join(Passage.objects.values_list("text", flat=True))
        assert "なおした文" in found
        assert "公開の文" not in found

    def test_two_corrections_at_once_lose_nothing(self, writer, meeting):
        minutes = published(meeting)
        mine, theirs = opened(writer, minutes, "correct"), opened(writer, minutes, "correct")
        writer.post(address("correct", minutes), {**theirs, "s0-text": "二人目", "reason": "二"})
        answer = writer.post(
            address("correct", minutes), {**mine, "s0-text": "一人目", "reason": "一"}
        )
        words = answer.content.decode()
        assert "一人目" in words
        assert "二人目" in words
        assert minutes.editions.count() == 2
        assert (
            writer.post(address("correct", minutes), as_sent(answer, "minutes-form")).status_code
            == 302
        )
        assert minutes.editions.latest("number").number == 3

    def test_a_correction_says_why_and_changes_something(self, writer, meeting):
        minutes = published(meeting)
        form = opened(writer, minutes, "correct")
        for changed in ({"reason": ""}, {"reason": "\0"}, {"reason": "理" * 301}):
            answer = writer.post(address("correct", minutes), {**form, **changed})
            assert answer.context["form"].errors["reason"]
        assert minutes.editions.count() == 1


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
