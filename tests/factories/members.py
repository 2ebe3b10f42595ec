"""Smallest valid members. Dates lie before 2022-06-15, the day of the platform's own count."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from members.choices import NUMBER_PREFIX, Category, Duty, OrganizationKind
from members.keys import organization_keys, search_text
from members.models import Affiliation, Membership, Organization, OrganizationName, Person
from tests.factories.mailing import AddressFactory

FOUNDED = date(2022, 2, 25)


class OrganizationFactory(DjangoModelFactory):
    """An organisation that is no member yet, with its search keys."""

    class Meta:
        model = Organization

    kind = OrganizationKind.NPO
    name = factory.Sequence(lambda n: f"特定非営利活動法人見本{n:05}")
    name_kana = factory.Sequence(lambda n: f"みほん{n:05}")
    prefecture = "13"
    search_text = factory.LazyAttribute(
        lambda o: organization_keys(name=o.name, name_kana=o.name_kana).search_text
    )
    sort_key = factory.LazyAttribute(
        lambda o: organization_keys(name=o.name, name_kana=o.name_kana).sort_key
    )
    duplicate_key = factory.LazyAttribute(
        lambda o: organization_keys(name=o.name, name_kana=o.name_kana).duplicate_key
    )


class MembershipFactory(DjangoModelFactory):
    """A period without end since the founding assembly."""

    class Meta:
        model = Membership

    organization = factory.SubFactory(OrganizationFactory)
    category = Category.REGULAR
    # Far from the numbers that the services give.
    number = factory.LazyAttributeSequence(
        lambda o, n: f"見{NUMBER_PREFIX[Category(o.category)]}{n:05}"
    )
    valid_from = FOUNDED


class MemberFactory(OrganizationFactory):
    """An organisation that is a member: `MemberFactory(membership__category=…)`."""

    class Meta:
        skip_postgeneration_save = True

    membership = factory.RelatedFactory(MembershipFactory, factory_related_name="organization")


class FormerNameFactory(DjangoModelFactory):
    class Meta:
        model = OrganizationName

    organization = factory.SubFactory(OrganizationFactory)
    name = "見本の旧い名前"
    valid_until = date(2022, 4, 1)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"見本 太郎{n}")
    name_kana = "みほん たろう"
    search_text = factory.LazyAttribute(lambda o: search_text(o.name, o.name_kana))


class AffiliationFactory(DjangoModelFactory):
    """A main contact at a mailbox, since the founding assembly."""

    class Meta:
        model = Affiliation

    person = factory.SubFactory(PersonFactory)
    organization = factory.SubFactory(MemberFactory)
    duty = Duty.PRIMARY
    address = factory.SubFactory(AddressFactory)
    valid_from = FOUNDED
