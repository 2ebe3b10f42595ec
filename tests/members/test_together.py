"""Many organisations edited at once: preview, reason, one change set, one way back."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from core.audit.changesets import revert
from core.audit.models import Change, ChangeSet
from members.models import Organization
from tests.factories.accounts import make_staff
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:members_organization_changelist")


@pytest.fixture
def desk(client):
    client.force_login(make_staff(Role.OFFICER))
    return client


def send(client, rows, **data):
    keys = [str(row.pk) for row in rows]
    base = {"action": "edit_selected", "_selected_action": keys[:1], "keys": ",".join(keys)}
    return client.post(LIST, base | data)


def confirm(client, rows, **data):
    shown = send(client, rows, **data)
    seen = shown.context["plan"].digest()
    return send(client, rows, **data, seen=seen, _confirm="1")


def values():
    return list(
        Organization.objects.order_by("pk").values("confirmed_on", "prefecture", "public_fields")
    )


def test_the_list_offers_it_and_the_form_speaks_of_those_chosen(desk):
    rows = [MemberFactory() for _one in range(3)]
    assert "まとめて編集" in desk.get(LIST).content.decode()
    answer = desk.post(
        LIST,
        {"action": "edit_selected", "index": "0",
         "_selected_action": [row.pk for row in rows[:2]]},
    )  # fmt: skip
    assert "選んだ2団体" in answer.content.decode()


def test_all_pages_of_the_list_at_once(desk):
    for _one in range(3):
        row = MemberFactory()
    answer = desk.post(
        LIST,
        {"action": "edit_selected", "index": "0", "select_across": "1",
         "_selected_action": [row.pk]},
    )  # fmt: skip
    assert "選んだ3団体" in answer.content.decode()


def test_the_preview_writes_nothing_and_the_confirmation_all_of_it(desk):
    rows = [MemberFactory(public_fields=["url"]), MemberFactory(), MemberFactory()]
    before = values()
    data = {"confirmed_on": "2026-06-01", "release": ["phone"], "reason": "電話で確かめた"}
    html = send(desk, rows[:2], **data).content.decode()
    assert "2団体が変わります" in html
    assert values() == before
    answer = confirm(desk, rows[:2], **data)
    assert answer.status_code == 302
    after = values()
    assert [row["confirmed_on"] for row in after] == [date(2026, 6, 1)] * 2 + [None]
    assert [row["public_fields"] for row in after] == [["url", "phone"], ["phone"], []]
    made = ChangeSet.objects.get()
    assert (made.rows, made.why) == (2, "電話で確かめた")
    revert(made, actor=None, at=timezone.now())
    assert values() == before


def test_a_summary_that_is_released_is_found_and_no_longer_after_the_way_back(desk):
    row = MemberFactory(summary="よりそいの居場所")
    confirm(desk, [row], release=["summary"], reason="申し出")
    assert Organization.objects.search_with_people("よりそい").exists()
    revert(ChangeSet.objects.get(), actor=None, at=timezone.now())
    assert not Organization.objects.search_with_people("よりそい").exists()


def test_those_that_are_so_already_are_not_written(desk):
    rows = [MemberFactory(prefecture="13"), MemberFactory(prefecture="20")]
    newest = Change.objects.latest("id").pk
    confirm(desk, rows, prefecture="13", reason="所在地")
    (change,) = Change.objects.filter(id__gt=newest)
    assert change.row_id == str(rows[1].pk)
    answer = send(desk, rows, prefecture="13", reason="所在地")
    assert "もうその内容になっています" in answer.content.decode()


def test_who_was_quicker_is_told_and_nothing_is_written(desk):
    rows = [MemberFactory(), MemberFactory()]
    shown = send(desk, rows, prefecture="20", reason="所在地")
    Organization.objects.filter(pk=rows[0].pk).update(prefecture="47")
    answer = send(
        desk, rows, prefecture="20", reason="所在地",
        seen=shown.context["plan"].digest(), _confirm="1",
    )  # fmt: skip
    assert "もう一度確かめてください" in answer.content.decode()
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {"reason": "なにも選ばない"},
        {"prefecture": "20", "reason": " "},
        {"prefecture": "99", "reason": "ない県"},
        {"prefecture": "20", "reason": "あ\x00い"},
        {"prefecture": "20", "reason": "あ" * 501},
        {"confirmed_on": "2026-13-45", "reason": "ない日"},
        {"confirmed_on": "2999-01-01", "reason": "先の日"},
        {"confirmed_on": "0001-01-01", "reason": "昔の日"},
        {"release": ["url"], "withhold": ["url"], "reason": "両方"},
        {"release": ["secret"], "reason": "ない項目"},
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_nothing_is_lost(desk, data):
    answer = send(desk, [MemberFactory()], **data, _confirm="1")
    html = answer.content.decode()
    assert "error-summary" in html
    assert not ChangeSet.objects.exists()
    assert answer.context["total"] == 1


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.AUDITOR])
def test_others_may_not(client, role):
    client.force_login(make_staff(role))
    row = MemberFactory()
    assert "まとめて編集" not in client.get(LIST).content.decode()
    send(client, [row], prefecture="20", reason="x", _confirm="1", seen="x")
    assert Organization.objects.get().prefecture == row.prefecture
    assert not ChangeSet.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_asks_the_same_however_many(desk, count, django_assert_num_queries):
    rows = [MemberFactory() for _one in range(count)]
    send(desk, rows, prefecture="20", reason="x")
    with django_assert_num_queries(10):
        send(desk, rows, prefecture="20", reason="x")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_way_in_a_browser(page, live_server):
    from tests.browser import axe_everywhere, complaints, login  # noqa: PLC0415 -- a browser's

    heard = complaints(page)
    login(page, make_staff(Role.OFFICER))
    for number in range(3):
        MemberFactory(name=f"見本{number}の会")
    page.goto(live_server.url + LIST)
    for box in page.locator("input.action-select").all()[:2]:
        box.check()
    page.click("button[value=edit_selected]")
    page.wait_for_selector("text=選んだ2団体に")
    axe_everywhere(page)
    page.click(".submit-row button.primary")
    page.wait_for_selector("#error-summary")
    axe_everywhere(page)
    page.fill("input[name=confirmed_on]", "2026-06-01")
    page.check("input[name=release][value=phone]")
    page.fill("textarea", "一斉の確認のはがきによる")
    page.click(".submit-row button.primary")
    page.wait_for_selector("text=2団体が変わります")
    axe_everywhere(page)
    page.click(".submit-row button.primary")
    page.wait_for_selector("text=元に戻す…")
    assert Organization.objects.filter(confirmed_on="2026-06-01").count() == 2
    assert heard == []
