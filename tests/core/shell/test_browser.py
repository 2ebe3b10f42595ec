"""The admin in a real browser: no barrier, nothing the policy refuses, both themes and widths."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.choices import Role
from members.models import Organization
from tests.browser import axe, axe_everywhere, complaints, login
from tests.core.shell import world
from tests.factories.accounts import make_staff
from tests.factories.members import MemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (320, 1440)


@pytest.fixture
def officer():
    return make_staff(Role.ADMINISTRATOR, email="hanako@example.jp")


@pytest.fixture
def organization(officer):
    for number in range(3):
        MemberFactory(name=f"見本法人{number}")
    return world.make(Organization, officer)


def address(name, organization):
    return {
        "today": reverse("admin:index"),
        "list": reverse("admin:members_organization_changelist"),
        "add": reverse("admin:members_organization_add"),
        "form": reverse("admin:members_organization_change", args=[organization.pk]),
        "history": reverse("admin:members_organization_history", args=[organization.pk]),
        "changes": reverse("admin:core_change_changelist"),
        "search": reverse("admin:search") + "?q=見本",
    }[name]


@pytest.mark.parametrize("name", ["today", "list", "form", "history", "changes", "search"])
def test_a_page_of_the_admin_has_no_barrier(page, live_server, officer, organization, name):
    heard = complaints(page)
    login(page, officer)
    page.goto(live_server.url + address(name, organization))
    axe_everywhere(page, widths=WIDTHS)
    assert heard == []


def test_selected_rows_menu_filters_and_errors_have_no_barrier(
    page, live_server, officer, organization
):
    heard = complaints(page)
    login(page, officer)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(live_server.url + reverse("admin:accounts_user_changelist"))
    page.locator(".action-select").first.check()
    assert page.locator(".actions .button:visible").count() >= 1
    axe(page)
    page.locator("[popovertarget=changelist-filter]").first.click()
    assert page.locator("#changelist-filter").is_visible()
    axe(page)
    page.keyboard.press("Escape")
    page.locator("#user-menu summary").click()
    axe(page)
    page.goto(live_server.url + reverse("admin:accounts_user_add"))
    page.locator("button[name=_save]:not(.visually-hidden)").click()
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    axe(page)
    assert heard == []


def test_the_keyboard_reaches_search_and_main_part(page, live_server, officer, organization):
    login(page, officer)
    page.goto(live_server.url + address("list", organization))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content-start"
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    page.keyboard.type("見本法人1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    assert page.locator(".link-list a").count() >= 1


def test_the_chosen_theme_holds_on_the_next_page(page, live_server, officer, organization):
    login(page, officer)
    page.goto(live_server.url + address("today", organization))
    page.locator("#user-menu summary").click()
    page.locator('input[name="theme"][value="dark"]').check()
    page.goto(live_server.url + address("list", organization))
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_menu_of_a_narrow_screen_opens_and_closes(page, live_server, officer, organization):
    login(page, officer)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + address("today", organization))
    assert not page.locator("#side").is_visible()
    page.locator("[popovertarget=side]").first.click()
    assert page.locator("#side").is_visible()
    axe(page)
    page.keyboard.press("Escape")
    assert not page.locator("#side").is_visible()


def test_the_admin_works_without_script(browser, live_server, officer, organization):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    login(page, officer)
    page.goto(live_server.url + address("form", organization))
    assert page.locator("button[name=_save]").last.is_visible()
    page.goto(live_server.url + address("list", organization))
    page.locator("#searchbar").fill("見本法人2")
    page.locator("#searchbar").press("Enter")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    context.close()


def test_enter_in_a_field_saves_and_takes_no_further_step(page, live_server, officer):
    other = make_staff(Role.OFFICER)
    login(page, officer)
    page.goto(live_server.url + reverse("admin:accounts_user_change", args=[other.pk]))
    page.locator("#id_name").fill("改めた名前")
    page.locator("#id_name").press("Enter")
    page.wait_for_url("**/accounts/user/")
    other.refresh_from_db()
    assert (other.name, other.is_active) == ("改めた名前", True)
