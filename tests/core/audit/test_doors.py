"""Whichever door a change comes through, the trail knows who, and from what to what."""

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import User
from core.audit.acts import record
from core.audit.context import acting
from core.audit.models import Change
from mailing.models import Address

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return User.objects.create(email="officer@example.jp", name="職員 花子")


@pytest.fixture
def address():
    return Address.objects.create(email="old@example.jp")


def newest(address):
    return Change.objects.filter(table="mailing_address", row_id=str(address.pk)).latest("id")


def rolled_back(address):
    with transaction.atomic():
        Address.objects.filter(pk=address.pk).update(soft_bounces=3)
        transaction.set_rollback(True)


def save(address):
    address.email = "new@example.jp"
    address.save()


def bulk_update(address):
    address.email = "new@example.jp"
    Address.objects.bulk_update([address], ["email"])


def queryset_update(address):
    Address.objects.filter(pk=address.pk).update(email="new@example.jp")


def raw_sql(address):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailing_address SET email = 'new@example.jp' WHERE id = %s", [address.pk]
        )


def sql_behind_a_comment(address):
    with connection.cursor() as cursor:
        cursor.execute(
            "/* by hand */ UPDATE mailing_address SET email = 'new@example.jp' WHERE id = %s",
            [address.pk],
        )


def sql_in_a_block(address):
    with connection.cursor() as cursor:
        cursor.execute(
            "DO $$ BEGIN UPDATE mailing_address SET email = 'new@example.jp'"
            " WHERE email = 'old@example.jp'; END $$"
        )


@pytest.mark.parametrize(
    "door", [save, bulk_update, queryset_update, raw_sql, sql_behind_a_comment, sql_in_a_block]
)
def test_a_change_through_any_door_is_recorded_with_its_actor(door, officer, address):
    with acting(officer, why="届出による"):
        door(address)
    change = newest(address)
    assert change.operation == Change.Operation.UPDATE
    assert change.before == {"email": "old@example.jp"}
    assert change.after == {"email": "new@example.jp"}
    assert (change.actor_id, change.actor_name) == (str(officer.pk), "職員 花子")
    assert change.why == "届出による"


def test_an_insert_keeps_all_columns_and_a_delete_too(officer):
    with acting(officer):
        made = Address.objects.create(email="made@example.jp")
        inserted = newest(made)
        pk = made.pk
        made.delete()
    removed = Change.objects.filter(table="mailing_address", row_id=str(pk)).latest("id")
    assert inserted.operation == "I"
    assert inserted.before is None
    assert inserted.after["email"] == "made@example.jp"
    assert removed.operation == "D"
    assert removed.before["email"] == "made@example.jp"
    assert removed.actor_id == str(officer.pk)


def test_a_bulk_write_leaves_one_row_for_each_object(officer):
    with acting(officer):
        made = Address.objects.bulk_create(Address(email=f"m{n}@example.jp") for n in range(30))
        Address.objects.filter(pk__in=[row.pk for row in made]).update(hard_bounces=1)
    changes = Change.objects.filter(table="mailing_address", actor_id=str(officer.pk))
    assert changes.filter(operation="I").count() == 30
    assert changes.filter(operation="U", after={"hard_bounces": 1}).count() == 30


def test_a_write_that_changes_nothing_leaves_no_row(officer, address):
    before = Change.objects.count()
    with acting(officer):
        address.save()
    assert Change.objects.count() == before


def test_a_rollback_keeps_no_row_of_what_never_happened(officer, address):
    before = Change.objects.count()
    with acting(officer):
        rolled_back(address)
    assert Change.objects.count() == before


def test_after_a_savepoint_was_rolled_back_the_next_write_still_has_its_actor(officer, address):
    with acting(officer):
        rolled_back(address)
        queryset_update(address)
    assert newest(address).actor_id == str(officer.pk)


def test_a_write_after_the_block_has_no_actor(officer, address):
    with acting(officer):
        Address.objects.filter(pk=address.pk).update(soft_bounces=3)
    queryset_update(address)
    assert newest(address).actor_id == ""
    assert newest(address).actor_name == ""


def test_a_write_after_a_rolled_back_block_has_no_actor(officer, address):
    with transaction.atomic():
        with acting(officer):
            queryset_update(address)
        transaction.set_rollback(True)
    queryset_update(address)
    assert newest(address).actor_id == ""


def test_a_machine_is_named_without_an_account(address):
    with acting(name="worker"):
        queryset_update(address)
    assert (newest(address).actor_id, newest(address).actor_name) == ("", "worker")


def test_an_inner_reason_keeps_the_outer_actor(officer, address):
    with acting(officer, request_id="r-1"), acting(why="統合"):
        queryset_update(address)
    change = newest(address)
    assert (change.actor_id, change.why, change.request_id) == (str(officer.pk), "統合", "r-1")


def test_nobody_is_asked_who_it_is_until_something_is_written(officer, address):
    asked = []

    def who():
        asked.append(1)
        return officer

    with acting(who=who):
        list(Address.objects.all())
        assert asked == []
        queryset_update(address)
    assert asked
    assert newest(address).actor_id == str(officer.pk)


def test_finding_out_who_it_is_may_write_without_going_round_in_circles(officer, address):
    other = Address.objects.create(email="other@example.jp")

    def who():
        Address.objects.filter(pk=other.pk).update(hard_bounces=1)
        return officer

    with acting(who=who):
        queryset_update(address)
    assert newest(address).actor_id == str(officer.pk)
    assert newest(other).actor_id == ""


def test_the_password_never_reaches_the_trail(officer):
    with acting(officer):
        officer.set_password("a very long secret phrase")
        officer.save()
    change = Change.objects.filter(table="accounts_user", operation="U").latest("id")
    assert change.after == {"password": "***"}
    assert not Change.objects.filter(after__password__startswith="md5").exists()


@pytest.mark.parametrize("statement", [
    "UPDATE core_change SET actor_name = 'x'",
    "DELETE FROM core_change",
    "TRUNCATE core_change CASCADE",
    "UPDATE core_act SET verb = 'x'",
    "DELETE FROM core_act",
])  # fmt: skip
def test_the_trail_refuses_change_and_removal(officer, address, statement):
    record(officer, "mailing.address.suspended", address, at=address.created_at)
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(statement)
