"""The secretariat's pages about members in a real browser."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.choices import Role
from members.models import Affiliation
from tests.browser import axe, axe_everywhere, complaints, login
from tests.factories.accounts import make_staff
from tests.factories.members import AffiliationFactory, FormerNameFactory, MembershipFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(page, live_server):
    login(page, make_staff(Role.OFFICER))

    def open_page(name, *args, query=""):
        page.goto(live_server.url + reverse(f"admin:members_{name}", args=args) + query)
        return page

    return open_page


@pytest.fixture
def affiliation():
    made = AffiliationFactory(
        person__name="髙橋 誠", organization__membership__valid_until=date(2026, 1, 1)
    )
    MembershipFactory(organization=made.organization, valid_from=date(2026, 1, 1))
    FormerNameFactory(organization=made.organization)
    return made


@pytest.mark.parametrize("model", ["organization", "membership", "person", "affiliation"])
def test_the_lists_are_accessible(office, affiliation, model):
    page = office(f"{model}_changelist", query="?on=2022-06-15")
    axe_everywhere(page)


def test_the_record_is_accessible_tab_by_tab(office, affiliation):
    page = office("organization_change", affiliation.organization.pk)
    heard = complaints(page)
    for tab in page.locator("nav.tabs a").all():
        tab.click()
        axe(page)
    assert heard == []


def test_a_contact_is_entered_by_keyboard_and_a_mistake_is_said(office, affiliation):
    page = office("organization_act", affiliation.organization.pk, "contact")
    page.locator("#id_name").fill("新しい 担当")
    page.locator("#id_email").fill("まちがい")
    page.locator("#id_valid_from").fill("2026-04-01")
    page.keyboard.press("Enter")
    page.locator("#error-summary a").first.wait_for()
    axe_everywhere(page)
    page.locator("#id_email").fill("ＮＥＷ＠member.example")
    page.locator(".submit-row button").click()
    page.wait_for_url("**/change/")
    assert Affiliation.objects.get(address__email="new@member.example").person.name == "新しい 担当"


def test_the_list_is_asked_for_another_day_without_an_address_bar(office, affiliation):
    page = office("membership_changelist")
    page.locator("button[popovertarget=changelist-filter]").first.click()
    page.locator(".day-filter input[type=date]").fill("2022-06-15")
    page.locator(".day-filter button").click()
    page.wait_for_url("**on=2022-06-15*")
    assert page.locator("#result_list tbody tr").count() == 1
