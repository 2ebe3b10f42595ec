"""After the announcement: moved, cancelled, held."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core.audit.models import Act
from mailing.models import Message
from meetings.choices import Numbering, Reply
from tests.factories.meetings import MeetingFactory
from tests.meetings.workroom.pages import FILLED, NOW, announced, form_of, page, prepared, text_of

pytestmark = pytest.mark.django_db


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
