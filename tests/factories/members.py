"""Smallest valid members. Dates lie before 2022-06-15, the day of the platform's own count."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from members.choices import (
    NUMBER_PREFIX,
    Agreement,
    ApplicationStatus,
    Category,
    Duty,
    OrganizationKind,
)
from members.keys import organization_keys, search_text
from members.models import (
    Affiliation,
    ApplicationContact,
    ChangeRequest,
    Confirmation,
    ConfirmationRound,
    DecisionBatch,
    Membership,
    MembershipApplication,
    Organization,
    OrganizationName,
    Person,
    Withdrawal,
)
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


class ApplicationFactory(DjangoModelFactory):
    """A complete application, received by the web form and not looked at yet."""

    class Meta:
        model = MembershipApplication

    status = ApplicationStatus.RECEIVED
    receipt_number = factory.Sequence(lambda n: f"入2026-9{n:03}")
    received_on = date(2026, 11, 2)
    email = factory.Sequence(lambda n: f"applicant{n}@example.jp")
    category = Category.REGULAR
    kind = OrganizationKind.NPO
    name = factory.Sequence(lambda n: f"特定非営利活動法人見本申込{n:03}")
    name_kana = factory.Sequence(lambda n: f"みほんもうしこみ{n:03}")
    prefecture = "13"
    phone = "03-0000-1111"
    representative_name = "見本 花子"
    representative_kana = "みほん はなこ"
    pledge_version = "2026-04"
    privacy_version = "2026-04"
    agreement = Agreement.ONLINE
    search_text = factory.LazyAttribute(
        lambda o: organization_keys(name=o.name, name_kana=o.name_kana).search_text
    )
    duplicate_key = factory.LazyAttribute(
        lambda o: organization_keys(name=o.name, name_kana=o.name_kana).duplicate_key
    )


class ApplicationContactFactory(DjangoModelFactory):
    class Meta:
        model = ApplicationContact

    application = factory.SubFactory(ApplicationFactory)
    name = factory.Sequence(lambda n: f"見本 次郎{n}")
    name_kana = "みほん じろう"
    email = factory.Sequence(lambda n: f"contact{n}@example.jp")


class BatchFactory(DjangoModelFactory):
    class Meta:
        model = DecisionBatch

    title = "令和8年12月1日の審査"
    held_on = date(2026, 12, 1)
    member_from = date(2026, 12, 1)


class ChangeRequestFactory(DjangoModelFactory):
    """A change of the official name, received by the web form."""

    class Meta:
        model = ChangeRequest

    organization = factory.SubFactory(MemberFactory)
    receipt_number = factory.Sequence(lambda n: f"変2026-9{n:03}")
    received_on = date(2026, 11, 2)
    effective_on = date(2026, 11, 1)
    changes = factory.LazyAttribute(
        lambda o: {"name": {"old": o.organization.name, "new": "特定非営利活動法人見本改名"}}
    )


class WithdrawalFactory(DjangoModelFactory):
    class Meta:
        model = Withdrawal

    organization = factory.SubFactory(MemberFactory)
    receipt_number = factory.Sequence(lambda n: f"退2026-9{n:03}")
    received_on = date(2026, 11, 2)
    leaving_on = date(2027, 4, 1)


class RoundFactory(DjangoModelFactory):
    class Meta:
        model = ConfirmationRound

    title = "令和8年度の登録内容の確認"
    opens_on = date(2026, 6, 1)
    due_on = date(2026, 6, 30)


class ConfirmationFactory(DjangoModelFactory):
    class Meta:
        model = Confirmation

    round = factory.SubFactory(RoundFactory)
    organization = factory.SubFactory(MemberFactory)
