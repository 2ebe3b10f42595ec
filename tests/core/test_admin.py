"""Every registered admin opens for every staff role as far as that role may look."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.choices import Role
from core.shell.admin import ShellAdmin
from tests.core.shell.world import make
from tests.factories.accounts import make_staff

pytestmark = pytest.mark.django_db
LABELS = sorted(model._meta.label for model in admin.site._registry)
MODELS = {model._meta.label: model for model in admin.site._registry}
INLINE_CODE = re.compile(
    rb"<style|style=\"|\son[a-z]+=\"|javascript:"
    rb"|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")"
)


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def pages(model, obj):
    return {
        "list": url(model, "changelist"),
        "form": url(model, "change", obj.pk),
        "history": url(model, "history", obj.pk),
        "add": url(model, "add"),
        "delete": url(model, "delete", obj.pk),
    }


def may(user, model, page):
    """Does the site say so? The model's own admin may be stricter than the rights."""
    model_admin = admin.site._registry[model]
    name = f"{model._meta.app_label}.%s_{model._meta.model_name}"
    verb = {"add": "add", "delete": "delete"}.get(page, "view")
    if page in {"add", "delete"}:
        return None if user.has_perm(name % verb) and model_admin else False
    return user.has_perm(name % verb) or user.has_perm(name % "change")


@pytest.mark.parametrize("label", LABELS)
def test_every_admin_stands_on_the_shell(label):
    assert isinstance(admin.site._registry[MODELS[label]], ShellAdmin)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("label", LABELS)
def test_every_page_opens_for_those_who_may_and_for_nobody_else(client, label, role):
    model, user = MODELS[label], make_staff(role)
    obj = make(model, user)
    client.force_login(user)
    for page, address in pages(model, obj).items():
        allowed = may(user, model, page)
        status = client.get(address).status_code
        expected = {True: {200}, False: {403}, None: {200, 403}}[allowed]
        assert status in expected, (page, status)


@pytest.mark.parametrize("label", LABELS)
def test_no_page_holds_code_that_the_policy_forbids(client, label):
    model, user = MODELS[label], make_staff(Role.ADMINISTRATOR)
    obj = make(model, user)
    client.force_login(user)
    for page, address in pages(model, obj).items():
        answer = client.get(address)
        assert not INLINE_CODE.search(answer.content), (page, INLINE_CODE.search(answer.content))
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'self'" in policy


@pytest.mark.parametrize("label", LABELS)
def test_an_auditor_sees_no_button_that_writes(client, label):
    model, user = MODELS[label], make_staff(Role.AUDITOR)
    obj = make(model, user)
    client.force_login(user)
    shown = pages(model, obj)
    for page in ("list", "form"):
        content = client.get(shown[page]).content.decode()
        assert url(model, "add") not in content
        for name in ("_save", "_continue", "_addanother", "_step"):
            assert f'name="{name}"' not in content
    assert client.post(shown["form"], {"name": "x"}).status_code in {403, 405, 200}
    assert client.post(shown["delete"], {"post": "yes"}).status_code == 403


def test_the_sidebar_shows_only_lines_that_the_role_may_open(client):
    client.force_login(make_staff(Role.CONTRACTOR))
    answer = client.get(reverse("admin:index"))
    lines = [line["url"] for group in answer.context["nav"] for line in group["items"]]
    assert reverse("admin:members_organization_changelist") in lines
    assert reverse("admin:core_change_changelist") not in lines
    assert reverse("admin:accounts_user_changelist") not in lines
    for line in lines:
        assert client.get(line).status_code == 200, line


def test_every_line_of_the_sidebar_leads_somewhere_for_an_administrator(client):
    client.force_login(make_staff(Role.ADMINISTRATOR))
    nav = client.get(reverse("admin:index")).context["nav"]
    lines = [line["url"] for group in nav for line in group["items"]]
    assert len(lines) == 28
    for line in lines:
        assert client.get(line).status_code == 200, line


@pytest.mark.parametrize("name", ["index", "search", "members_organization_changelist"])
def test_who_is_not_staff_never_sees_the_admin(client, django_user_model, name):
    anonymous = client.get(reverse(f"admin:{name}"), follow=True)
    assert anonymous.redirect_chain[-1][0].startswith(reverse("account_login"))
    client.force_login(django_user_model.objects.create(email="member@example.jp"))
    answer = client.get(reverse(f"admin:{name}"), follow=True)
    assert answer.status_code == 403


def test_staff_without_a_second_factor_are_sent_to_set_one_up(client):
    client.force_login(make_staff(Role.OFFICER, mfa=False))
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("admin:password_change", "account_change_password"),
        ("admin:password_change_done", "account_change_password"),
        ("admin:logout", "account_logout"),
    ],
)
def test_passwords_and_logout_belong_to_the_login_of_the_whole_site(client, old, new):
    client.force_login(make_staff())
    assert client.get(reverse(old)).headers["Location"] == reverse(new)


def test_the_page_of_an_app_leads_to_today(client):
    client.force_login(make_staff())
    answer = client.get(reverse("admin:app_list", args=["members"]))
    assert answer.headers["Location"] == reverse("admin:index")


def test_a_save_in_the_admin_leaves_a_trail_and_no_stock_log(client):
    user = make_staff(Role.ADMINISTRATOR)
    client.force_login(user)
    client.post(
        reverse("admin:accounts_user_add"),
        {"email": "new@example.jp", "name": "新人", "roles": ["officer"], "valid_until": ""},
    )
    made = type(user).objects.get(email="new@example.jp")
    assert Group.objects.get(name="officer") in made.groups.all()
    story = client.get(reverse("admin:accounts_user_history", args=[made.pk])).context["story"]
    assert story[0].entries[0].who == user.get_full_name()
    assert not LogEntry.objects.exists()


def test_the_environment_is_stamped_only_where_it_is_a_trial(client, settings):
    client.force_login(make_staff())
    settings.LOCAL = True
    assert client.get(reverse("admin:index")).context["environment"]
    settings.LOCAL = False
    assert not client.get(reverse("admin:index")).context["environment"]
