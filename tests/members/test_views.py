import csv
import io
from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from members.choices import Category, Duty, Field, PublicField
from members.services import refresh_search_text, rename_organization
from tests.factories.members import (
    AffiliationFactory,
    FormerNameFactory,
    MemberFactory,
    MembershipFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db
DIRECTORY = reverse("members:directory")
EXPORT = reverse("members:export")

# Planted in every column that a member can keep to itself.
SECRETS = {
    "summary": "もれてはならない概要",
    "url": "https://leak.example/",
    "postal_code": "999-0001",
    "address": "もれてはならない所在地",
    "phone": "099-999-9999",
    "fax": "099-999-9998",
    "note": "もれてはならない覚え書き",
    "fields": [Field.F08],
    "regions": ["47"],
}
PERSON = "洩田 守"


@pytest.fixture(autouse=True)
def on_15_june_2022():
    with time_machine.travel("2022-06-15T03:00:00Z", tick=False):
        yield


def named(name, **fields):
    organization = MemberFactory(name=name, name_kana="", **fields)
    refresh_search_text([organization])
    return organization


def shown(client, **query):
    response = client.get(DIRECTORY, query)
    assert response.status_code == 200
    return [member.name for member in response.context["members"]]


class TestDirectory:
    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_do_not_grow_with_the_list(self, client, number, django_assert_num_queries):
        for _n in range(number):
            FormerNameFactory(organization=MemberFactory())
        with django_assert_num_queries(5):
            assert len(shown(client)) == number
        with django_assert_num_queries(5):
            assert len(shown(client, prefecture="13")) == number

    @pytest.mark.parametrize(
        ("asked", "number", "on_page"),
        [(None, 1, 20), ("2", 2, 1), ("3", 2, 1), ("0", 2, 1), ("-1", 2, 1), ("x", 1, 20),
         ("２", 2, 1), ("9" * 400, 2, 1)],
    )  # fmt: skip
    def test_a_narrowed_list_knows_its_pages_as_the_whole_does(
        self, client, asked, number, on_page
    ):
        MemberFactory.create_batch(21, prefecture="13")
        for narrowed in ({}, {"prefecture": "13"}):
            page = client.get(DIRECTORY, narrowed | ({"page": asked} if asked else {})).context
            assert page["page"].number == number
            assert page["page"].paginator.count == 21
            assert len(page["members"]) == on_page

    def test_an_empty_list_names_the_filter_in_the_way_in_one_query(
        self, client, django_assert_num_queries
    ):
        named("見本の会", prefecture="13")
        with django_assert_num_queries(4):
            response = client.get(DIRECTORY, {"q": "見本", "prefecture": "27"})
        assert [way["count"] for way in response.context["ways_on"]] == [1]
        assert 'href="?q=%E8%A6%8B%E6%9C%AC"' in response.content.decode()

    def test_members_come_in_the_order_of_their_reading_without_the_legal_form(self, client):
        for name, kana in (
            ("株式会社うみ", "カブシキガイシャウミ"),
            ("あお", "アオ"),
            ("いえ", "イエ"),
        ):
            refresh_search_text([MemberFactory(name=name, name_kana=kana)])
        assert shown(client) == ["あお", "いえ", "株式会社うみ"]

    def test_filters_narrow_together(self, client):
        named("東京の会", prefecture="13")
        named("東京の財団", prefecture="13", membership__category=Category.SUPPORTING)
        named("大阪の会", prefecture="27")
        assert shown(client, prefecture="13") == ["東京の会", "東京の財団"]
        assert shown(client, prefecture="13", category="supporting") == ["東京の財団"]
        assert set(shown(client, category=["regular", "supporting"])) == {
            "東京の会", "東京の財団", "大阪の会",
        }  # fmt: skip
        assert shown(client, q="大阪") == ["大阪の会"]

    def test_a_field_or_region_that_is_not_released_finds_nobody(self, client):
        hidden = named("かくす会", fields=[Field.F08], regions=["47"])
        assert shown(client, field="08") == []
        assert shown(client, prefecture="47") == []
        hidden.public_fields = [PublicField.FIELDS]
        hidden.save()
        assert shown(client, field="08") == ["かくす会"]
        assert shown(client, prefecture="47") == ["かくす会"]

    def test_each_set_filter_is_a_link_that_takes_it_off_alone(self, client):
        response = client.get(
            DIRECTORY, {"q": "見本", "category": ["regular", "supporting"], "junk": "x"}
        )
        urls = [tag["url"] for tag in response.context["tags"]]
        assert urls == [
            "?category=regular&category=supporting",
            "?q=%E8%A6%8B%E6%9C%AC&category=supporting",
            "?q=%E8%A6%8B%E6%9C%AC&category=regular",
        ]

    def test_the_number_of_hits_is_said_aloud(self, client):
        named("一つの会")
        assert '<p role="status"><strong>1</strong>団体' in client.get(DIRECTORY).content.decode()

    def test_pages_of_20_or_50(self, client):
        for _n in range(21):
            MemberFactory()
        assert len(shown(client)) == 20
        assert len(shown(client, page="2")) == 1
        assert len(shown(client, per="50")) == 21
        assert len(shown(client, per="9999")) == 20

    def test_a_new_name_carries_the_old_one_for_a_year(self, client):
        organization = named("旧団体")
        rename_organization(
            organization=organization, name="新団体", effective_on=date(2022, 6, 15),
            actor=None, at=timezone.now(),
        )  # fmt: skip
        assert "(旧:旧団体)" in client.get(DIRECTORY).content.decode()
        assert shown(client, q="旧団体") == ["新団体"]
        with time_machine.travel("2023-06-15T03:00:00Z", tick=False):
            assert "(旧:旧団体)" not in client.get(DIRECTORY).content.decode()


class TestAsOf:
    @pytest.mark.parametrize(
        "text", ["2022-04-01", "令和4年4月1日", "R4.4.1", "２０２２年４月１日", "2022/4/1"]
    )
    def test_a_past_day_in_any_spelling(self, client, text):
        named("去った会", membership__valid_until=date(2022, 5, 1))
        named("いまの会", membership__valid_from=date(2022, 5, 1))
        assert shown(client, as_of=text) == ["去った会"]
        assert shown(client) == ["いまの会"]

    def test_counts_and_category_are_those_of_the_day(self, client):
        organization = MemberFactory(membership__valid_until=date(2022, 5, 1))
        MembershipFactory(
            organization=organization, category=Category.SUPPORTING, valid_from=date(2022, 5, 1)
        )
        response = client.get(DIRECTORY, {"as_of": "2022-04-01"})
        assert response.context["counts"] == {"regular": 1, "supporting": 0, "cooperating": 0}
        assert response.context["members"][0].category == Category.REGULAR

    @pytest.mark.parametrize("text", ["2022-02-30", "明日", "令和元年4月1日", "0", "9" * 300])
    def test_an_impossible_day_is_said_at_the_field_and_the_list_is_of_today(self, client, text):
        named("いまの会")
        response = client.get(DIRECTORY, {"as_of": text})
        assert [member.name for member in response.context["members"]] == ["いまの会"]
        assert response.context["found"].form.errors["as_of"]
        assert "<title>エラー:" in response.content.decode()

    def test_who_has_left_is_listed_by_name_only(self, client):
        organization = named(
            "去った会",
            membership__valid_until=date(2022, 5, 1),
            public_fields=PublicField.values,
            **SECRETS,
        )
        page = client.get(DIRECTORY, {"as_of": "2022-04-01"}).content.decode()
        assert "去った会" in page
        assert organization.slug not in page
        for secret in (value for value in SECRETS.values() if isinstance(value, str)):
            assert secret not in page


class TestOnlyReleasedFields:
    def member(self, released):
        organization = named("見本の会", public_fields=released, **SECRETS)
        AffiliationFactory(
            organization=organization,
            person=PersonFactory(name=PERSON),
            duty=Duty.REPRESENTATIVE,
            title="代表理事",
            phone="099-999-9997",
        )
        return organization

    def pages(self, client, organization):
        addresses = (DIRECTORY, reverse("members:profile", args=[organization.slug]), EXPORT)
        return [client.get(address).content.decode() for address in addresses]

    def test_nothing_released_nothing_told(self, client):
        organization = self.member([])
        for page in self.pages(client, organization):
            assert "見本の会" in page
            for secret in (*(v for v in SECRETS.values() if isinstance(v, str)), PERSON):
                assert secret not in page
            assert "@member.example" not in page
            assert "沖縄県</dd>" not in page

    @pytest.mark.parametrize(
        ("released", "told"),
        [
            (PublicField.SUMMARY, [SECRETS["summary"]]),
            (PublicField.URL, [SECRETS["url"]]),
            (PublicField.ADDRESS, [SECRETS["address"], SECRETS["postal_code"]]),
            (PublicField.PHONE, [SECRETS["phone"]]),
            (PublicField.FIELDS, ["沖縄県"]),
            (PublicField.REPRESENTATIVE, [f"代表理事 {PERSON}"]),
        ],
    )
    def test_each_field_is_released_by_itself(self, client, released, told):
        organization = self.member([released])
        page = client.get(reverse("members:profile", args=[organization.slug])).content.decode()
        for text in told:
            assert text in page
        kept = {str(value) for value in SECRETS.values() if isinstance(value, str)} | {PERSON}
        for text in kept - set(told) - ({PERSON} if PERSON in told[0] else set()):
            assert text not in page

    def test_what_is_not_released_is_not_searched(self, client):
        self.member([])
        for text in (SECRETS["summary"], SECRETS["address"], SECRETS["phone"], PERSON):
            assert shown(client, q=text) == []


class TestProfile:
    def url(self, organization):
        return reverse("members:profile", args=[organization.slug])

    def test_who_has_left_today_is_not_found(self, client):
        organization = MemberFactory(membership__valid_until=date(2022, 6, 15))
        assert client.get(self.url(organization)).status_code == 404

    def test_the_last_day_still_counts(self, client):
        organization = MemberFactory(membership__valid_until=date(2022, 6, 16))
        assert client.get(self.url(organization)).status_code == 200

    def test_queries_are_constant(self, client, django_assert_num_queries):
        organization = MemberFactory(public_fields=PublicField.values)
        for day in (date(2022, 4, 1), date(2022, 5, 1)):
            FormerNameFactory(organization=organization, name=f"名{day}", valid_until=day)
            AffiliationFactory(organization=organization, duty=Duty.REPRESENTATIVE)
        with django_assert_num_queries(5):
            page = client.get(self.url(organization)).content.decode()
        assert page.count("の前日まで") == 2

    def test_an_unknown_member_is_not_found(self, client):
        assert client.get(reverse("members:profile", args=["nobody"])).status_code == 404


class TestExport:
    def rows(self, client, **query):
        response = client.get(EXPORT, query)
        assert response.status_code == 200
        assert response.content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    def test_it_holds_all_pages_of_the_list_on_screen(self, client):
        for _n in range(25):
            MemberFactory(prefecture="13")
        MemberFactory(prefecture="27")
        assert len(self.rows(client, prefecture="13")) == 2 + 25

    def test_a_name_never_runs_as_a_formula(self, client):
        named('=HYPERLINK("http://x")')
        named("＝１＋１")
        assert {row[1] for row in self.rows(client)[2:]} == {
            '\'=HYPERLINK("http://x")',
            "'＝１＋１",
        }

    def test_queries_do_not_grow(self, client, django_assert_num_queries):
        for _n in range(3):
            FormerNameFactory(organization=MemberFactory())
        with django_assert_num_queries(2):
            assert len(self.rows(client)) == 2 + 3


HOSTILE = [
    {"q": "\x00"},
    {"q": "あ" * 10_000},
    {"q": "%' OR 1=1 --"},
    {"q": "<script>alert(1)</script>"},
    {"category": "nobody"},
    {"category": ["regular"] * 500},
    {"prefecture": "99"},
    {"prefecture": "\x00"},
    {"field": "zz"},
    {"as_of": "\x00"},
    {"as_of": "99999999999999999999"},
    {"page": "-1"},
    {"page": "x" * 5000},
    {"page": "9" * 400},
    {"per": "-1"},
    {"\x00": "\x00"},
]


@pytest.mark.parametrize("query", HOSTILE)
@pytest.mark.parametrize("address", [DIRECTORY, EXPORT])
def test_a_hostile_query_is_only_a_query(client, address, query):
    MemberFactory()
    response = client.get(address, query)
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("address", [DIRECTORY, EXPORT])
def test_the_directory_is_read_only(client, address):
    assert client.post(address).status_code == 405
