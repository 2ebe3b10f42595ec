"""Every page of the login library speaks Japanese in the frame of the site."""

import re
import time

import pytest
from allauth.core.internal.ratelimit import respond_429
from django.test import RequestFactory
from django.urls import reverse

from tests.factories.accounts import PASSWORD, enable_totp, make_staff, make_user

pytestmark = pytest.mark.django_db

ENTRANCE = [
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]
INSIDE = [
    "account_logout",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "usersessions_list",
]
ENGLISH_THAT_IS_A_NAME = {
    "Google", "Authenticator", "Microsoft", "QR", "USB", "IP", "NPO", "JavaScript", "Cookie",
    "FAX", "Chrome", "Linux", "officer", "TOTP", "Key", "Master",
}  # fmt: skip


def visible_words(html):
    main = html.split('id="main"', 1)[1].split(">", 1)[1].split("</main>", 1)[0]
    main = re.sub(r'<div class="field__help".*?</div>', "", main, flags=re.DOTALL)  # catalogue
    main = re.sub(r"<script.*?</script>|<code>.*?</code>|<[^>]+>", " ", main, flags=re.DOTALL)
    return set(re.findall(r"\b[A-Za-z]{2,}\b", re.sub(r"\S+@\S+", "", main)))


def check(answer, status=200):
    html = answer.content.decode()
    assert answer.status_code == status
    assert '<html lang="ja">' in html
    assert len(re.findall(r"<h1[ >]", html)) == 1
    assert "孤独・孤立対策官民連携プラットフォーム</title>" in html
    assert "placeholder" not in html
    assert visible_words(html) <= ENGLISH_THAT_IS_A_NAME
    return html


@pytest.fixture
def inside(client):
    """A staff member with an authenticator app who has just typed the password again."""
    return just_proved(client, make_staff())


def just_proved(client, user):
    client.force_login(user)
    record = {"method": "password", "at": time.time(), "reauthenticated": True}
    session = client.session
    session["account_authentication_methods"] = [record]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@pytest.mark.parametrize("name", ENTRANCE)
def test_a_page_before_the_login(client, name):
    check(client.get(reverse(name)))


@pytest.mark.parametrize("name", INSIDE)
def test_a_page_behind_the_login(inside, name):
    check(inside.get(reverse(name)))


def test_the_authenticator_app_is_set_up_without_a_picture_from_elsewhere(client):
    html = check(just_proved(client, make_user()).get(reverse("mfa_activate_totp")))
    assert 'src="data:image/svg+xml;' in html
    assert re.search(r'id="authenticator_secret" rows="2" readonly>[A-Z2-7]{16,}<', html)


def test_a_member_is_asked_before_giving_up_the_authenticator_app(client):
    user = make_user()
    enable_totp(user)
    html = check(just_proved(client, user).get(reverse("mfa_deactivate_totp")))
    assert "認証アプリをやめますか" in html


def test_a_used_reset_link_says_so(client):
    html = check(client.get(reverse("account_reset_password_from_key", args=["1", "used-up"])))
    assert "このリンクは使えません" in html


def test_a_refused_login_says_so_first_in_the_title_and_in_the_summary(client):
    html = check(
        client.post(reverse("account_login"), {"login": "a@example.jp", "password": "wrong"})
    )
    assert "<title>エラー:ログイン" in html
    assert html.index("error-summary") < html.index("<h1")
    assert 'value="a@example.jp"' in html


def test_an_empty_login_names_each_field(client):
    html = check(client.post(reverse("account_login"), {}))
    assert "2か所をなおしてください" in html
    assert 'href="#id_login"' in html
    assert 'href="#id_password"' in html


def test_the_second_step_asks_for_the_code(client):
    user = make_staff()
    answer = client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True
    )
    html = check(answer)
    assert "確認コードの入力" in html
    assert 'autocomplete="one-time-code"' in html
    assert "エラー:" in check(client.post(reverse("mfa_authenticate"), {"code": "000000"}))


def test_a_second_device_can_be_put_out(inside):
    inside.get("/my/")
    html = check(inside.get(reverse("usersessions_list")))
    assert "この端末" in html


def test_too_many_tries_are_told_kindly():
    answer = respond_429(RequestFactory().get("/accounts/login/"))
    assert answer.status_code == 429
    assert "しばらくお待ちください" in answer.content.decode()
