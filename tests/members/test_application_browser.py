"""The secretariat's pages of an application in a browser: no barrier, nothing refused."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from members.choices import ApplicationStatus, Reception
from members.models import MembershipApplication
from members.services.applying import answer_correction, save_answers
from members.services.examining import return_for_correction
from members.services.scans import attach_scan
from tests.browser import axe_everywhere, complaints, login
from tests.factories.accounts import make_staff
from tests.factories.files import pdf
from tests.factories.members import (
    ApplicationContactFactory,
    ApplicationFactory,
    MemberFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = reverse("admin:members_membershipapplication_changelist")
ADD = reverse("admin:members_membershipapplication_add")


@pytest.fixture
def officer():
    return make_staff(Role.OFFICER, email="hanako@example.jp")


def examined(officer):
    """Returned, answered, with papers, gaps and a former member of the same name."""
    MemberFactory(name="見本の居場所", membership__valid_until=date(2024, 4, 1))
    row = ApplicationFactory(
        name="特定非営利活動法人 見本の居場所", status=ApplicationStatus.CHECKING,
        summary="月に二回、だれでも来られる居場所を開いています。\n食事と相談。",
        fields=["01", "13"], regions=["13", "14"], phone="03-0000-1111",
        received_on=timezone.localdate(),
    )  # fmt: skip
    ApplicationContactFactory(application=row)
    upload = ContentFile(pdf(), "入会申込書.pdf")
    attach_scan(paper=row, upload=upload, actor=officer, at=timezone.now())
    return_for_correction(
        application=row, message="電話番号が通じませんでした。", marked=["phone", "address"],
        actor=officer, at=timezone.now(),
    )  # fmt: skip
    save_answers(
        application=row, answers={"phone": "03-2222-3333"}, contacts=None, at=timezone.now()
    )
    answer_correction(application=row, at=timezone.now())
    return row


def test_the_pages_of_an_application_have_no_barrier(page, live_server, officer):
    heard = complaints(page)
    row = examined(officer)
    ApplicationFactory(
        name="㈱見本ファクス", channel=Reception.FAX, assigned_to=officer,
        received_on=date(2026, 1, 5), due_on=date(2026, 1, 20),
    )  # fmt: skip
    login(page, officer)
    for url in (
        LIST,
        ADD,
        reverse("admin:members_membershipapplication_change", args=[row.pk]),
        reverse("admin:members_membershipapplication_correct", args=[row.pk]),
        reverse("admin:members_membershipapplication_act", args=[row.pk, "return"]),
    ):
        page.goto(live_server.url + url)
        axe_everywhere(page)
    assert heard == []


@pytest.mark.parametrize("script", [True, False])
def test_a_fax_is_keyed_in_by_keyboard_past_a_double(
    browser, live_server, officer, script, tmp_path
):
    MemberFactory(name="株式会社見本ファクス")
    paper = tmp_path / "FAX受信.pdf"
    paper.write_bytes(pdf())
    context = browser.new_context(
        java_script_enabled=script, viewport={"width": 1280, "height": 900}
    )
    page = context.new_page()
    login(page, officer)
    page.goto(live_server.url + ADD)
    page.locator("#id_channel").select_option("fax")
    page.locator("#id_scans").set_input_files(paper)
    page.locator("#id_name").fill("㈱見本ファクス")
    page.locator("#id_name").press("Enter")
    page.get_by_role("heading", name="すでにあるかもしれません").wait_for()
    if script:
        axe_everywhere(page)
    page.get_by_role("button", name="確かめたので保存する").press("Enter")
    page.get_by_role("heading", name="足りないもの").wait_for()
    row = MembershipApplication.objects.get()
    assert (row.channel, row.scans.get().name) == ("fax", "FAX受信.pdf")
    with page.expect_download() as download:
        page.get_by_role("button", name="ダウンロード").click()
    assert download.value.suggested_filename == "FAX受信.pdf"
    context.close()
