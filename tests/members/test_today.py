from datetime import UTC, date, datetime

import pytest

from accounts.choices import Role
from members.choices import Category, EndReason
from members.today import rows
from tests.factories.accounts import make_staff
from tests.factories.members import AffiliationFactory, MembershipFactory

pytestmark = pytest.mark.django_db
AT = datetime(2022, 6, 14, 15, 30, tzinfo=UTC)  # already the 15th in Japan


def ending(until, **fields):
    period = MembershipFactory(valid_until=until, **fields)
    AffiliationFactory(organization=period.organization)
    return period.organization.name


def test_memberships_that_end_within_a_month_are_shown_with_their_last_day():
    staff = make_staff(Role.OFFICER)
    ending(date(2022, 6, 15))
    soon = [ending(date(2022, 6, 16)), ending(date(2022, 7, 16))]
    ending(date(2022, 7, 17))
    ending(date(2022, 6, 30), end_reason=EndReason.CATEGORY_CHANGED, category=Category.SUPPORTING)
    told = rows(staff, AT)
    assert [row.title for row in told] == soon
    assert [row.due for row in told] == [date(2022, 6, 15), date(2022, 7, 15)]


def test_a_member_without_contact_waits_for_somebody():
    organization = MembershipFactory().organization
    (row,) = rows(make_staff(Role.OFFICER), AT)
    assert row.title == organization.name


def test_who_may_not_change_contacts_sees_nothing_to_do():
    MembershipFactory()
    assert rows(make_staff(Role.AUDITOR), AT) == []
