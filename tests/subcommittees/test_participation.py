"""Asking to take part, deciding, joining and leaving: through the pages, as people do it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.choices import Role
from core.audit.models import Act
from mailing.models import Message
from meetings.choices import Office, SeatRole
from meetings.models import Material, Seat
from meetings.queries import reader_of
from members.choices import Duty
from members.models import Membership
from subcommittees.choices import ParticipationStatus, WayIn
from subcommittees.models import ParticipationRequest
from tests.factories.accounts import make_staff
from tests.factories.mailing import SenderIdentityFactory
from tests.factories.meetings import SeatFactory, make_material, seated_user, speaking_user
from tests.factories.members import AffiliationFactory, MemberFactory
from tests.factories.subcommittees import ParticipationFactory, SubcommitteeFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def noon():
    SenderIdentityFactory()
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def subcommittee():
    return SubcommitteeFactory(number=1, body__name="分科会1")


@pytest.fixture
def lead(subcommittee):
    """The account of a lead organisation."""
    return seated_user(SeatFactory(body=subcommittee.body, role=SeatRole.LEAD))


@pytest.fixture
def contact():
    """The account of a member that sits nowhere."""
    return speaking_user(MemberFactory(name="特定非営利活動法人見本あおぞら"))


def organization_of(user):
    return user.person.affiliations.get().organization


def at(name, *args):
    return reverse(f"subcommittees:{name}", args=args)


def join(client, **data):
    return client.post(at("join", 1), {"role": "member", "message": "学びたいです", **data})


def subjects():
    return [
        message.subject.removeprefix("【孤独・孤立PF】")
        for message in Message.objects.order_by("pk")
    ]


class TestAsking:
    def test_a_member_asks_and_both_sides_are_told(self, client, subcommittee, lead, contact):
        client.force_login(contact)
        page = client.get(at("join", 1)).content.decode()
        assert "<strong>特定非営利活動法人見本あおぞら</strong>" in page
        assert join(client).url == at("join", 1)
        asked = ParticipationRequest.objects.get()
        assert (asked.role, asked.asked_by, asked.message) == ("member", contact, "学びたいです")
        assert subjects() == [
            "分科会1への参加のお申込みを受け付けました", "分科会1への参加の申込みがあります",
        ]  # fmt: skip
        assert "学びたいです" in Message.objects.get(subject__contains="申込みがあります").text
        assert "申込みを確かめています" in client.get(at("join", 1)).content.decode()
        assert Act.objects.filter(verb="subcommittees.participation.asked").count() == 1

    def test_who_sits_there_reads_so_under_the_whole_name(self, client, subcommittee, contact):
        name = contact.person.affiliations.get().organization.shown_name
        SeatFactory(
            body=subcommittee.body, organization=contact.person.affiliations.get().organization
        )
        client.force_login(contact)
        page = client.get(at("join", 1)).content.decode()
        assert '<p class="notice__title">もう参加しています</p>' in page
        assert f"<p>{name}は、分科会1に席があります。</p>" in page

    def test_who_acts_for_two_chooses(self, client, subcommittee, contact):
        other = MemberFactory(name="見本のもう一つの団体")
        AffiliationFactory(person=contact.person, organization=other)
        client.force_login(contact)
        answer = join(client)
        assert "どの団体として" in answer.content.decode()
        assert not ParticipationRequest.objects.exists()
        join(client, organization=other.slug)
        assert ParticipationRequest.objects.get().organization == other
        join(client)  # now only one is left to choose from
        assert ParticipationRequest.objects.count() == 2

    def test_a_second_request_is_not_taken(self, client, subcommittee, contact):
        client.force_login(contact)
        join(client)
        join(client)
        assert ParticipationRequest.objects.count() == 1

    @pytest.mark.parametrize(
        "columns",
        [
            {"way_in": WayIn.INVITATION},
            {"call_from": date(2026, 11, 24)},
            {"call_from": date(2026, 10, 1), "call_until": date(2026, 11, 22)},
            {"body__valid_until": TODAY},
        ],
    )
    def test_outside_the_call_nothing_is_taken(self, client, contact, columns):
        SubcommitteeFactory(number=1, **columns)
        client.force_login(contact)
        page = join(client).content.decode()
        assert "いまは申込みを受け付けていません" in page
        assert not ParticipationRequest.objects.exists()
        assert at("join", 1) not in client.get(at("subcommittee", 1)).content.decode()

    def test_the_last_day_of_the_call_is_a_day_of_the_call(self, client, contact):
        SubcommitteeFactory(number=1, call_from=date(2026, 10, 1), call_until=TODAY)
        client.force_login(contact)
        join(client)
        assert ParticipationRequest.objects.count() == 1

    def test_who_does_not_speak_for_an_organization_cannot_ask(self, client, subcommittee, contact):
        contact.person.affiliations.update(duty=Duty.NEWSLETTER)
        client.force_login(contact)
        assert "団体の担当者の方が申し込めます" in join(client).content.decode()
        assert not ParticipationRequest.objects.exists()

    def test_strangers_are_sent_to_the_login(self, client, subcommittee):
        assert "/accounts/login/" in client.get(at("join", 1)).url

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"message": "あ\0い"}, "使えない文字(NUL)"),
            ({"message": "あ" * 801}, "800"),
            ({"role": "lead"}, "lead"),
            ({"role": ""}, "必須"),
        ],
    )
    def test_what_cannot_be_comes_back_with_a_sentence(
        self, client, subcommittee, contact, data, sentence
    ):
        client.force_login(contact)
        page = join(client, **data).content.decode()
        assert "エラー:" in page
        assert sentence in page
        assert not ParticipationRequest.objects.exists()

    def test_it_can_be_taken_back_by_its_own_people_alone(self, client, lead, contact):
        asked = ParticipationFactory(subcommittee__number=7, organization=organization_of(contact))
        SeatFactory(body=asked.subcommittee.body, organization=organization_of(lead), role="lead")
        address = at("retract", 7, asked.public_id)
        client.force_login(speaking_user(MemberFactory()))
        assert client.post(address).status_code == 404
        client.force_login(contact)
        assert client.post(address).url == at("join", 7)
        asked.refresh_from_db()
        assert asked.status == ParticipationStatus.RETRACTED
        client.post(address)  # twice is told, and changes nothing
        assert Act.objects.filter(verb="subcommittees.participation.retracted").count() == 1


class TestDeciding:
    @pytest.fixture
    def asked(self, subcommittee, contact):
        return ParticipationFactory(
            subcommittee=subcommittee, organization=organization_of(contact)
        )

    def decide(self, client, asked, **data):
        return client.post(at("request", 1, asked.public_id), data)

    def test_a_lead_lets_it_in_and_its_people_read_at_once(self, client, lead, asked, contact):
        paper = make_material(body=asked.subcommittee.body)
        visible = Material.objects.visible_to
        assert paper not in visible(reader_of(contact, TODAY), NOON)
        client.force_login(lead)
        page = client.get(at("requests", 1)).content.decode()
        assert asked.organization.shown_name in page
        answer = self.decide(client, asked, decision="approve", answer="ようこそ")
        assert answer.url == at("requests", 1)
        asked.refresh_from_db()
        assert (asked.status, asked.decided_by) == (ParticipationStatus.APPROVED, lead)
        assert (asked.seat.role, asked.seat.valid_from) == (SeatRole.MEMBER, TODAY)
        assert paper in visible(reader_of(contact, TODAY), NOON)
        assert subjects() == ["分科会1への参加のお申込みの結果"]
        assert "ようこそ" in Message.objects.get().text

    def test_declining_needs_a_reason(self, client, lead, asked):
        client.force_login(lead)
        page = self.decide(client, asked, decision="decline").content.decode()
        assert "理由" in page
        asked.refresh_from_db()
        assert asked.status == ParticipationStatus.RECEIVED
        self.decide(client, asked, decision="decline", answer="定員に達しました")
        asked.refresh_from_db()
        assert asked.status == ParticipationStatus.DECLINED
        assert "定員に達しました" in Message.objects.get().text
        assert not Seat.objects.filter(organization=asked.organization).exists()

    def test_whoever_is_second_reads_that_somebody_was_quicker(self, client, lead, asked):
        client.force_login(lead)
        self.decide(client, asked, decision="approve")
        answer = client.post(
            at("request", 1, asked.public_id),
            {"decision": "decline", "answer": "いいえ"},
            follow=True,
        )
        assert "すでに次の段階に進んでいます" in answer.content.decode()
        assert Seat.objects.filter(organization=asked.organization).count() == 1

    def test_who_has_left_the_platform_is_not_let_in(self, client, lead, asked):
        Membership.objects.filter(organization=asked.organization).update(valid_until=TODAY)
        client.force_login(lead)
        page = self.decide(client, asked, decision="approve").content.decode()
        assert "会員ではありません" in page
        asked.refresh_from_db()
        assert asked.status == ParticipationStatus.RECEIVED

    def test_nobody_else_finds_the_requests(self, client, asked, contact):
        seat = SeatFactory(body=asked.subcommittee.body)
        other = SubcommitteeFactory(number=2)
        other_lead = seated_user(SeatFactory(body=other.body, role=SeatRole.LEAD))
        for user in (contact, seated_user(seat), other_lead, make_staff(Role.AUDITOR)):
            client.force_login(user)
            for address in (at("requests", 1), at("request", 1, asked.public_id)):
                assert client.get(address).status_code == 404
                assert client.post(address, {"decision": "approve"}).status_code in (404, 405)
        client.force_login(other_lead)
        assert client.get(at("request", 2, asked.public_id)).status_code == 404

    def test_a_contractor_reads_but_does_not_decide(self, client, asked):
        client.force_login(make_staff(Role.CONTRACTOR))
        page = client.get(at("request", 1, asked.public_id)).content.decode()
        assert "団体へのことば" not in page
        self.decide(client, asked, decision="approve")
        asked.refresh_from_db()
        assert asked.status == ParticipationStatus.RECEIVED

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_list_asks_the_same_few_questions(
        self, client, lead, subcommittee, django_assert_num_queries, number
    ):
        ParticipationFactory.create_batch(number, subcommittee=subcommittee)
        ParticipationFactory.create_batch(
            number, subcommittee=subcommittee, status=ParticipationStatus.RETRACTED
        )
        client.force_login(lead)
        client.get(at("requests", 1))
        with django_assert_num_queries(8):
            client.get(at("requests", 1))


class TestComingAndGoing:
    def test_where_everybody_may_come_one_sits_at_once(self, client, contact):
        free = SubcommitteeFactory(number=1, way_in=WayIn.FREE, body__name="分科会1")
        lead = SeatFactory(body=free.body, role=SeatRole.LEAD)
        AffiliationFactory(organization=lead.organization)
        client.force_login(contact)
        assert join(client, role="observer").url == at("subcommittee", 1)
        seat = Seat.objects.get(organization=organization_of(contact))
        assert (seat.role, seat.valid_from) == (SeatRole.OBSERVER, TODAY)
        assert subjects() == ["分科会1に参加されました", "分科会1に団体が加わりました"]

    def test_where_no_observers_are_taken_nobody_is_asked_as_what(self, client, contact):
        SubcommitteeFactory(number=1, takes_observers=False)
        client.force_login(contact)
        join(client, role="observer")
        assert ParticipationRequest.objects.get().role == SeatRole.MEMBER

    def test_leaving_holds_from_tomorrow(self, client, subcommittee, lead):
        seat = SeatFactory(body=subcommittee.body)
        client.force_login(seated_user(seat))
        assert seat.organization.shown_name in client.get(at("leave", 1)).content.decode()
        client.post(at("leave", 1), {"reason": "体制が変わりました"})
        seat.refresh_from_db()
        assert seat.valid_until == TODAY + timedelta(days=1)
        assert subjects() == ["分科会1への参加の終了", "分科会1から団体がぬけました"]
        assert "体制が変わりました" in Message.objects.get(subject__contains="ぬけました").text

    def test_leads_and_chairs_leave_through_the_secretariat(self, client, subcommittee, lead):
        chair = SeatFactory(body=subcommittee.body, office=Office.CHAIR)
        for user in (lead, seated_user(chair)):
            client.force_login(user)
            page = client.post(at("leave", 1), {"reason": ""}).content.decode()
            assert "事務局へご連絡ください" in page
        assert not Seat.objects.exclude(valid_until=None).exists()

    def test_who_does_not_sit_there_cannot_leave(self, client, subcommittee, contact):
        client.force_login(contact)
        assert client.get(at("leave", 1)).status_code == 404
