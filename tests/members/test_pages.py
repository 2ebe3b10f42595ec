"""The public pages in a real browser: narrow and wide, light and dark."""

from datetime import date

import pytest
from django.urls import reverse

from members.choices import Category, Field, PublicField
from members.services import refresh_search_text
from tests.browser import axe, axe_everywhere
from tests.factories.members import FormerNameFactory, MemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAMES = (
    (
        "特定非営利活動法人見本あおぞら居場所ネット",
        "トクテイヒエイリカツドウホウジンミホンアオゾラ",
        "13",
    ),
    ("社会福祉法人見本ゆいの会", "シャカイフクシホウジンミホンユイノカイ", "13"),
    ("見本県", "ミホンケン", "27"),
)


@pytest.fixture
def members():
    made = [
        MemberFactory(
            name=name,
            name_kana=kana,
            prefecture=prefecture,
            membership__category=category,
            membership__valid_from=date(2022, 2, 25),
            summary="商店街の空き店舗をひらき、週3日の夕食会と学習の場をつくっています。",
            fields=[Field.F01, Field.F13],
            regions=["11", "13"],
            url="https://aozora.example/",
            phone="00-0000-0000",
            public_fields=PublicField.values,
            confirmed_on=date(2022, 6, 1),
        )
        for (name, kana, prefecture), category in zip(NAMES, Category, strict=True)
    ]
    FormerNameFactory(organization=made[0], name="見本あおぞら夕食会", valid_until=date(2022, 4, 1))
    refresh_search_text(made)
    return made


def test_the_directory_is_accessible(page, live_server, members):
    page.goto(live_server.url + reverse("members:directory"))
    axe_everywhere(page)
    page.locator("summary", has_text="地図").click()
    axe_everywhere(page)


def test_a_profile_is_accessible(page, live_server, members):
    page.goto(live_server.url + reverse("members:profile", args=[members[0].slug]))
    axe_everywhere(page)


def test_a_wrong_day_takes_the_focus_and_stays_accessible(page, live_server, members):
    page.goto(live_server.url + reverse("members:directory") + "?as_of=2022-02-30&q=みほん")
    axe_everywhere(page)
    assert page.evaluate("document.activeElement.className") == "error-summary"


def test_an_empty_list_is_accessible(page, live_server, members):
    page.goto(live_server.url + reverse("members:directory") + "?q=ここにはない")
    axe_everywhere(page)


def test_a_tile_of_the_map_narrows_the_list(page, live_server, members):
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(live_server.url + reverse("members:directory") + "?q=見本")
    page.locator("summary", has_text="地図").click()
    tile = page.get_by_role("link", name="大阪府 1団体")
    tile.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**prefecture=27*")
    assert page.get_by_role("heading", level=3).all_inner_texts() == ["見本県"]
    axe(page)


def test_the_directory_works_without_script(browser, live_server, members):
    narrow = {"width": 320, "height": 800}
    page = browser.new_context(java_script_enabled=False, viewport=narrow).new_page()
    page.goto(live_server.url + reverse("members:directory"))
    page.locator("details.filters-drawer > summary").click()
    page.locator("input[name=q]").fill("ゆい")
    page.locator("form.filters button[type=submit]").click()
    assert page.get_by_role("heading", level=3).all_inner_texts() == ["社会福祉法人見本ゆいの会"]
    page.context.close()
