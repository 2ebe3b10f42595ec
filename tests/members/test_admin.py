from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from core.models import Act
from mailing.models import Address
from members.choices import Category, EndReason, Field
from members.models import Affiliation, Membership, Organization, OrganizationName, Person
from members.services import refresh_people, refresh_search_text
from tests.factories.accounts import make_staff
from tests.factories.mailing import ConsentFactory
from tests.factories.members import (
    AffiliationFactory,
    FormerNameFactory,
    MemberFactory,
    MembershipFactory,
    OrganizationFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2022, 6, 15)
LIST = reverse("admin:members_organization_changelist")
PERIODS = reverse("admin:members_membership_changelist")


@pytest.fixture(autouse=True)
def on_15_june_2022():
    with time_machine.travel("2022-06-15T03:00:00Z", tick=False):
        yield


@pytest.fixture
def office(client):
    client.force_login(make_staff(Role.OFFICER))
    return client


def shown(client, url=LIST, **query):
    response = client.get(url, query)
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def questions(client, url):
    """How often a list asks the tables of members; login, rights and sidebar ask theirs besides."""
    client.get(url)  # the first request of a session also writes down the device
    with CaptureQueriesContext(connection) as asked:
        rows = shown(client, url)
    assert len(asked) <= 14  # savepoints of the test included
    return len(rows), sum('FROM "members_' in query["sql"] for query in asked)


def fresh(*organizations):
    refresh_search_text(organizations)
    return organizations


def change_url(obj):
    return reverse(f"admin:members_{obj._meta.model_name}_change", args=[obj.pk])


def form_of(client, url):
    """What the browser would send back unchanged."""
    context = client.get(url).context
    data = {}
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                data[bound.html_name] = value
    return data


class TestList:
    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_do_not_grow_with_the_list(self, office, number):
        for _n in range(number):
            AffiliationFactory()
        assert questions(office, LIST) == (number, 3)

    def test_category_and_number_are_those_of_the_day_asked(self, office):
        organization = MemberFactory(
            membership__valid_until=date(2022, 5, 1), membership__number="会0001"
        )
        MembershipFactory(
            organization=organization, number="賛0001", category=Category.SUPPORTING,
            valid_from=date(2022, 5, 1),
        )  # fmt: skip
        assert [row.number for row in shown(office)] == ["賛0001"]
        assert [row.number for row in shown(office, on="2022-04-30")] == ["会0001"]
        assert [row.number for row in shown(office, on="令和4年4月30日")] == ["会0001"]
        assert shown(office, category="regular") == []
        assert len(shown(office, category="regular", on="2022-04-30")) == 1

    def test_members_and_former_members_are_told_apart(self, office):
        member = MemberFactory()
        former = MemberFactory(membership__valid_until=DAY)
        assert shown(office, category="member") == [member]
        assert shown(office, category="none") == [former]
        assert set(shown(office)) == {member, former}

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"prefecture": "27"}, "大阪の会"),
            ({"field": "13"}, "子どもの会"),
            ({"kind__exact": "local"}, "見本県"),
            ({"contact": "none"}, "連絡のない会"),
            ({"confirmed": "due"}, "確認のない会"),
        ],
    )
    def test_each_filter_finds_its_own(self, office, query, found):
        calm = {"confirmed_on": date(2022, 6, 1), "prefecture": "13"}
        for name, fields in {
            "大阪の会": {"prefecture": "13", "regions": ["27"]},
            "子どもの会": {"fields": [Field.F13]},
            "見本県": {"kind": "local"},
            "連絡のない会": {},
            "確認のない会": {"confirmed_on": date(2021, 6, 15)},
        }.items():
            organization = MemberFactory(name=name, **(calm | fields))
            if name != "連絡のない会":
                AffiliationFactory(organization=organization)
        assert [row.name for row in shown(office, **query)] == [found]

    def test_the_contacts_and_the_magazine_of_each_row_are_counted(self, office):
        organization = MemberFactory()
        ConsentFactory(address=AffiliationFactory(organization=organization).address)
        AffiliationFactory(organization=organization, valid_until=DAY)
        (row,) = shown(office)
        assert (row.contacts.people, row.contacts.newsletter) == (1, True)

    @pytest.mark.parametrize(
        "query",
        ["高橋", "髙橋", "ﾀｶﾊｼ", "たかはし", "旧団体", "HANA@member", "hana-ko@member.example",
         "見本 高橋"],
    )  # fmt: skip
    def test_search_finds_by_names_people_and_mailboxes(self, office, query):
        affiliation = AffiliationFactory(
            person__name="髙橋 花子",
            person__name_kana="タカハシ ハナコ",
            address__email="hana-ko@member.example",
            organization__name="見本の会",
        )
        if "HANA@" in query:
            Address.objects.update(email="hana@member.example")
        FormerNameFactory(organization=affiliation.organization, name="旧団体")
        MemberFactory(name="別の会")
        fresh(*Organization.objects.all())
        refresh_people(Person.objects.all())
        assert [row.name for row in shown(office, q=query)] == ["見本の会"]

    @pytest.mark.parametrize(
        "query",
        [{"q": "\x00"}, {"q": "あ" * 10_000}, {"q": "\ud800"}, {"on": "x"}, {"on": "\x00"},
         {"on": "9" * 400}, {"category": "x"},
         {"prefecture": "\x00"}, {"contact": "x"}, {"p": "x"}],
    )  # fmt: skip
    @pytest.mark.parametrize("url", [LIST, PERIODS])
    def test_a_hostile_query_breaks_nothing(self, office, url, query):
        MemberFactory()
        if "\ud800" in query.values():
            query = {"q": b"\xed\xa0\x80"}
        assert office.get(url, query, follow=True).status_code == 200


class TestRecord:
    def test_saving_unchanged_changes_nothing(self, office):
        organization = AffiliationFactory().organization
        fresh(organization)
        before = Organization.objects.values().get(pk=organization.pk)
        assert office.post(change_url(organization), form_of(office, change_url(organization)))
        assert Organization.objects.values().get(pk=organization.pk) == before
        assert not Act.objects.filter(verb="members.organization.periods_corrected").exists()

    def test_a_corrected_name_is_found_at_once(self, office):
        organization = MemberFactory()
        data = form_of(office, change_url(organization)) | {"name": "見本の𠮷田会"}
        assert office.post(change_url(organization), data).status_code == 302
        assert Organization.objects.search("吉田会").get().name == "見本の𠮷田会"

    def test_values_are_brought_into_one_spelling(self, office):
        organization = MemberFactory()
        data = form_of(office, change_url(organization)) | {
            "postal_code": "〒１００８９１４",
            "phone": "（０３）５２５３−２１１１",
            "corporate_number": "７０００−０１２０−５０００−２",
        }
        assert office.post(change_url(organization), data).status_code == 302
        organization.refresh_from_db()
        assert organization.postal_code == "100-8914"
        assert organization.phone == "03-5253-2111"
        assert organization.corporate_number == "7000012050002"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("corporate_number", "1234567890123"),
            ("corporate_number", "7000012050002"),
            ("postal_code", "1"),
            ("phone", "電話なし"),
            ("prefecture", "48"),
            ("fields", ["99"]),
            ("name", ""),
            ("name", "\x00"),
        ],
    )
    def test_a_wrong_value_is_said_at_its_field(self, office, field, value):
        OrganizationFactory(corporate_number="7000012050002")
        organization = MemberFactory()
        data = form_of(office, change_url(organization)) | {field: value}
        response = office.post(change_url(organization), data)
        assert response.status_code == 200
        assert field in response.context["adminform"].form.errors

    def test_an_overlap_is_said_at_the_field_and_nothing_is_half_written(self, office):
        organization = MemberFactory(membership__valid_until=DAY, phone="03-0000-0000")
        MembershipFactory(organization=organization, valid_from=DAY)
        url = change_url(organization)
        data = form_of(office, url) | {"phone": "03-1111-1111"}
        first = next(k for k, v in data.items() if k.endswith("valid_until") and v == DAY)
        data[first] = "2022-07-01"
        response = office.post(url, data)
        assert response.status_code == 200
        periods = response.context["inline_admin_formsets"][0].formset
        assert sum("valid_from" in form.errors for form in periods.forms) == 1
        organization.refresh_from_db()
        assert organization.phone == "03-0000-0000"
        assert Membership.objects.filter(valid_until=DAY).count() == 1

    def test_a_border_moves_in_one_save(self, office):
        organization = MemberFactory(membership__valid_until=DAY)
        MembershipFactory(organization=organization, valid_from=DAY)
        url = change_url(organization)
        for was, moved in ((DAY, "2022-05-01"), (date(2022, 5, 1), "2022-07-01")):
            data = form_of(office, url)
            for key, value in data.items():
                if "memberships-" in key and "valid_" in key and value == was:
                    data[key] = moved
            assert office.post(url, data).status_code == 302
            assert Membership.objects.filter(valid_until=moved).count() == 1

    @pytest.mark.parametrize(
        ("field", "value"), [("valid_until", "2022-02-25"), ("end_reason", EndReason.WITHDRAWN)]
    )
    def test_a_period_that_cannot_be_is_said_at_its_end(self, office, field, value):
        organization = MemberFactory()
        data = form_of(office, change_url(organization)) | {f"memberships-0-{field}": value}
        response = office.post(change_url(organization), data)
        (form,) = response.context["inline_admin_formsets"][0].formset.forms
        assert "valid_until" in form.errors

    def test_a_refusal_of_the_database_is_said_and_what_was_typed_stays(self, office, monkeypatch):
        # As if another person had taken the days between the check and the write.
        monkeypatch.setattr("members.forms.periods.PeriodFormSet.clean", lambda self: None)
        organization = MemberFactory(membership__valid_until=DAY, phone="03-0000-0000")
        MembershipFactory(organization=organization, valid_from=DAY)
        url = change_url(organization)
        data = form_of(office, url) | {"phone": "03-1111-1111"}
        data[next(k for k, v in data.items() if k.endswith("valid_until") and v == DAY)] = ""
        response = office.post(url, data)
        assert response.context["adminform"].form.non_field_errors()
        assert 'value="03-1111-1111"' in response.content.decode()
        organization.refresh_from_db()
        assert organization.phone == "03-0000-0000"

    def test_a_mailbox_typed_in_full_width_is_shared(self, office):
        address = AffiliationFactory().address
        affiliation = AffiliationFactory()
        url = change_url(affiliation.organization)
        typed = address.email.replace("@", "＠").replace("contact", "ＣＯＮＴＡＣＴ")
        data = form_of(office, url) | {"affiliations-0-email": typed}
        assert office.post(url, data).status_code == 302
        affiliation.refresh_from_db()
        assert affiliation.address == address

    def test_a_new_organization_comes_with_its_membership(self, office):
        data = {
            "kind": "npo", "name": "新しい会", "category": "supporting",
            "valid_from": "2022-06-15",
        }  # fmt: skip
        response = office.post(reverse("admin:members_organization_add"), data)
        assert response.status_code == 302, response.context["adminform"].form.errors
        organization = Organization.objects.active_on(DAY).search("新しい会").get()
        assert organization.memberships.get().number == "賛0001"
        assert Act.objects.filter(verb="members.organization.registered").count() == 1

    def test_a_number_once_given_is_refused_at_the_field(self, office):
        MembershipFactory(number="賛0001")
        data = {
            "kind": "npo", "name": "新しい会", "category": "supporting",
            "valid_from": "2022-06-15", "number": "賛0001",
        }  # fmt: skip
        response = office.post(reverse("admin:members_organization_add"), data)
        assert "number" in response.context["adminform"].form.errors


class TestActs:
    def act(self, client, obj, key, **data):
        url = reverse(f"admin:members_{obj._meta.model_name}_act", args=[obj.pk, key])
        assert client.get(url).status_code == 200
        return client.post(url, data)

    def test_rename(self, office):
        organization = MemberFactory(name="旧団体")
        self.act(office, organization, "rename", name="新団体", effective_on="2022-06-15")
        assert OrganizationName.objects.get().name == "旧団体"

    def test_change_of_category_end_and_return(self, office):
        organization = MemberFactory()
        self.act(office, organization, "category", category="supporting", effective_on="2022-06-01")
        self.act(office, organization, "end", until="2022-06-10", reason="withdrawn", _confirm="1")
        self.act(
            office, organization, "rejoin", category="regular", valid_from="2022-06-15",
            _confirm="1",
        )  # fmt: skip
        categories = [period.category for period in organization.memberships.all()]
        assert categories == ["regular", "supporting", "regular"]

    def test_a_new_contact_and_the_handing_over(self, office):
        organization = MemberFactory()
        self.act(
            office, organization, "contact", name="髙橋 誠", email="ＡＢＣ＠member.example",
            duty="primary", valid_from="2022-06-15", newsletter="paper",
        )  # fmt: skip
        first = Affiliation.objects.get()
        self.act(office, first, "hand-over", name="後任", effective_on="2023-04-01")
        second = Affiliation.objects.exclude(pk=first.pk).get()
        self.act(office, second, "end", until="2024-04-01")
        assert Address.objects.get().email == "abc@member.example"
        assert list(Affiliation.objects.order_by("pk").values_list("valid_until", flat=True)) == [
            date(2023, 4, 1), date(2024, 4, 1),
        ]  # fmt: skip

    def test_the_magazine_without_a_mailbox_is_said_at_the_field(self, office):
        response = self.act(
            office, MemberFactory(), "contact", name="花子", duty="primary",
            valid_from="2022-06-15", newsletter="oral",
        )  # fmt: skip
        assert "email" in response.context["form"].errors

    def test_a_refusal_stands_on_the_page(self, office):
        organization = MemberFactory(name="同じ名前")
        response = self.act(
            office, organization, "rename", name="同じ名前", effective_on="2022-06-15"
        )
        assert response.status_code == 200
        assert response.context["form"].non_field_errors()

    def test_an_unknown_act_is_not_found(self, office):
        url = reverse("admin:members_organization_act", args=[MemberFactory().pk, "erase"])
        assert office.get(url).status_code == 404

    def test_an_auditor_only_reads(self, client):
        client.force_login(make_staff(Role.AUDITOR))
        organization = MemberFactory()
        url = reverse("admin:members_organization_act", args=[organization.pk, "rename"])
        assert client.get(url).status_code == 403
        page = client.get(change_url(organization))
        assert page.status_code == 200
        assert url not in page.content.decode()
        assert client.post(change_url(organization), {"name": "x"}).status_code == 403
        assert client.get(reverse("admin:members_membership_export")).status_code == 403


class TestPeriods:
    def test_the_list_of_a_day_is_the_members_of_that_day(self, office):
        MembershipFactory(number="会0001", valid_until=DAY)
        MembershipFactory(number="会0002")
        assert len(shown(office, PERIODS)) == 2
        assert [row.number for row in shown(office, PERIODS, on="2022-06-15")] == ["会0002"]

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_do_not_grow(self, office, number):
        for _n in range(number):
            MembershipFactory()
        assert questions(office, PERIODS) == (number, 2)

    def test_the_list_on_screen_goes_out_as_a_file(self, office):
        MembershipFactory(number="会0001", valid_until=DAY, organization__name="=1+1")
        MembershipFactory(number="会0002")
        export = reverse("admin:members_membership_export")
        text = office.get(export, {"on": "2022-06-14", "q": "=1+1"}).content.decode("utf-8-sig")
        assert "会0001" in text
        assert "'=1+1" in text
        assert "会0002" not in text

    def test_periods_are_not_changed_here(self, office):
        period = MembershipFactory()
        assert office.get(change_url(period)).status_code == 200
        assert office.post(change_url(period), {"number": "x"}).status_code == 403


class TestPeople:
    @pytest.mark.parametrize("number", [1, 3])
    @pytest.mark.parametrize(("model", "queries"), [("person", 3), ("affiliation", 2)])
    def test_queries_do_not_grow(self, office, number, model, queries):
        for _n in range(number):
            AffiliationFactory()
        assert questions(office, reverse(f"admin:members_{model}_changelist")) == (number, queries)

    def test_a_person_is_found_by_name_organization_and_mailbox(self, office):
        affiliation = AffiliationFactory(
            person__name="髙橋 誠", organization__name="見本の会", address__email="m@x.example"
        )
        AffiliationFactory()
        fresh(*Organization.objects.all())
        url = reverse("admin:members_person_changelist")
        for query in ("高橋", "見本の会", "m@x.example"):
            assert shown(office, url, q=query) == [affiliation.person]
        url = reverse("admin:members_affiliation_changelist")
        for query in ("高橋", "見本の会", "m@x.example"):
            assert shown(office, url, q=query) == [affiliation]

    def test_a_corrected_name_is_found_at_once(self, office):
        person = AffiliationFactory().person
        data = form_of(office, change_url(person)) | {"name": "渡邉 桜"}
        assert office.post(change_url(person), data).status_code == 302
        assert Person.objects.search("渡辺").get() == person
