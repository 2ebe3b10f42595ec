from datetime import UTC, date, datetime

import pytest

from accounts.choices import Role
from core.models import Act
from mailing.choices import Channel
from mailing.models import Message
from mailing.services import give_consent
from members.choices import Category, Duty, EndReason, LeavingKind, Reception, RequestStatus
from members.errors import (
    AlreadyWaitingError,
    ImpossibleDateError,
    MembersError,
    NotAMemberError,
    NothingChangesError,
    TooLateError,
)
from members.models import Withdrawal
from members.queries.leaving import what_stops
from members.services import change_category
from members.services.leaving import (
    accept_withdrawal,
    answer_withdrawal,
    expel,
    file_withdrawal,
    refuse_withdrawal,
    retract_withdrawal,
    return_withdrawal,
)
from tests.factories.accounts import make_staff, make_user
from tests.factories.mailing import AddressFactory
from tests.factories.members import (
    FOUNDED,
    AffiliationFactory,
    ChangeRequestFactory,
    ConfirmationFactory,
    MemberFactory,
    OrganizationFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
LEAVING = date(2027, 4, 1)


def told(verb):
    return Act.objects.filter(verb=f"members.{verb}").count()


def filed(organization=None, **given):
    words = {
        "leaving_on": LEAVING, "message": "活動を終えるため", "channel": Reception.WEB,
        "received_on": TODAY, "asked_by": None, "asked_by_name": "見本 花子",
    }  # fmt: skip
    organization = organization or AffiliationFactory().organization
    return file_withdrawal(organization=organization, **(words | given), actor=None, at=AT)


class TestFile:
    def test_it_waits_with_a_number_and_a_receipt_and_nothing_ends(self):
        organization = AffiliationFactory(address__email="tanto@member.example").organization
        notice = filed(organization)
        assert notice.status == RequestStatus.RECEIVED
        assert notice.receipt_number == "退2026-0001"
        assert organization.memberships.get().valid_until is None
        letter = Message.objects.get()
        assert "令和9年3月31日(水)" in letter.text
        assert [e.address.email for e in letter.envelopes.all()] == ["tanto@member.example"]
        assert told("withdrawal.filed") == 1

    def test_who_asked_on_the_web_is_told_at_the_login_address_while_acting_for_it(self):
        contact = AffiliationFactory(address=None)
        contact.person.user = make_user("login@member.example")
        contact.person.save()
        filed(contact.organization, asked_by=contact.person.user)
        filed(asked_by=contact.person.user)
        first = Message.objects.earliest("pk")
        assert [e.address.email for e in first.envelopes.all()] == ["login@member.example"]
        assert Message.objects.filter(envelopes__address__email="login@member.example").count() == 1

    def test_the_secretariat_keys_paper_of_an_earlier_day_without_any_mailbox(self):
        officer = make_staff(Role.OFFICER)
        notice = file_withdrawal(
            organization=MemberFactory(), leaving_on=date(2026, 11, 1), message="",
            channel=Reception.FAX, received_on=date(2026, 10, 30), asked_by=None,
            asked_by_name="見本 花子", actor=officer, at=AT,
        )  # fmt: skip
        assert (notice.received_by, notice.received_on) == (officer, date(2026, 10, 30))
        assert not Message.objects.exists()

    def test_a_second_one_waits_for_the_first(self):
        organization = MemberFactory()
        filed(organization)
        with pytest.raises(AlreadyWaitingError):
            filed(organization)
        assert Withdrawal.objects.count() == 1

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [
            ({"leaving_on": FOUNDED}, NotAMemberError),
            ({"leaving_on": date(1, 1, 2)}, NotAMemberError),
            ({"leaving_on": TODAY}, ImpossibleDateError),
            ({"received_on": date(2026, 11, 21)}, ImpossibleDateError),
            ({"received_on": date(2022, 2, 24)}, ImpossibleDateError),
            ({"message": "あ" * 801}, MembersError),
            ({"asked_by_name": "あ" * 101}, MembersError),
        ],
    )
    def test_impossible_things_are_refused_and_nothing_is_written(self, given, refusal):
        with pytest.raises(refusal):
            filed(**given)
        assert not Withdrawal.objects.exists()
        assert not Message.objects.exists()

    def test_an_end_that_is_booked_already_is_named(self):
        organization = MemberFactory(
            membership__valid_until=date(2027, 5, 1), membership__end_reason=EndReason.DISSOLVED
        )
        with pytest.raises(NothingChangesError, match="令和9年5月1日"):
            filed(organization)

    def test_who_has_left_cannot_leave_again(self):
        with pytest.raises(NotAMemberError):
            filed(MemberFactory(membership__valid_until=date(2026, 1, 1)))
        with pytest.raises(NotAMemberError):
            filed(OrganizationFactory())


class TestDecide:
    def test_accepting_ends_the_period_on_that_day_and_says_so(self):
        officer, notice = make_staff(Role.OFFICER), filed()
        done = accept_withdrawal(withdrawal=notice, actor=officer, at=AT)
        period = done.organization.memberships.get()
        assert (period.valid_until, period.end_reason) == (LEAVING, EndReason.WITHDRAWN)
        assert (done.period, done.decided_by, done.decided_at) == (period, officer, AT)
        assert "手続きが終わりました" in Message.objects.latest("pk").text
        assert told("withdrawal.accepted") == told("organization.membership_ended") == 1

    def test_a_question_comes_back_with_an_answer_and_another_day(self):
        notice = return_withdrawal(withdrawal=filed(), question="日付は?", actor=None, at=AT)
        assert notice.status == RequestStatus.RETURNED
        assert "日付は?" in Message.objects.latest("pk").text
        with pytest.raises(TooLateError):
            accept_withdrawal(withdrawal=notice, actor=None, at=AT)
        notice = answer_withdrawal(
            withdrawal=notice, leaving_on=date(2027, 5, 1), message="5月1日です", actor=None, at=AT
        )
        assert (notice.status, notice.leaving_on) == (RequestStatus.RECEIVED, date(2027, 5, 1))

    def test_a_refusal_needs_words_and_the_membership_goes_on(self):
        notice = filed()
        with pytest.raises(MembersError):
            refuse_withdrawal(withdrawal=notice, answer=" ", actor=None, at=AT)
        notice = refuse_withdrawal(withdrawal=notice, answer="印がありません", actor=None, at=AT)
        assert notice.status == RequestStatus.REFUSED
        assert notice.organization.memberships.get().valid_until is None
        assert "印がありません" in Message.objects.latest("pk").text
        filed(notice.organization)  # a new one may come

    def test_it_is_retracted_while_nothing_is_decided(self):
        notice = retract_withdrawal(withdrawal=filed(), actor=None, at=AT)
        assert notice.status == RequestStatus.RETRACTED
        other = filed()
        accept_withdrawal(withdrawal=other, actor=None, at=AT)
        with pytest.raises(TooLateError):
            retract_withdrawal(withdrawal=other, actor=None, at=AT)

    @pytest.mark.parametrize(
        "act",
        [
            lambda n: accept_withdrawal(withdrawal=n, actor=None, at=AT),
            lambda n: refuse_withdrawal(withdrawal=n, answer="x", actor=None, at=AT),
            lambda n: return_withdrawal(withdrawal=n, question="x", actor=None, at=AT),
            lambda n: retract_withdrawal(withdrawal=n, actor=None, at=AT),
        ],
    )
    def test_what_is_decided_stays_decided(self, act):
        notice = WithdrawalFactory(status=RequestStatus.REFUSED)
        with pytest.raises(TooLateError):
            act(notice)

    def test_a_change_booked_for_later_must_be_taken_back_first(self):
        organization = MemberFactory(membership__category=Category.COOPERATING)
        change_category(
            organization=organization, category=Category.REGULAR, effective_on=date(2027, 6, 1),
            actor=None, at=AT,
        )  # fmt: skip
        notice = filed(organization)
        with pytest.raises(ImpossibleDateError, match="令和9年6月1日"):
            accept_withdrawal(withdrawal=notice, actor=None, at=AT)
        notice.refresh_from_db()
        assert notice.status == RequestStatus.RECEIVED


class TestExpel:
    def expel(self, organization, **given):
        words = {
            "until": date(2026, 12, 1), "resolution": "令和8年度臨時総会 第3号議案",
            "resolved_on": date(2026, 11, 18), "heard_on": date(2026, 11, 10), "note": "",
        }  # fmt: skip
        return expel(organization=organization, **(words | given), actor=None, at=AT)

    def test_the_membership_ends_by_the_resolution_and_the_member_is_told(self):
        organization = AffiliationFactory().organization
        done = self.expel(organization)
        assert (done.kind, done.status) == (LeavingKind.EXPULSION, RequestStatus.ACCEPTED)
        period = organization.memberships.get()
        assert (period.end_reason, period.valid_until) == (EndReason.EXPELLED, date(2026, 12, 1))
        text = Message.objects.get().text
        assert "令和8年度臨時総会 第3号議案" in text
        assert "令和8年11月10日(火)" in text
        assert told("organization.expelled") == 1

    @pytest.mark.parametrize(
        "given",
        [
            {"resolution": " "},
            {"heard_on": date(2026, 11, 19)},
            {"until": date(2026, 11, 17)},
            {"resolved_on": date(2026, 11, 21), "until": date(2026, 12, 1)},
            {"resolved_on": date(2021, 1, 1), "heard_on": date(2021, 1, 1)},
        ],
    )
    def test_what_the_bylaws_do_not_allow_is_refused(self, given):
        organization = MemberFactory()
        with pytest.raises(MembersError):
            self.expel(organization, **given)
        assert organization.memberships.get().valid_until is None


class TestWhatStops:
    def words(self, organization, day=LEAVING):
        return {(s.kind, s.stays): s for s in what_stops(organization, day)}

    def test_who_acts_for_nobody_else_loses_access_and_is_named(self):
        organization = MemberFactory()
        alone = AffiliationFactory(organization=organization, person__name="見本 一人")
        both = AffiliationFactory(organization=organization, person__name="見本 両方")
        other = MemberFactory(name="特定非営利活動法人もう一つ")
        AffiliationFactory(organization=other, person=both.person)
        for contact in (alone, both):
            contact.person.user = make_user()
            contact.person.save()
        found = self.words(organization)
        lines = found["contacts", False].lines
        assert lines[0] == "見本 一人(主担当)"
        assert "特定非営利活動法人もう一つ" in lines[1]
        assert found["logins", False].lines == (alone.person.user.email,)

    def test_the_magazine_of_a_mailbox_read_for_another_member_goes_on(self):
        organization, other = MemberFactory(), MemberFactory(name="特定非営利活動法人もう一つ")
        shared, own = AddressFactory(), AddressFactory()
        for box in (shared, own):
            give_consent(address=box, actor=None, at=AT, channel=Channel.PAPER)
            AffiliationFactory(organization=organization, address=box, duty=Duty.NEWSLETTER)
        AffiliationFactory(organization=other, address=shared)
        found = self.words(organization)
        assert found["magazine", False].lines == (own.email,)
        assert found["magazine", True].lines == (f"{shared.email}(特定非営利活動法人もう一つ)",)

    def test_what_is_under_way_is_named(self):
        organization = MemberFactory(mailbox=AddressFactory(email="info@member.example"))
        ChangeRequestFactory(organization=organization)
        ConfirmationFactory(organization=organization)
        found = self.words(organization)
        assert {kind for kind, _stays in found} == {
            "directory", "mailbox", "change_requests", "confirmations"
        }  # fmt: skip
        assert found["mailbox", False].lines == ("info@member.example",)

    @pytest.mark.parametrize("number", [1, 3])
    def test_the_queries_do_not_grow_with_the_contacts(self, number, django_assert_num_queries):
        organization = MemberFactory()
        other = MemberFactory()
        for contact in AffiliationFactory.create_batch(number, organization=organization):
            AffiliationFactory(organization=other, person=contact.person)
        with django_assert_num_queries(6):
            what_stops(organization, LEAVING)
