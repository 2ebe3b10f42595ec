"""Finding a member on a phone, without script, by keyboard alone."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from members.choices import Category, Field, LinkKind, PublicField, Target
from members.models import OrganizationLink
from members.services import refresh_search_text
from tests.browser import NARROW, axe_everywhere, complaints
from tests.factories.members import FormerNameFactory, MemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def members():
    """Twenty-three of them, one renamed, one with everything released."""
    MemberFactory.create_batch(21, membership__category=Category.COOPERATING, prefecture="27")
    parent = MemberFactory(name="社会福祉法人見本の本部", name_kana="みほんのほんぶ")
    found = MemberFactory(
        name="特定非営利活動法人よりそい", name_kana="ﾄｸﾃｲﾋｴｲﾘｶﾂﾄﾞｳﾎｳｼﾞﾝﾖﾘｿｲ",
        summary="ひとりにしない居場所を、毎週ひらいています。\nどなたでもどうぞ。",
        fields=[Field.F01, Field.F13], targets=[Target.CARERS, Target.EVERYBODY],
        regions=["13", "14"], public_fields=PublicField.values, founded="2015-04",
        url="https://yorisoi.example/", phone="03-0000-0000", postal_code="100-0000",
        address="東京都千代田区見本町1-2-3", confirmed_on=date(2026, 6, 10),
    )  # fmt: skip
    FormerNameFactory(organization=found, name="見本の集い")
    OrganizationLink.objects.create(organization=found, kind=LinkKind.BRANCH_OF, other=parent)
    refresh_search_text([found, parent])
    return found


@pytest.fixture
def phone(browser, browser_context_args):
    """A narrow screen whose browser runs no script."""
    context = browser.new_context(
        **browser_context_args, java_script_enabled=False,
        viewport={"width": NARROW, "height": 640},
    )  # fmt: skip
    yield context.new_page()
    context.close()


def press(page, key, until):
    """The key again and again until the thing has the focus; nobody has a mouse here."""
    for _n in range(80):
        if until.evaluate("element => element === element.ownerDocument.activeElement"):
            return
        page.keyboard.press(key)
    pytest.fail(f"{until} cannot be reached with {key}")


def test_on_a_phone_without_script_a_member_is_found_by_an_old_name(phone, live_server, members):
    phone.goto(live_server.url + reverse("members:directory"))
    expect(phone.get_by_role("status")).to_contain_text("23団体")
    phone.locator(".filters-drawer > summary").click()
    phone.get_by_label("ことば").fill("見本の集い")
    phone.get_by_role("button", name="この条件で探す").click()
    expect(phone.get_by_role("status")).to_contain_text("1団体")
    phone.get_by_role("link", name="特定非営利活動法人よりそい").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("特定非営利活動法人よりそい")
    expect(phone.get_by_text("2026年6月に、登録内容をこの団体に確認しました")).to_be_visible()
    phone.get_by_role("link", name="社会福祉法人見本の本部").click()
    expect(phone.get_by_role("link", name="特定非営利活動法人よりそい")).to_be_visible()


def test_on_a_phone_without_script_nothing_is_wider_than_the_screen(phone, live_server, members):
    for address in (
        reverse("members:directory"),
        reverse("members:directory") + "?target=carers&as_of=2022-06-15",
        reverse("members:profile", args=[members.slug]),
    ):
        phone.goto(live_server.url + address)
        box = phone.locator("main").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW, address


def test_the_file_of_a_past_day_is_saved_without_script(phone, live_server, members):
    phone.goto(live_server.url + reverse("members:directory") + "?as_of=2022-06-15")
    with phone.expect_download() as saved:
        phone.get_by_role("link", name="CSVで保存する").click()
    assert saved.value.suggested_filename == "会員一覧_令和4年6月15日現在.csv"


def test_by_keyboard_alone_whom_they_stand_by_is_chosen_and_taken_off(page, live_server, members):
    page.set_viewport_size({"width": NARROW, "height": 640})
    page.goto(live_server.url + reverse("members:directory"))
    press(page, "Tab", page.locator(".filters-drawer > summary"))
    page.keyboard.press("Enter")
    press(page, "Tab", page.get_by_label("支援の対象"))
    for _target in range(Target.values.index(Target.CARERS) + 1):
        page.keyboard.press("ArrowDown")
    press(page, "Tab", page.get_by_role("button", name="この条件で探す"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1団体")
    press(page, "Tab", page.locator(".filter-tag"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("23団体")
    press(page, "Tab", page.locator(".pagination a").last)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize(
    "query", ["", "?q=ﾖﾘｿｲ&target=carers", "?q=zzz&target=carers", "?as_of=2022-02-30", "?page=2"]
)
def test_no_barrier_that_a_machine_can_find(page, live_server, members, query):
    heard = complaints(page)
    page.goto(live_server.url + reverse("members:directory") + query)
    axe_everywhere(page)
    assert heard == []


def test_no_barrier_on_the_page_of_a_member(page, live_server, members):
    page.goto(live_server.url + reverse("members:profile", args=[members.slug]))
    axe_everywhere(page)
