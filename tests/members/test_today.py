from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.today import rows as account_rows
from members.choices import (
    ApplicationStatus,
    Category,
    ConfirmationStatus,
    EndReason,
    RequestStatus,
)
from members.models import Correction, DecisionBatch
from members.today import rows
from tests.factories.accounts import make_staff, make_user
from tests.factories.members import (
    AffiliationFactory,
    ApplicationFactory,
    BatchFactory,
    ChangeRequestFactory,
    ConfirmationFactory,
    MemberFactory,
    MembershipFactory,
    RoundFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2022, 6, 14, 15, 30, tzinfo=UTC)  # already the 15th in Japan
DAY = date(2022, 6, 15)


@pytest.fixture
def officer():
    return make_staff(Role.OFFICER)


@pytest.fixture
def contractor():
    return make_staff(Role.CONTRACTOR)


def titles(user, at=AT):
    return [row.title for row in rows(user, at)]


def ending(until, **fields):
    period = MembershipFactory(valid_until=until, **fields)
    AffiliationFactory(organization=period.organization)
    return period.organization.name


def reached_member(name):
    """With a contact, so that only what is tested waits."""
    organization = MemberFactory(name=name)
    AffiliationFactory(organization=organization)
    return organization


def sent_back(application, *, asked, answered=None):
    return Correction.objects.create(
        application=application, message="電話番号をご確認ください", asked_at=asked,
        answered_at=answered,
    )  # fmt: skip


class TestPeriods:
    def test_memberships_that_end_within_a_month_are_shown_with_their_last_day(self, officer):
        ending(date(2022, 6, 15))
        soon = [ending(date(2022, 6, 16)), ending(date(2022, 7, 16))]
        ending(date(2022, 7, 17))
        told = [row for row in rows(officer, AT) if row.due]
        assert [row.title for row in told] == soon
        assert [row.due for row in told] == [date(2022, 6, 15), date(2022, 7, 15)]

    def test_a_booked_change_of_category_is_said_and_is_no_end(self, officer):
        name = ending(date(2022, 7, 1), end_reason=EndReason.CATEGORY_CHANGED)
        period = MembershipFactory._meta.model.objects.get()
        MembershipFactory(
            organization=period.organization, category=Category.COOPERATING,
            valid_from=date(2022, 7, 1),
        )  # fmt: skip
        (row,) = rows(officer, AT)
        assert (row.title, row.due) == (name, date(2022, 7, 1))
        assert row.who == "会員から協力会員に変わります"

    def test_many_are_one_line(self, officer):
        for _n in range(6):
            ending(date(2022, 6, 30))
        (row,) = rows(officer, AT)
        assert "6件" in row.title


class TestContacts:
    def test_a_member_without_contact_waits_for_somebody(self, officer):
        organization = MemberFactory()
        assert titles(officer) == [organization.name]

    def test_who_may_not_change_contacts_sees_nothing_to_do(self):
        MemberFactory()
        assert rows(make_staff(Role.AUDITOR), AT) == []

    def test_the_only_contact_who_leaves_without_a_successor_is_a_task(self, officer):
        leaving = AffiliationFactory(valid_until=date(2022, 7, 1))
        AffiliationFactory(valid_until=date(2022, 8, 1))  # later than a month
        (row,) = rows(officer, AT)
        assert row.title == leaving.organization.name
        assert row.due == date(2022, 6, 30)

    def test_a_successor_who_is_entered_ends_the_task(self, officer):
        leaving = AffiliationFactory(valid_until=date(2022, 7, 1))
        AffiliationFactory(organization=leaving.organization, valid_from=date(2022, 7, 1))
        assert rows(officer, AT) == []

    def test_a_successor_at_a_dead_mailbox_is_none(self, officer):
        leaving = AffiliationFactory(valid_until=date(2022, 7, 1))
        AffiliationFactory(
            organization=leaving.organization, valid_from=date(2022, 7, 1), address=None
        )
        assert titles(officer) == [leaving.organization.name]

    def test_who_leaves_as_a_member_needs_no_successor(self, officer):
        organization = MemberFactory(membership__valid_until=date(2022, 7, 1))
        AffiliationFactory(organization=organization, valid_until=date(2022, 7, 1))
        assert [row.who for row in rows(officer, AT)] == ["会員期間が終わります"]

    def test_many_are_one_line_that_leads_to_them(self, officer, client):
        for _n in range(6):
            AffiliationFactory(valid_until=date(2022, 7, 1))
        (row,) = rows(officer, AT)
        client.force_login(officer)
        assert client.get(row.url).context["cl"].result_count == 6


class TestApplications:
    @pytest.fixture
    def received(self):
        return ApplicationFactory(received_on=date(2022, 6, 1))

    def test_it_is_due_ten_business_days_after_it_came(self, officer, received):
        (row,) = rows(officer, AT)
        assert row.title == received.name
        assert row.due == date(2022, 6, 15)
        assert received.receipt_number in row.who
        assert row.url == reverse("admin:members_membershipapplication_change", args=[received.pk])

    def test_a_day_that_was_set_counts_instead(self, officer, received):
        received.due_on = date(2022, 7, 1)
        received.save()
        assert [row.due for row in rows(officer, AT)] == [date(2022, 7, 1)]

    def test_drafts_and_decided_ones_do_not_wait(self, officer):
        for status in ("draft", "reported", "approved", "declined", "retracted"):
            ApplicationFactory(status=status)
        assert rows(officer, AT) == []

    def test_a_correction_that_came_back_is_told_apart(self, officer, received):
        received.status = ApplicationStatus.CHECKING
        received.save()
        (before,) = rows(officer, AT)
        sent_back(received, asked=AT - timedelta(days=5), answered=AT - timedelta(days=1))
        (after,) = rows(officer, AT)
        assert before.action != after.action
        assert "補正が届きました" in after.who

    def test_who_is_silent_for_two_weeks_is_a_task(self, officer, received):
        received.status = ApplicationStatus.RETURNED
        received.save()
        correction = sent_back(received, asked=AT - timedelta(days=14))
        assert rows(officer, AT) == []
        (row,) = rows(officer, AT + timedelta(minutes=1))
        assert row.due == DAY
        correction.answered_at = AT
        correction.save()
        assert rows(officer, AT + timedelta(days=30)) == []

    def test_it_leaves_at_once_for_everybody(self, officer, contractor, received):
        assert titles(officer) == titles(contractor) == [received.name]
        received.status = ApplicationStatus.REPORTED
        received.save()
        assert titles(officer) == titles(contractor) == []

    @pytest.mark.parametrize("status", ["received", "checking"])
    def test_many_are_one_line_with_the_day_of_the_oldest(self, officer, client, status):
        for number in range(6):
            ApplicationFactory(status=status, received_on=date(2022, 6, 1 + number))
        (row,) = rows(officer, AT)
        assert "6件" in row.title
        assert row.due == date(2022, 6, 15)
        client.force_login(officer)
        assert client.get(row.url).context["cl"].result_count == 6


class TestRounds:
    def test_a_round_of_decisions_waits_for_those_who_decide(self, officer, contractor):
        batch = BatchFactory(held_on=date(2022, 6, 29))
        for _n in range(3):
            ApplicationFactory(status=ApplicationStatus.REPORTED, batch=batch)
        BatchFactory(held_on=date(2022, 6, 30))
        (row,) = rows(officer, AT)
        assert (row.title, row.due) == (batch.title, date(2022, 6, 29))
        assert "3件" in row.who
        assert rows(contractor, AT) == []
        DecisionBatch.objects.update(decided_at=AT)
        assert rows(officer, AT) == []

    def test_the_yearly_round_is_to_be_sent_by_the_secretariat(self, officer, contractor):
        round_ = RoundFactory(opens_on=date(2022, 6, 20), due_on=date(2022, 7, 20), sent_at=None)
        (row,) = rows(officer, AT)
        assert (row.title, row.due) == (round_.title, date(2022, 6, 20))
        assert rows(contractor, AT) == []

    def test_those_who_are_silent_past_the_day_are_one_line(self, officer, contractor):
        round_ = RoundFactory(opens_on=date(2022, 5, 1), due_on=date(2022, 6, 14), sent_at=AT)
        for status in (*[ConfirmationStatus.WAITING] * 7, ConfirmationStatus.UNCHANGED):
            ConfirmationFactory(
                round=round_, status=status, organization=AffiliationFactory().organization
            )
        for user in (officer, contractor):
            (row,) = rows(user, AT)
            assert "7団体" in row.who
            assert row.due == date(2022, 6, 14)
        assert rows(officer, AT - timedelta(days=1)) == []
        round_.closed_at = AT
        round_.save()
        assert rows(officer, AT) == []


class TestRequests:
    def test_a_change_request_is_due_in_ten_business_days(self, officer, contractor):
        request = ChangeRequestFactory(
            organization=reached_member("変える会"), received_on=date(2022, 6, 8),
            changes={"kind": {"old": "npo", "new": "company"}}, effective_on=date(2022, 6, 9),
        )  # fmt: skip
        (row,) = rows(officer, AT)
        assert (row.title, row.due) == ("変える会", date(2022, 6, 22))
        assert rows(contractor, AT) == []
        request.status = RequestStatus.RETURNED
        request.save()
        assert rows(officer, AT) == []

    def test_a_new_name_is_due_on_the_day_it_takes_effect(self, officer):
        ChangeRequestFactory(
            organization=reached_member("変える会"), received_on=date(2022, 6, 8),
            changes={"name": {"old": "a", "new": "b"}}, effective_on=date(2022, 6, 16),
        )  # fmt: skip
        assert [row.due for row in rows(officer, AT)] == [date(2022, 6, 16)]

    def test_who_wants_to_leave_waits_for_those_who_decide(self, officer, contractor):
        WithdrawalFactory(
            organization=reached_member("去る会"), received_on=date(2022, 6, 8),
            leaving_on=date(2022, 6, 17),
        )  # fmt: skip
        (row,) = rows(officer, AT)
        assert (row.title, row.due) == ("去る会", date(2022, 6, 17))
        assert rows(contractor, AT) == []

    def test_many_are_one_line_each(self, officer):
        for number in range(6):
            organization = reached_member(f"会{number}")
            ChangeRequestFactory(organization=organization, received_on=date(2022, 6, 8))
            WithdrawalFactory(organization=organization, received_on=date(2022, 6, 8))
        assert ["6件" in title for title in titles(officer)] == [True, True]


class TestAccounts:
    def test_staff_accounts_that_end_within_a_month_wait_for_the_administrator(self, officer):
        administrator = make_staff(Role.ADMINISTRATOR)
        for until in (date(2022, 6, 14), date(2022, 6, 15), date(2022, 7, 15), date(2022, 7, 16)):
            make_staff(Role.CONTRACTOR, valid_until=until)
        make_user(valid_until=date(2022, 6, 20))  # a member's own business
        told = account_rows(administrator, AT)
        assert [row.due for row in told] == [date(2022, 6, 15), date(2022, 7, 15)]
        assert account_rows(officer, AT) == []

    def test_many_are_one_line(self):
        for _n in range(6):
            make_staff(Role.CONTRACTOR, valid_until=date(2022, 6, 30))
        (row,) = account_rows(make_staff(Role.ADMINISTRATOR), AT)
        assert "6件" in row.title
        assert row.due == date(2022, 6, 30)


@pytest.mark.parametrize("number", [1, 3])
def test_today_costs_the_same_for_one_and_three_of_everything(
    officer, number, django_assert_num_queries
):
    batch = BatchFactory(held_on=DAY)
    round_ = RoundFactory(opens_on=DAY, due_on=DAY, sent_at=AT)
    for _n in range(number):
        ApplicationFactory(received_on=DAY)
        ApplicationFactory(status=ApplicationStatus.CHECKING)
        back = ApplicationFactory(status=ApplicationStatus.CHECKING)
        sent_back(back, asked=AT, answered=AT)
        silent = ApplicationFactory(status=ApplicationStatus.RETURNED)
        sent_back(silent, asked=AT - timedelta(days=20))
        ApplicationFactory(status=ApplicationStatus.REPORTED, batch=batch)
        organization = MemberFactory()
        ChangeRequestFactory(organization=organization, received_on=DAY)
        WithdrawalFactory(organization=organization, received_on=DAY)
        ConfirmationFactory(round=round_, organization=organization)
        AffiliationFactory(valid_until=date(2022, 7, 1))
        ending(date(2022, 7, 1))
    rows(officer, AT)
    with django_assert_num_queries(13):
        found = rows(officer, AT + timedelta(days=1))
    assert len(found) >= 8 * number
    for row in found:
        assert row.url
