"""Why can somebody open this? The office asks, looks with the member's eyes, and ends it."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.choices import Role
from meetings.choices import Audience, BodyKind, SeatRole
from meetings.models import Material
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import make_staff
from tests.factories.meetings import BodyFactory, SeatFactory, make_material, seated_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def site(live_server, settings, tmp_path):
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    settings.MEDIA_ROOT = tmp_path
    return live_server.url


@pytest.fixture
def paper() -> Material:
    body = BodyFactory(name="分科会1")
    return make_material(body=body, title="声かけの事例の整理(案)", publish_at=None)


def test_the_office_sees_why_looks_with_the_members_eyes_and_ends_it(
    site: str, paper: Material, page: Page
):
    heard = complaints(page)
    member = seated_user(SeatFactory(body=paper.body))
    make_material(body=paper.body, audience=Audience.MEMBERS, title="会員への聞き取り結果")
    login(page, make_staff(Role.OFFICER))
    page.goto(f"{site}{reverse('admin:members_person_papers', args=[member.person.pk])}")
    expect(page.get_by_role("row", name="会員への聞き取り結果")).to_contain_text("会員団体の担当者")
    axe_everywhere(page)
    page.get_by_role("button", name="見え方を確かめる").click()
    banner = page.get_by_role("region", name="見え方の確認")
    expect(banner).to_contain_text(f"{member.person.name}さんの見え方で表示しています")
    axe_everywhere(page)
    banner.get_by_role("button", name="確認を終える").click()
    expect(page).to_have_url(
        f"{site}{reverse('admin:members_person_papers', args=[member.person.pk])}"
    )
    page.goto(f"{site}{reverse('admin:meetings_material_readers', args=[paper.pk])}")
    expect(page.get_by_role("heading", name="公開されると開ける人")).to_be_visible()
    axe_everywhere(page)
    assert heard == []


def test_a_lead_reads_who_can_open_a_paper_now_and_once_it_is_out(
    site: str, paper: Material, page: Page
):
    lead = seated_user(SeatFactory(body=paper.body, role=SeatRole.LEAD))
    seated_user(SeatFactory(body=paper.body))
    seated_user(SeatFactory(body=BodyFactory(name="幹事会", kind=BodyKind.STEERING)))
    login(page, lead)
    page.goto(f"{site}{reverse('materials:readers', args=[paper.public_id])}")
    expect(page.get_by_text("公開されると、3団体3人が開けます")).to_be_visible()
    before = page.get_by_role("region", name="公開前のいま開ける人")
    expect(before.get_by_role("row")).to_have_count(2)
    expect(before).to_contain_text("分科会1の席(担当幹事団体)")
    axe_everywhere(page)
