"""Login as people do it: in a real browser, under the content security policy."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.choices import Role
from accounts.models import User
from tests.browser import complaints
from tests.factories.accounts import PASSWORD, make_staff, make_user, totp_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server: LiveServer, settings: Any) -> str:
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    return live_server.url


def give_password(page: Page, site: str, user: User, *, then: str = "/admin/") -> None:
    page.goto(f"{site}{then}")
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()


def give_code(page: Page, code: str) -> None:
    page.locator("input[name=code]").fill(code)
    page.locator("form:has(input[name=code]) button[type=submit]").first.click()


def prove_again(page: Page) -> None:
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()


def test_staff_enter_with_password_and_code(page: Page, site: str) -> None:
    heard = complaints(page)
    give_password(page, site, make_staff(Role.OFFICER))
    page.wait_for_url("**/2fa/authenticate/**")
    give_code(page, totp_code())
    page.wait_for_url(f"{site}/admin/")
    expect(page.locator("h1")).to_be_visible()
    assert heard == []


def test_a_wrong_code_is_told_at_the_field(page: Page, site: str) -> None:
    give_password(page, site, make_staff(Role.OFFICER))
    give_code(page, "000000")
    expect(page.locator("input[name=code][aria-invalid=true]")).to_be_visible()


def test_a_recovery_code_opens_once(page: Page, site: str) -> None:
    staff = make_staff(Role.OFFICER)
    codes = Authenticator.objects.get(user=staff, type="recovery_codes").wrap().get_unused_codes()
    give_password(page, site, staff)
    give_code(page, codes[0])
    page.wait_for_url(f"{site}/admin/")
    left = Authenticator.objects.get(user=staff, type="recovery_codes").wrap().get_unused_codes()
    assert codes[0] not in left


def test_new_staff_set_up_their_app_before_anything_else(page: Page, site: str) -> None:
    heard = complaints(page)
    staff = make_staff(Role.OFFICER, mfa=False)
    give_password(page, site, staff)
    page.wait_for_url(f"{site}/accounts/2fa/")
    page.goto(f"{site}/admin/")
    page.wait_for_url(f"{site}/accounts/2fa/")
    page.goto(f"{site}/accounts/2fa/totp/activate/")
    prove_again(page)
    secret = page.locator("#authenticator_secret").input_value()
    now = page.evaluate("Math.floor(Date.now() / 1000)")
    give_code(page, format_hotp_value(hotp_value(secret, now // 30)))
    page.wait_for_url("**/2fa/recovery-codes/")
    page.goto(f"{site}/admin/")
    page.wait_for_url(f"{site}/admin/")
    kinds = Authenticator.objects.filter(user=staff).values_list("type", flat=True)
    assert set(kinds) == {"totp", "recovery_codes"}
    assert heard == []


def test_somebody_ends_the_session_on_another_machine(page: Page, site: str) -> None:
    user = make_user()
    elsewhere = Client(HTTP_USER_AGENT="Firefox on the old machine")
    elsewhere.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert elsewhere.get("/accounts/sessions/").status_code == 200
    give_password(page, site, user, then="/accounts/sessions/")
    page.wait_for_url("**/accounts/sessions/")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_be_visible()
    assert elsewhere.get("/accounts/sessions/").status_code == 302
    page.goto(f"{site}/accounts/sessions/")
    assert page.url == f"{site}/accounts/sessions/"


def test_a_passkey_is_added_and_opens_the_admin(page: Page, site: str) -> None:
    """The login library's scripts work under the policy, with an authenticator of the browser."""
    heard = complaints(page)
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    staff = make_staff(Role.OFFICER, mfa=False)
    give_password(page, site, staff)
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    prove_again(page)
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/2fa/recovery-codes/**")
    assert Authenticator.objects.filter(user=staff, type="webauthn").exists()
    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/?next=/admin/")
    page.locator("#passkey_login").click()
    page.wait_for_url(f"{site}/admin/")
    assert heard == []
