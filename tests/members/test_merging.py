from datetime import UTC, date, datetime

import pytest

from core.audit.changesets import plan_revert, revert
from core.audit.models import ChangeSet
from core.models import Act
from members.choices import Category, EndReason, LinkKind, OrganizationKind
from members.errors import (
    ImpossibleDateError,
    MembersError,
    NothingChangesError,
    NumberTakenError,
    TooLateError,
)
from members.models import Affiliation, Organization, OrganizationLink
from members.queries import counts_by_category
from members.queries.links import absorbed_by, last_successor, profile_links
from members.queries.merging import merger_words, movers
from members.services import change_category, end_membership, rename_organization
from members.services.merging import merge_organizations, split_organization
from tests.factories.members import (
    FOUNDED,
    AffiliationFactory,
    MemberFactory,
    MembershipFactory,
    OrganizationFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = date(2027, 4, 1)
BEFORE = date(2027, 3, 31)


def told(verb):
    return Act.objects.filter(verb=f"members.{verb}")


def merge(absorbed, survivor, *, on=DAY, moving=(), reason="合併のため"):
    return merge_organizations(
        absorbed=absorbed, survivor=survivor, on=on, moving=list(moving), reason=reason,
        actor=None, at=AT,
    )  # fmt: skip


@pytest.fixture
def pair():
    return MemberFactory(name="特定非営利活動法人消える会"), MemberFactory(
        name="一般社団法人残る会"
    )


class TestMerge:
    def test_one_membership_ends_and_nothing_is_doubled(self, pair):
        absorbed, survivor = pair
        link = merge(absorbed, survivor)
        assert (link.kind, link.other, link.since) == (LinkKind.MERGED_INTO, survivor, DAY)
        period = absorbed.memberships.get()
        assert (period.valid_until, period.end_reason) == (DAY, EndReason.MERGED)
        assert counts_by_category(BEFORE).total == 2
        assert counts_by_category(DAY).total == 1
        assert told("organization.merged").get().row_id == str(absorbed.pk)
        assert told("organization.absorbed").get().row_id == str(survivor.pk)

    def test_contacts_move_one_by_one_and_the_others_end(self, pair):
        absorbed, survivor = pair
        goes = AffiliationFactory(organization=absorbed, department="総務課", title="課長")
        stays = AffiliationFactory(organization=absorbed)
        AffiliationFactory(organization=survivor, position=4)
        merge(absorbed, survivor, moving=[goes])
        goes.refresh_from_db()
        stays.refresh_from_db()
        assert goes.valid_until == stays.valid_until == DAY
        new = Affiliation.objects.get(organization=survivor, person=goes.person)
        assert (new.valid_from, new.valid_until, new.position) == (DAY, None, 5)
        assert (new.department, new.title, new.address) == ("総務課", "課長", goes.address)
        assert not survivor.affiliations.filter(person=stays.person).exists()
        assert told("organization.merged").get().detail["moved"] == [goes.person.name]

    def test_who_begins_on_the_day_itself_goes_straight_to_the_survivor(self, pair):
        absorbed, survivor = pair
        coming = AffiliationFactory(organization=absorbed, valid_from=DAY)
        unwanted = AffiliationFactory(organization=absorbed, valid_from=DAY)
        leaving = AffiliationFactory(organization=absorbed, valid_until=DAY)
        merge(absorbed, survivor, moving=[coming])
        assert survivor.affiliations.get() == coming
        assert absorbed.affiliations.get() == leaving
        assert not Affiliation.objects.filter(pk=unwanted.pk).exists()

    def test_the_survivor_is_found_by_the_names_of_all_it_took_in(self, pair):
        absorbed, survivor = pair
        absorbed = rename_organization(
            organization=absorbed, name="特定非営利活動法人消えた会", effective_on=date(2025, 4, 1),
            actor=None, at=AT,
        )  # fmt: skip
        merge(absorbed, survivor, on=date(2026, 4, 1))
        last = MemberFactory(name="公益財団法人最後の会")
        merge(survivor, last, on=date(2026, 10, 1))
        today = Organization.objects.active_on(TODAY)
        for name in ("消える会", "消えた会", "残る会"):
            assert today.search(name).get() == last
        assert set(Organization.objects.search("消える会")) == {absorbed, survivor, last}
        assert last_successor(absorbed) == last
        assert [o.pk for o in absorbed_by([last.pk])[last.pk]] == [survivor.pk, absorbed.pk]

    def test_the_survivor_follows_a_corrected_spelling_of_the_absorbed(self, pair):
        absorbed, survivor = pair
        merge(absorbed, survivor, on=date(2026, 4, 1))
        rename_organization(
            organization=absorbed, name="特定非営利活動法人訂正済み", effective_on=TODAY,
            actor=None, at=AT,
        )  # fmt: skip
        assert survivor in Organization.objects.search("訂正済み")

    def test_the_public_page_tells_it_from_the_day_on(self, pair):
        absorbed, survivor = pair
        merge(absorbed, survivor)
        assert profile_links(survivor, BEFORE) == []
        (link,) = profile_links(survivor, DAY)
        assert (link.kind, link.outward, link.name, link.slug) == (
            LinkKind.MERGED_INTO, False, "特定非営利活動法人消える会", "",
        )  # fmt: skip

    def test_nobody_is_merged_twice_into_itself_or_in_a_ring(self, pair):
        absorbed, survivor = pair
        with pytest.raises(MembersError):
            merge(absorbed, absorbed)
        merge(absorbed, survivor)
        other = MemberFactory()
        with pytest.raises(NothingChangesError, match="残る会"):
            merge(absorbed, other)
        with pytest.raises(MembersError, match="残る会"):
            merge(survivor, absorbed)
        with pytest.raises(MembersError, match="残る会"):
            merge(other, absorbed)
        assert OrganizationLink.objects.count() == 1

    def test_a_ring_entered_by_hand_does_not_hang(self, pair):
        for one, other in (pair, reversed(pair)):
            OrganizationLink.objects.create(
                organization=one, kind=LinkKind.MERGED_INTO, other=other
            )
        assert last_successor(pair[0]) in pair
        assert [o.pk for o in absorbed_by([pair[0].pk])[pair[0].pk]] == [pair[1].pk]

    @pytest.mark.parametrize("on", [FOUNDED, date(1, 1, 2), date(2072, 4, 1)])
    def test_impossible_days_are_refused_and_nothing_is_written(self, pair, on):
        with pytest.raises(ImpossibleDateError):
            merge(*pair, on=on)
        assert not OrganizationLink.objects.exists()
        assert not ChangeSet.objects.exists()

    def test_a_booked_change_of_the_absorbed_is_in_the_way(self, pair):
        change_category(
            organization=pair[0], category=Category.SUPPORTING, effective_on=date(2027, 6, 1),
            actor=None, at=AT,
        )  # fmt: skip
        with pytest.raises(ImpossibleDateError, match="令和9年6月1日"):
            merge(*pair)

    def test_who_has_left_before_is_only_linked(self, pair):
        absorbed, survivor = pair
        end_membership(
            organization=absorbed, until=date(2026, 4, 1), reason=EndReason.WITHDRAWN,
            actor=None, at=AT,
        )  # fmt: skip
        merge(absorbed, survivor)
        assert absorbed.memberships.get().end_reason == EndReason.WITHDRAWN
        assert "会員ではないため" in merger_words(absorbed, survivor, DAY)[1]

    def test_a_contact_that_has_ended_meanwhile_is_noticed(self, pair):
        absorbed, survivor = pair
        gone = AffiliationFactory(organization=absorbed, valid_until=DAY)
        with pytest.raises(TooLateError):
            merge(absorbed, survivor, moving=[gone])
        assert absorbed.memberships.get().valid_until is None

    def test_it_is_taken_back_in_one_act(self, pair):
        absorbed, survivor = pair
        contact = AffiliationFactory(organization=absorbed)
        merge(absorbed, survivor, moving=[contact], reason="届け出による")
        done = ChangeSet.objects.get()
        assert (done.kind, done.why) == ("members.organization.merged", "届け出による")
        assert not plan_revert(done).edited
        revert(done, actor=None, at=AT)
        assert counts_by_category(DAY).total == 2
        assert not OrganizationLink.objects.exists()
        contact.refresh_from_db()
        assert contact.valid_until is None
        assert not survivor.affiliations.exists()
        assert survivor not in Organization.objects.search("消える会")

    def test_who_stands_for_both_is_not_proposed_twice(self, pair):
        absorbed, survivor = pair
        person = PersonFactory()
        AffiliationFactory(organization=absorbed, person=person)
        AffiliationFactory(organization=absorbed)
        AffiliationFactory(organization=survivor, person=person)
        assert [one.already for one in movers(absorbed, survivor, DAY)] == [True, False]


class TestSplit:
    def split(self, source, *, moving=(), new=None, **given):
        new = new or Organization(
            name="特定非営利活動法人分かれた会", kind=OrganizationKind.NPO, prefecture="27"
        )
        return split_organization(
            source=source, new=new, category=Category.SUPPORTING, on=DAY, moving=list(moving),
            actor=None, at=AT, **given,
        )  # fmt: skip

    def test_the_new_one_has_its_own_number_and_knows_where_it_comes_from(self, pair):
        source = pair[0]
        goes, stays = AffiliationFactory.create_batch(2, organization=source)
        new = self.split(source, moving=[goes])
        period = new.memberships.get()
        assert (period.category, period.number, period.valid_from) == (
            Category.SUPPORTING, "賛0001", DAY,
        )  # fmt: skip
        link = new.links.get()
        assert (link.kind, link.other, link.since) == (LinkKind.SPLIT_FROM, source, DAY)
        assert new.affiliations.get().person == goes.person
        stays.refresh_from_db()
        assert stays.valid_until is None
        assert source.memberships.get().valid_until is None
        assert new in Organization.objects.active_on(DAY).search("分かれた会")
        assert told("organization.split").get().row_id == str(source.pk)

    def test_the_old_one_may_end_that_day(self, pair):
        source = pair[0]
        contact = AffiliationFactory(organization=source)
        self.split(source, source_ends=True)
        period = source.memberships.get()
        assert (period.valid_until, period.end_reason) == (DAY, EndReason.DISSOLVED)
        contact.refresh_from_db()
        assert contact.valid_until == DAY

    def test_nothing_is_half_done(self, pair):
        MembershipFactory(number="賛0009")
        before = Organization.objects.count()
        with pytest.raises(NumberTakenError):
            self.split(pair[0], number="賛0009")
        with pytest.raises(MembersError):
            self.split(pair[0], new=Organization(name="番号違い", corporate_number="1"))
        with pytest.raises(ImpossibleDateError):
            self.split(OrganizationFactory())
        assert Organization.objects.count() == before + 1
        assert not OrganizationLink.objects.exists()

    def test_it_is_taken_back_in_one_act(self, pair):
        contact = AffiliationFactory(organization=pair[0])
        new = self.split(pair[0], moving=[contact], reason="誤り")
        revert(ChangeSet.objects.get(), actor=None, at=AT)
        assert not Organization.objects.filter(pk=new.pk).exists()
        contact.refresh_from_db()
        assert contact.valid_until is None


class TestLinksOnThePublicPage:
    def test_branches_are_told_between_members_only(self, pair):
        parent, branch = pair
        OrganizationLink.objects.create(
            organization=branch, kind=LinkKind.BRANCH_OF, other=parent, since=FOUNDED
        )
        former = MemberFactory(membership__valid_until=date(2023, 1, 1))
        OrganizationLink.objects.create(organization=former, kind=LinkKind.RUN_BY, other=parent)
        (up,), (down,) = profile_links(branch, TODAY), profile_links(parent, TODAY)
        assert (up.outward, up.name, up.slug) == (True, parent.name, parent.slug)
        assert (down.outward, down.name, down.kind) == (False, branch.name, LinkKind.BRANCH_OF)

    @pytest.mark.parametrize("number", [1, 3])
    def test_two_queries_whatever_their_number(self, pair, number, django_assert_num_queries):
        for branch in MemberFactory.create_batch(number):
            OrganizationLink.objects.create(
                organization=branch, kind=LinkKind.BRANCH_OF, other=pair[0]
            )
        with django_assert_num_queries(2):
            assert len(profile_links(pair[0], TODAY)) == number

    def test_one_where_there_is_nothing_to_tell(self, pair, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert profile_links(pair[0], TODAY) == []
