"""`/meetings/reply/<key>/`: answered by whoever has the letter, without an account."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from core.audit.models import Act, Change
from mailing.models import Envelope, Message
from meetings.choices import MeetingMode, MeetingStatus, Reply, SeatRole
from meetings.errors import TooLateError
from meetings.models import Invitation
from meetings.services.inviting import remind_invited
from meetings.services.replies import reply_to_invitation
from tests.factories.mailing import AddressFactory, SenderIdentityFactory
from tests.factories.meetings import (
    AgendaItemFactory,
    InvitationFactory,
    MeetingFactory,
    SeatFactory,
    seated_user,
)
from tests.factories.members import AffiliationFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
BEGINS = datetime(2026, 12, 8, 6, 0, tzinfo=UTC)
REPLY_BY = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    SenderIdentityFactory()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def meeting():
    meeting = MeetingFactory(
        body__name="分科会1", number=2, title="声かけの事例", mode=MeetingMode.HYBRID,
        place="見本会館", starts_at=BEGINS, reply_by=REPLY_BY,
        online_url="https://meet.example.jp/himitsu",
        online_from=BEGINS - timedelta(days=1), announced_at=NOW - timedelta(days=3),
    )  # fmt: skip
    AgendaItemFactory(meeting=meeting, title="事例の整理")
    return meeting


@pytest.fixture
def asked(meeting):
    invitation = InvitationFactory(
        meeting=meeting, seat__organization__name="見本あおぞら居場所ネット",
        sent_at=NOW - timedelta(days=3),
    )  # fmt: skip
    AffiliationFactory(
        organization=invitation.seat.organization, person__name="見本 桜",
        address=AddressFactory(email="aozora@m.example"),
    )  # fmt: skip
    return invitation


def page(invitation, name="reply"):
    return reverse(f"meetings:{name}", args=[invitation.link_key])


def answer(client, invitation, **data):
    form = client.get(page(invitation)).context["form"]
    return client.post(page(invitation), {"seen": form["seen"].value(), **data})


class TestByLink:
    def test_the_page_tells_what_is_asked(self, client, asked):
        response = client.get(page(asked))
        text = response.content.decode()
        for told in (
            "分科会1 第2回会合", "声かけの事例", "事例の整理", "見本会館",
            "見本あおぞら居場所ネット", "入室先は令和8年12月7日(月)15:00から",
        ):  # fmt: skip
            assert told in text
        assert "himitsu" not in text
        assert "no-store" in response.headers["Cache-Control"]
        assert "noindex" in response.headers["X-Robots-Tag"]

    def test_looking_changes_nothing(self, client, asked):
        """Mail programs and gateways open every link they see."""
        before = Change.objects.count()
        for name in ("reply", "reply_ics"):
            client.get(page(asked, name))
            client.head(page(asked, name))
            client.get(page(asked), {"reply": "attend"})
        asked.refresh_from_db()
        assert (asked.reply, asked.replied_at) == ("", None)
        assert Change.objects.count() == before

    def test_one_post_answers(self, client, asked):
        response = answer(client, asked, reply="online", attendee="見本 桜", opinion="賛成です")
        assert response.url == page(asked)
        asked.refresh_from_db()
        assert (asked.reply, asked.attendee, asked.opinion) == ("online", "見本 桜", "賛成です")
        assert asked.person.name == "見本 桜"
        assert asked.replied_by is None
        act = Act.objects.get(verb="meetings.invitation.replied")
        assert act.detail["organization"] == "見本あおぞら居場所ネット"
        text = client.get(page(asked)).content.decode()
        assert "いまのお返事" in text
        assert "オンラインで出席" in text

    def test_it_may_be_changed_until_the_meeting_begins(self, client, asked):
        answer(client, asked, reply="attend", attendee="見本 桜")
        answer(client, asked, reply="absent", attendee="見本 桜")
        asked.refresh_from_db()
        assert (asked.reply, asked.attendee, asked.person) == ("absent", "", None)
        with time_machine.travel(BEGINS, tick=False):
            refused = client.post(page(asked), {"reply": "attend", "seen": asked.replied_at})
            assert "締め切りました" in refused.content.decode()
        asked.refresh_from_db()
        assert asked.reply == "absent"

    def test_who_answers_late_is_taken_and_the_leads_hear_of_it(self, client, asked):
        lead = SeatFactory(body=asked.meeting.body, role=SeatRole.LEAD)
        AffiliationFactory(
            organization=lead.organization, address=AddressFactory(email="lead@m.example")
        )
        answer(client, asked, reply="attend")
        assert not Message.objects.exists()
        with time_machine.travel(REPLY_BY + timedelta(hours=1), tick=False):
            assert "期限を過ぎています" in client.get(page(asked)).content.decode()
            answer(client, asked, reply="absent")
        letter = Envelope.objects.get(address__email="lead@m.example")
        assert "見本あおぞら居場所ネット" in letter.message.text
        assert letter.merge["run_url"].endswith(f"/meetings/{asked.meeting.public_id}/run/")

    @pytest.mark.parametrize(
        ("data", "field", "words"),
        [
            ({}, "reply", "お返事を選んでください。"),
            ({"reply": "maybe"}, "reply", "選択"),
            ({"reply": "substitute"}, "attendee", "代理で出席する人"),
            ({"reply": "substitute", "attendee": " \u202e "}, "attendee", "代理で出席する人"),
            ({"reply": "attend", "attendee": "あ" * 101}, "attendee", "100"),
            ({"reply": "attend", "opinion": "あ" * 1_000_000}, "opinion", "2000"),
            ({"reply": "attend", "opinion": "a\0b"}, "opinion", "文字"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, client, asked, data, field, words):
        response = answer(client, asked, **data)
        form = response.context["form"]
        assert form.errors[field], form.errors
        assert words in " ".join(form.errors[field])
        asked.refresh_from_db()
        assert asked.reply == ""

    @pytest.mark.parametrize(
        ("mode", "offered"),
        [
            (MeetingMode.ONSITE, ["attend", "substitute", "absent"]),
            (MeetingMode.ONLINE, ["online", "substitute", "absent"]),
            (MeetingMode.HYBRID, ["attend", "online", "substitute", "absent"]),
            (MeetingMode.WRITTEN, ["attend", "absent"]),
        ],
    )
    def test_the_answers_fit_the_way_of_meeting(self, client, asked, meeting, mode, offered):
        meeting.mode = mode
        meeting.save()
        form = client.get(page(asked)).context["form"]
        assert [key for key, _label in form.fields["reply"].choices] == offered

    def test_a_colleague_who_was_quicker_is_told_of(self, client, asked):
        stale = client.get(page(asked)).context["form"]["seen"].value()
        answer(client, asked, reply="absent")
        late = {"seen": stale, "reply": "attend", "attendee": "見本 次郎"}
        response = client.post(page(asked), late)
        form = response.context["form"]
        assert "同じ団体の方がお答えになりました(欠席)" in " ".join(form.non_field_errors())
        assert form["attendee"].value() == "見本 次郎"
        asked.refresh_from_db()
        assert asked.reply == "absent"
        client.post(page(asked), {**late, "seen": form["seen"].value()})
        asked.refresh_from_db()
        assert asked.reply == "attend"

    def test_the_online_address_comes_at_its_hour(self, client, asked, meeting):
        with time_machine.travel(meeting.online_from, tick=False):
            assert "himitsu" in client.get(page(asked)).content.decode()
            assert b"himitsu" in client.get(page(asked, "reply_ics")).content
        with time_machine.travel(meeting.ends_at + timedelta(minutes=1), tick=False):
            assert "himitsu" not in client.get(page(asked)).content.decode()

    def test_who_is_logged_in_is_written_down(self, client, asked):
        user = seated_user(asked.seat)
        client.force_login(user)
        answer(client, asked, reply="attend", attendee="見本 桜")
        asked.refresh_from_db()
        assert asked.replied_by == user

    def test_a_stranger_who_is_logged_in_is_nobody(self, client, asked):
        client.force_login(seated_user(SeatFactory()))
        answer(client, asked, reply="attend")
        asked.refresh_from_db()
        assert asked.replied_by is None

    def test_the_queries_of_the_page(self, client, asked, django_assert_num_queries):
        with django_assert_num_queries(4):
            client.get(page(asked))


class TestDeadLinks:
    def gone(self, client, invitation):
        for name in ("reply", "reply_ics"):
            for key in (invitation.link_key, invitation.link_key.upper()):
                address = reverse(f"meetings:{name}", args=[key])
                assert client.get(address).status_code == 404
                assert client.post(address, {"reply": "attend"}).status_code == 404

    @pytest.mark.parametrize("key", ["x", "aaaa-bbbb-cccc-dddd", "a" * 300])
    def test_one_that_never_was(self, client, key):
        assert client.get(reverse("meetings:reply", args=[key])).status_code == 404

    def test_one_that_was_not_sent(self, client, asked):
        Invitation.objects.update(sent_at=None)
        self.gone(client, asked)

    def test_one_of_a_seat_that_ended(self, client, asked):
        asked.seat.valid_until = date(2026, 11, 23)
        asked.seat.save()
        self.gone(client, asked)

    def test_one_of_an_organisation_that_left(self, client, asked):
        asked.seat.organization.memberships.update(valid_until=date(2026, 11, 23))
        self.gone(client, asked)

    def test_one_of_a_seat_that_begins_later_lives(self, client, asked):
        asked.seat.valid_from = date(2026, 12, 1)
        asked.seat.save()
        assert client.get(page(asked)).status_code == 200


class TestReminders:
    @pytest.fixture
    def silent(self, asked):
        return asked

    def at(self, day, hour, minute=0):
        """Japan's time in November and December 2026."""
        return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour - 9,
                                                            minutes=minute)  # fmt: skip

    def test_who_is_silent_is_reminded_once_two_working_days_before(self, silent):
        """Replies are due on Tuesday 1 December: Friday 27 November at 9:00."""
        assert remind_invited(at=self.at(27, 8, 59)) == 0
        assert remind_invited(at=self.at(27, 9)) == 1
        assert remind_invited(at=self.at(27, 9, 1)) == 0
        letter = Message.objects.get()
        assert letter.subject == "【孤独・孤立PF】【再送】分科会1 第2回会合のご出欠のお願い"
        assert "令和8年12月1日(火)17:00" in letter.text

    def test_who_has_answered_is_left_alone(self, silent):
        Invitation.objects.update(reply=Reply.ABSENT)
        assert remind_invited(at=self.at(27, 9)) == 0

    def test_who_was_asked_only_yesterday_is_left_alone(self, silent):
        Invitation.objects.update(sent_at=self.at(26, 18))
        assert remind_invited(at=self.at(27, 9)) == 0
        assert remind_invited(at=self.at(27, 15)) == 1

    def test_not_after_replies_were_due(self, silent):
        assert remind_invited(at=REPLY_BY) == 0

    @pytest.mark.parametrize("status", [MeetingStatus.CANCELLED, MeetingStatus.HELD])
    def test_not_of_a_meeting_that_is_off(self, silent, meeting, status):
        meeting.status = status
        meeting.save()
        assert remind_invited(at=self.at(27, 9)) == 0
        assert remind_invited(at=self.at(37, 15)) == 0

    def test_who_comes_hears_of_it_on_the_working_day_before(self, asked, meeting):
        """Tuesday 8 December: Monday the 7th at 15:00, when the online address is shown."""
        Invitation.objects.update(reply=Reply.ONLINE, attendee="見本 桜")
        assert remind_invited(at=self.at(37, 14, 59)) == 0
        assert remind_invited(at=self.at(37, 15)) == 1
        assert remind_invited(at=self.at(37, 15, 1)) == 0
        envelope = Envelope.objects.get()
        assert "オンラインで出席(見本 桜 様)" in envelope.message.text
        assert "⟦online_url⟧" in envelope.message.text
        assert "himitsu" not in envelope.message.text
        assert envelope.merge["online_url"] == "https://meet.example.jp/himitsu"

    def test_moved_meetings_are_told_of_again(self, asked, meeting):
        Invitation.objects.update(reply=Reply.ATTEND)
        remind_invited(at=self.at(37, 15))
        meeting.refresh_from_db()
        assert meeting.reminded_at

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_queries_do_not_grow(self, meeting, count, django_assert_num_queries):
        for _n in range(count):
            row = InvitationFactory(meeting=meeting, sent_at=NOW - timedelta(days=3))
            AffiliationFactory(organization=row.seat.organization)
        with django_assert_num_queries(16):
            assert remind_invited(at=self.at(27, 9)) == count


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_of_two_answers_at_once_the_second_is_told(self, asked):
        """Negative control: without the comparison of `replied_at` both are written."""
        gate, told = threading.Barrier(2), []

        def one(reply):
            gate.wait()
            try:
                reply_to_invitation(invitation=asked, reply=reply, seen=None, actor=None, at=NOW)
                told.append("written")
            except TooLateError:
                told.append("told")
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(way,)) for way in ("attend", "absent")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(told) == ["told", "written"]

    def test_two_ticks_remind_once(self, asked):
        """Negative control: without the lock of the meeting there are two letters."""
        gate, at = threading.Barrier(3), datetime(2026, 11, 27, 0, 0, tzinfo=UTC)
        failures = []

        def one():
            gate.wait()
            try:
                remind_invited(at=at)
            except Exception as error:
                failures.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=one) for _n in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert Message.objects.count() == 1
