import io
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.utils import timezone

from accounts.choices import Role
from accounts.demo import (
    create_demo_account,
    create_demo_staff,
    credentials,
    demo_code,
    demo_password,
)
from accounts.errors import NotADemoAccountError
from accounts.models import User
from tests.factories.accounts import enable_totp, make_staff

pytestmark = pytest.mark.django_db
AT = datetime(2022, 6, 15, 3, 0, tzinfo=UTC)
local = override_settings(LOCAL=True, PLATFORM_MODE="local")


@local
def test_a_newcomer_is_in_the_admin_with_what_is_printed(client: Client) -> None:
    create_demo_staff(timezone.now())
    for shown in credentials():
        browser = Client()
        browser.post("/accounts/login/", {"login": shown.email, "password": shown.password})
        answer = browser.post("/accounts/2fa/authenticate/", {"code": shown.code})
        assert answer["Location"] == "/admin/"


@local
def test_the_four_roles_each_have_their_account() -> None:
    create_demo_staff(AT)
    create_demo_staff(AT)
    assert {
        (user.email, *user.groups.values_list("name", flat=True)) for user in User.objects.all()
    } == {
        ("admin@example.jp", "administrator"),
        ("officer@example.jp", "officer"),
        ("contractor@example.jp", "contractor"),
        ("auditor@example.jp", "auditor"),
    }
    assert User.objects.get(email="contractor@example.jp").valid_until == date(2023, 3, 31)


@local
def test_a_member_has_no_code_but_a_password(client: Client) -> None:
    user = create_demo_account(email="npo@example.jp", name="会員 太郎", at=AT)
    assert [(c.email, c.code) for c in credentials()] == [(user.email, None)]
    client.post("/accounts/login/", {"login": user.email, "password": demo_password()})
    assert client.session["_auth_user_id"] == str(user.pk)
    with pytest.raises(NotADemoAccountError):
        demo_code(user.email)


@local
def test_the_code_after_a_used_one_is_good_too() -> None:
    create_demo_staff(AT)
    with time_machine.travel("2022-06-15 10:00:10 +0900", tick=False):
        first = demo_code("admin@example.jp")
        assert first.seconds_left == 20
        for shown in (first, demo_code("admin@example.jp")):
            browser = Client()
            browser.post(
                "/accounts/login/", {"login": "admin@example.jp", "password": demo_password()}
            )
            code = demo_code("admin@example.jp").code
            answer = browser.post("/accounts/2fa/authenticate/", {"code": code})
            assert answer["Location"] == "/admin/", shown


@local
def test_the_command_prints_the_code() -> None:
    create_demo_staff(AT)
    out = io.StringIO()
    call_command("demo_code", "ADMIN@example.jp", stdout=out, stderr=io.StringIO())
    assert out.getvalue().strip() == demo_code("admin@example.jp").code


@local
def test_the_command_refuses_an_account_that_seed_demo_did_not_make() -> None:
    create_demo_staff(AT)
    make_staff(Role.ADMINISTRATOR, email="real@example.jp")
    for email in ("real@example.jp", "nobody@example.jp"):
        with pytest.raises(CommandError):
            call_command("demo_code", email)


def test_the_command_refuses_outside_local_mode() -> None:
    create_demo_staff(AT)
    assert credentials() == []
    with pytest.raises(CommandError):
        call_command("demo_code", "admin@example.jp")


@local
def test_an_account_of_the_same_name_that_came_otherwise_stays_closed() -> None:
    staff = make_staff(Role.ADMINISTRATOR, email="admin@example.jp", mfa=False)
    enable_totp(staff)
    with pytest.raises(NotADemoAccountError):
        demo_code("admin@example.jp")
