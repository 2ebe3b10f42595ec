"""The demo platform: real services, made-up people, twice the same."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from core.audit.models import Change
from mailing.models import SenderIdentity
from members.models import Affiliation, Organization, Person
from members.queries import counts_by_category
from platform_site.demo.seeding import CONTACTS

pytestmark = pytest.mark.django_db


def test_the_demo_is_refused_outside_the_trial_environment(settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="PLATFORM_MODE=local"):
        call_command("seed_demo")
    assert not Organization.objects.exists()


@pytest.fixture
def demo(settings):
    settings.LOCAL = True
    call_command("seed_demo", verbosity=0)


def test_the_demo_has_the_257_members_of_june_2022(demo):
    assert counts_by_category(date(2022, 6, 15)).total == 257
    assert SenderIdentity.objects.count() == 1


def test_a_second_time_changes_nothing(demo):
    before = Change.objects.count()
    call_command("seed_demo", verbosity=0)
    assert Change.objects.count() == before


@pytest.mark.parametrize("contact", CONTACTS, ids=lambda contact: contact.email)
def test_each_kind_of_member_has_a_contact_who_can_log_in(demo, contact):
    person = Person.objects.get(user__email=contact.email)
    assert person.user.has_usable_password()
    assert not person.user.is_staff
    affiliation = Affiliation.objects.get(person=person)
    assert affiliation.organization.memberships.get().number == contact.number


def test_nobody_outside_can_be_written_to(demo):
    emails = Affiliation.objects.exclude(address=None).values_list("address__email", flat=True)
    assert all(email.endswith(".example") for email in emails)
