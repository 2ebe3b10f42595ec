"""The pages of acts on an organisation in a real browser: entries, what will happen, the record."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.choices import Role
from mailing.choices import Channel
from mailing.services import give_consent
from members.choices import Category
from members.models import OrganizationLink
from members.services import change_category, refresh_search_text
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import AT, make_staff, make_user
from tests.factories.members import (
    AffiliationFactory,
    ChangeRequestFactory,
    MemberFactory,
    WithdrawalFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(page, live_server):
    login(page, make_staff(Role.OFFICER))

    def open_page(name, *args, query=""):
        page.goto(live_server.url + reverse(f"admin:members_{name}", args=args) + query)
        return page

    return open_page


@pytest.fixture
def member():
    organization = MemberFactory(
        name="特定非営利活動法人よりそいの会", membership__category=Category.COOPERATING
    )
    other = MemberFactory(name="一般社団法人あかりの輪")
    refresh_search_text([organization, other])
    for name, mailbox in (
        ("見本 花子", "hanako@member.example"),
        ("髙橋 誠", "info@member.example"),
    ):
        contact = AffiliationFactory(
            organization=organization, person__name=name, address__email=mailbox
        )
        contact.person.user = make_user(mailbox)
        contact.person.save()
        give_consent(address=contact.address, actor=None, at=AT, channel=Channel.PAPER)
    AffiliationFactory(organization=other, person=contact.person, address=contact.address)
    ChangeRequestFactory(organization=organization)
    return organization


def test_a_notice_is_read_and_accepted(office, member):
    notice = WithdrawalFactory(
        organization=member, message="活動を終えるため退会します。", asked_by_name="見本 花子"
    )
    page = office("withdrawal_changelist")
    heard = complaints(page)
    axe_everywhere(page)
    page.get_by_role("link", name="見て決める").click()
    page.locator("#what-happens").wait_for()
    axe_everywhere(page)
    page.get_by_role("button", name="退会を承認する").click()
    page.wait_for_url("**/change/")
    axe_everywhere(page)
    assert heard == []
    notice.refresh_from_db()
    assert notice.status == "accepted"


def test_a_notice_on_paper_is_keyed(office, member):
    page = office("withdrawal_add", query=f"?organization={member.pk}")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator("#error-summary").wait_for()
    axe_everywhere(page)
    page.locator("#id_channel").select_option("fax")
    page.locator("#id_received_on").fill("2026-11-02")
    page.locator("#id_leaving_on").fill("2027-04-01")
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/change/")
    axe_everywhere(page)


def test_a_merger_is_chosen_shown_corrected_and_done(office, member):
    page = office("organization_act", member.pk, "merge")
    heard = complaints(page)
    axe_everywhere(page)
    page.locator(".select2-selection").click()
    page.keyboard.type("あかり")
    page.locator(".select2-results__option--highlighted", has_text="あかりの輪").click()
    page.locator("#id_on").fill("2027-04-01")
    page.locator("#id_reason").fill("届け出による")
    page.get_by_role("button", name="起きることを確かめる").click()
    page.locator("#what-happens").wait_for()
    axe_everywhere(page)
    ticked = page.locator("input[name=moving]:checked")
    assert ticked.count() == 1  # the other one stands there already
    page.get_by_role("button", name="内容を直す").click()
    page.locator("#id_on").wait_for()
    assert page.locator("#id_on").input_value() == "2027-04-01"
    page.get_by_role("button", name="起きることを確かめる").click()
    page.get_by_role("button", name="ほかの団体へ合併する").click()
    page.wait_for_url("**/change/")
    axe_everywhere(page)
    assert heard == []
    assert OrganizationLink.objects.get().since == date(2027, 4, 1)


def test_an_expulsion_is_shown_first(office, member):
    page = office("organization_act", member.pk, "expel")
    page.locator("#id_resolution").fill("令和8年度臨時総会 第3号議案")
    for name, day in (("resolved_on", "2026-11-10"), ("heard_on", "2026-11-12")):
        page.locator(f"#id_{name}").fill(day)
    page.locator("#id_until").fill("2026-12-01")
    page.keyboard.press("Enter")
    page.locator("#error-summary a").first.wait_for()
    axe_everywhere(page)
    page.locator("#id_heard_on").fill("2026-11-01")
    page.keyboard.press("Enter")
    page.locator("#what-happens").wait_for()
    axe_everywhere(page)


def test_what_is_booked_stands_on_the_record_and_goes_back(office, member):
    change_category(
        organization=member, category=Category.REGULAR, effective_on=date(2099, 4, 1),
        actor=None, at=AT,
    )  # fmt: skip
    page = office("organization_change", member.pk)
    axe_everywhere(page)
    page.get_by_role("link", name="区分変更の予約を取りやめる").click()
    page.locator("#id_reason").wait_for()
    axe_everywhere(page)
    page.locator("#id_reason").fill("入力の誤り")
    page.keyboard.press("Enter")
    page.wait_for_url("**/change/")
    assert member.memberships.get().valid_until is None
