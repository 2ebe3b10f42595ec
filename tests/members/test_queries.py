from datetime import date, timedelta

import pytest

from mailing.choices import AddressStatus, ConsentAction
from members.choices import Category
from members.models import Organization
from members.queries import (
    breakdown_on,
    counts_by_category,
    history_counts,
    members_without_contact,
    newsletter_addresses_on,
    prefecture_counts,
)
from tests.factories.mailing import AddressFactory, ConsentFactory
from tests.factories.members import (
    AffiliationFactory,
    FormerNameFactory,
    MemberFactory,
    MembershipFactory,
    OrganizationFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2022, 6, 15)
ONE_DAY = timedelta(days=1)


def test_the_founding_platform_counts_257_on_15_june_2022(django_assert_num_queries):
    for category, number in ((Category.REGULAR, 150), (Category.SUPPORTING, 12)):
        for _n in range(number):
            MembershipFactory(category=category)
    for _n in range(95):
        MembershipFactory(category=Category.COOPERATING, valid_until=DAY + ONE_DAY)
    MembershipFactory(valid_from=DAY + ONE_DAY)
    MembershipFactory(valid_until=DAY)
    with django_assert_num_queries(1):
        counts = counts_by_category(DAY)
    assert counts == {"regular": 150, "supporting": 12, "cooperating": 95}
    assert counts.total == 257
    assert counts_by_category(DAY + ONE_DAY).total == 150 + 12 + 1


@pytest.mark.parametrize(
    ("day", "is_member"),
    [
        (date(2022, 2, 24), False),
        (date(2022, 2, 25), True),
        (date(2022, 6, 14), True),
        (date(2022, 6, 15), False),
    ],
)
def test_a_period_holds_from_its_first_day_to_the_day_before_its_end(day, is_member):
    MemberFactory(membership__valid_until=DAY)
    assert Organization.objects.active_on(day).exists() is is_member
    assert Organization.objects.not_active_on(day).exists() is not is_member
    assert counts_by_category(day).total == int(is_member)


def test_on_the_day_of_a_change_of_category_only_the_new_one_counts():
    organization = OrganizationFactory()
    MembershipFactory(organization=organization, number="会-1", valid_until=DAY)
    MembershipFactory(
        organization=organization, number="賛-1", category=Category.SUPPORTING, valid_from=DAY
    )
    before, then = (Organization.objects.active_on(day).get() for day in (DAY - ONE_DAY, DAY))
    assert (before.category, before.number) == ("regular", "会-1")
    assert (then.category, then.number, then.member_since) == ("supporting", "賛-1", DAY)
    assert not Organization.objects.active_on(DAY).in_category(Category.REGULAR).exists()
    assert counts_by_category(DAY) == {"regular": 0, "supporting": 1, "cooperating": 0}


def test_asking_for_two_days_in_one_sentence_means_both():
    MemberFactory(membership__valid_until=DAY)
    stayed = MemberFactory()
    both = Organization.objects.active_on(date(2022, 3, 1)).active_on(DAY)
    assert list(both) == [stayed]


def test_the_name_is_the_one_borne_on_the_day():
    organization = OrganizationFactory(name="新しい名前")
    FormerNameFactory(organization=organization, name="二番目", valid_until=date(2022, 5, 1))
    FormerNameFactory(organization=organization, name="一番目", valid_until=date(2022, 4, 1))
    names = {
        day: Organization.objects.with_name_on(day).get().name_then
        for day in (date(2022, 3, 31), date(2022, 4, 1), date(2022, 4, 30), date(2022, 5, 1))
    }
    assert list(names.values()) == ["一番目", "二番目", "二番目", "新しい名前"]


def test_members_are_counted_where_they_are_located(django_assert_num_queries):
    MemberFactory(prefecture="27")
    MemberFactory(prefecture="27")
    MemberFactory(prefecture="")
    MemberFactory(prefecture="01", membership__valid_until=DAY)
    with django_assert_num_queries(1):
        assert prefecture_counts(DAY) == {"27": 2, "": 1}
    expected = (counts_by_category(DAY), prefecture_counts(DAY))
    with django_assert_num_queries(1):
        assert breakdown_on(DAY) == expected


def test_history_agrees_with_the_count_of_each_day(django_assert_num_queries):
    MembershipFactory(valid_from=date(2022, 2, 25), valid_until=date(2022, 4, 1))
    MembershipFactory(valid_from=date(2022, 4, 1), category=Category.SUPPORTING)
    MembershipFactory(valid_from=date(2022, 2, 26))
    days = [date(2022, 2, 24) + timedelta(days=n) for n in range(40)]
    with django_assert_num_queries(2):
        told = history_counts(reversed(days))
    assert told == [(day, counts_by_category(day)) for day in days]


class TestNewsletterAddresses:
    def test_a_current_contact_who_wished_it_gets_the_magazine(self, django_assert_num_queries):
        address = AffiliationFactory().address
        ConsentFactory(address=address)
        with django_assert_num_queries(1):
            assert list(newsletter_addresses_on(DAY)) == [address]

    def test_a_mailbox_read_for_two_organizations_by_two_people_comes_once(self):
        address = ConsentFactory().address
        AffiliationFactory(address=address)
        AffiliationFactory(address=address)
        assert list(newsletter_addresses_on(DAY)) == [address]

    def test_the_newest_wish_holds(self):
        address = AffiliationFactory().address
        for action in (ConsentAction.GIVEN, ConsentAction.WITHDRAWN):
            ConsentFactory(address=address, action=action)
        assert not newsletter_addresses_on(DAY)
        ConsentFactory(address=address)
        assert list(newsletter_addresses_on(DAY)) == [address]

    def test_without_a_wish_nothing_is_sent(self):
        AffiliationFactory()
        assert not newsletter_addresses_on(DAY)

    def test_a_suspended_mailbox_gets_nothing(self):
        address = AddressFactory(
            status=AddressStatus.SUSPENDED, suspended_at="2022-06-01T00:00:00+09:00"
        )
        AffiliationFactory(address=address)
        ConsentFactory(address=address)
        assert not newsletter_addresses_on(DAY)

    def test_who_left_the_organization_gets_nothing_from_that_day(self):
        affiliation = AffiliationFactory(valid_until=DAY)
        ConsentFactory(address=affiliation.address)
        assert newsletter_addresses_on(DAY - ONE_DAY).count() == 1
        assert not newsletter_addresses_on(DAY)

    def test_contacts_of_a_former_member_get_nothing(self):
        member = MemberFactory(membership__valid_until=DAY)
        ConsentFactory(address=AffiliationFactory(organization=member).address)
        assert newsletter_addresses_on(DAY - ONE_DAY).count() == 1
        assert not newsletter_addresses_on(DAY)

    def test_a_person_who_still_stands_for_another_member_keeps_it(self):
        address = ConsentFactory().address
        left = MemberFactory(membership__valid_until=DAY)
        AffiliationFactory(organization=left, address=address)
        AffiliationFactory(address=address)
        assert list(newsletter_addresses_on(DAY)) == [address]


def test_members_without_contact_are_those_whom_no_mail_reaches():
    AffiliationFactory()
    nobody = MemberFactory()
    no_mailbox = AffiliationFactory(address=None).organization
    left = AffiliationFactory(valid_until=DAY).organization
    bounced = AffiliationFactory(
        address=AddressFactory(
            status=AddressStatus.SUSPENDED, suspended_at="2022-06-01T00:00:00+09:00"
        )
    ).organization
    MemberFactory(membership__valid_until=DAY)
    assert set(members_without_contact(DAY)) == {nobody, no_mailbox, left, bounced}
