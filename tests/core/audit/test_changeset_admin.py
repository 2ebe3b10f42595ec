"""The pages of a change set: who may look, what they say, and the way back by hand."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from core.audit.changesets import change_set
from core.audit.models import ChangeSet
from members.models import Person
from tests.factories.accounts import make_staff
from tests.factories.members import AffiliationFactory, MemberFactory, PersonFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:core_changeset_changelist")


def deed(count=1, title="一斉に直す"):
    people = [PersonFactory(name=f"対象 {number}") for number in range(count)]
    with change_set(
        kind="members.roster.imported", title=title, reason="届出のとおり",
        actor=make_staff(Role.OFFICER), at=timezone.now(),
    ) as made:  # fmt: skip
        Person.objects.filter(pk__in=[person.pk for person in people]).update(note="一斉に")
    return made


def at(made, name="change"):
    return reverse(f"admin:core_changeset_{name}", args=[made.pk])


@pytest.fixture
def desk(client):
    client.force_login(make_staff(Role.OFFICER))
    return client


def test_the_list_says_who_when_why_and_how_many(desk):
    made = deed(3)
    text = desk.get(LIST).content.decode()
    assert made.title in text
    assert "届出のとおり" in text
    assert ">3<" in text


def test_the_list_asks_the_same_however_long_it_is(desk, django_assert_num_queries):
    deed()
    desk.get(LIST)
    with django_assert_num_queries(11):
        desk.get(LIST)
    deed(title="二つ目")
    deed(title="三つ目")
    with django_assert_num_queries(11):
        desk.get(LIST)


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_ask_the_same_however_many_rows(desk, count, django_assert_num_queries):
    made = deed(count)
    desk.get(at(made))
    with django_assert_num_queries(11):
        desk.get(at(made))
    with django_assert_num_queries(11):
        desk.get(at(made, "revert"))


def test_its_page_shows_each_row_before_and_after(desk):
    text = desk.get(at(deed(2))).content.decode()
    assert "対象 0" in text
    assert "対象 1" in text
    assert "<ins>一斉に</ins>" in text


def test_the_preview_parts_what_goes_from_what_stays_and_the_post_does_it(desk):
    made = deed(3)
    edited = Person.objects.first()
    Person.objects.filter(pk=edited.pk).update(note="手で")
    preview = desk.get(at(made, "revert"))
    assert "このあと変わったので触らないもの(1)" in preview.content.decode()
    assert "元に戻るもの(2)" in preview.content.decode()
    digest = preview.context["form"]["digest"].value()
    assert Person.objects.filter(note="一斉に").count() == 2
    answer = desk.post(at(made, "revert"), {"reason": "取り違え", "digest": digest}, follow=True)
    assert "2行を元に戻しました" in answer.content.decode()
    assert sorted(Person.objects.values_list("note", flat=True)) == ["", "", "手で"]
    assert ChangeSet.objects.get(reverts=made).why == "取り違え"
    assert "元に戻しました" in desk.get(at(made)).content.decode()


def test_a_reason_is_asked_for_and_what_was_typed_stays(desk):
    made = deed()
    digest = desk.get(at(made, "revert")).context["form"]["digest"].value()
    answer = desk.post(at(made, "revert"), {"reason": " ", "digest": digest})
    assert "error-summary" in answer.content.decode()
    answer = desk.post(at(made, "revert"), {"reason": "あ\x00い", "digest": digest})
    assert "error-summary" in answer.content.decode()
    assert not ChangeSet.objects.filter(reverts=made).exists()


def test_who_has_seen_another_plan_looks_once_more(desk):
    made = deed(2)
    digest = desk.get(at(made, "revert")).context["form"]["digest"].value()
    Person.objects.filter(name="対象 0").update(note="その間に")
    answer = desk.post(at(made, "revert"), {"reason": "取り違え", "digest": digest})
    assert "もう一度確かめてください" in answer.content.decode()
    assert "取り違え" in answer.content.decode()
    assert Person.objects.filter(note="一斉に").exists()
    digest = answer.context["form"]["digest"].value()
    desk.post(at(made, "revert"), {"reason": "取り違え", "digest": digest})
    assert not Person.objects.filter(note="一斉に").exists()


def test_a_second_time_is_told_in_words(desk):
    made = deed()
    for _time in range(2):
        digest = "0" * 64
        shown = desk.get(at(made, "revert"))
        if shown.status_code == 200:
            digest = shown.context["form"]["digest"].value()
        data = {"reason": "取り違え", "digest": digest}
        answer = desk.post(at(made, "revert"), data, follow=True)
    assert "すでに元に戻されています" in answer.content.decode()
    assert ChangeSet.objects.count() == 2


def test_an_auditor_reads_and_a_contractor_does_not(client):
    made = deed()
    client.force_login(make_staff(Role.AUDITOR))
    answer = client.get(at(made))
    assert answer.status_code == 200
    assert at(made, "revert") not in answer.content.decode()
    assert client.get(at(made, "revert")).status_code == 403
    assert client.post(at(made, "revert"), {"reason": "x"}).status_code == 403
    client.force_login(make_staff(Role.CONTRACTOR))
    assert client.get(LIST).status_code == 403
    assert client.get(at(made)).status_code == 403


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_in_a_browser(page, live_server):
    from tests.browser import axe_everywhere, complaints, login  # noqa: PLC0415 -- a browser's

    heard = complaints(page)
    officer = make_staff(Role.OFFICER)
    with change_set(
        kind="members.roster.imported", title="名簿の取込 会員名簿 2026年11月.xlsx",
        reason="年度の名簿による", actor=officer, at=timezone.now(),
    ) as made:  # fmt: skip
        kept = AffiliationFactory(organization=MemberFactory(name="残る会"))
        AffiliationFactory(organization=MemberFactory(name="戻る会"))
    with change_set(
        kind="members.contact.handed_over", title="担当者を直す", reason="本人から電話",
        actor=officer, at=timezone.now(),
    ):  # fmt: skip
        Person.objects.filter(pk=kept.person.pk).update(name="直した 名前")
    login(page, officer)
    page.goto(live_server.url + LIST)
    axe_everywhere(page)
    page.click("text=名簿の取込 会員名簿")
    page.wait_for_selector("text=元に戻す…")
    axe_everywhere(page)
    page.click("text=元に戻す…")
    page.wait_for_selector("#h-going")
    axe_everywhere(page)
    page.click("button.danger")
    page.wait_for_selector("#error-summary")
    axe_everywhere(page)
    page.fill("textarea", "取り違えた名簿だった")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=次の変更を元に戻したものです")
    axe_everywhere(page)
    assert made.reverted_by.why == "取り違えた名簿だった"
    assert heard == []
