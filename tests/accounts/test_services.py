from datetime import UTC, date, datetime

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.choices import Role
from accounts.errors import AccountExistsError, LastAdministratorError
from accounts.models import User
from accounts.services import (
    change_email,
    deactivate_user,
    grant_role,
    provision_user,
    reactivate_user,
    revoke_role,
    set_roles,
    sync_roles,
)
from core.audit.models import Act, Change
from tests.factories.accounts import make_staff, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2022, 6, 15, 3, 0, tzinfo=UTC)


def verbs(user: User) -> list[str]:
    return list(
        Act.objects.filter(row_id=str(user.pk), table="accounts_user")
        .order_by("id")
        .values_list("verb", flat=True)
    )


def test_a_provided_account_has_a_verified_address_and_no_password() -> None:
    user = provision_user(email="ＡＢＣ＠Example.jp ", name="佐藤 一郎", actor=None, at=AT)
    assert user.email == "abc@example.jp"
    assert not user.has_usable_password()
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("abc@example.jp", True, True)
    assert verbs(user) == ["accounts.user.provisioned"]


def test_two_accounts_for_one_mailbox_are_refused() -> None:
    provision_user(email="a@example.jp", name="一", actor=None, at=AT)
    with pytest.raises(AccountExistsError):
        provision_user(email="A@EXAMPLE.JP", name="二", actor=None, at=AT)


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="メールアドレス"):
        provision_user(email="nobody", name="", actor=None, at=AT)


def test_another_address_is_the_login_from_then_on(client: Client) -> None:
    user = make_user("old@example.jp")
    client.force_login(user)
    change_email(user=user, email="ＮＥＷ@example.jp", actor=None, at=AT)
    change_email(user=user, email="new@example.jp", actor=None, at=AT)
    user.refresh_from_db()
    assert user.email == "new@example.jp"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("new@example.jp", True, True)
    ]
    assert client.get("/accounts/sessions/").status_code == 302
    assert verbs(user).count("accounts.user.email_changed") == 1


def test_somebody_elses_address_is_refused() -> None:
    user = make_user("a@example.jp")
    make_user("b@example.jp")
    with pytest.raises(AccountExistsError):
        change_email(user=user, email="B@example.jp", actor=None, at=AT)


def test_granting_a_role_makes_staff_and_is_recorded_once() -> None:
    actor, user = make_staff(Role.ADMINISTRATOR), make_user()
    grant_role(user=user, role=Role.OFFICER, actor=actor, at=AT)
    grant_role(user=user, role=Role.OFFICER, actor=actor, at=AT)
    user.refresh_from_db()
    assert user.is_staff
    assert user.has_perm("accounts.view_user")
    act = Act.objects.get(verb="accounts.role.granted", row_id=str(user.pk))
    assert (act.actor_id, act.detail) == (str(actor.pk), {"role": "officer"})


def test_revoking_the_last_role_ends_being_staff() -> None:
    user = make_staff(Role.OFFICER)
    revoke_role(user=user, role=Role.OFFICER, actor=None, at=AT)
    revoke_role(user=user, role=Role.OFFICER, actor=None, at=AT)
    user.refresh_from_db()
    assert not user.is_staff
    assert verbs(user).count("accounts.role.revoked") == 1


def test_revoking_one_of_two_roles_leaves_staff() -> None:
    user = make_staff(Role.OFFICER)
    grant_role(user=user, role=Role.AUDITOR, actor=None, at=AT)
    revoke_role(user=user, role=Role.OFFICER, actor=None, at=AT)
    user.refresh_from_db()
    assert user.is_staff


def test_set_roles_grants_and_revokes_until_they_match() -> None:
    user = make_staff(Role.OFFICER)
    set_roles(user=user, roles={Role.AUDITOR, Role.CONTRACTOR}, actor=None, at=AT)
    assert set(user.groups.values_list("name", flat=True)) == {"auditor", "contractor"}


def test_the_last_administrator_stays_active() -> None:
    user = make_staff(Role.ADMINISTRATOR)
    with pytest.raises(LastAdministratorError):
        deactivate_user(user=user, actor=user, at=AT)
    make_staff(Role.ADMINISTRATOR)
    deactivate_user(user=user, actor=user, at=AT)


def test_the_last_administrator_stays_administrator() -> None:
    user = make_staff(Role.ADMINISTRATOR)
    with pytest.raises(LastAdministratorError):
        revoke_role(user=user, role=Role.ADMINISTRATOR, actor=user, at=AT)


def test_deactivating_twice_is_one_act_and_reactivating_opens_again() -> None:
    user = make_user()
    deactivate_user(user=user, actor=None, at=AT)
    deactivate_user(user=user, actor=None, at=AT)
    user.refresh_from_db()
    assert not user.is_active
    reactivate_user(user=user, actor=None, at=AT)
    reactivate_user(user=user, actor=None, at=AT)
    user.refresh_from_db()
    assert user.is_active
    assert verbs(user) == [
        "accounts.user.provisioned",
        "accounts.user.deactivated",
        "accounts.user.reactivated",
    ]


@pytest.mark.parametrize("ending", ["deactivate", "grant", "revoke"])
def test_a_change_of_rights_ends_every_session_at_once(ending: str, client: Client) -> None:
    user = make_staff(Role.OFFICER)
    client.force_login(user)
    assert client.get("/accounts/sessions/").status_code == 200
    if ending == "deactivate":
        deactivate_user(user=user, actor=None, at=AT)
    elif ending == "grant":
        grant_role(user=user, role=Role.AUDITOR, actor=None, at=AT)
    else:
        revoke_role(user=user, role=Role.OFFICER, actor=None, at=AT)
    assert client.get("/accounts/sessions/").status_code == 302
    assert not UserSession.objects.filter(user=user).exists()


def test_roles_hold_exactly_what_the_apps_declare() -> None:
    officer = Group.objects.get(name="officer")
    stray = Permission.objects.get(codename="delete_user")
    missing = Permission.objects.get(codename="view_user")
    officer.permissions.add(stray)
    officer.permissions.remove(missing)
    sync_roles()
    held = set(officer.permissions.all())
    assert stray not in held
    assert missing in held


def test_no_role_may_delete_accounts_or_grant_itself_more() -> None:
    for role in Role:
        held = Group.objects.get(name=role).permissions.values_list("codename", flat=True)
        assert "delete_user" not in held
        assert not {"add_group", "change_group", "add_permission"} & set(held)


def test_a_misspelt_grant_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    config = apps.get_app_config("accounts")
    monkeypatch.setattr(config, "role_grants", {"officer": ("view_usre",)})
    with pytest.raises(LookupError, match="view_usre"):
        sync_roles()


def test_a_role_given_past_the_services_is_in_the_trail_too() -> None:
    user = make_user()
    user.groups.add(Group.objects.get(name="administrator"))
    change = Change.objects.filter(table="accounts_user_groups").latest("id")
    assert change.operation == "I"
    assert change.after["user_id"] == user.pk


def test_secrets_of_second_factors_are_not_in_the_trail() -> None:
    user = make_staff(Role.OFFICER)
    rows = Change.objects.filter(table="mfa_authenticator")
    assert rows.filter(after__user_id=user.pk).count() == 2
    assert {row.after["data"] for row in rows} == {"***"}


def test_an_account_past_its_last_day_cannot_log_in(django_user_model: type[User]) -> None:
    user = make_user(valid_until=date(2022, 6, 14))
    assert user.is_valid_on(date(2022, 6, 14))
    assert not user.is_valid_on(date(2022, 6, 15))
    assert user not in User.objects.able_to_log_in(date(2022, 6, 15))
    assert user in User.objects.able_to_log_in(date(2022, 6, 14))
