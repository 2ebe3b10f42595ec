"""Two people edit one record: nothing is lost, nothing is overwritten unseen."""

import threading
from contextlib import suppress
from datetime import date

import pytest
from django.contrib.admin import site
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from core.audit.context import acting
from core.shell.conflict import admin as guard
from members.admin.inlines import FormerNameInline
from members.models import Membership, Organization, OrganizationLink, OrganizationName
from tests.browser_form import as_sent
from tests.core.shell import world
from tests.factories.accounts import make_staff, make_user
from tests.factories.members import AffiliationFactory, MemberFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


class Desk:
    """One member of staff with the record of one organisation open."""

    def __init__(self, organization, user=None):
        self.url = reverse("admin:members_organization_change", args=[organization.pk])
        self.client = Client()
        self.client.force_login(user or make_staff(Role.OFFICER))
        self.page = self.client.get(self.url)
        self.sent = as_sent(self.page, "organization_form")

    def save(self, **typed):
        self.sent |= {name: [value] if isinstance(value, str) else value
                      for name, value in typed.items()}  # fmt: skip
        self.page = self.client.post(self.url, self.sent)
        if self.page.status_code == 200:
            self.sent = as_sent(self.page, "organization_form")
        return self.page

    @property
    def told(self):
        return {line.label: line for line in self.page.context["conflict"].told}

    @property
    def html(self):
        return self.page.content.decode()


@pytest.fixture
def organization():
    return MemberFactory(name="見本の会", phone="03-1111-1111", summary="一行目\n二行目")


def of(organization, column):
    return Organization.objects.values_list(column, flat=True).get(pk=organization.pk)


def test_alone_a_save_goes_through_as_ever(organization):
    desk = Desk(organization)
    assert desk.save(phone="03-2222-2222").status_code == 302
    assert of(organization, "phone") == "03-2222-2222"


def test_what_only_the_other_changed_is_taken_over_and_told(organization):
    first, second = Desk(organization), Desk(organization)
    assert first.save(phone="03-2222-2222").status_code == 302
    answer = second.save(address="千代田区1-1")
    assert answer.status_code == 200
    assert of(organization, "address") == ""  # nothing is written
    line = second.told["電話"]
    assert (line.kind, line.old, line.theirs) == ("taken", "03-1111-1111", "03-2222-2222")
    assert line.who == "事務局 officer"
    assert not line.own
    assert line.at
    assert "ほかの人が保存しています" in second.html
    assert second.sent["phone"] == ["03-2222-2222"]
    assert second.sent["address"] == ["千代田区1-1"]  # what was typed is still there
    assert second.save().status_code == 302
    assert of(organization, "phone") == "03-2222-2222"
    assert of(organization, "address") == "千代田区1-1"


def test_what_both_changed_has_to_be_chosen_and_saving_again_overwrites_knowingly(organization):
    first, second = Desk(organization), Desk(organization)
    first.save(phone="03-2222-2222", fax="03-9999-9999")
    second.save(phone="03-3333-3333")
    line = second.told["電話"]
    assert (line.kind, line.old, line.theirs, line.yours) == (
        "both", "03-1111-1111", "03-2222-2222", "03-3333-3333",
    )  # fmt: skip
    assert second.told["FAX"].kind == "taken"
    assert second.sent["phone"] == ["03-3333-3333"]
    assert of(organization, "phone") == "03-2222-2222"
    assert second.save().status_code == 302
    assert of(organization, "phone") == "03-3333-3333"
    assert of(organization, "fax") == "03-9999-9999"


def test_one_press_takes_the_other_value_and_writes_nothing_yet(organization):
    first, second = Desk(organization), Desk(organization)
    first.save(phone="03-2222-2222")
    second.save(phone="03-3333-3333", address="港区2")
    assert 'name="_theirs" value="phone"' in second.html
    second.save(_theirs="phone")
    assert second.sent["phone"] == ["03-2222-2222"]
    assert second.sent["address"] == ["港区2"]
    assert of(organization, "address") == ""
    assert second.save(_theirs=[]).status_code == 302
    assert of(organization, "phone") == "03-2222-2222"
    assert of(organization, "address") == "港区2"


def test_typing_the_old_value_again_after_the_notice_is_a_choice(organization):
    first, second = Desk(organization), Desk(organization)
    first.save(phone="03-2222-2222")
    second.save(address="港区2")
    assert second.save(phone="03-1111-1111").status_code == 302
    assert of(organization, "phone") == "03-1111-1111"


def test_who_changes_it_a_third_time_is_told_too(organization):
    first, second = Desk(organization), Desk(organization)
    first.save(phone="03-2222-2222")
    second.save(phone="03-3333-3333")
    Desk(organization).save(phone="03-4444-4444")
    assert second.save().status_code == 200
    assert second.told["電話"].theirs == "03-4444-4444"
    assert second.save().status_code == 302
    assert of(organization, "phone") == "03-3333-3333"


def test_the_same_change_by_both_is_no_conflict(organization):
    first, second = Desk(organization), Desk(organization)
    first.save(phone="03-2222-2222")
    assert second.save(phone="03-2222-2222", address="港区2").status_code == 302
    assert of(organization, "address") == "港区2"


def test_own_saves_in_another_window_count_and_are_called_that(organization):
    officer = make_staff(Role.OFFICER)
    first, second = Desk(organization, officer), Desk(organization, officer)
    first.save(phone="03-2222-2222")
    second.save(phone="03-3333-3333")
    assert second.told["電話"].own
    assert "あなたが別の画面で先に保存しています" in second.html


def test_a_change_by_no_form_counts_too(organization):
    desk = Desk(organization)
    with acting(None, name="一括取込"):
        Organization.objects.filter(pk=organization.pk).update(phone="03-5555-5555")
    desk.save(phone="03-3333-3333")
    assert desk.told["電話"].who == "一括取込"


def test_choices_and_ticks_are_told_in_words(organization):
    first, second = Desk(organization), Desk(organization)
    first.save(fields=["01", "13"], prefecture="27", confirmed_on="2026-06-01")
    second.save(fields=["02"], prefecture="01")
    told = second.told
    assert told["所在地の都道府県" if "所在地の都道府県" in told else "都道府県"].theirs == "大阪府"
    assert "子ども" in told["活動分野"].theirs
    assert told["活動分野"].old == ""
    confirmed = next(line for line in told.values() if line.kind == "taken")
    assert confirmed.theirs == "令和8年6月1日"
    assert second.sent["fields"] == ["02"]


def test_mistakes_and_a_conflict_come_back_together(organization):
    first, second = Desk(organization), Desk(organization)
    first.save(phone="03-2222-2222")
    second.save(phone="03-3333-3333", corporate_number="1234567890123")
    assert second.page.context["errors"]
    assert second.told["電話"].kind == "both"
    # Told once, the second time only the mistake stands in the way, and the notice stays.
    second.save()
    assert not second.page.context["conflict"].refused
    assert second.told["電話"].yours == "03-3333-3333"
    assert second.save(corporate_number="").status_code == 302


class TestRows:
    """Rows of an inline: changed, added and removed meanwhile."""

    @pytest.fixture
    def desks(self, organization):
        with acting(None, name="一括取込"):
            for day, name in ((date(2022, 3, 1), "古い名前"), (date(2022, 4, 1), "旧い名前")):
                OrganizationName.objects.create(
                    organization=organization, name=name, valid_until=day
                )
        return Desk(organization), Desk(organization)

    def place(self, desk, name):
        (field,) = [key for key, value in desk.sent.items()
                    if value == [name] and key.startswith("former_names-")]  # fmt: skip
        return field

    def test_a_row_that_both_changed(self, desks):
        first, second = desks
        field = self.place(first, "旧い名前")
        assert first.save(**{field: "旧い名前その二"}).status_code == 302
        second.save(**{field: "旧い名前その三"})
        (line,) = second.told.values()
        assert (line.kind, line.theirs, line.yours) == ("both", "旧い名前その二", "旧い名前その三")
        second.save(_theirs=line.name)
        assert self.place(second, "旧い名前その二")
        assert second.save(_theirs=[]).status_code == 302
        assert OrganizationName.objects.filter(name="旧い名前その二").exists()

    def test_rows_that_came_meanwhile_stand_on_the_page(self, desks, organization):
        _first, second = desks
        OrganizationName.objects.create(
            organization=organization, name="もっと旧い名前", valid_until=date(2022, 2, 1)
        )
        second.save(**{self.place(second, "旧い名前"): "書き直した名前"})
        (line,) = second.told.values()
        assert line.kind == "added"
        assert "もっと旧い名前" in line.theirs
        assert self.place(second, "もっと旧い名前")
        assert second.save().status_code == 302
        names = set(OrganizationName.objects.values_list("name", flat=True))
        assert names == {"もっと旧い名前", "書き直した名前", "古い名前"}

    def test_a_row_typed_into_and_removed_meanwhile_lives_on_as_a_new_one(self, desks):
        _first, second = desks
        OrganizationName.objects.filter(name="旧い名前").delete()
        second.save(**{self.place(second, "旧い名前"): "大事な訂正"})
        (line,) = second.told.values()
        assert line.kind == "kept"
        assert "大事な訂正" in line.yours
        assert second.save().status_code == 302
        assert OrganizationName.objects.get(name="大事な訂正").valid_until == date(2022, 4, 1)

    def test_an_untouched_row_removed_meanwhile_goes_and_is_told(self, desks):
        _first, second = desks
        OrganizationName.objects.filter(name="旧い名前").delete()
        second.save(phone="03-7777-7777")
        (line,) = second.told.values()
        assert line.kind == "gone"
        assert "旧い名前" in line.old
        assert second.save().status_code == 302
        assert list(OrganizationName.objects.values_list("name", flat=True)) == ["古い名前"]

    def test_new_rows_of_the_second_person_stay(self, desks, organization):
        first, second = desks
        first.save(phone="03-2222-2222")
        other = OrganizationFactory(name="別の団体")
        OrganizationLink.objects.create(
            organization=organization, kind="branch_of", other=OrganizationFactory(name="本部")
        )
        total = int(second.sent["links-TOTAL_FORMS"][0])
        new = {"kind": "run_by", "other": str(other.pk), "organization": str(organization.pk)}
        row = {f"links-{total}-{name}": value for name, value in new.items()}
        second.save(**{"links-TOTAL_FORMS": str(total + 1)}, **row)
        assert {line.kind for line in second.told.values()} == {"taken", "added"}
        assert any("本部" in line.theirs for line in second.told.values())
        assert second.save().status_code == 302
        assert set(organization.links.values_list("kind", flat=True)) == {"run_by", "branch_of"}

    def test_a_contact_removed_meanwhile_cannot_come_back_but_its_words_do(self, organization):
        contact = AffiliationFactory(organization=organization)
        desk = Desk(organization)
        contact.delete()
        desk.save(**{"affiliations-0-department": "総務課"})
        (line,) = desk.told.values()
        assert line.kind == "gone"
        assert "総務課" in line.yours
        assert desk.save().status_code == 302

    def test_a_period_changed_by_another_page_is_told(self, organization):
        desk = Desk(organization)
        with acting(make_user(name="木村 花子")):
            Membership.objects.update(note="書面による")
        desk.save(phone="03-7777-7777")
        (line,) = desk.told.values()
        assert (line.who, line.theirs) == ("木村 花子", "書面による")


class TestSlip:
    @pytest.mark.parametrize("slip", ["", "x", "x" * 200_000, "a:b:c", "\x00", ".eJx:1:2"])
    def test_a_slip_of_nobody_writes_nothing_and_keeps_what_was_typed(self, organization, slip):
        desk = Desk(organization)
        assert desk.save(phone="03-2222-2222", _opened=slip).status_code == 200
        assert of(organization, "phone") == "03-1111-1111"
        assert desk.sent["phone"] == ["03-2222-2222"]
        assert "控えを読み取れませんでした" in desk.html
        assert desk.save().status_code == 302

    def test_a_slip_of_another_record_is_none(self, organization):
        desk = Desk(organization)
        assert desk.save(_opened=Desk(MemberFactory()).sent["_opened"][0]).status_code == 200

    def test_rows_without_a_count_are_the_stock_forms_to_refuse(self, organization):
        first, desk = Desk(organization), Desk(organization)
        first.save(phone="03-2222-2222")
        for wrong in ("", "x"):
            assert desk.save(**{"links-TOTAL_FORMS": wrong}).status_code == 200

    def test_who_may_only_read_gets_no_slip_and_writes_nothing(self, organization):
        auditor = make_staff(Role.AUDITOR)
        page = Client()
        page.force_login(auditor)
        url = reverse("admin:members_organization_change", args=[organization.pk])
        assert b"_opened" not in page.get(url).content
        assert page.post(url, {"_opened": "x"}).status_code == 403


@pytest.mark.parametrize("model", list(site._registry), ids=lambda m: m.__name__)
def test_no_untouched_form_of_any_record_is_a_conflict(client, model):
    """What the page shows is read back as what it was opened with, whatever the widgets."""
    officer = make_staff(Role.ADMINISTRATOR)
    client.force_login(officer)
    obj = world.make(model, officer)
    admin = site._registry[model]
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[obj.pk])
    page = client.get(url)
    if b"_opened" not in page.content:
        assert not page.context.get("has_change_permission")  # read only, or a page of its own
        return
    sent = as_sent(page, f"{admin.opts.model_name}_form")
    state = guard.unseal(guard._name(obj), sent["_opened"][0])[0]
    changed = {**state, "form": {name: ["ほかの値"] for name in state["form"]}}
    page = admin._page(page.wsgi_request, obj)
    merged = guard.merge(page, guard.Versions(changed, changed, state), _query(sent))
    assert merged.clashes == []


def _query(sent):
    query = QueryDict(mutable=True)
    for name, values in sent.items():
        query.setlist(name, values)
    return query


@pytest.mark.parametrize("rows", [1, 3])
def test_the_price_of_the_guard_does_not_grow_with_the_rows(
    organization, rows, django_assert_num_queries
):
    for number in range(rows):
        day = date(2022, 4, 1 + number)
        OrganizationName.objects.create(organization=organization, name="旧", valid_until=day)
        AffiliationFactory(organization=organization)
    desk = Desk(organization)
    with django_assert_num_queries(32):
        desk.client.get(desk.url)
    with CaptureQueriesContext(connection) as guarded:
        assert desk.save().status_code == 302
    bare = {name: value for name, value in desk.sent.items() if name != "_opened"}
    with CaptureQueriesContext(connection) as unguarded:
        assert desk.client.post(desk.url, bare).status_code == 302
    # the record twice, four locks, four inlines, a savepoint
    assert len(guarded) - len(unguarded) == 14


@pytest.mark.django_db(transaction=True)
class TestAtTheSameInstant:
    def both_save(self):
        organization = MemberFactory(phone="03-1111-1111")
        desks = [Desk(organization), Desk(organization)]
        start, answers = threading.Barrier(2), []

        def save(desk, phone):
            try:
                start.wait(10)
                answers.append(desk.save(phone=phone).status_code)
            finally:
                connection.close()

        threads = [
            threading.Thread(target=save, args=(desk, f"03-{number}222-2222"))
            for number, desk in enumerate(desks, start=3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return sorted(answers)

    @pytest.fixture
    def slow_look(self, monkeypatch):
        """Between looking and writing both have time to look."""
        looked = threading.Barrier(2)
        page = guard.TwoEditors._page

        def slow(self, request, obj):
            found = page(self, request, obj)
            found.state()
            with suppress(threading.BrokenBarrierError):
                looked.wait(1)
            return found

        monkeypatch.setattr(guard.TwoEditors, "_page", slow)

    def test_one_of_two_passes(self, slow_look):
        assert self.both_save() == [200, 302]

    def test_without_the_lock_both_would(self, slow_look, monkeypatch):
        """The control of the control: the test above can fail."""
        monkeypatch.setattr(guard, "hold", lambda record, inlines: None)
        assert self.both_save() == [302, 302]


def test_the_rows_of_the_inlines_are_held_too(organization, monkeypatch):
    held = []
    monkeypatch.setattr(guard, "hold", lambda record, inlines: held.append(inlines))
    Desk(organization).save()
    assert (FormerNameInline.model, "organization") in held[0]
