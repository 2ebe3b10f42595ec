"""Sidebar, words and bars of the shell."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from core.shell.nav import Group, Item, build
from core.shell.templatetags.shell import (
    due_tone,
    due_words,
    is_view,
    jdate,
    jmoment,
    jshort,
    tab_of,
)
from tests.factories.accounts import make_staff, make_user

pytestmark = pytest.mark.django_db
USERS = reverse("admin:accounts_user_changelist")
GROUPS = (
    Group("home", "今日", "today", (Item("今日", "admin:index"),)),
    Group(
        "people",
        "人",
        "members",
        (
            Item("利用者", "accounts.user", count=lambda request: 3),
            Item("記録", "core.change"),
            Item("どこにもない", "nowhere.nothing"),
            Item("名前のない画面", "admin:nowhere"),
        ),
    ),
)


def request_at(path, user):
    request = RequestFactory().get(path)
    request.user = user
    return request


def test_lines_without_right_or_address_vanish():
    (_home, people) = build(GROUPS, request_at("/", make_staff(Role.ADMINISTRATOR)))
    assert [line["label"] for line in people["items"]] == ["利用者", "記録"]
    (_home, people) = build(GROUPS, request_at("/", make_staff(Role.OFFICER)))
    assert [line["label"] for line in people["items"]] == ["利用者"]
    assert [group["key"] for group in build(GROUPS, request_at("/", AnonymousUser()))] == ["home"]


def test_the_group_of_the_page_is_open_and_says_what_waits():
    user = make_staff(Role.ADMINISTRATOR)
    home, people = build(GROUPS, request_at(f"{USERS}1/change/", user))
    assert people["current"]
    assert people["open"]
    assert people["waiting"] == 3
    assert [line.get("current") for line in people["items"]] == [True, None]
    assert not home["current"]
    assert build(GROUPS, request_at(reverse("admin:index"), user))[0]["current"]


@pytest.mark.parametrize(
    ("days", "tone"), [(-1, "danger"), (0, "warning"), (1, "warning"), (2, "calm")]
)
def test_a_deadline_has_a_tone_and_words(days, tone):
    day = timezone.localdate() + timedelta(days=days)
    assert due_tone(day) == tone
    assert due_words(day)


def test_nothing_is_said_about_no_day():
    assert [due_tone(None), due_words(None), jdate(None), jshort(None), jmoment(None)] == [""] * 5


def test_days_of_another_year_say_so():
    moment = timezone.datetime(2022, 6, 15, 23, 30, tzinfo=timezone.get_fixed_timezone(0))
    assert jdate(moment) == "令和4年6月16日(木)"
    assert jshort(moment) == "2022年6月16日(木)"
    assert jmoment(moment) == "2022年6月16日(木)08:30"
    assert "年" not in jshort(timezone.localdate())


def test_what_no_tab_names_stands_on_the_first():
    tabs = (("基本", "名称"), ("担当", "ContactInline"))
    assert [tab_of(name, tabs) for name in ("名称", "ContactInline", "その他")] == [1, 2, 1]


def test_the_button_of_a_bulk_action_does_what_it_says(client):
    client.force_login(make_staff(Role.ADMINISTRATOR))
    victims = [make_user() for _n in range(3)]
    page = client.get(USERS).content.decode()
    assert 'name="action" value="deactivate"' in page
    # As the browser sends it: the empty field of the bar, then the pressed button.
    client.post(
        USERS,
        {"action": ["", "deactivate"], "index": ["1"], "select_across": "0",
         "_selected_action": [user.pk for user in victims[:2]]},
    )  # fmt: skip
    active = User.objects.filter(pk__in=[user.pk for user in victims], is_active=True)
    assert list(active) == [victims[2]]


def test_a_bulk_action_without_the_right_is_neither_shown_nor_done(client):
    client.force_login(make_staff(Role.AUDITOR))
    victim = make_user()
    assert "deactivate" not in client.get(USERS).content.decode()
    client.post(
        USERS, {"action": ["", "deactivate"], "index": ["1"], "_selected_action": [victim.pk]}
    )
    victim.refresh_from_db()
    assert victim.is_active


def test_the_saved_view_on_screen_is_marked(client):
    client.force_login(make_staff(Role.ADMINISTRATOR))
    view = site._registry[User].saved_views[1]  # the first is the whole list
    marked = client.get(f"{USERS}?{view.query}")
    assert is_view(marked.context["cl"], view.query)
    assert b'aria-current="true"' in marked.content
    assert not is_view(client.get(USERS).context["cl"], view.query)


def test_filters_in_use_can_be_taken_off_one_by_one(client):
    client.force_login(make_staff(Role.ADMINISTRATOR))
    answer = client.get(f"{USERS}?is_active__exact=1&q=officer")
    chips = answer.context["chips"]
    assert len(chips) == 2
    assert "is_active" not in chips[0]["remove"]
    assert "q=" not in chips[1]["remove"]
    for chip in chips:
        assert client.get(USERS + chip["remove"]).status_code == 200


def test_a_refused_form_lists_each_error_with_the_field_it_belongs_to(client):
    client.force_login(make_staff(Role.ADMINISTRATOR))
    answer = client.post(reverse("admin:accounts_user_add"), {"email": "", "roles": ["king"]})
    found = {error["id"]: error for error in answer.context["found"]}
    assert "id_email" in found
    assert len(answer.context["found"]) == 2
    assert b'id="error-summary"' in answer.content
    assert b'href="#id_email"' in answer.content


@pytest.mark.parametrize("lookup", ["password__startswith=a", "user__password__startswith=a",
                                    "groups__permissions__codename=x"])  # fmt: skip
def test_a_list_cannot_be_asked_about_fields_it_does_not_offer(client, lookup):
    client.force_login(make_staff(Role.OFFICER))
    assert client.get(f"{USERS}?{lookup}").status_code in {302, 400}


def test_the_count_of_selected_rows_is_told_in_japanese_by_the_script_too(client):
    client.force_login(make_staff())
    script = client.get(reverse("admin:jsi18n")).content.decode()
    catalogue = json.loads(re.search(r"const newcatalog = (\{.*?\});", script, re.DOTALL)[1])
    assert catalogue["%(sel)s of %(cnt)s selected"] == ["%(cnt)s件中 %(sel)s件を選択"]
