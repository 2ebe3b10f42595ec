"""Every address × every role × GET, HEAD and POST, against the table of `tests/role_table.py`."""

from collections.abc import Iterator
from contextlib import nullcontext
from unittest import mock
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from core.audit.models import Act, Change
from mailing.models import Consent, Envelope, Message
from tests.role_table import LOCAL_ONLY, ROLES, ROWS, UNNAMED, Outcome, Row
from tests.roles_world import World, addresses

pytestmark = pytest.mark.django_db

TABLE = ROWS | UNNAMED
METHODS = ("GET", "HEAD", "POST")
GATES = {
    "/accounts/login/": "login",
    "/accounts/reauthenticate/": "secret",
    "/accounts/2fa/reauthenticate/": "secret",
    "/accounts/2fa/webauthn/reauthenticate/": "secret",
    "/accounts/2fa/": "setup",
    "/admin/login/": "no-admin",
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One world for all rows: every request is undone, so none sees what another left."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def address_of(name: str, world: World) -> str:
    address = addresses()[name]
    kwargs = {**world.kwargs_of(name, address.parameters), **dict(address.fixed)}
    if name not in UNNAMED:
        return reverse(name.partition("[")[0], kwargs=kwargs)
    parent = address.route.removesuffix(name.removeprefix("admin:"))
    return f"/{parent}{next(iter(kwargs.values()))}/"


def ask(client: Client, method: str, address: str) -> HttpResponse:
    """One request whose writes are undone, so that the next starts from the same world.

    HEAD has no body: its page, the same as that of GET, is not drawn once more.
    """
    undrawn = mock.patch.object(Template, "render", return_value="")
    with transaction.atomic(), undrawn if method == "HEAD" else nullcontext():
        response = getattr(client, method.lower())(address)
        if response.streaming:  # taken to its end, as a browser does: the file is closed
            list(response)
        transaction.set_rollback(True)
    return response


def outcome(response: HttpResponse, expected: Outcome | None) -> Outcome:
    """What happened, in the words of the table; as precise as the cell asks."""
    if response.status_code not in {301, 302} or expected == response.status_code:
        return response.status_code
    path = urlsplit(response["Location"]).path
    if isinstance(expected, str) and expected.startswith(">"):
        target = expected[1:]
        wanted = target if target.startswith("/") else reverse(target)
        return expected if path == wanted else f">{path}"
    return GATES.get(path, f">{path}")


def observed(name: str, world: World, row: Row | None) -> dict[str, dict[str, Outcome]]:
    address = address_of(name, world)
    seen: dict[str, dict[str, Outcome]] = {}
    for role in ROLES:
        client = world.client(role)
        seen[role] = {
            method: outcome(
                ask(client, method, address), row.expected(role, method) if row else None
            )
            for method in METHODS
        }
    return seen


def as_row(name: str, seen: dict[str, dict[str, Outcome]]) -> str:
    cells = {role: (seen[role]["GET"], seen[role]["POST"]) for role in ROLES}
    if len({cells[role] for role in ROLES if role != "unprotected"}) == 1:
        return f'"{name}": same({cells["anonymous"]}, unprotected={cells["unprotected"]}),'
    most = cells["officer"]
    single = "".join(
        f", {role}={cells[role]}"
        for role in ("lapsed", "contractor", "auditor", "administrator", "unprotected")
        if cells[role] != (cells["member"] if role == "lapsed" else most)
    )
    return f'"{name}": row({cells["anonymous"]}, {cells["member"]}, {most}{single}),'


def test_every_address_is_in_the_table(world: World) -> None:
    missing = sorted(set(addresses()) - set(TABLE) - LOCAL_ONLY)
    rows = "\n".join(as_row(name, observed(name, world, None)) for name in missing)
    assert not missing, (
        "\nAdd to ROWS in tests/role_table.py (this is what the site does now; is it right?):\n"
        + rows
    )


def test_the_table_names_no_address_that_is_gone() -> None:
    gone = sorted(set(TABLE) - set(addresses()))
    assert not gone, f"Remove from tests/role_table.py: {gone}"


@pytest.mark.parametrize("name", sorted(set(TABLE) & set(addresses())))
def test_every_role_gets_what_the_table_says(name: str, world: World) -> None:
    row = TABLE[name]
    seen = observed(name, world, row)
    wrong = [
        f"{role} {method}: the table says {row.expected(role, method)}, the site {got}"
        for role, methods in seen.items()
        for method, got in methods.items()
        if got != row.expected(role, method)
    ]
    assert not wrong, f"\n{name}\n" + "\n".join(wrong) + f"\nNow: {as_row(name, seen)}"


@pytest.mark.parametrize("role", ["member", "officer", "auditor"])
def test_an_absent_object_reads_like_a_foreign_one(role: str, world: World) -> None:
    """404 for what is not there; never a hint by another status."""
    client = world.client(role)
    for address in ("/members/zzzzzzzz/", "/newsletter/999999/", "/newsletter/unsubscribe/x/"):
        assert client.get(address).status_code == 404, address


# RFC 8058: the mail program of a reader posts there, without a page and so without a token.
WITHOUT_TOKEN = {"mailing:unsubscribe"}


def test_every_post_asks_for_its_token(world: World) -> None:
    """A page of another site cannot make a logged-in browser act here."""
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies.update(world.client("administrator").cookies)
    taken = {
        name
        for name in addresses()
        if ask(strict, "POST", address_of(name, world)).status_code != 403
    }
    assert taken == WITHOUT_TOKEN, "Remove csrf_exempt, or argue for it in WITHOUT_TOKEN."


def test_reading_changes_nothing(world: World) -> None:
    """Mail scanners and browsers fetch links in advance: no GET may act."""

    def state() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (Change, Act, Message, Envelope, Consent))

    browser = world.client("administrator")
    acted = []
    for name in sorted(addresses()):
        before = state()
        answer = browser.get(address_of(name, world))
        if answer.streaming:  # as in `ask`
            list(answer)
        if state() != before:
            acted.append(name)
    assert not acted, f"{acted}: ask on GET, act on POST."
