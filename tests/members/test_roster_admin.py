"""The list's pages in the admin: who may, what they show, what they do."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from core.audit.models import Act
from members.models import Organization, RosterImport
from members.roster.choices import ImportStatus
from tests.factories.accounts import make_staff
from tests.members.roster_files import DEMO_LIST, GOOD, many, row, workbook

UPLOAD = "admin:members_organization_import"
DETAIL = "admin:members_organization_import_detail"
CONFIRM = "admin:members_organization_import_confirm"
CANCEL = "admin:members_organization_import_cancel"
REFUSED = "admin:members_organization_import_refused"
EXPORT = "admin:members_organization_export"
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = make_staff(Role.OFFICER)
    client.force_login(user)
    return user


def upload(client, data: bytes, name: str = "名簿.xlsx"):
    return client.post(reverse(UPLOAD), {"file": SimpleUploadedFile(name, data)}, follow=True)


def job_of() -> RosterImport:
    return RosterImport.objects.latest("pk")


def test_the_real_list_goes_in_by_upload_preview_and_one_button(client, officer):
    html = upload(client, DEMO_LIST.read_bytes()).content.decode()
    job = job_of()
    assert job.status == ImportStatus.CHECKED
    assert "特定非営利活動法人あなたのいばしょ" in html
    assert not Organization.objects.exists()
    answer = client.post(reverse(CONFIRM, args=[job.public_id]), follow=True)
    assert "名簿を書き込みました" in answer.content.decode()
    assert Organization.objects.count() == 257


def test_the_preview_pages_and_filters_by_outcome(client, officer):
    upload(client, workbook(*many(60), row(**{"No.": 99, "区分": "名誉会員"})))
    url = reverse(DETAIL, args=[job_of().public_id])
    html = client.get(url).content.decode()
    assert "「名誉会員」という区分はありません" in html  # what cannot be taken comes first
    assert client.get(url, {"show": "all", "page": 2}).content.decode().count("<tr") == 11 + 1
    assert '<div class="empty">' in client.get(url, {"show": "update"}).content.decode()


def test_markup_in_a_list_stays_text(client, officer):
    html = upload(client, workbook(row(団体名="<script>alert(1)</script>会"))).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_hostile_file_gets_its_sentence_on_the_page(client, officer):
    html = upload(client, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old").content.decode()
    assert "古い形式(.xls)" in html
    assert not Organization.objects.exists()


@pytest.mark.parametrize("data", [b"", b"a" * (20 * 1024 * 1024 + 1)], ids=["empty", "too large"])
def test_a_file_that_cannot_be_taken_is_a_form_error(client, officer, data):
    answer = upload(client, data)
    assert answer.status_code == 200
    assert 'class="error-summary"' in answer.content.decode()
    assert not RosterImport.objects.exists()


def test_no_file_is_a_form_error(client, officer):
    answer = client.post(reverse(UPLOAD))
    assert 'class="error-summary"' in answer.content.decode()


def test_a_double_click_on_confirm_writes_once_and_says_so(client, officer):
    upload(client, workbook(GOOD))
    url = reverse(CONFIRM, args=[job_of().public_id])
    assert client.post(url).status_code == 302
    assert client.post(url, follow=True).status_code == 200
    assert Act.objects.filter(verb="members.roster.imported").count() == 1


def test_stopping_erases_the_file(client, officer):
    upload(client, workbook(GOOD))
    job = job_of()
    assert client.post(reverse(CANCEL, args=[job.public_id]), follow=True).status_code == 200
    job.refresh_from_db()
    assert (job.status, bytes(job.content)) == (ImportStatus.CANCELLED, b"")
    again = client.post(reverse(CANCEL, args=[job.public_id]), follow=True)
    assert again.status_code == 200


@pytest.mark.parametrize("status", ImportStatus)
def test_every_state_has_a_page(client, officer, status):
    upload(client, workbook(GOOD))
    RosterImport.objects.update(status=status, confirmed_by=officer, error="理由")
    html = client.get(reverse(DETAIL, args=[job_of().public_id])).content.decode()
    assert "名簿.xlsx" in html


def test_a_worker_that_does_not_begin_is_told_of(client, officer):
    upload(client, workbook(GOOD))
    RosterImport.objects.update(
        status=ImportStatus.WAITING, created_at=timezone.now() - timedelta(minutes=3)
    )
    html = client.get(reverse(DETAIL, args=[job_of().public_id])).content.decode()
    assert "止まっているようです" in html


@pytest.mark.parametrize("size", [1, 40])
def test_the_preview_costs_the_same_for_one_row_and_forty(
    client, officer, size, django_assert_num_queries
):
    upload(client, workbook(*many(size)))
    url = reverse(DETAIL, args=[job_of().public_id])
    client.get(url)
    with django_assert_num_queries(7):
        client.get(url)


# --- out -----------------------------------------------------------------------------------------


def take(client, **data):
    return client.post(reverse(EXPORT), {"as_of": "2022-06-15", "form": "xlsx", **data})


def test_taking_the_list_out_gives_a_file_and_leaves_a_line(client, officer):
    upload(client, workbook(GOOD))
    client.post(reverse(CONFIRM, args=[job_of().public_id]))
    answer = take(client)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"PK")
    assert Act.objects.get(verb="members.roster.exported").actor_name == officer.name


def test_what_cp932_cannot_carry_is_shown_before_the_file_is_given(client, officer):
    upload(client, workbook(GOOD))
    client.post(reverse(CONFIRM, args=[job_of().public_id]))
    first = take(client, form="csv-cp932")
    assert "𠮷田　花子" in first.content.decode()
    assert not Act.objects.filter(verb="members.roster.exported").exists()
    second = take(client, form="csv-cp932", accept="1")
    assert "〓田" in second.content.decode("cp932")


def test_a_wrong_day_is_a_form_error(client, officer):
    assert 'class="error-summary"' in take(client, as_of="2022-02-31").content.decode()


# --- who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ADMINISTRATOR, 200),
        (Role.OFFICER, 200),
        (Role.CONTRACTOR, 403),
        (Role.AUDITOR, 403),
    ],
)
@pytest.mark.parametrize("name", [UPLOAD, EXPORT])
def test_only_those_with_the_right_take_lists_in_and_out(client, role, status, name):
    client.force_login(make_staff(role))
    assert client.get(reverse(name)).status_code == status
    assert client.head(reverse(name)).status_code == status


def test_a_preview_is_closed_to_those_without_the_right(client, officer):
    upload(client, workbook(GOOD))
    job = job_of()
    client.force_login(make_staff(Role.CONTRACTOR))
    for name in (DETAIL, REFUSED):
        answer = client.get(reverse(name, args=[job.public_id]))
        assert answer.status_code == 403
        assert GOOD["団体名"] not in answer.content.decode()
    for name in (CONFIRM, CANCEL):
        assert client.post(reverse(name, args=[job.public_id])).status_code == 403
    assert not Organization.objects.exists()


def test_strangers_are_sent_to_the_login(client):
    assert client.get(reverse(UPLOAD)).status_code == 302


@pytest.mark.parametrize("name", [CONFIRM, CANCEL])
def test_a_look_changes_nothing(client, officer, name):
    upload(client, workbook(GOOD))
    assert client.get(reverse(name, args=[job_of().public_id])).status_code == 405


def test_a_list_that_is_not_there_is_not_found(client, officer):
    nowhere = "00000000-0000-4000-8000-000000000000"
    assert client.get(reverse(DETAIL, args=[nowhere])).status_code == 404
