"""The secretariat's pages of bodies and papers: acts on seats, what a role does not see."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from meetings.choices import Audience, BodyKind, Office, SeatRole
from meetings.models import Body, Seat
from meetings.services.indexing import index_names
from tests.factories.accounts import make_staff
from tests.factories.meetings import (
    BodyFactory,
    MeetingFactory,
    MinutesFactory,
    SeatFactory,
    make_material,
)
from tests.factories.members import AffiliationFactory, MemberFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def office(client):
    client.force_login(make_staff(Role.OFFICER))
    return client


@pytest.fixture
def committee():
    return BodyFactory(kind=BodyKind.STEERING, name="幹事会", slug="steering")


def act(obj, key):
    return reverse(f"admin:meetings_{obj._meta.model_name}_act", args=[obj.pk, key])


def done(client, place, **data):
    """Both pages of an act that asks to confirm; the record afterwards."""
    answer = client.post(place, {**data, "_confirm": "1"}, follow=True)
    assert answer.redirect_chain, answer.context["form"].errors
    return answer


def refused(client, place, **data):
    answer = client.post(place, {**data, "_confirm": "1"})
    assert answer.status_code == 200
    return answer.context["form"].errors


# --- the list of seats ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["いまの会"]),
        ("?on=ever", ["あしたの会", "いまの会", "きのうの会"]),
        ("?on={before}", ["きのうの会"]),
        ("?role__exact=member", ["いまの会"]),
    ],
)
def test_the_list_shows_who_sits_there_today(office, today, query, names):
    periods = {
        "きのうの会": (today - timedelta(days=9), today), "いまの会": (today, None),
        "あしたの会": (today + timedelta(days=1), None),
    }  # fmt: skip
    for name, (begins, ends) in periods.items():
        SeatFactory(organization=MemberFactory(name=name), valid_from=begins, valid_until=ends)
    query = query.format(before=today - timedelta(days=1))
    page = office.get(reverse("admin:meetings_seat_changelist") + query)
    assert sorted(seat.organization.name for seat in page.context["cl"].result_list) == names
    assert "その日付はありません" not in page.content.decode()


@pytest.mark.parametrize("key", ["office", "role"])
def test_the_first_day_of_a_change_is_called_so(office, key):
    page = office.get(act(SeatFactory(), key))
    assert page.context["form"].fields["on"].label == "この日から"


@pytest.mark.parametrize("key", ["office", "role"])
def test_who_only_reads_what_is_and_presses_the_button_changes_nothing(office, key):
    seat = SeatFactory(
        role=SeatRole.OBSERVER if key == "role" else SeatRole.LEAD, office=Office.CHAIR
    )
    form = office.get(act(seat, key)).context["form"]
    begins = {name: form[name].value() for name in form.fields}
    errors = refused(office, act(seat, key), **begins)
    assert "すでにそのとおり" in str(errors)
    assert Seat.objects.get() == seat


# --- seats -----------------------------------------------------------------------------------


def test_a_seat_is_given_in_two_pages(office, today):
    contact = AffiliationFactory(person__name="見本 花子")
    AffiliationFactory(person__name="別の 団体の人")
    body = BodyFactory()
    entries = {"organization": contact.organization_id, "role": SeatRole.MEMBER,
               "valid_from": today.isoformat()}  # fmt: skip
    second = office.post(act(body, "seat"), entries)
    offered = second.content.decode()
    assert not Seat.objects.exists()
    assert "見本 花子" in offered
    assert "別の 団体の人" not in offered
    done(office, act(body, "seat"), **entries, person=contact.person_id, office=Office.CHAIR)
    seat = Seat.objects.get()
    assert (seat.person, seat.office, seat.body) == (contact.person, Office.CHAIR, body)


def test_a_stranger_is_not_taken_for_a_seat(office, today):
    contact, stranger = AffiliationFactory(), PersonFactory()
    errors = refused(
        office, act(BodyFactory(), "seat"), organization=contact.organization_id,
        role=SeatRole.MEMBER, valid_from=today.isoformat(), person=stranger.pk,
    )  # fmt: skip
    assert "person" in errors
    assert not Seat.objects.exists()


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"valid_from": "2026-13-01"}, "valid_from"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
        ({"organization": "999999999"}, "organization"),
        ({"organization": "9" * 40}, "organization"),
        ({"organization": "1\x00"}, "organization"),
        ({"role": "king"}, "role"),
        ({"note": "長" * 10_000}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"display_name": "あ" * 201}, "display_name"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(office, today, entries, field):
    given = {
        "organization": MemberFactory().pk, "role": SeatRole.MEMBER,
        "valid_from": today.isoformat(), **entries,
    }  # fmt: skip
    assert field in refused(office, act(BodyFactory(), "seat"), **given)
    assert not Seat.objects.exists()


def test_a_lead_without_steering_seat_is_refused_with_the_reason(office, today):
    errors = refused(
        office, act(BodyFactory(), "seat"), organization=MemberFactory().pk, role=SeatRole.LEAD,
        valid_from=today.isoformat(),
    )  # fmt: skip
    assert "幹事会に席がありません" in str(errors)


def test_ending_a_steering_seat_says_which_subcommittees_lose_their_lead(office, committee, today):
    seat = SeatFactory(body=committee)
    led = SeatFactory(organization=seat.organization, role=SeatRole.LEAD, body__name="分科会7")
    entries = {"until": (today + timedelta(days=10)).isoformat(), "reason": "辞任届"}
    told = office.post(act(seat, "end"), entries).content.decode()
    assert led.body.name in told
    done(office, act(seat, "end"), **entries)
    seat.refresh_from_db()
    assert seat.valid_until == today + timedelta(days=10)


def test_the_remainder_is_served_by_another(office, today):
    seat = SeatFactory(valid_until=today + timedelta(days=200))
    other = AffiliationFactory()
    done(
        office, act(seat, "replace"), organization=other.organization_id,
        on=(today + timedelta(days=3)).isoformat(), person=other.person_id,
    )  # fmt: skip
    after = Seat.objects.get(replaces=seat)
    assert (after.organization, after.valid_until) == (other.organization, seat.valid_until)


def test_person_office_and_role_are_changed_on_pages_of_their_own(office, committee, today):
    contact = AffiliationFactory()
    SeatFactory(body=committee, organization=contact.organization)
    seat = SeatFactory(organization=contact.organization, valid_from=today)
    done(office, act(seat, "person"), person=contact.person_id)
    done(office, act(seat, "office"), office=Office.VICE_CHAIR, on=today.isoformat())
    done(office, act(seat, "role"), role=SeatRole.LEAD, on=today.isoformat())
    seat.refresh_from_db()
    assert (seat.person, seat.office, seat.role) == (
        contact.person, Office.VICE_CHAIR, SeatRole.LEAD,
    )  # fmt: skip


def test_a_booked_seat_is_taken_back_to_the_page_of_its_body(office, today):
    seat = SeatFactory(valid_from=today + timedelta(days=30))
    answer = done(office, act(seat, "take-back"), reason="入力誤り")
    assert answer.redirect_chain[-1][0] == reverse(
        "admin:meetings_body_change", args=[seat.body_id]
    )
    assert not Seat.objects.exists()


def test_a_seat_moves_to_the_organization_that_is_left(office, today):
    seat, survivor = SeatFactory(), MemberFactory()
    on = (today + timedelta(days=5)).isoformat()
    done(office, act(seat, "transfer"), organization=survivor.pk, on=on)
    assert Seat.objects.get(replaces=seat).organization == survivor


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.AUDITOR])
@pytest.mark.parametrize("key", ["person", "office", "role", "replace", "transfer", "end"])
def test_only_the_secretariats_own_staff_decide_who_sits_where(client, role, key):
    client.force_login(make_staff(role))
    assert client.get(act(SeatFactory(), key)).status_code == 403


# --- bodies ----------------------------------------------------------------------------------


def test_a_working_group_is_set_up(office, today):
    parent = BodyFactory()
    office.post(
        reverse("admin:meetings_body_add"),
        {
            "kind": BodyKind.WORKING_GROUP, "name": "見本WG", "slug": "wg-1", "parent": parent.pk,
            "numbering": "running", "audience": Audience.PUBLIC,
            "valid_from": today.isoformat(),
        },
    )  # fmt: skip
    assert Body.objects.get(slug="wg-1").parent == parent


def test_a_second_committee_and_an_orphan_group_are_refused(office, committee, today):
    given = {"name": "もう一つ", "slug": "x", "numbering": "running", "audience": Audience.PUBLIC,
             "valid_from": today.isoformat()}  # fmt: skip
    for kind in (BodyKind.STEERING, BodyKind.WORKING_GROUP):
        answer = office.post(reverse("admin:meetings_body_add"), {**given, "kind": kind})
        assert answer.status_code == 200
    assert Body.objects.count() == 1


def test_the_terms_are_drawn_and_told(office, today):
    body = BodyFactory()
    now = SeatFactory(body=body, valid_until=today + timedelta(days=40), note="留任の見込み")
    SeatFactory(
        body=body, organization=now.organization, valid_from=now.valid_until,
        valid_until=date(now.valid_until.year + 2, 4, 1),
    )  # fmt: skip
    page = office.get(reverse("admin:meetings_body_terms", args=[body.pk])).content.decode()
    assert page.count('<rect class="r-member') == 2
    assert page.count("booked") >= 2
    assert "留任の見込み" in page


def test_a_body_without_seats_has_a_page_of_terms(office):
    assert (
        office.get(reverse("admin:meetings_body_terms", args=[BodyFactory().pk])).status_code == 200
    )


def test_a_body_is_dissolved_with_its_seats(office, today):
    seat = SeatFactory()
    until = (today + timedelta(days=1)).isoformat()
    done(office, act(seat.body, "dissolve"), until=until, reason="所期の目的を達した")
    seat.refresh_from_db()
    assert seat.valid_until == today + timedelta(days=1)


# --- the steering committee's own --------------------------------------------------------------

SECRET = "幹事会だけの題名"


@pytest.fixture
def closed(committee):
    """Things of the steering committee, one of each kind."""
    meeting = MeetingFactory(body=committee, title=SECRET, audience=Audience.STEERING)
    minutes = MinutesFactory(meeting=meeting, audience=Audience.STEERING)
    paper = make_material(
        body=committee, meeting=meeting, title=SECRET, audience=Audience.STEERING, comment=SECRET
    )
    other = make_material(title=SECRET, audience=Audience.STEERING)
    return [meeting, minutes, paper, other]


def pages_of(obj):
    name = f"admin:meetings_{obj._meta.model_name}"
    yield reverse(f"{name}_changelist")
    yield reverse(f"{name}_changelist") + "?q=幹事会だけの題"
    yield reverse(f"{name}_change", args=[obj.pk])
    yield reverse(f"{name}_history", args=[obj.pk])
    yield reverse("admin:search") + "?q=幹事会だけの題"


def test_a_paper_is_found_by_any_kana_and_by_its_text(office):
    paper = make_material(title="コミュニティ食堂の手引き", comment="来年度に改める")
    make_material(title="別の資料")
    index_names(paper)
    place = reverse("admin:meetings_material_changelist")
    for query in ("こみゅにてぃ食堂", "手引き", "改める", "ｺﾐｭﾆﾃｨ"):
        found = office.get(place, {"q": query}).context["cl"].result_list
        assert [row.pk for row in found] == [paper.pk], query
    assert not office.get(place, {"q": "ない言葉"}).context["cl"].result_list
    everything = office.get(reverse("admin:search"), {"q": "こみゅにてぃ食堂"}).content.decode()
    assert "コミュニティ食堂の手引き" in everything


@pytest.mark.parametrize(("role", "sees"), [(Role.CONTRACTOR, False), (Role.OFFICER, True)])
def test_contractors_find_nothing_of_the_committee(client, closed, role, sees):
    client.force_login(make_staff(role))
    found = set()
    for obj in closed:
        for place in pages_of(obj):
            answer = client.get(place)
            if answer.status_code == 200 and SECRET in answer.content.decode():
                found.add(place.split("?")[0])
    assert bool(found) is sees, found


def test_a_contractor_opens_no_record_of_the_committee(client, closed):
    client.force_login(make_staff(Role.CONTRACTOR))
    for obj in closed:
        place = reverse(f"admin:meetings_{obj._meta.model_name}_change", args=[obj.pk])
        assert client.get(place).status_code == 302


# --- how often they ask ------------------------------------------------------------------------


def three(model):
    return {
        "body": lambda: SeatFactory(role=SeatRole.LEAD),
        "seat": SeatFactory,
        "meeting": MeetingFactory,
        "material": make_material,
        "minutes": MinutesFactory,
    }[model]


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(
    ("model", "queries"),
    [("body", 9), ("seat", 9), ("meeting", 12), ("material", 9), ("minutes", 9)],
)
def test_lists_ask_the_same_for_one_row_and_for_three(
    office, django_assert_num_queries, model, queries, number
):
    for _n in range(number):
        three(model)()
    place = reverse(f"admin:meetings_{model}_changelist")
    office.get(place)  # the session and what is asked once
    with django_assert_num_queries(queries):
        office.get(place)
