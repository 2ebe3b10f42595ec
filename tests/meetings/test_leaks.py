"""Planted words: every address of the site, asked by outsiders, gives none of them away.

Five outsiders of subcommittee 1, then three insiders of different depth: each has words that are
not for them (tests/meetings/planted.py). The last tests prove that the walk would find a leak.
"""

from collections.abc import Callable, Iterator

import pytest
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from meetings.models import Body, Digest, Material, Meeting, Minutes
from meetings.services.digest import send_digests
from tests.meetings.planted import NEWS, OUTSIDERS, PREFIX, Planted, plant, words
from tests.meetings.walking import addresses, answers

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Planted]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield plant()
        transaction.set_rollback(True)


def browser(planted: Planted, who: str) -> Client:
    client = Client(raise_request_exception=False)
    user = planted.people[who]
    if isinstance(user, User):
        client.force_login(user)
    return client


def walk(planted: Planted, who: str, asked: Callable[[str], bool] = bool) -> dict[str, set[str]]:
    """Method and address → the planted words that stand in the answer."""
    client, found = browser(planted, who), {}
    user = planted.people[who]
    staff = isinstance(user, User) and user.is_staff
    for address in filter(asked, addresses(planted.keys, records=4 if staff else 0)):
        for method, response, text in answers(client, address):
            assert response.status_code < 500, f"{method} {address}: {response.status_code}"
            shown = {word for word in planted.words if word in text}
            if shown:
                found[f"{method} {address}"] = shown
    return found


def walked(planted: Planted, who: str) -> dict[str, set[str]]:
    """The whole walk, gone once."""
    if who not in planted.walked:
        planted.walked[who] = walk(planted, who)
    return planted.walked[who]


def leaks(planted: Planted, who: str, found: dict[str, set[str]]) -> dict[str, set[str]]:
    told = {address: shown & planted.forbidden[who] for address, shown in found.items()}
    return {address: shown for address, shown in told.items() if shown}


@pytest.mark.parametrize("who", [*OUTSIDERS, "seat", "lead", "contractor"])
def test_no_address_gives_away_what_is_not_for_them(planted: Planted, who: str):
    assert leaks(planted, who, walked(planted, who)) == {}


def test_a_search_for_planted_words_looks_like_a_search_for_words_that_are_nowhere(
    planted: Planted,
):
    """No count, no suggestion, no other order: nothing tells that there is something."""
    nowhere = "wombat"
    for who in OUTSIDERS:
        client = browser(planted, who)
        for address in addresses(planted.keys, records=0):
            if not address.startswith("/admin/") and address.endswith(f"?q={PREFIX}"):
                there = client.get(address)
                absent = client.get(address.replace(PREFIX, nowhere))
                assert _plain(there, PREFIX) == _plain(absent, nowhere), (who, address)


def _plain(response: object, query: str) -> tuple[int, str]:
    text = response.content.decode()  # type: ignore[attr-defined]
    for changing in ("csrf_token", "csp_nonce"):
        value = str((response.context or {}).get(changing, ""))  # type: ignore[attr-defined]
        text = text.replace(value, "") if value else text
    return response.status_code, text.replace(query, "…")  # type: ignore[attr-defined]


def test_the_daily_digest_tells_everybody_only_what_is_theirs(planted: Planted):
    """Sent the evening after the papers came out."""
    with transaction.atomic():
        send_digests(at=NEWS.replace(hour=18))
        told = {
            user: f"{digest.message.subject} {digest.message.text} {digest.message.html}"
            for digest in Digest.objects.select_related("message", "person__user")
            for user in [digest.person.user]
        }
        transaction.set_rollback(True)
    for who, user in planted.people.items():
        assert {word for word in planted.forbidden[who] if word in told.get(user, "")} == set()
    assert words("title", "label") <= {
        word for word in planted.words if word in told[planted.people["seat"]]
    }


# --- the walk itself is put to the test ---------------------------------------------------------


def test_who_may_read_finds_the_words_on_the_same_walk(planted: Planted):
    expected = words("title", "label", "filename", "filetext", "meeting", "place", "agenda")
    expected |= words("onlineurl")
    found = walked(planted, "seat")
    assert expected <= set().union(*found.values())
    searched = [found[address] for address in found if address.endswith(f"/?q={PREFIX}")]
    assert words("title", "meeting") <= set().union(*searched)


def test_were_everything_visible_the_walk_would_say_so(
    planted: Planted, monkeypatch: pytest.MonkeyPatch
):
    """The negative control: rights that are always given turn the test above red."""
    for model in (Body, Material, Meeting, Minutes):
        queryset = type(model.objects.all())
        monkeypatch.setattr(queryset, "visible_to", lambda self, *args: self.all())
    papers = type(Material.objects.all())
    monkeypatch.setattr(papers, "readable_by", lambda self, reader, at: self.published(at))
    places = ("/materials/", "/meetings/", "/minutes/", "/bodies/", "/subcommittees/", "/my/")
    found = walk(planted, "member", lambda address: address.startswith(places))
    found = leaks(planted, "member", found)
    told = {word for shown in found.values() for word in shown}
    assert words("title", "label", "filename", "filetext", "meeting", "agenda") <= told
    for kind in ("/materials/", "/meetings/", ".zip", ".ics"):
        assert any(kind in address for address in found), kind
