from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from members.choices import Category, Field
from members.errors import ImpossibleDateError, NumberTakenError
from members.models import Membership, Organization, Person
from members.services import Contact, add_contact, register_organization
from members.services.refusals import refusing
from members.validators import validate_local_government_code
from tests.factories.members import (
    AffiliationFactory,
    FormerNameFactory,
    MemberFactory,
    MembershipFactory,
    OrganizationFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2022, 6, 15)
AT = datetime(2022, 6, 15, 3, 0, tzinfo=UTC)


def test_in_a_prefecture_is_who_is_located_or_active_there():
    located = OrganizationFactory(prefecture="27")
    active = OrganizationFactory(prefecture="13", regions=["26", "27"])
    OrganizationFactory(prefecture="13")
    assert set(Organization.objects.in_prefecture("27")) == {located, active}


def test_in_a_field_is_who_is_active_in_one_of_them():
    organization = OrganizationFactory(fields=[Field.F01, Field.F13])
    OrganizationFactory(fields=[Field.F08])
    assert Organization.objects.in_field("13", "20").get() == organization


def test_asking_twice_for_the_same_day_is_asking_once():
    member = MemberFactory()
    found = Organization.objects.active_on(DAY).with_membership_on(DAY).active_on(DAY)
    assert found.get() == member
    assert str(found.query).count('JOIN "members_membership"') == 1


def test_periods_are_asked_by_category_and_day():
    MembershipFactory(category=Category.SUPPORTING, valid_until=DAY)
    regular = MembershipFactory()
    assert Membership.objects.in_category(Category.REGULAR).get() == regular
    assert Membership.objects.active_on(DAY).get() == regular


def test_who_stood_for_nobody_yet_acts_for_nobody():
    affiliation = AffiliationFactory(valid_from=DAY)
    assert not Person.objects.acting_on(date(2022, 6, 14)).exists()
    assert Person.objects.acting_on(DAY).get() == affiliation.person


@pytest.mark.parametrize("words", ["・ ー", "\x00"])
def test_signs_narrow_no_search_of_the_secretariat(words):
    affiliation = AffiliationFactory()
    assert Organization.objects.search_with_people(words).get() == affiliation.organization
    assert Person.objects.search_with_places(words).get() == affiliation.person


class TestRefusalsOfTheDatabase:
    def test_a_local_government_code_belongs_to_one_organization(self):
        OrganizationFactory(local_government_code="130001")
        tokyo = Organization(name="東京都", kind="local", local_government_code="130001")
        with pytest.raises(NumberTakenError):
            register_organization(
                organization=tokyo, category=Category.COOPERATING, valid_from=DAY, actor=None,
                at=AT,
            )  # fmt: skip

    def test_a_period_may_not_run_backwards(self):
        with pytest.raises(ImpossibleDateError), refusing():
            MembershipFactory(valid_until=date(2022, 2, 25))

    def test_two_names_may_not_end_on_one_day(self):
        former = FormerNameFactory()
        with pytest.raises(ImpossibleDateError), refusing():
            FormerNameFactory(organization=former.organization)

    def test_what_has_no_sentence_is_an_error_of_ours_and_stays_one(self):
        organization = MemberFactory()
        with pytest.raises(IntegrityError), refusing():
            OrganizationFactory(slug=organization.slug)


def test_a_contact_of_a_former_member_can_still_be_entered():
    former = MemberFactory(membership__valid_until=DAY)
    contact = Contact(name="花子")
    added = add_contact(
        organization=former, contact=contact, duty="deputy", valid_from=DAY, actor=None, at=AT
    )
    assert added.position == 0


def test_a_code_with_a_wrong_check_digit_is_refused():
    validate_local_government_code("130001")
    with pytest.raises(ValidationError):
        validate_local_government_code("130002")
