"""The reader's own page, reached without an account."""

import pytest
from django.test import Client

from mailing.choices import ConsentAction
from mailing.models import Consent
from mailing.unsubscribe import address_for, token_for, url_for
from tests.factories.mailing import AddressFactory, ConsentFactory

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def reader():
    return ConsentFactory().address


@pytest.fixture
def page(reader):
    return f"/newsletter/unsubscribe/{token_for(reader)}/"


@pytest.fixture
def stranger():
    """As a mail provider comes: no cookie, no CSRF token."""
    return Client(enforce_csrf_checks=True)


def words_of(address) -> list[tuple[str, str]]:
    return list(
        Consent.objects.filter(address=address).order_by("pk").values_list("action", "channel")
    )


def test_opening_the_link_changes_nothing(stranger, page, reader):
    for method in (stranger.get, stranger.head, stranger.get):
        assert method(page).status_code == 200
    assert words_of(reader) == [("given", "import")]


def test_the_button_opts_out(client, page, reader):
    answer = client.post(page)
    assert answer.status_code == 200
    assert words_of(reader)[-1] == ("withdrawn", "web")
    assert "配信を停止しました" in answer.text


def test_one_click_of_a_mail_provider_opts_out_without_cookie_or_redirect(stranger, page, reader):
    answer = stranger.post(page, ONE_CLICK)
    assert (answer.status_code, answer.cookies) == (200, {})
    assert words_of(reader)[-1] == ("withdrawn", "one_click")


def test_one_click_twice_is_one_word(stranger, page, reader):
    stranger.post(page, ONE_CLICK)
    stranger.post(page, ONE_CLICK)
    assert len(words_of(reader)) == 2


def test_a_mistake_can_be_taken_back_on_the_same_page(client, page, reader):
    client.post(page)
    answer = client.post(page, {"wish": "subscribe"})
    assert words_of(reader)[-1] == ("given", "web")
    assert "配信を停止しますか" in client.get(page).text
    assert "お送りします" in answer.text


def test_who_has_opted_out_is_told_so(client, page):
    client.post(page)
    assert "停止しています" in client.get(page).text


def test_the_page_shows_only_the_address_of_its_token(client, page, reader):
    other = AddressFactory(email="someone.else@member.example")
    text = client.get(page).text
    assert reader.email in text
    assert other.email not in text


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("change", [lambda t: t + "x", lambda t: "9" + t, lambda t: "x", str.upper])
def test_a_forged_token_is_not_found_and_changes_nothing(stranger, reader, method, change):
    token = change(token_for(reader))
    assert getattr(stranger, method)(f"/newsletter/unsubscribe/{token}/").status_code == 404
    assert words_of(reader) == [("given", "import")]


def test_a_token_of_a_mailbox_that_is_gone_names_nobody():
    assert address_for(token_for(999_999)) is None


def test_the_link_is_absolute_and_from_settings(reader, settings):
    settings.SITE_URL = "https://pf.example"
    assert url_for(reader) == f"https://pf.example/newsletter/unsubscribe/{token_for(reader)}/"
    assert address_for(token_for(reader.pk)) == reader


def test_the_withdrawal_is_kept_as_a_word_of_its_own(client, page, reader):
    client.post(page)
    assert Consent.objects.filter(address=reader, action=ConsentAction.WITHDRAWN).count() == 1
