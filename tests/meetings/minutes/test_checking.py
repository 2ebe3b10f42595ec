"""Speakers and the chair look through the draft by a link."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from core.audit.models import Act
from mailing.models import Envelope, Message
from meetings.choices import CheckRole, CheckStatus, MinutesStatus, Office, Reply
from meetings.models import Minutes, MinutesCheck
from meetings.services.minutes_checks import remind_checkers
from tests.factories.meetings import InvitationFactory, SeatFactory, seated_user
from tests.factories.members import AffiliationFactory, PersonFactory
from tests.meetings.minutes.pages import NOON, address, checked, opened, section_of

pytestmark = pytest.mark.django_db


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
