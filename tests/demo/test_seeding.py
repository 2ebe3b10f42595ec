"""The demo platform: real services, made-up people, twice the same."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from core.audit.models import Change
from mailing.models import SenderIdentity
from members.choices import ApplicationStatus, Category, Duty, LinkKind
from members.models import (
    Affiliation,
    ChangeRequest,
    Membership,
    MembershipApplication,
    Organization,
    OrganizationLink,
    OrganizationName,
    Person,
    Withdrawal,
)
from members.queries import counts_by_category
from members.queries.statistics import flows
from platform_site.demo.seeding import CONTACTS

pytestmark = pytest.mark.django_db


def test_the_demo_is_refused_outside_the_trial_environment(settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="PLATFORM_MODE=local"):
        call_command("seed_demo")
    assert not Organization.objects.exists()


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """The demo is made once: every test of this file looks at the same one."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(LOCAL=True):
        call_command("seed_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(seeded, settings):
    settings.LOCAL = True


def test_the_demo_has_the_257_members_of_june_2022(demo):
    assert counts_by_category(date(2022, 6, 15)).total == 257
    founding = flows(date(2022, 2, 25), date(2022, 6, 15)).by_category
    assert [founding[category].closing for category in Category] == [150, 12, 95]
    assert all(flow.balances for flow in founding.values())
    assert SenderIdentity.objects.count() == 1


def test_there_is_an_application_in_each_state(demo):
    held = MembershipApplication.objects.values_list("status", flat=True)
    assert set(held) == set(ApplicationStatus.values)


def test_the_years_after_the_list_have_left_their_marks(demo):
    today = timezone.localdate()
    coming = Affiliation.objects.filter(valid_from__gt=today, predecessor__isnull=False)
    assert coming.get().predecessor.valid_until == coming.get().valid_from
    assert OrganizationName.objects.filter(valid_until__gt=date(2022, 6, 15)).exists()
    absorbed = OrganizationLink.objects.get(kind=LinkKind.MERGED_INTO).organization
    assert not absorbed.memberships.active_on(today).exists()
    reasons = set(Membership.objects.exclude(end_reason="").values_list("end_reason", flat=True))
    assert reasons == {"withdrawn", "expelled", "merged", "category_changed"}
    assert ChangeRequest.objects.open().count() == Withdrawal.objects.open().count() == 1
    assert Organization.objects.filter(confirmed_on__month=6).exists()


def test_one_contact_acts_for_two_organisations_and_one_waits_for_an_answer(demo):
    two = Person.objects.get(user__email="supporter@example.jp")
    today = timezone.localdate()
    assert Organization.objects.acted_for_by(two.user, today).count() == 2
    assert ChangeRequest.objects.open().get().asked_by.email == "member@example.jp"


def test_a_second_time_changes_nothing(demo):
    before = Change.objects.count()
    call_command("seed_demo", verbosity=0)
    assert Change.objects.count() == before


@pytest.mark.parametrize("contact", CONTACTS, ids=lambda contact: contact.email)
def test_each_kind_of_member_has_a_contact_who_can_log_in(demo, contact):
    person = Person.objects.get(user__email=contact.email)
    assert person.user.has_usable_password()
    assert not person.user.is_staff
    affiliation = Affiliation.objects.get(person=person, duty=Duty.PRIMARY)
    assert affiliation.organization.memberships.get().number == contact.number


def test_nobody_outside_can_be_written_to(demo):
    emails = Affiliation.objects.exclude(address=None).values_list("address__email", flat=True)
    assert all(email.endswith(".example") for email in emails)
