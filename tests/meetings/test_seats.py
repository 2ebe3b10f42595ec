"""Giving, ending, naming and replacing seats: what is refused, what is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.audit.models import Act
from meetings.choices import BodyKind, Office, SeatRole
from meetings.errors import MeetingsError, TooLateError
from meetings.models import Seat
from meetings.services.bodies import dissolve_body, set_up_body
from meetings.services.seats import (
    change_role,
    end_seat,
    give_office,
    give_seat,
    name_person,
    replace_seat,
    take_back_seat,
    transfer_seat,
)
from members.choices import Duty
from tests.factories.accounts import make_user
from tests.factories.meetings import (
    BodyFactory,
    InvitationFactory,
    MeetingFactory,
    SeatFactory,
)
from tests.factories.members import (
    FOUNDED,
    AffiliationFactory,
    MemberFactory,
    OrganizationFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
LATER = date(2027, 4, 1)


@pytest.fixture
def actor():
    return make_user("officer@example.jp")


@pytest.fixture
def told(actor):
    return {"actor": actor, "at": AT}


@pytest.fixture
def committee():
    return BodyFactory(kind=BodyKind.STEERING, name="幹事会", slug="steering")


def steering_member(committee, **facts):
    return SeatFactory(body=committee, **facts).organization


# --- giving ----------------------------------------------------------------------------------


def test_a_member_gets_a_seat_and_the_trail_says_so(told):
    body, member = BodyFactory(), MemberFactory()
    seat = give_seat(body=body, organization=member, valid_from=LATER, **told)
    assert (seat.role, seat.valid_from, seat.valid_until) == (SeatRole.MEMBER, LATER, None)
    act = Act.objects.get(verb="meetings.seat.given")
    assert (act.target_name, act.detail["body"]) == (member.shown_name, body.name)


def test_who_is_no_member_gets_no_seat(told):
    with pytest.raises(MeetingsError, match="会員ではありません"):
        give_seat(body=BodyFactory(), organization=OrganizationFactory(), valid_from=TODAY, **told)
    assert not Seat.objects.exists()


def test_one_organization_has_one_seat_at_a_time(told):
    seat = SeatFactory()
    with pytest.raises(MeetingsError, match="席がすでにあります"):
        give_seat(body=seat.body, organization=seat.organization, valid_from=LATER, **told)


def test_the_next_term_is_booked_beside_the_present_one(told):
    seat = SeatFactory(valid_until=LATER)
    booked = give_seat(
        body=seat.body, organization=seat.organization, valid_from=LATER,
        valid_until=date(2029, 4, 1), **told,
    )  # fmt: skip
    assert list(Seat.objects.standing_on(TODAY)) == [seat]
    assert list(Seat.objects.standing_on(LATER)) == [booked]


def test_a_named_person_speaks_for_the_organization(told):
    body, contact = BodyFactory(), AffiliationFactory()
    stranger = PersonFactory(name="見本 太郎")
    facts = {"body": body, "organization": contact.organization, "valid_from": TODAY}
    with pytest.raises(MeetingsError, match="見本 太郎"):
        give_seat(person=stranger, **facts, **told)
    assert give_seat(person=contact.person, **facts, **told).person == contact.person


@pytest.mark.parametrize("duty", [Duty.NEWSLETTER])
def test_who_only_gets_mail_cannot_be_named(told, duty):
    contact = AffiliationFactory(duty=duty)
    with pytest.raises(MeetingsError):
        give_seat(
            body=BodyFactory(), organization=contact.organization, person=contact.person,
            valid_from=TODAY, **told,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "until", "words"),
    [
        (FOUNDED - timedelta(days=1), None, "設置"),
        (TODAY, None, "廃止"),
        (TODAY, date(2028, 1, 1), "廃止"),
        (TODAY, TODAY, "終わり|終了"),
    ],
)
def test_a_seat_lies_within_the_life_of_its_body(told, first, until, words):
    body = BodyFactory(valid_until=date(2027, 12, 1))
    with pytest.raises(MeetingsError, match=words):
        give_seat(
            body=body, organization=MemberFactory(), valid_from=first, valid_until=until, **told
        )


# --- leads -----------------------------------------------------------------------------------


def lead(told, member, body=None, **facts):
    return give_seat(
        body=body or BodyFactory(), organization=member, role=SeatRole.LEAD,
        **{"valid_from": TODAY, **facts}, **told,
    )  # fmt: skip


def test_only_a_steering_member_leads_a_subcommittee(told, committee):
    with pytest.raises(MeetingsError, match="幹事会"):
        lead(told, MemberFactory())
    member = steering_member(committee)
    assert lead(told, member).role == SeatRole.LEAD
    assert lead(told, member).role == SeatRole.LEAD  # one organisation may lead two


@pytest.mark.parametrize(
    "facts",
    [
        {"valid_until": TODAY},
        {"valid_from": TODAY + timedelta(days=1)},
        {"role": SeatRole.OBSERVER},
    ],
)
def test_a_steering_seat_that_does_not_hold_makes_no_lead(told, committee, facts):
    member = steering_member(committee, **facts)
    with pytest.raises(MeetingsError, match="幹事会"):
        lead(told, member)


def test_a_lead_is_booked_for_the_day_on_which_the_steering_seat_begins(told, committee):
    member = steering_member(committee, valid_from=LATER)
    assert lead(told, member, valid_from=LATER).valid_from == LATER


def test_a_working_group_is_led_by_any_member(told):
    group = BodyFactory(kind=BodyKind.WORKING_GROUP, parent=BodyFactory())
    assert lead(told, MemberFactory(), body=group).pk


# --- ending, taking back ---------------------------------------------------------------------


def test_a_seat_ends_sooner_and_later_but_not_before_it_begins(told):
    seat = SeatFactory(valid_from=TODAY)
    seat = end_seat(seat=seat, until=LATER, **told)
    assert end_seat(seat=seat, until=date(2028, 4, 1), **told).valid_until == date(2028, 4, 1)
    seat.refresh_from_db()
    with pytest.raises(MeetingsError, match="すでに"):
        end_seat(seat=seat, until=date(2028, 4, 1), **told)
    with pytest.raises(MeetingsError, match="令和8年11月24日"):
        end_seat(seat=seat, until=TODAY, **told)


def test_the_seat_of_who_has_left_can_still_be_ended(told):
    seat = SeatFactory()
    seat.organization.memberships.update(valid_until=date(2026, 10, 1))
    assert end_seat(seat=seat, until=TODAY, **told).valid_until == TODAY


def test_a_seat_is_not_prolonged_into_the_next_one(told):
    seat = SeatFactory(valid_until=LATER)
    SeatFactory(body=seat.body, organization=seat.organization, valid_from=LATER)
    with pytest.raises(MeetingsError, match="席がすでにあります"):
        end_seat(seat=seat, until=LATER + timedelta(days=1), **told)


def test_a_booked_seat_can_be_taken_back_and_one_under_way_cannot(told):
    booked, present = SeatFactory(valid_from=LATER), SeatFactory()
    take_back_seat(seat=booked, reason="入力誤り", **told)
    with pytest.raises(MeetingsError):
        take_back_seat(seat=present, reason="入力誤り", **told)
    assert list(Seat.objects.all()) == [present]


def test_a_booked_seat_that_was_invited_stays(told):
    booked = InvitationFactory(seat__valid_from=LATER).seat
    with pytest.raises(MeetingsError):
        take_back_seat(seat=booked, reason="入力誤り", **told)


def test_whoever_was_quicker_is_told_of(told):
    seat = SeatFactory()
    seen = Seat.objects.get(pk=seat.pk)
    end_seat(seat=seat, until=LATER, **told)
    for act in (
        lambda: end_seat(seat=seen, until=TODAY, **told),
        lambda: give_office(seat=seen, office=Office.CHAIR, **told),
        lambda: replace_seat(seat=seen, on=TODAY, organization=MemberFactory(), **told),
    ):
        with pytest.raises(TooLateError):
            act()
    seat.refresh_from_db()
    assert seat.valid_until == LATER


# --- person, office, role --------------------------------------------------------------------


def test_the_person_changes_while_the_organization_keeps_the_seat(told):
    contact = AffiliationFactory()
    seat = SeatFactory(organization=contact.organization)
    seat = name_person(seat=seat, person=contact.person, **told)
    assert (Seat.objects.get().person, Seat.objects.count()) == (contact.person, 1)
    with pytest.raises(MeetingsError):
        name_person(seat=seat, person=PersonFactory(), **told)
    seat.refresh_from_db()
    assert name_person(seat=seat, person=None, **told).person is None


def test_there_is_one_chair_at_a_time_and_many_vice_chairs(told):
    body = BodyFactory()
    first, second = SeatFactory(body=body), SeatFactory(body=body)
    give_office(seat=first, office=Office.CHAIR, on=FOUNDED, **told)
    with pytest.raises(MeetingsError, match="座長"):
        give_office(seat=second, office=Office.CHAIR, **told)
    assert give_office(seat=second, office=Office.VICE_CHAIR, on=FOUNDED, **told).pk == second.pk


def test_a_chair_who_steps_down_was_chair_until_then(told):
    body = BodyFactory()
    first, second = SeatFactory(body=body, office=Office.CHAIR), SeatFactory(body=body)
    after = give_office(seat=first, office="", **told)
    give_office(seat=second, office=Office.CHAIR, **told)
    chairs = Seat.objects.filter(office=Office.CHAIR)
    yesterday = TODAY - timedelta(days=1)
    assert [seat.pk for seat in chairs.active_on(yesterday)] == [first.pk]
    assert [seat.organization for seat in chairs.active_on(TODAY)] == [second.organization]
    assert (after.valid_from, after.organization) == (TODAY, first.organization)


def test_answers_for_later_meetings_go_along_with_the_role(told):
    seat = SeatFactory()
    before = InvitationFactory(
        seat=seat, meeting=MeetingFactory(body=seat.body, starts_at=AT - timedelta(days=30))
    )
    after = InvitationFactory(seat=seat, meeting=MeetingFactory(body=seat.body))
    follower = change_role(seat=seat, role=SeatRole.OBSERVER, **told)
    before.refresh_from_db()
    after.refresh_from_db()
    assert (before.seat, after.seat) == (seat, follower)


def test_a_member_becomes_lead_only_on_the_committee(told, committee):
    seat = SeatFactory()
    with pytest.raises(MeetingsError, match="幹事会"):
        change_role(seat=seat, role=SeatRole.LEAD, **told)
    steering_member(committee, organization=seat.organization)
    assert change_role(seat=seat, role=SeatRole.LEAD, **told).role == SeatRole.LEAD


# --- replacing, merging ----------------------------------------------------------------------


def test_whoever_comes_in_serves_the_remainder(told, committee):
    seat = SeatFactory(body=committee, valid_until=LATER, office=Office.CHAIR)
    other = MemberFactory()
    follower = replace_seat(seat=seat, on=TODAY, organization=other, **told)
    seat.refresh_from_db()
    assert (seat.valid_until, follower.valid_from, follower.valid_until) == (TODAY, TODAY, LATER)
    assert (follower.replaces, follower.organization, follower.office) == (seat, other, "")


def test_another_person_of_the_same_organization_comes_in(told):
    contact = AffiliationFactory()
    seat = SeatFactory(organization=contact.organization, valid_until=LATER)
    follower = replace_seat(seat=seat, on=TODAY, person=contact.person, **told)
    assert (follower.organization, follower.person) == (seat.organization, contact.person)


@pytest.mark.parametrize("on", [FOUNDED, LATER, date(2030, 1, 1)])
def test_the_change_lies_within_the_term(told, on):
    seat = SeatFactory(valid_until=LATER)
    with pytest.raises(MeetingsError):
        replace_seat(seat=seat, on=on, organization=MemberFactory(), **told)
    seat.refresh_from_db()
    assert seat.valid_until == LATER


def test_after_a_merger_the_seat_goes_on_with_its_office(told):
    seat = SeatFactory(valid_until=LATER, office=Office.VICE_CHAIR)
    survivor = MemberFactory()
    follower = transfer_seat(seat=seat, organization=survivor, on=TODAY, **told)
    assert (follower.organization, follower.office) == (survivor, Office.VICE_CHAIR)
    assert follower.valid_until == LATER


def test_a_merger_does_not_double_a_seat(told):
    seat = SeatFactory(valid_until=LATER)
    there = SeatFactory(body=seat.body)
    with pytest.raises(MeetingsError, match="席がすでにあります"):
        transfer_seat(seat=seat, organization=there.organization, on=TODAY, **told)
    seat.refresh_from_db()
    assert seat.valid_until == LATER


# --- bodies ----------------------------------------------------------------------------------


def test_a_body_is_set_up_and_there_is_one_committee(told, committee):
    group = BodyFactory.build(kind=BodyKind.WORKING_GROUP, slug="wg", parent=committee)
    assert set_up_body(body=group, **told).pk
    for wrong in (
        BodyFactory.build(kind=BodyKind.STEERING, slug="second"),
        BodyFactory.build(kind=BodyKind.WORKING_GROUP, slug="orphan"),
        BodyFactory.build(slug="wg"),
    ):
        with pytest.raises(MeetingsError):
            set_up_body(body=wrong, **told)


def test_seats_end_with_their_body(told):
    seat = SeatFactory()
    dissolve_body(body=seat.body, until=LATER, reason="所期の目的を達した", **told)
    seat.refresh_from_db()
    assert seat.valid_until == LATER


def test_a_body_with_a_later_meeting_goes_on(told):
    meeting = MeetingFactory()
    with pytest.raises(MeetingsError):
        dissolve_body(body=meeting.body, until=TODAY + timedelta(days=1), reason="x", **told)
