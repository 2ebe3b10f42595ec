from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from core.models import Act
from mailing.choices import Channel
from mailing.models import Address, Consent
from members.choices import Category, Duty, EndReason, OrganizationKind, PublicField
from members.errors import (
    AlreadyMemberError,
    ImpossibleDateError,
    MembersError,
    NotAMemberError,
    NothingChangesError,
    NumberTakenError,
    PeriodsOverlapError,
)
from members.models import Membership, Organization, OrganizationName, Person
from members.queries import counts_by_category, newsletter_addresses_on
from members.services import (
    Contact,
    add_contact,
    change_category,
    correct_periods,
    end_contact,
    end_membership,
    next_number,
    refresh_people,
    refresh_search_text,
    register_organization,
    rejoin,
    rename_organization,
)
from tests.factories.members import (
    FOUNDED,
    AffiliationFactory,
    MemberFactory,
    MembershipFactory,
    OrganizationFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2022, 6, 15, 3, 0, tzinfo=UTC)
DAY = date(2022, 6, 15)


def told(verb):
    return Act.objects.filter(verb=f"members.{verb}").count()


class TestTheDatabaseKeepsPeriodsApart:
    @pytest.mark.parametrize(
        ("first", "until"),
        [
            (date(2022, 3, 1), None),
            (date(2022, 3, 1), date(2022, 3, 2)),
            (date(2021, 1, 1), date(2022, 2, 26)),
            (date(2021, 1, 1), None),
        ],
    )
    def test_an_overlap_is_refused_even_in_raw_sql(self, first, until):
        organization = MemberFactory()
        insert = (
            "INSERT INTO members_membership (organization_id, category, number, valid_from,"
            " valid_until, end_reason, note) VALUES (%s, 'regular', 'x', %s, %s, '', '')"
        )
        with (
            pytest.raises(IntegrityError, match="membership_periods_apart"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(insert, [organization.pk, first, until])

    def test_touching_periods_and_other_organizations_are_welcome(self):
        organization = MemberFactory(membership__valid_until=DAY)
        MembershipFactory(organization=organization, valid_from=DAY)
        MembershipFactory()
        assert Membership.objects.count() == 3

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        with pytest.raises(IntegrityError), transaction.atomic():
            MembershipFactory(valid_until=FOUNDED)


class TestRegister:
    def new(self, **fields):
        return Organization(
            name="特定非営利活動法人見本の髙橋の会", name_kana="ミホンノタカハシノカイ",
            kind=OrganizationKind.NPO, **fields,
        )  # fmt: skip

    def test_it_is_a_member_from_that_day_and_is_found(self):
        done = register_organization(
            organization=self.new(), category=Category.SUPPORTING, valid_from=DAY,
            actor=None, at=AT,
        )  # fmt: skip
        assert Organization.objects.active_on(DAY).search("高橋").get() == done
        assert done.memberships.get().number == "賛0001"
        assert done.name == "特定非営利活動法人見本の髙橋の会"
        assert told("organization.registered") == 1

    @pytest.mark.parametrize(
        "fields", [{"corporate_number": "1234567890123"}, {"prefecture": "48"}, {"url": "no"}]
    )
    def test_wrong_values_are_refused_and_nothing_is_written(self, fields):
        with pytest.raises(MembersError):
            register_organization(
                organization=self.new(**fields), category=Category.REGULAR, valid_from=DAY,
                actor=None, at=AT,
            )  # fmt: skip
        assert not Organization.objects.exists()
        assert told("organization.registered") == 0

    def test_a_number_that_was_ever_given_is_refused_and_nothing_is_written(self):
        MembershipFactory(number="会0007", valid_until=DAY)
        with pytest.raises(NumberTakenError):
            register_organization(
                organization=self.new(), category=Category.REGULAR, valid_from=DAY,
                number="会0007", actor=None, at=AT,
            )  # fmt: skip
        assert Organization.objects.count() == 1

    def test_a_corporate_number_belongs_to_one_organization(self):
        OrganizationFactory(corporate_number="7000012050002")
        with pytest.raises(NumberTakenError):
            register_organization(
                organization=self.new(corporate_number="7000012050002"),
                category=Category.REGULAR, valid_from=DAY, actor=None, at=AT,
            )  # fmt: skip


def test_the_next_number_follows_the_highest_of_its_category_as_a_number():
    for number in ("会0002", "会0099", "会0100", "賛0500", "会x"):
        MembershipFactory(number=number)
    assert next_number(Category.REGULAR) == "会0101"
    assert next_number(Category.COOPERATING) == "協0001"


class TestRename:
    def rename(self, organization, **changes):
        given = {"name": "新しい名前", "name_kana": "あたらしいなまえ", "effective_on": DAY}
        return rename_organization(
            organization=organization, **(given | changes), actor=None, at=AT
        )

    def test_the_old_name_is_kept_and_found_and_held_until_the_day_before(self):
        organization = self.rename(MemberFactory(name="見本の旧団体"))
        assert organization.name == "新しい名前"
        names = {
            day: Organization.objects.with_name_on(day).get().name_then
            for day in (date(2022, 6, 14), DAY)
        }
        assert list(names.values()) == ["見本の旧団体", "新しい名前"]
        assert Organization.objects.search("旧団体").get() == organization
        assert told("organization.renamed") == 1

    def test_the_same_name_is_no_renaming(self):
        with pytest.raises(NothingChangesError):
            self.rename(MemberFactory(name="新しい名前"))

    def test_a_day_ahead_is_refused(self):
        with pytest.raises(ImpossibleDateError):
            self.rename(MemberFactory(), effective_on=date(2022, 6, 16))

    def test_names_follow_each_other_in_time(self):
        organization = self.rename(MemberFactory())
        with pytest.raises(ImpossibleDateError):
            self.rename(organization, name="さらに新しい名前", effective_on=DAY)
        assert OrganizationName.objects.count() == 1

    def test_an_empty_name_is_refused(self):
        with pytest.raises(MembersError):
            self.rename(MemberFactory(), name="")
        assert not OrganizationName.objects.exists()


class TestChangeCategory:
    def change(self, organization, category=Category.SUPPORTING, effective_on=DAY, **more):
        return change_category(
            organization=organization, category=category, effective_on=effective_on,
            actor=None, at=AT, **more,
        )  # fmt: skip

    def test_the_old_period_ends_where_the_new_one_begins(self):
        organization = MemberFactory()
        self.change(organization)
        new, old = organization.memberships.all()
        assert (old.valid_until, old.end_reason) == (DAY, EndReason.CATEGORY_CHANGED)
        assert (new.category, new.number, new.valid_from) == ("supporting", "賛0001", DAY)
        assert Organization.objects.search("賛0001").get() == organization
        assert told("organization.category_changed") == 1

    def test_an_end_already_known_passes_to_the_new_period(self):
        organization = MemberFactory(
            membership__valid_until=date(2023, 4, 1), membership__end_reason=EndReason.WITHDRAWN
        )
        new = self.change(organization)
        assert (new.valid_until, new.end_reason) == (date(2023, 4, 1), EndReason.WITHDRAWN)

    def test_the_same_category_is_no_change(self):
        with pytest.raises(NothingChangesError):
            self.change(MemberFactory(), category=Category.REGULAR)

    def test_who_is_no_member_on_the_day_cannot_change(self):
        organization = MemberFactory(membership__valid_until=DAY)
        with pytest.raises(NotAMemberError):
            self.change(organization)

    def test_on_the_first_day_the_period_is_to_be_corrected_instead(self):
        with pytest.raises(ImpossibleDateError):
            self.change(MemberFactory(), effective_on=FOUNDED)

    def test_a_taken_number_leaves_the_old_period_untouched(self):
        MembershipFactory(number="賛0009")
        organization = MemberFactory()
        with pytest.raises(NumberTakenError):
            self.change(organization, number="賛0009")
        assert organization.memberships.get().valid_until is None


class TestEndAndRejoin:
    def end(self, organization, until=DAY, reason=EndReason.WITHDRAWN):
        return end_membership(
            organization=organization, until=until, reason=reason, actor=None, at=AT
        )

    def rejoin(self, organization, valid_from=DAY):
        return rejoin(
            organization=organization, category=Category.REGULAR, valid_from=valid_from,
            actor=None, at=AT,
        )  # fmt: skip

    def test_from_that_day_it_is_no_member_and_before_it_was(self):
        organization = MemberFactory()
        self.end(organization)
        assert counts_by_category(date(2022, 6, 14)).total == 1
        assert counts_by_category(DAY).total == 0
        assert told("organization.membership_ended") == 1

    def test_ending_twice_is_refused(self):
        organization = MemberFactory()
        self.end(organization)
        with pytest.raises(NothingChangesError):
            self.end(organization)
        with pytest.raises(NotAMemberError):
            self.end(organization, until=date(2022, 7, 1))

    def test_an_end_before_the_beginning_is_refused(self):
        with pytest.raises(NotAMemberError):
            self.end(MemberFactory(), until=FOUNDED)

    def test_an_end_that_would_leave_no_reason_is_a_mistake_of_the_caller(self):
        with pytest.raises(ValueError, match="change_category"):
            self.end(MemberFactory(), reason=EndReason.CATEGORY_CHANGED)

    def test_coming_back_is_a_new_period_of_the_same_organization(self):
        organization = MemberFactory(membership__number="会0001")
        self.end(organization)
        assert self.rejoin(organization).number == "会0002"
        assert organization.memberships.count() == 2
        assert told("organization.rejoined") == 1

    def test_a_member_cannot_join_again(self):
        with pytest.raises(AlreadyMemberError):
            self.rejoin(MemberFactory())

    def test_a_period_before_an_existing_one_may_not_run_into_it(self):
        with pytest.raises(PeriodsOverlapError):
            self.rejoin(MemberFactory(), valid_from=date(2021, 1, 1))


class TestCorrectPeriods:
    def correct(self, organization, changed, removed=()):
        correct_periods(
            organization=organization, changed=changed, removed=removed, actor=None, at=AT
        )

    def two(self):
        organization = MemberFactory(membership__valid_until=DAY)
        later = MembershipFactory(organization=organization, valid_from=DAY)
        return organization, organization.memberships.get(valid_from=FOUNDED), later

    @pytest.mark.parametrize("backwards", [False, True])
    def test_a_border_may_move_either_way_in_one_act(self, backwards):
        organization, first, second = self.two()
        for day in (date(2022, 5, 1), date(2022, 7, 1)):
            first.valid_until = second.valid_from = day
            self.correct(organization, [second, first] if backwards else [first, second])
            assert organization.memberships.get(pk=first.pk).valid_until == day

    def test_an_overlap_at_the_end_is_refused_and_nothing_is_written(self):
        organization, first, _second = self.two()
        first.note, first.valid_until = "変更", date(2022, 7, 1)
        with pytest.raises(PeriodsOverlapError):
            self.correct(organization, [first])
        first.refresh_from_db()
        assert (first.note, first.valid_until) == ("", DAY)

    def test_a_removed_period_makes_room(self):
        organization, first, second = self.two()
        first.valid_until = None
        self.correct(organization, [first], removed=[second])
        assert organization.memberships.get() == first


class TestContacts:
    def test_a_new_contact_stands_behind_the_others_at_one_mailbox(self):
        organization = AffiliationFactory(position=3).organization
        for email in ("ＡＢＣ＠member.example", "abc@member.example"):
            added = add_contact(
                organization=organization, contact=Contact(name="髙橋 誠", email=email),
                duty=Duty.DEPUTY, valid_from=DAY, actor=None, at=AT,
            )  # fmt: skip
        assert added.position == 5
        assert Address.objects.filter(email="abc@member.example").count() == 1
        assert Person.objects.search("高橋").count() == 2
        assert told("contact.added") == 2

    @pytest.mark.parametrize("contact", [Contact(name="名前", email="@"), Contact(email="a@b.jp")])
    def test_a_contact_without_a_real_mailbox_or_name_is_refused(self, contact):
        with pytest.raises(MembersError):
            add_contact(
                organization=MemberFactory(), contact=contact, duty=Duty.PRIMARY,
                valid_from=DAY, actor=None, at=AT,
            )  # fmt: skip
        assert not Person.objects.exists()

    def test_a_wish_for_the_magazine_is_recorded_with_the_way_it_came(self):
        contact = Contact(name="花子", email="hana@member.example", newsletter=Channel.PAPER)
        add_contact(
            organization=MemberFactory(), contact=contact, duty=Duty.PRIMARY,
            valid_from=date(2022, 6, 1), actor=None, at=AT,
        )  # fmt: skip
        assert [row.email for row in newsletter_addresses_on(DAY)] == ["hana@member.example"]
        assert Consent.objects.get().channel == Channel.PAPER

    def test_a_wish_without_a_mailbox_is_refused_and_nothing_is_written(self):
        with pytest.raises(MembersError):
            add_contact(
                organization=MemberFactory(),
                contact=Contact(name="花子", newsletter=Channel.ORAL),
                duty=Duty.PRIMARY, valid_from=DAY, actor=None, at=AT,
            )  # fmt: skip
        assert not Person.objects.exists()

    def test_one_person_may_stand_for_two_organizations(self):
        first = AffiliationFactory()
        add_contact(
            organization=MemberFactory(),
            contact=Contact(person=first.person, email=first.address.email),
            duty=Duty.PRIMARY, valid_from=DAY, actor=None, at=AT,
        )  # fmt: skip
        assert Person.objects.count() == 1
        assert Address.objects.count() == 1

    def test_a_contact_ends_once_and_after_it_began(self):
        affiliation = AffiliationFactory()
        with pytest.raises(ImpossibleDateError):
            end_contact(affiliation=affiliation, until=FOUNDED, actor=None, at=AT)
        end_contact(affiliation=affiliation, until=DAY, actor=None, at=AT)
        with pytest.raises(NothingChangesError):
            end_contact(affiliation=affiliation, until=DAY, actor=None, at=AT)
        assert told("contact.ended") == 1


class TestRefresh:
    def test_only_stale_keys_are_written(self, django_assert_num_queries):
        fresh, stale = MemberFactory(), MemberFactory()
        refresh_search_text([fresh, stale])
        Organization.objects.filter(pk=stale.pk).update(name="見本の𠮷田会")
        assert refresh_search_text([fresh, stale]) == 1
        assert Organization.objects.search("吉田").get() == stale
        with django_assert_num_queries(5):  # with those who took it in, and whom it took in
            assert refresh_search_text([fresh, stale]) == 0

    def test_a_summary_is_searched_only_when_released(self):
        organization = MemberFactory(summary="夜の居場所をひらく")
        refresh_search_text([organization])
        assert not Organization.objects.search("居場所").exists()
        organization.public_fields = [PublicField.SUMMARY]
        organization.save()
        refresh_search_text([organization])
        assert Organization.objects.search("居場所").exists()

    def test_people_are_found_under_a_new_name(self):
        person = PersonFactory()
        person.name = "邊見 桜"
        person.save()
        assert refresh_people([person]) == 1
        assert refresh_people([person]) == 0
        assert Person.objects.search("辺見").get() == person
