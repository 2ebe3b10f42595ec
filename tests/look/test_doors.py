"""The ways in: with a passkey under the strict policy, and without any script."""

import pytest
from django.urls import reverse

from tests.browser import NARROW, axe_everywhere, complaints, login
from tests.factories.accounts import PASSWORD, make_staff, make_user, totp_code

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEND = ".form__actions .btn--primary"


@pytest.fixture
def authenticator(page):
    """A fingerprint reader that always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_listed_and_opens_the_door(page, live_server, authenticator):
    heard = complaints(page)
    login(page, make_user())
    page.goto(live_server.url + reverse("mfa_add_webauthn"))
    page.fill("#id_password", PASSWORD)
    page.click(SEND)
    page.fill("#id_name", "仕事用のパソコン")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/add/" not in url)
    page.goto(live_server.url + reverse("mfa_list_webauthn"))
    assert page.get_by_role("heading", name="仕事用のパソコン").count() == 1
    axe_everywhere(page)

    page.context.clear_cookies()
    page.goto(live_server.url + reverse("account_login"))
    page.click("#passkey_login")
    page.wait_for_url("**/my/")
    assert heard == []


def test_staff_come_in_without_any_script(browser, live_server):
    user = make_staff()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + "/my/")
    assert page.locator("#passkey_login").is_hidden()
    page.fill("#id_login", user.email)
    page.fill("#id_password", PASSWORD)
    page.click(SEND)
    page.fill("#id_code", totp_code())
    page.click(SEND)
    page.wait_for_url("**/my/")
    assert page.locator("h1").inner_text().startswith(user.name)
    context.close()


def test_the_menu_of_a_narrow_screen_opens_without_any_script(browser, live_server):
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": NARROW, "height": 700}
    )
    page = context.new_page()
    page.goto(live_server.url + "/about/")
    page.get_by_text("メニュー", exact=True).click()
    page.get_by_role("link", name="ログイン").last.click()
    page.wait_for_url("**/accounts/login/")
    context.close()


def test_paper_shows_the_text_and_no_buttons(page, live_server):
    page.goto(live_server.url + "/about/")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("h1").is_visible()
    assert page.locator(".header-tools").is_hidden()
    assert page.locator("nav.nav").is_hidden()
    paper = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--bg')")
    assert paper.strip() == "#ffffff"
