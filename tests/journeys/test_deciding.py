"""From the list of the committee to the first login of a new member's contact, in a browser."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.choices import Role
from mailing.models import Envelope
from members.choices import ApplicationStatus, Category, Verdict
from members.models import Affiliation, DecisionBatch, Membership
from members.services.deciding import Ruling, decide_batch
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import PASSWORD, make_staff
from tests.factories.members import (
    ApplicationContactFactory,
    ApplicationFactory,
    BatchFactory,
    OrganizationFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SUMMARY = (
    "高齢の方と子育て中の方が気軽に立ち寄れる居場所を、地域の空き家を使って週に4回ひらいています。"
)


@pytest.fixture
def site(live_server: LiveServer, settings: Any) -> str:
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    return live_server.url


@pytest.fixture
def applications() -> list[Any]:
    known = OrganizationFactory(name="特定非営利活動法人よりそいの家")
    made = [
        ApplicationFactory(
            status=ApplicationStatus.CHECKING,
            name=name,
            name_kana=kana,
            summary=SUMMARY,
            wishes="第1分科会、第3分科会",
            duplicate_key=key,
        )
        for name, kana, key in (
            ("NPO法人よりそいの家", "えぬぴーおーほうじんよりそいのいえ", known.duplicate_key),
            ("一般社団法人まちのえんがわ", "まちのえんがわ", "まちのえんがわ"),
            ("特定非営利活動法人ほっとスペース", "ほっとすぺーす", "ほっとすぺーす"),
        )
    ]
    for application in made:
        ApplicationContactFactory(application=application, name="見本 花子")
    paper = ApplicationFactory(
        status=ApplicationStatus.CHECKING, name="ひだまり食堂", email="", fax="03-0000-2222",
        postal_code="100-0001", address="東京都千代田区見本1-1",
    )  # fmt: skip
    ApplicationContactFactory(application=paper, name="見本 三郎", email="")
    return [*made, paper]


def test_a_round_from_the_list_to_the_first_login(
    page: Page, site: str, applications: list[Any]
) -> None:
    heard = complaints(page)
    login(page, make_staff(Role.OFFICER))
    page.goto(f"{site}/admin/members/decisionbatch/add/")
    page.locator(".submit-row button.primary, .submit-row input[type=submit]").first.click()
    batch = DecisionBatch.objects.get()
    expect(page.locator("h1")).to_contain_text(batch.title)
    axe_everywhere(page)

    for application in applications:
        page.locator(f"#candidate-{application.pk}").check()
    page.get_by_role("button", name="印をつけた申込を一覧にのせる").click()
    expect(page.locator(".rulings tbody tr")).to_have_count(4)
    first, second, third, paper = applications
    page.locator(f"#id_a{second.pk}-verdict input[value=declined]").check()
    page.locator(f"#id_a{third.pk}-verdict input[value=held]").check()
    axe_everywhere(page)

    # a refusal without words comes back with its sentence, the rest as it was
    page.get_by_role("button", name="どうなるか確かめる").click()
    expect(page.locator("#error-summary")).to_contain_text("不承認には")
    axe_everywhere(page)
    page.locator(f"#id_a{second.pk}-reason").fill("活動の実態がまだ確かめられない")
    page.locator(f"#id_a{second.pk}-text").fill(
        "活動の実績をお積みのうえ、あらためてお申し込みください。"
    )
    page.locator("#id_reference").fill("第9回幹事会 議決第3号")
    page.locator("#id_reference").press("Enter")  # looks; takes nothing off the list
    expect(page.locator("h1")).to_contain_text("決定するとこうなります")
    expect(page.locator(".notice").first).to_contain_text(paper.name)
    axe_everywhere(page)

    page.get_by_role("button", name="決定してお知らせを送る").click()
    expect(page.locator(".results-table tbody tr")).to_have_count(3)
    assert Membership.objects.count() == 2
    axe_everywhere(page)
    page.get_by_role("link", name=f"{paper.name}へのお知らせ").click()
    expect(page.locator("h1")).to_contain_text("入会承認のお知らせ")
    axe_everywhere(page)
    assert heard == []

    page.context.clear_cookies()
    letter = Envelope.objects.get(address__email=first.contacts.get().email)
    page.goto(letter.merge["first_login_url"])
    axe_everywhere(page)
    page.locator("input[name=password1]").fill("short")
    page.locator("input[name=password2]").fill("short")
    page.get_by_role("button", name="このパスワードでログインする").click()
    expect(page.locator("input[name=password1][aria-invalid=true]")).to_be_visible()
    axe_everywhere(page)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="このパスワードでログインする").click()
    page.wait_for_url(f"{site}/my/")
    page.goto(letter.merge["first_login_url"])
    expect(page.locator("h1")).to_contain_text("このリンクは使えません")
    axe_everywhere(page)


def test_the_list_prints_on_paper(page: Page, site: str) -> None:
    login(page, make_staff(Role.AUDITOR))
    batch = BatchFactory()
    for _n in range(3):
        ApplicationFactory(status=ApplicationStatus.REPORTED, batch=batch, summary=SUMMARY)
    page.goto(f"{site}/admin/members/decisionbatch/{batch.pk}/print/")
    axe_everywhere(page)
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    expect(page.locator("tbody tr")).to_have_count(3)
    page.emulate_media(media="screen")
    page.goto(f"{site}/admin/members/decisionbatch/")
    axe_everywhere(page)


def test_a_decision_is_superseded_and_a_login_sent_again(page: Page, site: str) -> None:
    application = ApplicationFactory(status=ApplicationStatus.REPORTED, batch=BatchFactory())
    contact = ApplicationContactFactory(application=application)
    ruling = Ruling(
        verdict=Verdict.APPROVED, category=Category.REGULAR,
        member_from=application.batch.member_from,
    )  # fmt: skip
    decide_batch(
        batch=application.batch, verdicts={application.pk: ruling}, reference="", actor=None,
        at=timezone.now(),
    )  # fmt: skip
    login(page, make_staff(Role.OFFICER))
    affiliation = Affiliation.objects.get(address__email=contact.email)
    page.goto(f"{site}/admin/members/affiliation/{affiliation.pk}/change/")
    page.get_by_role("link", name="ログインを用意する").click()
    expect(page.locator("h1")).to_contain_text("ログインを用意する")
    axe_everywhere(page)
    page.get_by_role("button", name="ログインを用意する").click()
    expect(page.locator(".messages")).to_contain_text(contact.email)
    axe_everywhere(page)

    page.goto(f"{site}/admin/members/decisionbatch/{application.batch_id}/change/")
    page.get_by_role("link", name="承認を取り消す").click()
    expect(page.locator("h1")).to_contain_text("承認を取り消す")
    page.get_by_role("button", name="承認を取り消す").click()
    expect(page.locator("#error-summary")).to_be_visible()
    axe_everywhere(page)
    page.locator("#id_reason").fill("申込の内容に誤りがあった")
    page.locator("#id_text").fill("申込の内容に誤りがあったため、承認を取り消します。")
    page.get_by_role("button", name="承認を取り消す").click()
    expect(page.locator(".results-table tbody tr")).to_have_count(2)
    axe_everywhere(page)
    assert not Membership.objects.exists()


def test_the_rulings_work_without_script(browser: Any, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ja-JP")
    page = context.new_page()
    login(page, make_staff(Role.OFFICER))
    application = ApplicationFactory(status=ApplicationStatus.REPORTED, batch=BatchFactory())
    page.goto(f"{site}/admin/members/decisionbatch/{application.batch_id}/change/")
    texts = page.locator(f"#id_a{application.pk}-text")
    expect(texts).to_be_hidden()
    page.locator(f"#id_a{application.pk}-verdict input[value=declined]").check()
    expect(texts).to_be_visible()
    page.locator(f"#id_a{application.pk}-verdict input[value=approved]").check()
    page.get_by_role("button", name="どうなるか確かめる").click()
    page.get_by_role("button", name="決定してお知らせを送る").click()
    expect(page.locator(".results-table tbody tr")).to_have_count(1)
    context.close()
