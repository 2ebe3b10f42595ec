"""An import goes back in one act; what somebody has edited since stays and is named."""

import json

import pytest
from django.db import connection
from django.utils import timezone

from accounts.choices import Role
from core.audit.changesets import plan_revert, revert
from core.audit.models import ChangeSet
from mailing.models import Address, Consent
from members.models import (
    Affiliation,
    GivenNumber,
    Membership,
    Organization,
    OrganizationName,
    Person,
)
from members.roster.apply import apply_roster
from members.roster.plan import plan_roster
from members.roster.reading import read_roster
from members.services.organizations import rename_organization
from tests.factories.accounts import make_staff
from tests.members.roster_files import DEMO_LIST, many, workbook

pytestmark = pytest.mark.django_db
TABLES = (Organization, OrganizationName, Membership, Person, Affiliation, Address)


def take_in(data: bytes, **more):
    at = timezone.now()
    plan = plan_roster(read_roster(data), actor=None, at=at)
    plan = apply_roster(data, filename="名簿", digest=plan.digest(), actor=None, at=at, **more)
    return plan.made


def contents():
    found = {}
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f"SELECT id, to_jsonb(t)::text FROM {model._meta.db_table} AS t")  # noqa: S608 -- ours
            found[model] = {key: json.loads(row) for key, row in cursor.fetchall()}
    return found


def undo(made):
    return revert(made, actor=make_staff(Role.OFFICER), at=timezone.now())


def silent(rows):
    """Rows that say nothing about the mail magazine: a wish once told is never taken away."""
    return [one | {"メルマガ": ""} for one in rows]


def first_list(count=10):
    rows = silent(many(count))
    rows[0] |= {"法人番号": "7000012050002"}
    return rows


def second_list():
    """Of ten: a new name, new periods, a successor at the mailbox, other phones; and three new."""
    rows = first_list(13)
    rows[0] |= {"団体名": "一般社団法人あらたな会"}
    rows[1] |= {"入会日": "令和4年4月1日"}
    rows[2] |= {"担当者名": "後任 次郎"}
    for one in rows[3:7]:
        one |= {"電話番号": "03-5555-0000", "代表者名": "新代表 三郎"}
    return workbook(*rows)


def test_a_first_list_goes_back_without_a_trace_but_numbers_are_never_forgotten():
    before = contents()
    made = take_in(workbook(*silent(many(5))))
    numbers = set(Membership.objects.values_list("number", flat=True))
    undo(made)
    assert contents() == before
    assert set(GivenNumber.objects.values_list("number", flat=True)) == numbers


def test_changes_of_every_kind_go_back_exactly():
    take_in(workbook(*first_list()))
    before = contents()
    made = take_in(second_list())
    assert OrganizationName.objects.count() == 1
    assert contents() != before
    undo(made)
    assert contents() == before


def test_one_edited_by_hand_stays_and_all_else_is_as_before():
    take_in(workbook(*first_list()))
    before = contents()
    made = take_in(second_list())
    edited = Person.objects.get(name="担当 5")
    head = Person.objects.get(
        name="新代表 三郎", affiliations__organization__name__contains="00005"
    )
    Person.objects.filter(pk=head.pk).update(name="手で 直した")
    Person.objects.filter(pk=edited.pk).update(note="手で")
    (named,) = plan_revert(made).edited
    assert named.key == ("members_person", str(head.pk))
    undo(made)
    after = contents()
    assert after[Person].pop(edited.pk) != before[Person].pop(edited.pk)
    kept = after[Person].pop(head.pk)
    assert kept["name"] == "手で 直した"
    before[Person].pop(head.pk, None)
    for model in (Organization, OrganizationName, Membership, Address):
        assert after[model] == before[model]
    assert after[Person] == before[Person]


def test_the_list_can_be_taken_in_again_with_the_same_numbers():
    made = take_in(workbook(*many(6)))
    told = dict(Membership.objects.values_list("organization__name", "number"))
    undo(made)
    assert not Membership.objects.exists()
    take_in(workbook(*many(6)))
    assert dict(Membership.objects.values_list("organization__name", "number")) == told
    assert plan_roster(read_roster(workbook(*many(6))), actor=None, at=timezone.now()).counts()[
        "unchanged"
    ] == 6  # fmt: skip


def test_without_numbers_in_the_list_those_taken_back_are_not_given_again():
    rows = [one | {"No.": ""} for one in many(2)]
    undo(take_in(workbook(*rows)))
    take_in(workbook(*rows))
    assert sorted(Membership.objects.values_list("number", flat=True)) == ["会0003", "会0004"]


def test_wishes_stay_with_their_mailboxes():
    made = take_in(workbook(*many(2)))
    plan = plan_revert(made)
    assert {one.key.table for one in plan.staying} == {"mailing_address"}
    undo(made)
    assert Consent.objects.count() == Address.objects.count() == 2
    assert not Organization.objects.exists()


def test_a_new_member_renamed_since_stays_whole():
    made = take_in(workbook(*silent(many(3))))
    organization = Organization.objects.order_by("pk").first()
    rename_organization(
        organization=organization, name="あとの名", effective_on=timezone.localdate(),
        actor=None, at=timezone.now(),
    )  # fmt: skip
    undo(made)
    assert Organization.objects.get() == organization
    assert Membership.objects.get().organization == organization
    assert {row.organization_id for row in Affiliation.objects.all()} == {organization.pk}
    assert Organization.objects.search_with_people("あとの名").exists()


def test_the_real_list_there_and_back_and_there():
    made = take_in(DEMO_LIST.read_bytes())
    there = contents()
    back = undo(made)
    assert not Organization.objects.exists()
    undo(back)
    assert contents() == there
    assert ChangeSet.objects.count() == 3
