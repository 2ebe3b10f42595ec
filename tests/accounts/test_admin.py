import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import User
from core.audit.models import Act
from tests.factories.accounts import make_staff, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def administrator(client: Client) -> User:
    user = make_staff(Role.ADMINISTRATOR, email="admin@example.jp")
    client.force_login(user)
    return user


def test_adding_provides_an_account_with_its_roles(client: Client, administrator: User) -> None:
    answer = client.post(
        LIST + "add/",
        {"email": "ＮＥＷ@example.jp", "name": "新人", "roles": ["officer"], "valid_until": ""},
    )
    assert answer.status_code == 302, answer.content.decode()
    user = User.objects.get(email="new@example.jp")
    assert (user.is_staff, user.has_usable_password()) == (True, False)
    act = Act.objects.get(verb="accounts.user.provisioned", row_id=str(user.pk))
    assert act.actor_name == administrator.name


def test_a_taken_address_is_an_error_at_the_field(client: Client, administrator: User) -> None:
    answer = client.post(LIST + "add/", {"email": "ADMIN@example.jp", "name": "", "roles": []})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["email"]


def test_changing_roles_and_last_day(client: Client, administrator: User) -> None:
    user = make_staff(Role.OFFICER)
    page = f"{LIST}{user.pk}/change/"
    assert client.get(page).context["adminform"].form["roles"].value() == ["officer"]
    client.post(
        page,
        {"email": user.email, "name": "改名", "roles": ["contractor"], "valid_until": "2023-03-31"},
    )
    user.refresh_from_db()
    assert [group.name for group in user.groups.all()] == ["contractor"]
    assert (user.name, str(user.valid_until)) == ("改名", "2023-03-31")


def test_closing_and_opening_again(client: Client, administrator: User) -> None:
    user = make_user()
    page = f"{LIST}{user.pk}/change/"
    for step, active in (("deactivate", False), ("reactivate", True)):
        client.post(
            page,
            {"email": user.email, "name": user.name, "roles": [], "valid_until": "", "_step": step},
        )
        user.refresh_from_db()
        assert user.is_active is active


def test_the_last_administrator_is_told_why_not(client: Client, administrator: User) -> None:
    page = f"{LIST}{administrator.pk}/change/"
    data = {"email": administrator.email, "name": "", "roles": [], "valid_until": ""}
    answer = client.post(page, data, follow=True)
    assert answer.status_code == 200
    assert len(answer.context["messages"]) == 1
    administrator.refresh_from_db()
    assert administrator.name
    assert administrator.is_staff


def test_one_that_cannot_be_closed_does_not_stop_the_others(
    client: Client, administrator: User
) -> None:
    user = make_user()
    client.post(LIST, {"action": "deactivate", "_selected_action": [administrator.pk, user.pk]})
    assert set(User.objects.filter(is_active=False)) == {user}


def test_nobody_deletes_an_account(client: Client, administrator: User) -> None:
    assert client.post(f"{LIST}{make_user().pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_officer_reads_and_changes_nothing(client: Client) -> None:
    client.force_login(make_staff(Role.OFFICER))
    user = make_user()
    page = f"{LIST}{user.pk}/change/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"name": "x", "roles": ["administrator"]}).status_code == 403
    assert client.get(LIST + "add/").status_code == 403
    client.post(LIST, {"action": "deactivate", "_selected_action": [user.pk]})
    user.refresh_from_db()
    assert user.is_active


def test_extra_fields_are_ignored(client: Client, administrator: User) -> None:
    user = make_user()
    data = {"email": user.email, "name": "a", "roles": [], "valid_until": ""}
    extra = {"is_superuser": "on", "is_staff": "on", "password": "x", "session_generation": "9"}
    client.post(f"{LIST}{user.pk}/change/", data | extra)
    changed = User.objects.get(pk=user.pk)
    assert changed.name == "a"
    assert (changed.is_superuser, changed.is_staff) == (False, False)
    assert (changed.password, changed.session_generation) == (user.password, 0)


def test_the_secretariat_changes_an_address(client: Client, administrator: User) -> None:
    user = make_user("old@example.jp")
    data = {"email": "new@example.jp", "name": "a", "roles": [], "valid_until": ""}
    assert client.post(f"{LIST}{user.pk}/change/", data).status_code == 302
    user.refresh_from_db()
    assert user.email == "new@example.jp"
    assert Act.objects.filter(verb="accounts.user.email_changed").count() == 1


def test_the_list_tells_no_hash_by_lookup(client: Client, administrator: User) -> None:
    assert client.get(LIST, {"password__startswith": "md5"}).status_code in {302, 400}


def test_the_list_costs_the_same_for_one_and_for_many(client: Client, administrator: User) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST).status_code == 200
        return len(queries)

    client.get(LIST)
    one = cost()
    for role in Role:
        make_staff(role)
    assert cost() == one
