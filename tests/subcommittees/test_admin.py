"""Setting up a subcommittee on one page, putting it right, deciding who takes part."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from core.audit.models import Act
from mailing.models import Message
from meetings.choices import BodyKind, SeatRole
from meetings.models import Body, Seat
from subcommittees.choices import ParticipationStatus
from subcommittees.errors import SubcommitteesError
from subcommittees.models import Subcommittee
from subcommittees.services import set_up_subcommittee
from subcommittees.today import rows
from tests.factories.accounts import make_staff
from tests.factories.meetings import BodyFactory, SeatFactory
from tests.factories.members import MemberFactory
from tests.factories.subcommittees import ParticipationFactory, SubcommitteeFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
ADD = "admin:subcommittees_subcommittee_add"


@pytest.fixture
def office(client):
    client.force_login(make_staff(Role.OFFICER))
    return client


@pytest.fixture
def steering():
    committee = BodyFactory(kind=BodyKind.STEERING, name="幹事会", slug="steering")
    return [SeatFactory(body=committee).organization for _n in range(2)]


def entries(asked, **changes):
    return {
        "number": "7",
        "theme": "見本のテーマ",
        "purpose": "見本のねらいを検討します。",
        "basis": "規約第21条",
        "resolution": "令和8年度第2回幹事会",
        "numbering": "running",
        "audience": "public",
        "valid_from": timezone.localdate().isoformat(),
        "way_in": "open_call",
        "takes_observers": "on",
        "leads": [one.pk for one in asked],
        **changes,
    }


def test_one_page_makes_body_subcommittee_and_lead_seats(office, steering):
    office.post(reverse(ADD), entries(steering))
    made = Subcommittee.objects.select_related("body").get()
    assert (made.number, made.body.name, made.body.kind, made.body.basis) == (
        7, "分科会7", BodyKind.SUBCOMMITTEE, "規約第21条",
    )  # fmt: skip
    leads = made.body.seats.filter(role=SeatRole.LEAD)
    assert {seat.organization for seat in leads} == set(steering)
    verbs = set(Act.objects.values_list("verb", flat=True))
    assert {"subcommittees.subcommittee.set_up", "meetings.body.set_up"} <= verbs


def test_every_error_is_said_at_its_field_and_leads_there(office, steering):
    typed = entries([], theme="残るテーマ", call_from="2027-02-01", call_until="2027-01-31")
    page = office.post(reverse(ADD), typed)
    form = page.context["adminform"].form
    assert form.errors["call_until"] == ["募集の終わりは、始まりより前にできません。"]
    assert list(form.errors) == ["leads", "call_until"]
    html = page.content.decode()
    assert '<a href="#id_leads_0"><strong>担当幹事</strong>' in html
    assert 'id="id_leads_0"' in html
    assert 'value="残るテーマ"' in html


def test_the_page_offers_the_next_number_and_steering_members_alone(office, steering):
    SubcommitteeFactory(number=4)
    other = MemberFactory(name="幹事でない見本の会")
    page = office.get(reverse(ADD)).content.decode()
    assert 'value="5"' in page
    assert all(one.name in page for one in steering)
    assert other.name not in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "4"}, "number"),
        ({"number": "0"}, "number"),
        ({"theme": ""}, "theme"),
        ({"theme": "a\x00b"}, "theme"),
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({"leads": []}, "leads"),
        ({"leads": ["999999"]}, "leads"),
        ({"leads": ["1\x00"]}, "leads"),
        ({"call_from": "2026-12-01", "call_until": "2026-11-01"}, "call_until"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_half_made(office, steering, changes, field):
    SubcommitteeFactory(number=4)
    bodies = Body.objects.count()
    answer = office.post(reverse(ADD), entries(steering, **changes))
    assert answer.status_code == 200
    assert field in answer.context["adminform"].form.errors
    assert (Subcommittee.objects.count(), Body.objects.count()) == (1, bodies)


def test_a_lead_who_lost_the_steering_seat_meanwhile_stops_all_of_it(steering):
    Seat.objects.filter(organization=steering[1]).update(role=SeatRole.OBSERVER)
    with pytest.raises(Exception, match="幹事会に席がありません"):
        set_up_subcommittee(
            subcommittee=Subcommittee(number=7, theme="見本", purpose="見本"),
            body=Body(slug="subcommittee-7", name="分科会7", valid_from=timezone.localdate(AT)),
            leads=steering, actor=None, at=AT,
        )  # fmt: skip
    assert not Subcommittee.objects.exists()
    assert not Body.objects.filter(slug="subcommittee-7").exists()


def test_there_is_no_subcommittee_without_a_lead():
    with pytest.raises(SubcommitteesError):
        set_up_subcommittee(
            subcommittee=Subcommittee(number=7, theme="見本", purpose="見本"),
            body=Body(slug="subcommittee-7", name="分科会7", valid_from=timezone.localdate(AT)),
            leads=[], actor=None, at=AT,
        )  # fmt: skip


def test_theme_and_way_in_are_put_right(office):
    made = SubcommitteeFactory()
    office.post(
        reverse("admin:subcommittees_subcommittee_change", args=[made.pk]),
        {"theme": "新しいテーマ", "purpose": made.purpose, "way_in": "free", "number": "99"},
    )
    before = made.number
    made.refresh_from_db()
    assert (made.theme, made.way_in, made.number) == ("新しいテーマ", "free", before)


# --- requests --------------------------------------------------------------------------------


def act(asked, key):
    return reverse("admin:subcommittees_participationrequest_act", args=[asked.pk, key])


def test_a_request_is_approved_and_gives_a_seat(office):
    asked = ParticipationFactory()
    assert asked.message in office.get(act(asked, "approve")).content.decode()
    office.post(act(asked, "approve"), {"answer": "ようこそ"})
    asked.refresh_from_db()
    assert asked.status == ParticipationStatus.APPROVED
    assert asked.seat.organization == asked.organization


def test_declining_needs_a_reason(office):
    asked = ParticipationFactory()
    assert office.post(act(asked, "decline"), {"answer": " "}).status_code == 200
    office.post(act(asked, "decline"), {"answer": "定員に達しました"})
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == (ParticipationStatus.DECLINED, "定員に達しました")


def test_whoever_decides_second_reads_that_it_is_decided(office):
    asked = ParticipationFactory()
    office.post(act(asked, "approve"), {"answer": ""})
    letters = Message.objects.count()
    answer = office.post(act(asked, "decline"), {"answer": "定員に達しました"})
    assert "承認" in str(answer.context["form"].errors)
    asked.refresh_from_db()
    assert (asked.status, Message.objects.count()) == (ParticipationStatus.APPROVED, letters)


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.AUDITOR])
def test_only_who_may_decides(client, role):
    client.force_login(make_staff(role))
    assert client.get(act(ParticipationFactory(), "approve")).status_code == 403


def test_today_shows_a_request_until_it_is_decided(office):
    officer = make_staff(Role.OFFICER)
    asked = ParticipationFactory(asked_at=AT - timedelta(days=3))
    (row,) = rows(officer, AT)
    assert row.title == asked.organization.name
    assert row.url == act(asked, "approve")
    assert rows(make_staff(Role.CONTRACTOR), AT) == []
    office.post(act(asked, "approve"), {"answer": ""})
    assert rows(officer, AT) == []


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("model", "queries"), [("subcommittee", 9), ("participationrequest", 9)])
def test_lists_ask_the_same_for_one_row_and_for_three(
    office, django_assert_num_queries, model, queries, number
):
    for _n in range(number):
        asked = ParticipationFactory()
        SeatFactory(body=asked.subcommittee.body, role=SeatRole.LEAD)
    place = reverse(f"admin:subcommittees_{model}_changelist")
    office.get(place)  # the session and what is asked once
    with django_assert_num_queries(queries):
        office.get(place)
