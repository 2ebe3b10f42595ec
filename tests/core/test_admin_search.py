"""One search over everything, for each asker what that asker may see."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.choices import Role
from tests.factories.accounts import make_staff
from tests.factories.members import AffiliationFactory, MemberFactory

pytestmark = pytest.mark.django_db


def search(client, query):
    return client.get(reverse("admin:search"), {"q": query})


def kinds(answer):
    return {str(group["label"]): group for group in answer.context["found"]}


def test_five_of_each_kind_and_the_way_to_the_rest(client):
    for number in range(7):
        MemberFactory(name=f"銀河法人{number}")
    client.force_login(make_staff())
    (group,) = search(client, "銀河法人").context["found"]
    assert (group["n"], len(group["rows"])) == (7, 5)
    assert client.get(group["more"]).context["cl"].result_count == 7


def test_every_hit_can_be_opened(client):
    AffiliationFactory(person__name="銀河 太郎", organization__name="銀河法人")
    client.force_login(make_staff(Role.ADMINISTRATOR))
    groups = search(client, "銀河").context["found"]
    rows = [row for group in groups for row in group["rows"]]
    assert len(rows) >= 2
    for row in rows:
        assert client.get(row["url"]).status_code == 200


def test_nothing_is_found_in_kinds_that_the_asker_may_not_see(client):
    target = make_staff(Role.ADMINISTRATOR, email="himitsu@example.jp")
    client.force_login(make_staff(Role.CONTRACTOR))
    assert "himitsu" not in str(search(client, "himitsu").context["found"])
    client.force_login(target)
    assert "himitsu" in str(search(client, "himitsu").context["found"]) or kinds(
        search(client, "himitsu")
    )


def test_rights_end_with_the_next_question(client):
    MemberFactory(name="銀河法人")
    user = make_staff(Role.OFFICER)
    client.force_login(user)
    assert search(client, "銀河法人").context["found"]
    Permission.objects.get(codename="view_organization").group_set.clear()
    Permission.objects.get(codename="change_organization").group_set.clear()
    found = search(client, "銀河法人").context["found"]
    assert reverse("admin:members_organization_changelist") not in str(found)


@pytest.mark.parametrize(
    "query", ["", "   ", "\x00", "x" * 5000, "%", "_", "'\"<svg onload=1>", "𠮷"]
)
def test_odd_questions_get_an_answer(client, query):
    client.force_login(make_staff())
    answer = search(client, query)
    assert answer.status_code == 200
    assert b"<svg onload" not in answer.content
