"""`/members/confirm/<key>/`: answered by whoever holds the link, without an account."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from members.models import ChangeRequest, Confirmation, Organization
from members.services.confirmations import close_round, send_round
from tests.factories.accounts import make_user
from tests.factories.mailing import AddressFactory
from tests.factories.members import AffiliationFactory, RoundFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact():
    return AffiliationFactory(
        organization__name="特定非営利活動法人見本の会",
        organization__phone="03-0000-1111",
        organization__mailbox=AddressFactory(email="himitsu@m.example"),
        address=AddressFactory(email="tantousha@m.example"),
        department="総務課",
    )


@pytest.fixture
def asked(contact):
    today = timezone.localdate()
    round_ = RoundFactory(opens_on=today, due_on=today + timedelta(days=30))
    send_round(confirmation_round=round_, actor=None, at=timezone.now())
    return Confirmation.objects.select_related("round", "organization").get()


def page(asked, name="confirm"):
    return reverse(f"members:{name}", args=[asked.link_key])


def filled(client, asked, **changes):
    """What a browser posts: everything that the form shows, and what was written over."""
    form = client.get(page(asked, "confirm_change")).context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if bound.name == "effective_on":
            data |= {"effective_on_year": value.year, "effective_on_month": value.month,
                     "effective_on_day": value.day}  # fmt: skip
        elif value not in (None, False):
            data[bound.name] = value
    return {**data, "answered_by": "見本 花子", **changes}


def test_the_page_shows_what_is_registered_but_no_mailbox(client, asked):
    answer = client.get(page(asked))
    text = answer.content.decode()
    for told in ("特定非営利活動法人見本の会", "03-0000-1111", "総務課", "ta***@m.example"):
        assert told in text
    for hidden in ("tantousha@", "himitsu@"):
        assert hidden not in text
        assert hidden not in client.get(page(asked, "confirm_change")).content.decode()
    assert answer.headers["Cache-Control"].count("no-store")
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_looking_changes_nothing(client, asked):
    for name in ("confirm", "confirm_change"):
        client.get(page(asked, name))
        client.head(page(asked, name))
    asked.refresh_from_db()
    assert (asked.status, asked.organization.confirmed_on) == ("waiting", None)


def test_one_post_says_that_nothing_has_changed(client, asked):
    answer = client.post(page(asked), {"answered_by": "見本 花子"})
    assert answer.url == page(asked)
    text = client.get(page(asked)).content.decode()
    assert "「変わりありません」とお返事をいただきました" in text
    assert Organization.objects.get().confirmed_on == timezone.localdate()
    client.post(page(asked), {"answered_by": "見本 花子"})
    assert Confirmation.objects.get().status == "unchanged"


def test_a_name_is_needed(client, asked):
    answer = client.post(page(asked), {"answered_by": " "})
    assert "お名前を入力してください。" in answer.content.decode()
    assert Confirmation.objects.get().status == "waiting"


def test_the_form_as_it_stands_changes_nothing(client, asked):
    answer = client.post(page(asked, "confirm_change"), filled(client, asked))
    assert answer.status_code == 302
    assert Confirmation.objects.get().status == "unchanged"
    assert not ChangeRequest.objects.exists()


def test_what_has_changed_is_sent_in_one_go(client, asked, contact):
    answer = client.post(
        page(asked, "confirm_change"),
        filled(
            client, asked, phone="０３（１２３４）５６７８", name="NPO法人新見本",
            new_name="見本 次郎", new_department="企画課", new_email="JIRO@m.example",
            **{f"left_{contact.pk}": "on"},
        ),
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    member = Organization.objects.get()
    assert (member.phone, member.name) == ("03-1234-5678", "特定非営利活動法人見本の会")
    paper = ChangeRequest.objects.get()
    assert paper.changes["name"]["new"] == "NPO法人新見本"
    assert f"担当を外れた: 主担当 {contact.person.name}(総務課)" in paper.message
    assert "新しい担当者: 見本 次郎 / 企画課 / jiro@m.example" in paper.message
    thanks = client.get(page(asked)).content.decode()
    assert paper.receipt_number in thanks
    assert "NPO法人新見本" in thanks
    contact.refresh_from_db()
    assert contact.valid_until is None  # a link alone ends nobody's rights


def test_it_can_be_answered_again(client, asked):
    client.post(page(asked), {"answered_by": "見本 花子"})
    client.post(page(asked, "confirm_change"), filled(client, asked, phone="03-9999-0000"))
    assert Organization.objects.get().phone == "03-9999-0000"
    assert Confirmation.objects.get().status == "changed"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("corporate_number", "1234567890123", "検査数字"),
        ("phone", "でんわ", "電話番号"),
        ("name", "", "入力してください"),
        ("name_kana", "見本", "漢字"),
        ("new_email", "まちがい", "メールアドレス"),
        ("summary", "あ" * 100_000, "800"),
        ("name", "\x00", "使えない"),
        ("url", "javascript:alert(1)", "URL"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(client, asked, field, value, says):
    given = filled(client, asked, address="見本市1-2-3", **{field: value})
    answer = client.post(page(asked, "confirm_change"), given)
    assert answer.status_code == 200
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert form["address"].value() == "見本市1-2-3"
    assert Confirmation.objects.get().status == "waiting"
    assert Organization.objects.get().address == ""


def test_an_impossible_day_is_refused(client, asked):
    given = filled(client, asked, name="新見本", effective_on_month="13")
    answer = client.post(page(asked, "confirm_change"), given)
    assert list(answer.context["form"].errors) == ["effective_on"]


def test_a_new_mailbox_needs_a_name(client, asked):
    given = filled(client, asked, new_email="jiro@m.example")
    answer = client.post(page(asked, "confirm_change"), given)
    assert list(answer.context["form"].errors) == ["new_name"]


def test_a_fact_that_waits_already_is_said_at_its_field(client, asked):
    client.post(page(asked, "confirm_change"), filled(client, asked, name="新見本"))
    answer = client.post(page(asked, "confirm_change"), filled(client, asked, name="別の見本"))
    assert list(answer.context["form"].errors) == ["name"]
    assert ChangeRequest.objects.count() == 1


def test_two_who_answer_at_once_lose_nothing(client, asked):
    given = filled(client, asked, phone="03-1111-1111")
    Organization.objects.update(phone="03-2222-2222")
    answer = client.post(page(asked, "confirm_change"), given)
    assert list(answer.context["form"].errors) == ["phone"]
    assert Organization.objects.get().phone == "03-2222-2222"
    again = {**given, "seen": answer.context["form"]["seen"].value()}
    assert client.post(page(asked, "confirm_change"), again).status_code == 302
    assert Organization.objects.get().phone == "03-1111-1111"


def test_the_shared_mailbox_cannot_be_moved_by_a_link(client, asked):
    given = filled(client, asked, mailbox="thief@m.example")
    assert client.post(page(asked, "confirm_change"), given).status_code == 302
    assert Organization.objects.get().mailbox.email == "himitsu@m.example"


def test_a_contact_who_is_logged_in_answers_in_their_name(client, asked, contact):
    user = make_user()
    contact.person.user = user
    contact.person.save(update_fields=["user"])
    client.force_login(user)
    assert client.get(page(asked)).context["form"]["answered_by"].value() == user.get_full_name()
    client.post(page(asked, "confirm_change"), filled(client, asked, name="新見本"))
    assert ChangeRequest.objects.get().asked_by == user


def test_a_stranger_who_is_logged_in_is_just_somebody_with_the_link(client, asked):
    client.force_login(make_user())
    client.post(page(asked, "confirm_change"), filled(client, asked, name="新見本"))
    assert ChangeRequest.objects.get().asked_by is None


@pytest.mark.parametrize("key", ["x", "2222-2222-2222-2222", "a" * 500])
@pytest.mark.parametrize("name", ["confirm", "confirm_change"])
def test_an_unknown_key_finds_nothing(client, asked, key, name):
    address = reverse(f"members:{name}", args=[key])
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404


def test_a_round_that_was_never_sent_has_no_page(client, asked):
    asked.round.__class__.objects.update(sent_at=None)
    assert client.get(page(asked)).status_code == 404


def test_a_closed_round_says_so_kindly(client, asked):
    client.post(page(asked), {"answered_by": "見本 花子"})
    close_round(confirmation_round=asked.round, actor=None, at=timezone.now())
    for answer in (client.get(page(asked)), client.post(page(asked), {"answered_by": "x"})):
        assert answer.status_code == 200
        assert "締め切りました" in answer.content.decode()
    assert Confirmation.objects.get().answered_by == "見本 花子"


def test_who_has_left_has_nothing_to_confirm(client, asked):
    asked.organization.memberships.update(valid_until=timezone.localdate())
    assert "締め切りました" in client.get(page(asked)).content.decode()


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_costs_the_same_for_one_and_three_people(
    client, asked, people, django_assert_num_queries
):
    for _n in range(people - 1):
        AffiliationFactory(organization=asked.organization)
    client.get(page(asked))
    with django_assert_num_queries(5):
        client.get(page(asked))
