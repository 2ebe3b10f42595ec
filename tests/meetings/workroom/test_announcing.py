"""A meeting is announced: its number, its seats, its letters."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from accounts.choices import Role
from mailing.models import Envelope, Message
from meetings.choices import BodyKind, MeetingStatus, Numbering
from meetings.models import Invitation
from members.models import Affiliation
from tests.factories.accounts import make_staff
from tests.factories.mailing import AddressFactory
from tests.factories.meetings import BodyFactory, MeetingFactory, SeatFactory
from tests.factories.members import AffiliationFactory, PersonFactory
from tests.meetings.workroom.pages import NOW, announced, form_of, page, prepared, text_of

pytestmark = pytest.mark.django_db


class TestAnnouncing:
    def test_numbers_seats_and_letters(self, room, body, lead, seat):
        meeting = prepared(room, body)
        looked = text_of(room.get(page("announce", meeting)))
        assert "分科会1 第1回会合" in looked
        assert "aozora@m.example" in looked
        room.post(page("announce", meeting), {"seen": meeting.changed_at.isoformat()})
        meeting.refresh_from_db()
        assert (meeting.number, meeting.status) == (1, "announced")
        assert meeting.invitations.count() == 2
        envelope = Envelope.objects.get(address__email="aozora@m.example")
        letter = envelope.message
        assert letter.subject == "【孤独・孤立PF】分科会1 第1回会合のご案内"
        for told in ("見本あおぞら居場所ネット", "令和8年12月8日(火)15:00から17:00まで",
                     "事例の整理(資料1)", "令和8年12月1日(火)17:00"):  # fmt: skip
            assert told in letter.text, letter.text
        invitation = seat.invitations.get()
        assert envelope.merge["reply_url"].endswith(f"/meetings/reply/{invitation.link_key}/")
        for hidden in (invitation.link_key, "himitsu"):
            assert hidden not in letter.text
            assert hidden not in letter.html

    def test_each_organisation_has_its_own_letter_at_one_mailbox(self, room, body, seat):
        second = SeatFactory(body=body, organization__name="見本の二つめの会")
        AffiliationFactory(
            organization=second.organization, address=seat.organization.affiliations.get().address
        )
        announced(room, body)
        letters = Envelope.objects.filter(address__email="aozora@m.example")
        assert len({letter.merge["reply_url"] for letter in letters}) == 2

    def test_a_named_seat_is_written_to_at_its_person(self, room, body, seat):
        named = PersonFactory(name="名指し 花子")
        AffiliationFactory(
            organization=seat.organization, person=named, duty="deputy", position=5,
            address=AddressFactory(email="hanako@m.example"),
        )  # fmt: skip
        seat.person = named
        seat.save()
        announced(room, body)
        assert Envelope.objects.filter(address__email="hanako@m.example").exists()
        assert not Envelope.objects.filter(address__email="aozora@m.example").exists()

    def test_who_took_the_post_over_gets_the_letter_of_a_named_seat(self, room, body, seat):
        before = seat.organization.affiliations.get()
        seat.person = before.person
        seat.save()
        Affiliation.objects.filter(pk=before.pk).update(valid_until=date(2026, 11, 1))
        AffiliationFactory(
            organization=seat.organization, valid_from=date(2026, 11, 1), predecessor=before,
            address=AddressFactory(email="next@m.example"),
        )  # fmt: skip
        announced(room, body)
        assert Envelope.objects.filter(address__email="next@m.example").exists()

    def test_seats_are_those_of_the_day_of_the_meeting(self, room, body, seat):
        over = SeatFactory(body=body, valid_until=date(2026, 12, 1))
        coming = SeatFactory(body=body, valid_from=date(2026, 12, 1))
        meeting = announced(room, body)
        asked = set(meeting.invitations.values_list("seat", flat=True))
        assert over.pk not in asked
        assert {seat.pk, coming.pk} <= asked

    def test_one_without_a_mailbox_is_named(self, room, body, lead, seat):
        SeatFactory(body=body, organization__name="メールのない会")
        meeting = announced(room, body)
        shown = text_of(room.get(page("run", meeting)))
        assert "メールで届けられません" in shown
        unsent = Invitation.objects.get(seat__organization__name="メールのない会")
        assert unsent.sent_at is None
        assert room.get(reverse("meetings:reply", args=[unsent.link_key])).status_code == 404

    def test_the_number_follows_the_policy(self, room, body, seat):
        MeetingFactory(body=body, number=7, fiscal_year=2025, starts_at=NOW - timedelta(days=300))
        MeetingFactory(
            body=body, number=8, fiscal_year=2026, starts_at=NOW - timedelta(days=100),
            status=MeetingStatus.CANCELLED,
        )  # fmt: skip
        assert announced(room, body).number == 9
        body.numbering = Numbering.FISCAL_YEAR
        body.save()
        assert announced(room, body).number == 10
        april = {"starts_at_year": "2027", "starts_at_month": "4"}
        meeting = announced(room, body, **april)
        assert (meeting.number, meeting.fiscal_year) == (1, 2027)

    def test_the_first_one_here_may_be_the_seventh(self, room, body, seat):
        meeting = prepared(room, body)
        seen = meeting.changed_at.isoformat()
        assert form_of(room.post(page("announce", meeting), {"seen": seen, "number": "0"})).errors
        room.post(page("announce", meeting), {"seen": seen, "number": "7"})
        meeting.refresh_from_db()
        assert meeting.number == 7
        assert "number" not in form_of(room.get(page("announce", prepared(room, body)))).fields

    def test_what_is_missing_keeps_it_back(self, room, body, seat):
        meeting = prepared(room, body, mode="onsite", closed_reason="")
        answer = room.post(page("announce", meeting), {"seen": meeting.changed_at.isoformat()})
        assert "場所を入れてください" in text_of(answer)
        assert "公開しない理由" in text_of(answer)
        assert not Invitation.objects.exists()

    def test_announcing_twice_is_refused(self, room, body, seat):
        meeting = announced(room, body)
        answer = room.post(page("announce", meeting), {"seen": meeting.changed_at.isoformat()})
        assert "もう先へ進んでいます" in text_of(answer)
        assert Envelope.objects.count() == 2

    def test_another_draft_than_was_looked_at_is_not_announced(self, room, body, seat):
        meeting = prepared(room, body)
        answer = room.post(page("announce", meeting), {"seen": "2026-11-01T00:00:00+00:00"})
        assert "ほかの人がこの会合を変えました" in text_of(answer)
        assert not Invitation.objects.exists()

    def test_one_that_is_over_is_recorded_without_letters(self, room, body, seat):
        meeting = announced(room, body, starts_at_year="2026", starts_at_month="10")
        assert meeting.number == 1
        assert meeting.invitations.count() == 2
        assert not Message.objects.exists()

    def test_letters_of_the_committee_say_nothing_of_the_theme(self, client):
        committee = BodyFactory(kind=BodyKind.STEERING, name="幹事会")
        seat = SeatFactory(body=committee)
        AffiliationFactory(organization=seat.organization)
        client.force_login(make_staff(Role.OFFICER))
        announced(client, committee, audience="body", message="内々の相談です")
        text = Message.objects.get().text
        for hidden in ("声かけの事例", "事例の整理", "内々の相談"):
            assert hidden not in text
        assert "令和8年12月8日(火)" in text

    def test_late_seats_are_invited_by_a_press(self, room, body, seat):
        meeting = announced(room, body)
        late = SeatFactory(body=body, organization__name="あとから来た会")
        AffiliationFactory(organization=late.organization)
        assert "まだ案内していない席が1" in text_of(room.get(page("run", meeting)))
        room.post(page("invite", meeting))
        assert late.invitations.get().sent_at == NOW
        assert Envelope.objects.count() == 3
        room.post(page("invite", meeting))
        assert Envelope.objects.count() == 3

    def test_a_letter_is_sent_once_more(self, room, body, seat):
        meeting = announced(room, body)
        room.post(page("resend", meeting, seat.public_id))
        assert Envelope.objects.filter(address__email="aozora@m.example").count() == 2
