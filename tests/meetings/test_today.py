"""The radar of terms, and meetings and minutes that wait."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.choices import Role
from meetings.choices import BodyKind, MeetingStatus, MinutesStatus, SeatRole
from meetings.today import rows
from members.queries.leaving import what_stops
from tests.factories.accounts import make_staff
from tests.factories.meetings import (
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
)
from tests.factories.members import AffiliationFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)  # already the 24th in Japan
DAY = date(2026, 11, 24)


@pytest.fixture
def officer():
    return make_staff(Role.OFFICER)


def in_days(days):
    """The first day outside of a term whose last day is so many days ahead."""
    return DAY + timedelta(days=days + 1)


class TestTerms:
    @pytest.mark.parametrize(
        ("ahead", "words"),
        [(0, "30日"), (30, "30日"), (31, "60日"), (60, "60日"), (61, "90日"), (90, "90日")],
    )
    def test_a_term_that_ends_within_ninety_days_is_told(self, officer, ahead, words):
        seat = SeatFactory(valid_until=in_days(ahead))
        (row,) = rows(officer, AT)
        assert (row.title, row.due) == (seat.body.name, DAY + timedelta(days=ahead))
        assert words in row.who
        assert seat.organization.name in row.who

    @pytest.mark.parametrize("until", [in_days(91), None, DAY])
    def test_later_and_earlier_ends_are_not(self, officer, until):
        SeatFactory(valid_until=until)
        assert rows(officer, AT) == []

    def test_a_whole_committee_is_one_line_with_those_who_are_booked(self, officer):
        body = BodyFactory()
        until = in_days(45)
        seats = [SeatFactory(body=body, valid_until=until) for _n in range(3)]
        SeatFactory(body=body, organization=seats[0].organization, valid_from=until)
        SeatFactory(body=body, valid_from=until, replaces=seats[1])
        (row,) = rows(officer, AT)
        assert "3席" in row.who
        assert "2席" in row.who
        SeatFactory(body=body, organization=seats[2].organization, valid_from=until)
        assert rows(officer, AT) == []

    def test_many_bodies_are_one_line(self, officer):
        for _n in range(6):
            SeatFactory(valid_until=in_days(20))
        (row,) = rows(officer, AT)
        assert "6席" in row.title

    def test_vacant_seats_are_counted_without_observers(self, officer):
        body = BodyFactory(seats_planned=3)
        SeatFactory(body=body)
        SeatFactory(body=body, role=SeatRole.OBSERVER)
        SeatFactory(body=BodyFactory(seats_planned=1))
        (row,) = rows(officer, AT)
        assert (row.title, row.due) == (body.name, None)
        assert "空席 2" in row.who
        assert "定数 3" in row.who

    def test_a_named_person_who_left_is_told_with_the_successor(self, officer):
        contact = AffiliationFactory(person__name="見本 花子")
        SeatFactory(organization=contact.organization, person=contact.person)
        assert rows(officer, AT) == []
        contact.valid_until = DAY
        contact.save()
        (row,) = rows(officer, AT)
        assert "見本 花子" in row.who
        assert "読める人がいません" in row.who
        AffiliationFactory(
            organization=contact.organization, person__name="見本 次郎", predecessor=contact,
            valid_from=DAY,
        )  # fmt: skip
        (row,) = rows(officer, AT)
        assert "見本 次郎" in row.who

    def test_a_lead_without_steering_seat_is_told(self, officer):
        lead = SeatFactory(role=SeatRole.LEAD)
        (row,) = rows(officer, AT)
        assert lead.organization.name in row.title
        committee = BodyFactory(kind=BodyKind.STEERING)
        seat = SeatFactory(body=committee, organization=lead.organization)
        assert rows(officer, AT) == []
        seat.role = SeatRole.OBSERVER
        seat.save()
        assert len(rows(officer, AT)) == 1

    def test_the_seat_of_a_former_member_is_told(self, officer):
        seat = SeatFactory()
        seat.organization.memberships.update(valid_until=DAY)
        (row,) = rows(officer, AT)
        assert seat.organization.name in row.title

    @pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.AUDITOR])
    def test_who_may_not_change_seats_sees_nothing_of_it(self, role):
        SeatFactory(valid_until=in_days(3))
        assert rows(make_staff(role), AT) == []


class TestMeetingsAndMinutes:
    def test_a_meeting_that_is_over_waits_for_its_attendance(self, officer):
        MeetingFactory(starts_at=AT + timedelta(hours=1))
        assert rows(officer, AT) == []
        over = MeetingFactory(starts_at=AT - timedelta(days=2))
        (row,) = rows(officer, AT)
        assert over.body.name in row.title
        assert row.due == date(2026, 11, 22)

    def test_a_meeting_that_was_held_waits_for_its_minutes(self, officer):
        meeting = MeetingFactory(status=MeetingStatus.HELD, starts_at=AT - timedelta(days=2))
        (row,) = rows(officer, AT)
        assert "議事録がまだありません" in row.who
        MinutesFactory(meeting=meeting, due_on=date(2027, 1, 22))
        assert rows(officer, AT) == []

    @pytest.mark.parametrize("status", ["draft", "speakers", "chair"])
    def test_minutes_are_told_a_week_before_they_are_due(self, officer, status):
        MinutesFactory(status=status, due_on=DAY + timedelta(days=8))
        assert rows(officer, AT) == []
        late = MinutesFactory(status=status, due_on=DAY + timedelta(days=7))
        (row,) = rows(officer, AT)
        assert (row.title.startswith(late.meeting.body.name), row.due) == (True, late.due_on)

    def test_final_minutes_wait_to_be_published(self, officer):
        MinutesFactory(status=MinutesStatus.FINAL)
        (row,) = rows(officer, AT)
        assert row.due is None

    def test_contractors_see_these_but_not_the_committees(self):
        contractor = make_staff(Role.CONTRACTOR)
        MeetingFactory(starts_at=AT - timedelta(days=2))
        MeetingFactory(
            body__kind=BodyKind.STEERING, audience="steering", starts_at=AT - timedelta(days=2)
        )
        assert len(rows(contractor, AT)) == 1
        assert len(rows(make_staff(Role.OFFICER), AT)) == 2


@pytest.mark.parametrize("number", [1, 3])
def test_today_asks_the_same_for_one_and_for_three(officer, django_assert_num_queries, number):
    for _n in range(number):
        SeatFactory(valid_until=in_days(5), body__seats_planned=2)
        SeatFactory(role=SeatRole.LEAD)
        contact = AffiliationFactory(valid_until=DAY)
        SeatFactory(organization=contact.organization, person=contact.person)
        former = SeatFactory()
        former.organization.memberships.update(valid_until=DAY)
        MeetingFactory(starts_at=AT - timedelta(days=2))
        MeetingFactory(starts_at=AT - timedelta(days=2), status=MeetingStatus.HELD)
        MinutesFactory(due_on=DAY)
        MinutesFactory(status=MinutesStatus.FINAL)
    officer.has_perm("meetings.change_seat")  # rights are asked once
    with django_assert_num_queries(9):
        rows(officer, AT)


def test_what_stops_names_seats_and_coming_meetings():
    seat = InvitationFactory(
        meeting__starts_at=AT + timedelta(days=20), meeting__body__name="分科会9"
    ).seat
    told = {stop.kind: stop for stop in what_stops(seat.organization, DAY)}
    assert told["seats"].count == 1
    assert told["seats"].lines == ("分科会9(構成員)",)
    assert "分科会9" in told["invitations"].lines[0]
    assert "invitations" not in {
        stop.kind for stop in what_stops(seat.organization, DAY + timedelta(days=60))
    }
