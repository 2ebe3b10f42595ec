"""The workroom of those who run a body: prepared, announced, moved, cancelled, held."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.choices import Role
from core.audit.models import Act
from mailing.models import Envelope, Message
from meetings.choices import Audience, BodyKind, MeetingStatus, Numbering, Reply, SeatRole
from meetings.models import Invitation, Meeting
from members.models import Affiliation
from tests.factories.accounts import make_staff
from tests.factories.mailing import AddressFactory, SenderIdentityFactory
from tests.factories.meetings import (
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    SeatFactory,
    make_material,
    seated_user,
)
from tests.factories.members import AffiliationFactory, PersonFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
WHEN = {
    "starts_at_year": "2026", "starts_at_month": "12", "starts_at_day": "8",
    "starts_at_hour": "15", "starts_at_minute": "00", "ends_hour": "17", "ends_minute": "0",
}  # fmt: skip
FILLED = {
    **WHEN, "title": "声かけの事例", "mode": "online", "place": "",
    "online_url": "https://meet.example.jp/himitsu", "online_note": "", "online_when": "day",
    "agenda": "15:00 事例の整理 / 資料1\n16:40 報告に向けて", "audience": "public",
    "openness": "closed", "closed_reason": "公表前の事例をあつかうため", "message": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock():
    SenderIdentityFactory()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead():
    return SeatFactory(body__name="分科会1", role=SeatRole.LEAD)


@pytest.fixture
def body(lead):
    return lead.body


@pytest.fixture
def seat(body):
    """A member organisation of the body, with a main contact."""
    seat = SeatFactory(body=body, organization__name="見本あおぞら居場所ネット")
    AffiliationFactory(
        organization=seat.organization, address=AddressFactory(email="aozora@m.example")
    )
    return seat


@pytest.fixture
def leader(lead):
    return seated_user(lead)


@pytest.fixture
def room(client, leader):
    client.force_login(leader)
    return client


def page(name, meeting, *args):
    return reverse(f"meetings:{name}", args=[meeting.public_id, *args])


def prepared(room, body, **changes):
    answer = room.post(reverse("bodies:meeting_add", args=[body.slug]), {**FILLED, **changes})
    assert answer.status_code == 302, answer.context["form"].errors
    return Meeting.objects.latest("id")


def announced(room, body, **changes):
    meeting = prepared(room, body, **changes)
    room.post(page("announce", meeting), {"seen": meeting.changed_at.isoformat()})
    meeting.refresh_from_db()
    assert meeting.status == MeetingStatus.ANNOUNCED
    return meeting


def text_of(answer):
    return answer.content.decode()


def form_of(answer):
    assert answer.status_code == 200
    return answer.context["form"]


class TestWhoMayEnter:
    def test_only_who_runs_the_body(self, client, lead, seat, body):
        meeting = MeetingFactory(body=body)
        pages = [
            reverse("bodies:run", args=[body.slug]),
            reverse("bodies:meeting_add", args=[body.slug]),
            *(page(name, meeting) for name in ("run", "edit", "announce", "cancel", "discard",
                                               "attendance", "invite")),
        ]  # fmt: skip
        other = SeatFactory(role=SeatRole.LEAD)
        for user, allowed in (
            (seated_user(lead), True),
            (make_staff(Role.OFFICER), True),
            (make_staff(Role.CONTRACTOR), True),
            (make_staff(Role.AUDITOR), False),
            (seated_user(seat), False),
            (seated_user(other), False),
        ):
            client.force_login(user)
            for address in pages:
                expected = {200, 405} if allowed else {404, 405}
                assert client.get(address).status_code in expected, (user, address)
                if not allowed:
                    assert client.post(address).status_code in {404, 405}, (user, address)

    def test_a_contractor_does_not_run_the_steering_committee(self, client):
        committee = BodyFactory(kind=BodyKind.STEERING, audience=Audience.PUBLIC)
        client.force_login(make_staff(Role.CONTRACTOR))
        assert client.get(reverse("bodies:run", args=[committee.slug])).status_code == 404

    def test_rights_end_with_the_seat(self, room, lead, body):
        address = reverse("bodies:run", args=[body.slug])
        assert room.get(address).status_code == 200
        lead.valid_until = date(2026, 11, 23)
        lead.save()
        assert room.get(address).status_code == 404


class TestPreparing:
    def test_a_draft_is_made_and_nobody_is_told(self, room, body, seat):
        meeting = prepared(room, body)
        assert (meeting.number, meeting.status, meeting.fiscal_year) == (None, "draft", 2026)
        assert meeting.starts_at == datetime(2026, 12, 8, 6, 0, tzinfo=UTC)
        assert meeting.ends_at - meeting.starts_at == timedelta(hours=2)
        assert meeting.online_from == datetime(2026, 12, 7, 6, 0, tzinfo=UTC)
        # 空欄の期限は、5開庁日前の17:00
        assert meeting.reply_by == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
        assert [str(item) for item in meeting.agenda.all()] == ["事例の整理", "報告に向けて"]
        assert meeting.agenda.first().note == "資料1"
        assert not Message.objects.exists()
        assert Act.objects.filter(verb="meetings.meeting.prepared").count() == 1

    def test_the_next_one_is_offered_as_the_last_one_was(self, room, body):
        prepared(room, body, mode="hybrid", place="見本会館3階")
        form = form_of(room.get(reverse("bodies:meeting_add", args=[body.slug])))
        assert form["mode"].value() == "hybrid"
        assert form["place"].value() == "見本会館3階"
        assert form["closed_reason"].value() == "公表前の事例をあつかうため"

    def test_an_hour_of_the_last_ones_own_is_not_taken_over(self, room, body):
        meeting = prepared(room, body)
        meeting.online_from = meeting.starts_at - timedelta(hours=5)
        meeting.save(update_fields=["online_from"])
        form = form_of(room.get(reverse("bodies:meeting_add", args=[body.slug])))
        offered = [value for value, _label in form.fields["online_when"].choices]
        assert form["online_when"].value() in offered

    @pytest.mark.parametrize(
        ("changes", "field", "words"),
        [
            ({"starts_at_day": "31", "starts_at_month": "11"}, "starts_at", "その日付はありません"),
            ({"starts_at_year": "9999"}, "starts_at", "日"),
            ({"starts_at_year": "0001"}, "starts_at", "日"),
            ({"starts_at_year": "2021"}, "starts_at", "この会議体はありません"),
            ({"starts_at_hour": "25"}, "starts_at", "0から23"),
            ({"ends_hour": "14"}, "ends", "より後"),
            ({"ends_hour": "９" * 400}, "ends", "0から23"),
            ({"title": "あ" * 101}, "title", "100"),
            ({"title": "見本\0"}, "title", "文字を入力"),
            ({"message": "あ" * 1_000_000}, "message", "4000"),
            ({"agenda": "あ" * 201}, "agenda", "1行目"),
            ({"agenda": "15:00 はじめ\n25:00 つぎ"}, "agenda", "2行目"),
            ({"agenda": "あ\n" * 41}, "agenda", "40"),
            ({"online_url": "javascript:alert(1)"}, "online_url", "URL"),
            ({"audience": "secretariat"}, "audience", "選択"),
            ({"mode": "moon"}, "mode", "選択"),
            ({"reply_by_year": "2026", "reply_by_month": "12", "reply_by_day": "9",
              "reply_by_hour": "9"}, "reply_by", "始まるまで"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_said_at_its_field(self, room, body, changes, field, words):
        answer = room.post(reverse("bodies:meeting_add", args=[body.slug]), {**FILLED, **changes})
        form = form_of(answer)
        assert words in " ".join(form.errors[field]), form.errors
        assert form["agenda"].value() == changes.get("agenda", FILLED["agenda"])
        assert not Meeting.objects.exists()

    def test_a_draft_without_papers_is_thrown_away(self, room, body):
        meeting = prepared(room, body)
        room.get(page("discard", meeting))
        assert Meeting.objects.exists()
        room.post(page("discard", meeting))
        assert not Meeting.objects.exists()

    def test_a_draft_with_papers_is_kept(self, room, body):
        meeting = prepared(room, body)
        make_material(body=body, meeting=meeting)
        answer = room.post(page("discard", meeting), follow=True)
        assert "資料があります" in text_of(answer)
        assert Meeting.objects.exists()


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


class TestMoving:
    def test_a_move_is_told_and_calendars_follow(self, room, body, seat):
        meeting = announced(room, body)
        form = {**FILLED, "seen": meeting.changed_at.isoformat(), "starts_at_day": "9",
                "reply_by_year": "2026", "reply_by_month": "12", "reply_by_day": "2",
                "reply_by_hour": "12"}  # fmt: skip
        assert room.post(page("edit", meeting), form).status_code == 302
        meeting.refresh_from_db()
        assert (meeting.sequence, meeting.number) == (1, 1)
        letter = Message.objects.latest("id")
        assert letter.subject == "【孤独・孤立PF】【変更】分科会1 第1回会合"
        assert "(変更前)令和8年12月8日(火)15:00から17:00まで" in letter.text
        assert "(変更後)令和8年12月9日(水)15:00から17:00まで" in letter.text
        assert "himitsu" not in letter.text

    def test_other_words_move_nothing(self, room, body, seat):
        meeting = announced(room, body)
        form = {**FILLED, "seen": meeting.changed_at.isoformat(), "title": "別のテーマ"}
        room.post(page("edit", meeting), form)
        meeting.refresh_from_db()
        assert (meeting.title, meeting.sequence) == ("別のテーマ", 0)
        assert not Message.objects.filter(subject__contains="変更").exists()

    def test_as_it_stands_nothing_is_changed(self, room, body, seat):
        meeting = announced(room, body)
        room.post(page("edit", meeting), {**FILLED, "seen": meeting.changed_at.isoformat()})
        assert not Act.objects.filter(verb="meetings.meeting.edited").exists()

    def test_over_the_first_of_april_it_is_numbered_anew(self, room, body, seat):
        body.numbering = Numbering.FISCAL_YEAR
        body.save()
        MeetingFactory(body=body, number=3, fiscal_year=2026, starts_at=NOW - timedelta(days=9))
        meeting = announced(room, body)
        assert meeting.number == 4
        form = {**FILLED, "seen": meeting.changed_at.isoformat(), "starts_at_year": "2027",
                "starts_at_month": "4"}  # fmt: skip
        room.post(page("edit", meeting), form)
        meeting.refresh_from_db()
        assert (meeting.number, meeting.fiscal_year) == (1, 2027)

    def test_who_saves_second_overwrites_nothing_unseen(self, room, body, seat):
        meeting = prepared(room, body)
        first = {**FILLED, "seen": meeting.changed_at.isoformat(), "title": "先の人のテーマ"}
        with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
            assert room.post(page("edit", meeting), first).status_code == 302
        second = {**first, "title": "あとの人のテーマ", "message": "あとの人のことば"}
        form = form_of(room.post(page("edit", meeting), second))
        assert "ほかの人がこの会合を変えました" in " ".join(form.non_field_errors())
        assert form["message"].value() == "あとの人のことば"
        meeting.refresh_from_db()
        assert meeting.title == "先の人のテーマ"
        again = {**second, "seen": form["seen"].value()}
        assert room.post(page("edit", meeting), again).status_code == 302
        meeting.refresh_from_db()
        assert meeting.title == "あとの人のテーマ"

    def test_cancelled_with_a_reason_and_a_letter(self, room, body, seat):
        meeting = announced(room, body)
        assert form_of(room.post(page("cancel", meeting), {"reason": " "})).errors["reason"]
        room.post(page("cancel", meeting), {"reason": "台風のため"})
        meeting.refresh_from_db()
        assert (meeting.status, meeting.sequence, meeting.number) == ("cancelled", 1, 1)
        letter = Message.objects.latest("id")
        assert letter.subject == "【孤独・孤立PF】【中止】分科会1 第1回会合"
        assert "台風のため" in letter.text
        answer = room.post(page("cancel", meeting), {"reason": "もう一度"})
        assert "もう先へ進んでいます" in text_of(answer)
        assert "変えられません" in text_of(
            room.post(page("edit", meeting), {**FILLED, "seen": meeting.changed_at.isoformat()})
        )


class TestAttendance:
    @pytest.fixture
    def held(self, room, leader, body, seat):
        meeting = announced(room, body)
        with time_machine.travel(datetime(2026, 12, 8, 8, 30, tzinfo=UTC), tick=False):
            room.force_login(leader)
            yield meeting

    def data(self, meeting, **changes):
        row = meeting.invitations.order_by("seat__role", "pk")
        return {
            "seen": meeting.changed_at.isoformat(), "guests": "見本 講師(見本大学)",
            "staff_present": "事務局 太郎", "listeners": "12",
            **{f"attendance_{one.pk}": "online" for one in row},
            **{f"attendee_{one.pk}": "見本 桜" for one in row}, **changes,
        }  # fmt: skip

    def test_recorded_and_closed_in_one_press(self, room, held):
        room.post(page("attendance", held), {**self.data(held), "close": "1"})
        held.refresh_from_db()
        assert (held.status, held.listeners) == ("held", 12)
        assert set(held.invitations.values_list("attendance", "attendee")) == {
            ("online", "見本 桜")
        }

    def test_begun_with_the_answers(self, room, held, seat):
        seat.invitations.update(reply=Reply.ABSENT)
        form = form_of(room.get(page("attendance", held)))
        assert form[f"attendance_{seat.invitations.get().pk}"].value() == "absent"

    def test_not_before_it_begins(self, room, body, seat):
        meeting = announced(room, body)
        assert "始まってから" in text_of(room.get(page("attendance", meeting)))
        room.post(page("attendance", meeting), {**self.data(meeting), "close": "1"})
        meeting.refresh_from_db()
        assert meeting.status == "announced"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"listeners": "-1"}, "listeners"), ({"listeners": "９" * 50}, "listeners"),
         ({"guests": "あ" * 3000}, "guests"), ({"staff_present": "\0"}, "staff_present")],
    )  # fmt: skip
    def test_what_cannot_be_is_said_at_its_field(self, room, held, changes, field):
        form = form_of(room.post(page("attendance", held), self.data(held, **changes)))
        assert form.errors[field]
        assert not held.invitations.exclude(attendance="").exists()

    def test_a_colleague_who_was_quicker_is_not_overwritten(self, room, held):
        room.post(page("attendance", held), self.data(held))
        late = self.data(held, guests="あとの人")
        form = form_of(room.post(page("attendance", held), late))
        assert form.non_field_errors()
        held.refresh_from_db()
        assert held.guests == "見本 講師(見本大学)"


class TestLists:
    @pytest.mark.parametrize("count", [1, 3])
    def test_home_asks_a_constant_number_of_queries(
        self, room, body, lead, count, django_assert_num_queries
    ):
        for n in range(count):
            for status in MeetingStatus:
                InvitationFactory(
                    seat=lead,
                    meeting=MeetingFactory(
                        body=body, status=status, starts_at=NOW + timedelta(days=n + 1)
                    ),
                )
        room.get(reverse("bodies:run", args=[body.slug]))
        with django_assert_num_queries(HOME):
            assert "待っていること" in text_of(room.get(reverse("bodies:run", args=[body.slug])))

    @pytest.mark.parametrize("count", [1, 3])
    def test_a_meeting_and_its_announcement(
        self, room, body, seat, count, django_assert_num_queries
    ):
        for _n in range(count):
            AffiliationFactory(organization=SeatFactory(body=body).organization)
        draft = prepared(room, body)
        meeting = announced(room, body)
        SeatFactory.create_batch(count, body=body)
        for address, queries in ((page("run", meeting), HUB), (page("announce", draft), ANNOUNCE),
                                 (page("attendance", meeting), ATTENDANCE)):  # fmt: skip
            room.get(address)
            with django_assert_num_queries(queries):
                assert room.get(address).status_code == 200

    @pytest.mark.parametrize("count", [1, 3])
    def test_announcing_asks_the_same_for_one_seat_and_for_three(
        self, room, body, seat, count, django_assert_num_queries
    ):
        for _n in range(count):
            AffiliationFactory(organization=SeatFactory(body=body).organization)
        meeting = prepared(room, body)
        with django_assert_num_queries(PRESS):
            room.post(page("announce", meeting), {"seen": meeting.changed_at.isoformat()})


HOME, HUB, ANNOUNCE, ATTENDANCE, PRESS = 9, 9, 12, 7, 27
