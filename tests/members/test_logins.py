"""Contacts get a login from the secretariat, and a letter that lets them in."""

from datetime import UTC, date, datetime

import pytest

from accounts.choices import Role
from accounts.models import User
from accounts.services import deactivate_user
from core.models import Act
from mailing.models import Envelope, Message
from members.choices import Duty
from members.services.logins import LoginRefusedError, open_login, send_login
from tests.factories.accounts import PASSWORD, make_staff, make_user
from tests.factories.members import AffiliationFactory, PersonFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def link_for(user: User) -> str:
    envelope = Envelope.objects.filter(address__email=user.email).latest("pk")
    return envelope.merge["first_login_url"].split("://", 1)[1].partition("/")[2]


def act(client, contact, role=Role.OFFICER):
    client.force_login(make_staff(role))
    url = f"/admin/members/affiliation/{contact.pk}/act/login/"
    return client.get(url), client.post(url, {"csrfmiddlewaretoken": "x"}, follow=True)


def test_from_the_record_of_the_contact_to_the_first_login(client):
    contact = AffiliationFactory(person__name="見本 花子")
    page, done = act(client, contact)
    assert "ログインを用意する" in page.text
    assert f"ログインの案内を {contact.address.email} に送ります" in done.text
    contact.person.refresh_from_db()
    user = contact.person.user
    assert (user.email, user.name) == (contact.address.email, "見本 花子")
    letter = Message.objects.get()
    assert contact.organization.name in letter.text
    client.logout()
    client.post(f"/{link_for(user)}", {"password1": PASSWORD, "password2": PASSWORD})
    assert client.get("/my/").status_code == 200
    assert contact.organization.name in client.get("/my/").text
    verbs = set(Act.objects.values_list("verb", flat=True))
    assert {"members.person.account_opened", "members.person.login_sent"} <= verbs


def test_sent_again_it_is_a_fresh_link_to_the_same_account(client):
    contact = AffiliationFactory()
    first = send_login(affiliation=contact, actor=None, at=AT)
    again = send_login(affiliation=contact, actor=None, at=AT)
    assert first == again
    assert Message.objects.count() == 2
    assert User.objects.filter(email=contact.address.email).count() == 1


def test_who_has_a_password_is_told_to_log_in_as_always():
    contact = AffiliationFactory()
    user = make_user(contact.address.email)
    send_login(affiliation=contact, actor=None, at=AT)
    contact.person.refresh_from_db()
    assert contact.person.user == user
    assert "これまでお使いの" in Message.objects.get().text
    assert not Envelope.objects.get().merge


def test_an_account_that_stands_is_kept_whatever_the_mailbox():
    user = make_user("own@example.jp")
    contact = AffiliationFactory(person__user=user)
    assert send_login(affiliation=contact, actor=None, at=AT) == user
    assert Envelope.objects.get().address.email == "own@example.jp"


def test_a_login_is_one_persons():
    first, second = PersonFactory(name="見本 一郎"), PersonFactory()
    open_login(person=first, email="Shared@Example.jp", actor=None, at=AT)
    with pytest.raises(LoginRefusedError, match="見本 一郎"):
        open_login(person=second, email="shared@example.jp", actor=None, at=AT)


@pytest.mark.parametrize("email", ["", "no-address", "a\x00@example.jp", "x" * 300])
def test_what_is_no_address_opens_nothing(email):
    with pytest.raises(LoginRefusedError):
        open_login(person=PersonFactory(), email=email, actor=None, at=AT)
    assert not User.objects.exists()


def test_a_closed_account_is_not_opened_again_by_this():
    user = make_user("closed@example.jp")
    deactivate_user(user=user, actor=None, at=AT)
    with pytest.raises(LoginRefusedError):
        open_login(person=PersonFactory(), email=user.email, actor=None, at=AT)


@pytest.mark.parametrize(
    "fields",
    [
        {"valid_until": date(2026, 11, 20)},
        {"duty": Duty.NEWSLETTER},
        {"address": None},
    ],
    ids=["ended", "only reads", "no mailbox"],
)
def test_who_cannot_use_a_login_gets_none(client, fields):
    contact = AffiliationFactory(**fields)
    with pytest.raises(LoginRefusedError):
        send_login(affiliation=contact, actor=None, at=AT)
    assert not Message.objects.exists()


def test_the_card_of_the_person_tells_how_far_it_is(client):
    contact = AffiliationFactory()
    client.force_login(make_staff(Role.OFFICER))
    page = f"/admin/members/person/{contact.person_id}/change/"
    assert "まだありません" in client.get(page).text
    send_login(affiliation=contact, actor=None, at=AT)
    assert "はじめてのログインを待っています" in client.get(page).text


def test_a_new_staff_account_gets_its_letter(client, settings):
    settings.EMAIL_BACKEND = "mailing.backend.OutboxBackend"
    client.force_login(make_staff(Role.ADMINISTRATOR))
    client.post(
        "/admin/accounts/user/add/",
        {"email": "new@example.jp", "name": "新人 花子", "roles": ["officer"]},
    )
    letter = Message.objects.get()
    assert "2段階認証" in letter.text
    path = next(line for line in letter.text.splitlines() if "/accounts/welcome/" in line)
    client.logout()
    answer = client.post(
        "/" + path.split("://", 1)[1].partition("/")[2],
        {"password1": PASSWORD, "password2": PASSWORD},
    )
    assert answer.url == "/admin/"
