"""会員数の推移: any period adds up, in few queries, on the page and in the files."""

import csv
import io
import random
import xml.dom.minidom
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.choices import Role
from core.japan.codes import (
    DESIGNATED_CITIES,
    PREFECTURES,
    local_government_code_valid,
    prefecture_government_code,
    prefecture_of,
)
from members.charts import timeline
from members.choices import Category, EndReason, OrganizationKind
from members.queries import Counts, counts_by_category, history_counts
from members.queries.statistics import Flow, coverage, flows, month_ends
from members.services import change_category, end_membership, rejoin
from tests.factories.accounts import make_staff
from tests.factories.members import MemberFactory, MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:members_organization_statistics")
FIRST, LAST = date(2022, 4, 1), date(2023, 3, 31)


def file_url(key, kind):
    return reverse("admin:members_organization_statistics_download", args=[key, kind])


@pytest.fixture(autouse=True)
def on_23_november_2026():
    with time_machine.travel("2026-11-23T03:00:00Z", tick=False):
        yield


@pytest.fixture
def office(client):
    client.force_login(make_staff(Role.AUDITOR))
    return client


class TestFlows:
    def of(self, category, first=FIRST, last=LAST):
        return flows(first, last).by_category.get(category, Flow())

    def test_first_and_last_day_belong_to_the_period(self):
        MemberFactory(membership__valid_from=date(2022, 3, 31))
        MemberFactory(membership__valid_from=FIRST)
        MemberFactory(membership__valid_from=LAST)
        MemberFactory(membership__valid_from=date(2023, 4, 1))
        assert self.of("regular") == Flow(opening=1, joined=2, closing=3)

    def test_who_is_no_longer_in_on_a_day_of_the_period_has_left(self):
        for until in (FIRST, LAST, date(2023, 4, 1)):
            MemberFactory(membership__valid_until=until)
        assert self.of("regular") == Flow(opening=3, left=2, closing=1)

    def test_a_change_of_category_is_a_move_and_nobody_joins_or_leaves(self):
        organization = MemberFactory(membership__valid_until=date(2022, 10, 1))
        MembershipFactory(
            organization=organization, category=Category.SUPPORTING, valid_from=date(2022, 10, 1)
        )
        assert self.of("regular") == Flow(opening=1, moved_out=1)
        assert self.of("supporting") == Flow(moved_in=1, closing=1)
        for counted in (flows(FIRST, LAST).by_prefecture["13"], flows(FIRST, LAST).by_kind["npo"]):
            assert counted == Flow(opening=1, closing=1)

    def test_coming_back_after_a_day_outside_is_leaving_and_joining(self):
        organization = MemberFactory(membership__valid_until=date(2022, 10, 1))
        MembershipFactory(organization=organization, valid_from=date(2022, 10, 2))
        assert self.of("regular") == Flow(opening=1, joined=1, left=1, closing=1)

    def test_two_periods_of_one_category_without_a_gap_are_one_stay(self):
        organization = MemberFactory(membership__valid_until=date(2022, 10, 1))
        MembershipFactory(organization=organization, valid_from=date(2022, 10, 1))
        assert self.of("regular") == Flow(opening=1, closing=1)

    def test_in_and_out_within_the_period(self):
        MemberFactory(membership__valid_from=FIRST, membership__valid_until=date(2022, 4, 2))
        assert self.of("regular") == Flow(joined=1, left=1)

    def test_services_and_statistics_agree(self):
        at = time_machine.escape_hatch.datetime.datetime.now().astimezone()
        organization = MemberFactory()
        change_category(
            organization=organization, category=Category.COOPERATING,
            effective_on=date(2022, 8, 1), actor=None, at=at,
        )  # fmt: skip
        end_membership(
            organization=organization, until=date(2022, 12, 1), reason=EndReason.WITHDRAWN,
            actor=None, at=at,
        )  # fmt: skip
        assert self.of("regular") == Flow(opening=1, moved_out=1)
        assert self.of("cooperating") == Flow(moved_in=1, left=1)
        rejoin(
            organization=organization, category=Category.REGULAR, valid_from=date(2023, 1, 1),
            actor=None, at=at,
        )  # fmt: skip
        assert self.of("regular") == Flow(opening=1, joined=1, moved_out=1, closing=1)

    def test_every_period_balances_whatever_happened(self):
        chance = random.Random(2022)  # noqa: S311 -- made-up members, no secret
        for _n in range(40):
            organization = OrganizationFactory(
                prefecture=chance.choice(["", "01", "13", "47"]),
                kind=chance.choice(OrganizationKind.values),
            )
            day = date(2022, 2, 1) + timedelta(days=chance.randrange(400))
            for _period in range(chance.randrange(1, 4)):
                until = day + timedelta(days=chance.randrange(1, 300))
                MembershipFactory(
                    organization=organization, valid_from=day, valid_until=until,
                    category=chance.choice(Category.values),
                )  # fmt: skip
                day = until + timedelta(days=chance.choice([0, 0, 30]))
        for _n in range(30):
            first = date(2022, 1, 1) + timedelta(days=chance.randrange(900))
            last = first + timedelta(days=chance.randrange(500))
            found = flows(first, last)
            for counted in (found.by_category, found.by_prefecture, found.by_kind):
                assert all(flow.balances for flow in counted.values())
                assert sum(flow.closing for flow in counted.values()) == sum(
                    counts_by_category(last).values()
                )

    def test_a_wrong_sum_is_seen(self):
        assert not Flow(opening=1, joined=1, closing=1).balances

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_do_not_grow(self, number, django_assert_num_queries):
        for _n in range(number):
            organization = MemberFactory(membership__valid_until=date(2022, 10, 1))
            MembershipFactory(organization=organization, valid_from=date(2022, 11, 1))
        with django_assert_num_queries(3):
            flows(FIRST, LAST)
        with django_assert_num_queries(1):
            coverage(LAST)


class TestCoverage:
    def test_the_codes_are_those_of_47_prefectures_and_20_cities(self):
        assert len(DESIGNATED_CITIES) == 20
        codes = [code for code, _name in DESIGNATED_CITIES]
        codes += [prefecture_government_code(code) for code, _name in PREFECTURES]
        assert len(set(codes)) == 67
        assert all(local_government_code_valid(code) for code in codes)
        assert prefecture_government_code("01") == "010006"
        assert prefecture_government_code("13") == "130001"
        assert [prefecture_of(code) for code in ("011002", "431001")] == ["01", "43"]

    def test_members_are_known_by_their_code_as_of_the_day(self):
        MemberFactory(name="北海道庁", local_government_code="010006")
        MemberFactory(local_government_code="011002", membership__valid_until=date(2023, 1, 1))
        MemberFactory(local_government_code="131016")  # 千代田区 is neither
        found = coverage(date(2022, 12, 31))
        assert found.prefectures[0].name == "北海道庁"
        assert [place.place for place in found.cities if place.key] == ["札幌市"]
        assert len(found.prefectures) == 47
        assert not any(place.key for place in coverage(date(2023, 1, 1)).cities)


class TestTimeline:
    def test_days_of_a_period_are_ends_of_months_and_its_last_day(self):
        days = list(month_ends(date(2024, 1, 15), date(2024, 3, 10)))
        assert days == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 10)]
        assert list(month_ends(FIRST, FIRST)) == [FIRST]
        assert list(month_ends(date(2024, 1, 1), date(2024, 1, 31))) == [date(2024, 1, 31)]

    @pytest.mark.parametrize("most", [0, 1, 3, 99, 257, 675, 10_000, 123_456])
    def test_everything_lies_inside_the_picture(self, most):
        rows = [
            (date(2022 + n, 3, 31), Counts(dict.fromkeys(Category, most * n // 9)))
            for n in range(10)
        ]
        chart = timeline(rows)
        points = " ".join(area.points for area in chart.areas).split()
        for point in points:
            x, y = map(float, point.split(","))
            assert 0 <= x <= chart.width
            assert 0 <= y <= chart.height
        assert int(chart.heights[-1].label) >= 3 * most
        assert len(chart.days) <= 9

    def test_a_single_day_is_drawn_too(self):
        chart = timeline([(FIRST, Counts(dict.fromkeys(Category, 5)))])
        assert len(chart.rows) == 1
        assert chart.areas[0].points


class TestPage:
    def test_the_present_fiscal_year_to_this_day_is_shown_unasked(self, office):
        found = office.get(PAGE).context["found"]
        assert (found.first, found.last) == (date(2026, 4, 1), date(2026, 11, 23))

    @pytest.mark.parametrize(
        ("asked", "first", "last"),
        [
            ({"year": "2021"}, date(2021, 4, 1), date(2022, 3, 31)),
            ({"year": "2026"}, date(2026, 4, 1), date(2026, 11, 23)),
            ({"first": "2022-02-25", "last": "2022-06-15"}, date(2022, 2, 25), date(2022, 6, 15)),
            ({"last": "2022-06-15"}, date(2022, 4, 1), date(2022, 6, 15)),
            ({"first": "2022-06-15"}, date(2022, 6, 15), date(2026, 11, 23)),
            ({"first": "2027-06-15"}, date(2027, 6, 15), date(2027, 6, 15)),
            ({"year": "2021", "first": "2022-06-15"}, date(2022, 6, 15), date(2026, 11, 23)),
        ],
    )
    def test_any_period_can_be_asked_for(self, office, asked, first, last):
        found = office.get(PAGE, asked).context["found"]
        assert (found.first, found.last) == (first, last)

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({"year": "1868"}, "year"), ({"year": "\x00"}, "year"), ({"year": "9" * 5000}, "year"),
            ({"first": "2022-02-30"}, "first"), ({"first": "\x00"}, "first"),
            ({"first": "0001-01-01"}, "first"), ({"last": "9999-12-31"}, "last"),
            ({"first": "2022-06-15", "last": "2022-06-14"}, "last"),
        ],
    )  # fmt: skip
    def test_an_impossible_period_is_said_at_the_field(self, office, asked, field):
        page = office.get(PAGE, asked)
        assert page.status_code == 200
        assert page.context["form"].errors[field]
        assert page.context["found"].first == date(2026, 4, 1)

    def test_the_founding_period_gives_257(self, office):
        for category, number in zip(Category, (150, 12, 95), strict=True):
            MembershipFactory.create_batch(number, category=category, valid_from=date(2022, 3, 1))
        MemberFactory(membership__valid_from=date(2022, 6, 16))
        page = office.get(PAGE, {"first": "2022-02-25", "last": "2022-06-15"})
        table = page.context["shown"][0]
        assert [row[-1] for row in table.rows] == [150, 12, 95]
        assert table.total == ("計", 0, 257, 0, 0, 0, 257)
        assert "検算:合っています" in page.content.decode()
        assert page.context["found"].chart.last[1].total == 257

    def test_the_chart_agrees_with_the_counts_of_each_day(self, office):
        MemberFactory(membership__valid_until=date(2026, 6, 15))
        MemberFactory(membership__valid_from=date(2026, 1, 1))
        chart = office.get(PAGE).context["found"].chart
        assert len(chart.rows) == 25
        assert dict(chart.rows) == dict(history_counts([day for day, _counts in chart.rows]))

    def test_the_picture_is_well_formed_and_has_title_and_description(self, office):
        MemberFactory()
        html = office.get(PAGE).content.decode()
        start = html.index('<svg class="timeline"')
        drawn = xml.dom.minidom.parseString(html[start : html.index("</svg>", start) + 6])  # noqa: S318 -- our own page
        assert drawn.getElementsByTagName("title")[0].firstChild.data
        assert "1団体" in drawn.getElementsByTagName("desc")[0].firstChild.data

    def test_prefectures_and_cities_that_are_missing_are_marked(self, office):
        MemberFactory(name="東京都庁", local_government_code="130001")
        html = office.get(PAGE).content.decode()
        assert html.count("data-missing") == 66
        assert "<strong>1</strong> / 47" in html
        assert "<strong>0</strong> / 20" in html

    @pytest.mark.parametrize("number", [1, 3])
    def test_queries_do_not_grow(self, office, number, django_assert_num_queries):
        for place in range(number):
            code = DESIGNATED_CITIES[place][0]
            MemberFactory(prefecture=code[:2], local_government_code=code)
        office.get(PAGE)
        with django_assert_num_queries(12):
            office.get(PAGE, {"first": "2016-04-01", "last": "2026-03-31"})

    def test_a_century_is_drawn_by_years(self, office):
        page = office.get(PAGE, {"first": "1950-01-01", "last": "2199-12-31"})
        assert len(page.context["found"].chart.rows) < 260


class TestFiles:
    KEYS = ("category", "prefecture", "kind", "timeline", "prefectures", "cities")

    @pytest.mark.parametrize("key", KEYS)
    def test_each_table_as_csv_and_excel(self, office, key):
        MemberFactory(name="札幌市役所", local_government_code="011002")
        asked = {"first": "2022-02-25", "last": "2022-06-15"}
        answer = office.get(file_url(key, "csv"), asked)
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert "attachment" in answer["Content-Disposition"]
        assert "20220225-20220615" in answer["Content-Disposition"]
        assert "令和4年6月15日" in rows[0][1]
        sheet = CalamineWorkbook.from_filelike(
            io.BytesIO(office.get(file_url(key, "xlsx"), asked).content)
        ).get_sheet_by_index(0)
        cells = [[str(cell).removesuffix(".0") for cell in row] for row in sheet.to_python()]
        assert [list(filter(None, row)) for row in cells[3:]] == [
            list(filter(None, row)) for row in rows[1:]
        ]

    def test_codes_keep_their_zero_and_a_name_never_runs_as_a_formula(self, office):
        MemberFactory(name="=1+1", local_government_code="011002")
        text = office.get(file_url("cities", "csv")).content.decode("utf-8-sig")
        assert '"011002","札幌市","\'=1+1"' in text

    def test_all_tables_are_one_workbook(self, office):
        answer = office.get(file_url("all", "xlsx"))
        assert len(CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names) == 6

    @pytest.mark.parametrize(("key", "kind"), [("all", "csv"), ("x", "csv"), ("kind", "exe")])
    def test_what_is_no_table_is_not_found(self, office, key, kind):
        assert office.get(file_url(key, kind)).status_code == 404
