"""A change set goes back to exactly what was, except where somebody has worked since."""

import json
import random
from datetime import date

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.choices import Role
from core.audit.changesets import (
    RevertChangedError,
    RevertRefusedError,
    change_set,
    plan_revert,
    revert,
)
from core.audit.models import Act, Change, ChangeSet
from mailing.models import Address
from members.choices import Category, EndReason
from members.models import Affiliation, Membership, Organization, OrganizationName, Person
from members.services.organizations import rename_organization
from members.services.search import refresh_search_text
from tests.factories.accounts import make_staff
from tests.factories.mailing import AddressFactory, ConsentFactory
from tests.factories.members import (
    AffiliationFactory,
    MemberFactory,
    OrganizationFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db
KIND = "members.organization.renamed"
TABLES = (Organization, OrganizationName, Membership, Person, Affiliation, Address)


def deed(**more):
    told = {"kind": KIND, "title": "まとめて直す", "reason": "届出のとおり", "actor": None}
    return change_set(**(told | more), at=timezone.now())


def undo(made, **more):
    return revert(made, actor=None, at=timezone.now(), **more)


def contents():
    """Every column of every row, as the database has it, with search keys up to date."""
    refresh_search_text(Organization.objects.all())
    found = {}
    with connection.cursor() as cursor:
        for model in TABLES:
            table = model._meta.db_table
            cursor.execute(f"SELECT id, to_jsonb(t)::text FROM {table} AS t")  # noqa: S608 -- our own tables
            found[table] = {key: json.loads(row) for key, row in cursor.fetchall()}
    return found


@pytest.fixture
def officer():
    return make_staff(Role.OFFICER)


class TestWhatIsKept:
    def test_author_reason_and_number_of_rows(self, officer):
        person = PersonFactory()
        with deed(actor=officer) as made:
            Person.objects.filter(pk=person.pk).update(name="新しい 名前", note="ここから")
            AddressFactory()
        assert (made.actor_name, made.why, made.rows) == (
            officer.get_full_name(),
            "届出のとおり",
            2,
        )
        assert [change.why for change in made.changes()] == ["届出のとおり"] * 2

    def test_a_deed_that_changed_nothing_is_none(self):
        with deed() as made:
            pass
        assert made.pk is None
        assert not ChangeSet.objects.exists()

    def test_a_deed_that_failed_is_none(self):
        with pytest.raises(IntegrityError), deed():
            Address.objects.bulk_create([Address(email="one@example.jp")] * 2)
        assert not ChangeSet.objects.exists()
        assert not Address.objects.exists()

    def test_two_deeds_of_one_transaction_stay_apart(self):
        with deed() as first:
            one = AddressFactory()
        with deed() as second:
            other = AddressFactory()
        undo(first)
        assert list(Address.objects.all()) == [other]
        undo(second)
        assert not Address.objects.exists()
        assert one.pk != other.pk


class TestGoingBack:
    def test_added_changed_and_removed_rows_with_their_old_keys(self):
        affiliation = AffiliationFactory()
        organization = affiliation.organization
        before = contents()
        with deed() as made:
            successor = PersonFactory(name="後任 一郎")
            Affiliation.objects.create(
                person=successor, organization=organization, valid_from=date(2026, 4, 1)
            )
            Organization.objects.filter(pk=organization.pk).update(
                phone="03-1", fields=["01", "02"]
            )
            affiliation.delete()
        assert contents() != before
        undo(made)
        assert contents() == before

    def test_only_what_is_different_in_the_end_counts(self):
        kept = PersonFactory(name="もと 太郎")
        with deed() as made:
            for name in ("い", "ろ", "もと 太郎"):
                Person.objects.filter(pk=kept.pk).update(name=name)
            PersonFactory().delete()
        plan = plan_revert(made)
        assert [plan.going, plan.edited, plan.staying] == [[], [], []]
        with pytest.raises(RevertRefusedError):
            undo(made)

    def test_the_search_keys_follow(self):
        organization = MemberFactory(name="むかしの会", name_kana="むかしのかい")
        with deed() as made:
            rename_organization(
                organization=organization, name="あたらしい会", effective_on=timezone.localdate(),
                actor=None, at=timezone.now(),
            )  # fmt: skip
        assert Organization.objects.search_with_people("あたらしい").exists()
        undo(made)
        assert not Organization.objects.search_with_people("あたらしい").exists()
        assert Organization.objects.search_with_people("むかしの").exists()
        assert not OrganizationName.objects.exists()

    def test_rows_that_point_to_each_other_go_in_any_order(self):
        affiliation = AffiliationFactory()
        before = contents()
        with deed() as made:
            organization = OrganizationFactory()
            affiliation.organization = organization
            affiliation.save()
            Membership.objects.create(
                organization=organization, category=Category.REGULAR, number="会9001",
                valid_from=date(2026, 4, 1),
            )  # fmt: skip
        undo(made)
        assert contents() == before

    def test_whatever_was_done(self):
        """Random deeds over the same tables: back is exactly back, and forth exactly forth."""
        dice = random.Random(20260401)  # noqa: S311 -- the same tests every time
        for _round in range(12):
            for _count in range(3):
                AffiliationFactory(organization=MemberFactory())
            before = contents()
            with deed() as made:
                for _step in range(dice.randint(2, 9)):
                    dice.choice(DEEDS)(dice)
            after = contents()
            if after == before:
                continue
            back = undo(made)
            assert contents() == before
            undo(back)
            assert contents() == after


def any_of(dice, model):
    return dice.choice(list(model.objects.order_by("pk")) or [None])


def add_contact(dice):
    AffiliationFactory(organization=any_of(dice, Organization))


def add_member(dice):
    MemberFactory()


def end_periods(dice):
    Membership.objects.filter(organization=any_of(dice, Organization)).update(
        valid_until=date(2026, 10, dice.randint(1, 31)), end_reason=EndReason.WITHDRAWN
    )


def edit_organization(dice):
    Organization.objects.filter(pk=any_of(dice, Organization).pk).update(
        phone=f"03-{dice.random()}",
        fields=["01"] * dice.randint(0, 2),
        confirmed_on=date(2026, 6, 1),
    )


def move_contact(dice):
    contact = any_of(dice, Affiliation)
    if contact:
        contact.organization = any_of(dice, Organization)
        contact.address = None
        contact.save()


def remove_contact(dice):
    contact = any_of(dice, Affiliation)
    if contact:
        contact.delete()
        if not contact.person.affiliations.exists():
            contact.person.delete()


def add_former_name(dice):
    OrganizationName.objects.get_or_create(
        organization=any_of(dice, Organization), valid_until=date(2026, 1, dice.randint(1, 31)),
        defaults={"name": f"旧{dice.random()}"},
    )  # fmt: skip


DEEDS = (add_contact, add_member, end_periods, edit_organization, move_contact, remove_contact,
         add_former_name)  # fmt: skip


class TestWhatStays:
    def test_what_was_edited_since_is_named_and_not_overwritten(self, officer):
        one, other = PersonFactory(name="一"), PersonFactory(name="二")
        with deed() as made:
            Person.objects.update(note="一斉に")
        with deed(actor=officer, reason="本人から"):
            Person.objects.filter(pk=one.pk).update(note="手で直した")
        plan = plan_revert(made)
        (edited,) = plan.edited
        assert edited.key == ("members_person", str(one.pk))
        assert edited.later.actor_name == officer.get_full_name()
        undo(made)
        one.refresh_from_db()
        other.refresh_from_db()
        assert (one.note, other.note) == ("手で直した", "")

    def test_another_field_of_the_row_may_have_changed(self):
        person = PersonFactory()
        with deed() as made:
            Person.objects.update(note="一斉に")
        Person.objects.update(name="別の 欄")
        undo(made)
        person.refresh_from_db()
        assert (person.name, person.note) == ("別の 欄", "")

    def test_changed_and_changed_back_is_no_edit(self):
        PersonFactory()
        with deed() as made:
            Person.objects.update(note="一斉に")
        for note in ("手で", "一斉に"):
            Person.objects.update(note=note)
        assert not plan_revert(made).edited

    def test_a_new_row_that_was_edited_stays_with_what_belongs_to_it(self):
        with deed() as made:
            kept = AffiliationFactory(organization=MemberFactory(), address=AddressFactory())
            AffiliationFactory(organization=MemberFactory())
        Organization.objects.filter(pk=kept.organization.pk).update(phone="03-9")
        undo(made)
        assert Organization.objects.get() == kept.organization
        assert Membership.objects.get().organization == kept.organization
        assert Affiliation.objects.get() == kept
        assert Person.objects.get() == kept.person
        assert Address.objects.get() == kept.address

    def test_a_new_row_that_others_use_by_now_stays(self):
        with deed() as made:
            organization = MemberFactory()
            AddressFactory()
        AffiliationFactory(organization=organization, address=None)
        plan = plan_revert(made)
        assert [one.key.table for one in plan.staying] == [
            "members_organization", "members_membership",
        ]  # fmt: skip
        undo(made)
        assert Organization.objects.filter(pk=organization.pk).exists()
        assert not Address.objects.exists()

    def test_wishes_are_never_taken_away(self):
        with deed() as made:
            consent = ConsentFactory()
            AddressFactory()
        assert undo(made).rows == 1
        assert Address.objects.get() == consent.address

    def test_a_row_that_is_gone_already_is_named(self):
        with deed() as made:
            person, other = PersonFactory(), PersonFactory()
        person.delete()
        (edited,) = plan_revert(made).edited
        assert edited.key.row_id == edited.later.row_id
        undo(made)
        assert not Person.objects.filter(pk=other.pk).exists()

    def test_a_secret_was_not_kept(self, officer):
        with deed() as made:
            officer.set_password("another secret 123")
            officer.save()
            PersonFactory()
        (stays,) = plan_revert(made).staying
        assert stays.key.table == "accounts_user"

    def test_what_the_database_refuses_stays_and_the_rest_goes(self):
        taken = OrganizationFactory(corporate_number="7000012050002")
        free = OrganizationFactory()
        with deed() as made:
            Organization.objects.filter(pk=taken.pk).update(corporate_number="")
            Organization.objects.filter(pk=free.pk).update(phone="03-1")
        OrganizationFactory(corporate_number="7000012050002")
        shown = plan_revert(made)
        with pytest.raises(RevertChangedError) as refusal:
            undo(made, digest=shown.digest())
        plan = refusal.value.plan
        assert [one.key.row_id for one in plan.staying] == [str(taken.pk)]
        free.refresh_from_db()
        assert free.phone == "03-1"
        undo(made, digest=plan.digest())
        free.refresh_from_db()
        taken.refresh_from_db()
        assert (free.phone, taken.corporate_number) == ("", "")

    def test_a_period_that_would_overlap_stays(self):
        organization = MemberFactory()
        first = organization.memberships.get()
        with deed() as made:
            Membership.objects.update(valid_until=date(2026, 4, 1), end_reason=EndReason.WITHDRAWN)
            PersonFactory()
        Membership.objects.create(
            organization=organization, category=Category.SUPPORTING, number="賛9001",
            valid_from=date(2026, 5, 1),
        )  # fmt: skip
        undo(made)
        first.refresh_from_db()
        assert first.valid_until == date(2026, 4, 1)
        assert not Person.objects.exists()


class TestTheActItself:
    def test_it_is_a_change_set_and_an_act(self, officer):
        with deed() as made:
            AddressFactory()
        back = revert(made, actor=officer, at=timezone.now(), reason="取り違え")
        assert back.reverts == made
        assert (back.actor_name, back.why) == (officer.get_full_name(), "取り違え")
        act = Act.objects.get(verb="core.changeset.reverted")
        assert act.detail == {"went_back": 1, "stayed": 0}

    def test_twice_is_refused(self):
        with deed() as made:
            AddressFactory()
        undo(made)
        with pytest.raises(RevertRefusedError):
            undo(made)
        assert ChangeSet.objects.count() == 2

    def test_it_can_be_taken_back_in_its_turn(self):
        with deed() as made:
            AffiliationFactory(organization=MemberFactory())
        done = contents()
        back = undo(made)
        undo(back)
        assert contents() == done

    def test_nothing_is_written_when_the_plan_is_another_one(self):
        with deed() as made:
            PersonFactory()
            person = PersonFactory()
        shown = plan_revert(made)
        Person.objects.filter(pk=person.pk).update(note="その間に")
        newest = Change.objects.latest("id").pk
        with pytest.raises(RevertChangedError):
            undo(made, digest=shown.digest())
        assert Person.objects.count() == 2
        assert Change.objects.latest("id").pk == newest

    @pytest.mark.parametrize("count", [1, 40])
    def test_a_constant_number_of_queries(self, count, django_assert_num_queries):
        with deed() as made:
            for _one in range(count):
                PersonFactory()
        with django_assert_num_queries(6):
            plan_revert(made)
        with django_assert_num_queries(25):
            undo(made)
