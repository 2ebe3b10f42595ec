"""Two windows on one record, in a real browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.choices import Role
from members.models import Organization, OrganizationName
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import make_staff
from tests.factories.members import AffiliationFactory, FormerNameFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def organization():
    made = AffiliationFactory(
        organization__name="特定非営利活動法人見本のひろば", organization__phone="03-1111-1111"
    ).organization
    FormerNameFactory(organization=made)
    return made


@pytest.fixture
def window(browser, browser_context_args, live_server, organization):
    """Opens the record in a browser of its own."""
    opened = []

    def open_window(*, script=True, user=None):
        context = browser.new_context(**browser_context_args, java_script_enabled=script)
        opened.append(context)
        page = context.new_page()
        login(page, user or make_staff(Role.OFFICER))
        place = reverse("admin:members_organization_change", args=[organization.pk])
        page.goto(live_server.url + place)
        return page

    yield open_window
    for context in opened:
        context.close()


def save(page):
    page.locator(".submit-row button[name=_save]").last.click()


def test_the_second_is_told_takes_one_value_and_keeps_the_other(window, organization):
    first, second = window(), window()
    heard = complaints(second)
    first.locator("#id_phone").fill("03-2222-2222")
    first.locator("#id_address").fill("千代田区1-1")
    save(first)
    expect(first.locator("#result_list")).to_be_visible()

    second.locator("#id_phone").fill("03-3333-3333")
    second.locator("#id_note").fill("電話で聞いた")
    save(second)
    notice = second.locator("#conflict")
    expect(notice).to_be_focused()
    expect(notice).to_contain_text("まだ何も書き込んでいません")
    expect(second.locator("#id_phone")).to_have_value("03-3333-3333")
    expect(second.locator("#id_address")).to_have_value("千代田区1-1")
    expect(second.locator("#id_note")).to_have_value("電話で聞いた")
    axe_everywhere(second)

    notice.get_by_role("button", name="保存された値を使う").click()
    expect(second.locator("#id_phone")).to_have_value("03-2222-2222")
    save(second)
    expect(second.locator("#result_list")).to_be_visible()
    stored = Organization.objects.get(pk=organization.pk)
    assert (stored.phone, stored.address, stored.note) == (
        "03-2222-2222", "千代田区1-1", "電話で聞いた",
    )  # fmt: skip
    assert heard == []


def test_enter_saves_and_takes_nobody_elses_value(window, organization):
    first, second = window(), window()
    first.locator("#id_phone").fill("03-2222-2222")
    save(first)
    expect(first.locator("#result_list")).to_be_visible()
    second.locator("#id_phone").fill("03-3333-3333")
    save(second)
    second.locator("#id_phone").press("Enter")
    expect(second.locator("#result_list")).to_be_visible()
    assert Organization.objects.get(pk=organization.pk).phone == "03-3333-3333"


def test_without_script_a_row_of_an_inline_is_told_and_chosen_too(window, organization):
    first, second = window(script=False), window(script=False)
    place = "#id_former_names-0-name"
    first.locator(place).fill("見本の旧い名前その二")
    save(first)
    second.locator(place).fill("見本の旧い名前その三")
    save(second)
    expect(second.locator("#conflict")).to_contain_text("見本の旧い名前その二")
    expect(second.locator(place)).to_have_value("見本の旧い名前その三")
    second.get_by_role("button", name="保存された値を使う").click()
    expect(second.locator(place)).to_have_value("見本の旧い名前その二")
    save(second)
    expect(second.locator("#result_list")).to_be_visible()
    assert OrganizationName.objects.get().name == "見本の旧い名前その二"
