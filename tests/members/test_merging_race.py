"""Two of the staff merge the same organisations in the same moment, each on a page of their own.

Both pages have been checked and confirmed before either is written: only the lock on the pair of
rows is left to decide. The tests without it show what it is there for.
"""

import threading
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from core.models import Act
from members.choices import EndReason, LinkKind
from members.models import Organization, OrganizationLink
from members.services import merging
from tests.factories.accounts import make_staff
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 4, 1)


@pytest.fixture
def trio():
    return [MemberFactory(name=f"{letter}の会") for letter in "甲乙丙"]


@pytest.fixture
def former():
    """Who left years ago; only then it turns out by whom it was taken in."""
    return MemberFactory(name="去った会", membership__valid_until=date(2024, 4, 1))


def at_once(monkeypatch, name, *, after=False):
    """Whoever calls this function of `merging` waits there for the other one."""
    together, real = threading.Barrier(2), getattr(merging, name)

    def wait(*given):
        if not after:
            together.wait(10)
        found = real(*given)
        if after:
            together.wait(10)
        return found

    monkeypatch.setattr(merging, name, wait)


def without_the_lock(monkeypatch):
    """Both rows are read, not held; both mergers are judged before either is written."""

    def read_only(first, second):
        return tuple(Organization.objects.get(pk=one.pk) for one in (first, second))

    monkeypatch.setattr(merging, "_locked_pair", read_only)
    at_once(monkeypatch, "_check_merger", after=True)


def merge_both(*wanted):
    """One officer for each (absorbed, survivor): who was led on, and what the others read."""
    clients = []
    for _pair in wanted:
        client = Client()
        client.force_login(make_staff(Role.OFFICER))
        clients.append(client)
    done, refused, failed = [], [], []

    def merge(client, absorbed, survivor):
        place = reverse("admin:members_organization_act", args=[absorbed.pk, "merge"])
        entries = {"survivor": survivor.pk, "on": DAY, "reason": "統合", "_confirm": "1"}
        try:
            answer = client.post(place, entries)
            if answer.status_code == 302:
                done.append((absorbed, survivor))
            else:
                refused.extend(answer.context["form"].non_field_errors())
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    officers = [
        threading.Thread(target=merge, args=(client, *pair))
        for client, pair in zip(clients, wanted, strict=True)
    ]
    for officer in officers:
        officer.start()
    for officer in officers:
        officer.join(20)
    assert failed == []
    return done, refused


def written():
    """(absorbed, survivor) of every merger in the register."""
    rows = OrganizationLink.objects.filter(kind=LinkKind.MERGED_INTO)
    return [(row.organization, row.other) for row in rows]


def test_the_same_merger_is_written_once_and_the_other_officer_is_told(trio, monkeypatch):
    one, other, _third = trio
    at_once(monkeypatch, "_locked_pair")
    done, refused = merge_both((one, other), (one, other))
    assert done == written() == [(one, other)]
    assert refused == ["甲の会は、すでに乙の会へ合併しています。"]
    assert Act.objects.filter(verb="members.organization.merged").count() == 1
    assert one.memberships.get().end_reason == EndReason.MERGED
    assert other.memberships.get().valid_until is None


def test_of_two_opposite_mergers_one_holds_and_the_other_names_the_survivor(trio, monkeypatch):
    one, other, _third = trio
    at_once(monkeypatch, "_locked_pair")
    done, refused = merge_both((one, other), (other, one))
    assert done == written()
    ((absorbed, survivor),) = done
    (told,) = refused
    assert told == (
        f"{absorbed.name}はすでに合併されています。いまの団体「{survivor.name}」を選んでください。"
    )
    assert absorbed.memberships.get().valid_until == DAY
    assert survivor.memberships.get().valid_until is None


def test_nobody_is_merged_into_two_at_once(former, trio, monkeypatch):
    at_once(monkeypatch, "_locked_pair")
    done, refused = merge_both(*((former, survivor) for survivor in trio[:2]))
    assert done == written()
    assert refused == [f"去った会は、すでに{done[0][1].name}へ合併しています。"]


def test_without_the_lock_it_would_have_two_successors(former, trio, monkeypatch):
    """Nothing else stands in the way: no period ends, and each link is the only one of its kind.

    Two opposite mergers without it lock the rows of each other, and one falls over a deadlock.
    """
    without_the_lock(monkeypatch)
    done, refused = merge_both(*((former, survivor) for survivor in trio[:2]))
    assert (len(done), refused) == (2, [])
    assert len(written()) == 2
