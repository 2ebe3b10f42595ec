"""Finding members: every spelling of a name, whom they stand by, how they hang together."""

import csv
import io
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from members.choices import PublicField, Target
from members.models import OrganizationName
from members.services import refresh_search_text
from tests.factories.members import MemberFactory

pytestmark = pytest.mark.django_db
DIRECTORY = reverse("members:directory")
EXPORT = reverse("members:export")


@pytest.fixture(autouse=True)
def on_23_november_2026():
    with time_machine.travel("2026-11-23T03:00:00Z", tick=False):
        yield


def named(name, kana="", **fields):
    organization = MemberFactory(name=name, name_kana=kana, **fields)
    refresh_search_text([organization])
    return organization


def shown(client, **query):
    return [member.name for member in client.get(DIRECTORY, query).context["members"]]


@pytest.mark.parametrize(
    ("name", "kana", "typed"),
    [
        *((("特定非営利活動法人よりそい", "トクテイヒエイリカツドウホウジンヨリソイ", typed))
          for typed in ("よりそい", "ヨリソイ", "ﾖﾘｿｲ", "ＮＰＯ法人よりそい", "NPO法人 ヨリソイ")),
        *((("髙橋福祉会", "たかはしふくしかい", typed))
          for typed in ("髙橋", "高橋", "たかはし", "タカハシ", "ﾀｶﾊｼ")),
        *((("高橋福祉会", "", typed)) for typed in ("髙橋", "高橋")),
        *((("ＮＰＯサポート", "えぬぴーおーさぽーと", typed))
          for typed in ("NPO", "npo", "ＮＰＯ", "ｎｐｏサポート", "NPO ｻﾎﾟｰﾄ")),
        *((("株式会社あかり", "", typed)) for typed in ("㈱あかり", "(株)あかり", "（株）あかり")),
    ],
)  # fmt: skip
def test_one_name_in_every_spelling(client, name, kana, typed):
    named(name, kana)
    named("別の会", "べつのかい")
    assert shown(client, q=typed) == [name]


def test_old_and_new_names_find_the_same_member(client):
    organization = named("新しい見本の会")
    OrganizationName.objects.create(
        organization=organization, name="昔の集い", name_kana="むかしのつどい",
        valid_until=date(2023, 4, 1),
    )  # fmt: skip
    refresh_search_text([organization])
    for typed in ("新しい見本", "昔の集い", "ムカシノツドイ", "ﾑｶｼ"):
        assert shown(client, q=typed) == ["新しい見本の会"]
    assert shown(client, q="昔の集い", as_of="2022-06-15") == ["昔の集い"]


def test_the_order_of_the_readings_leaves_out_every_legal_form(client):
    for name, kana in (
        ("公益財団法人えん", "コウエキザイダンホウジンエン"),
        ("特定非営利活動法人うみ", "とくていひえいりかつどうほうじんうみ"),
        ("あお株式会社", "アオカブシキガイシャ"),
        ("一般社団法人いえ", "ｲｯﾊﾟﾝｼｬﾀﾞﾝﾎｳｼﾞﾝｲｴ"),
        ("社会福祉法人おか", "しゃかいふくしほうじんおか"),
    ):
        named(name, kana)
    assert [name[-1] for name in shown(client)] == ["社", "え", "み", "ん", "か"]


class TestTargets:
    def test_they_are_found_and_shown_only_where_they_are_released(self, client):
        hidden = named("かくす会", targets=[Target.CARERS])
        named("出す会", targets=[Target.CARERS], public_fields=[PublicField.FIELDS])
        named("別の会", targets=[Target.DISASTER], public_fields=[PublicField.FIELDS])
        assert shown(client, target="carers") == ["出す会"]
        assert shown(client, target="carers", field="01") == []
        page = client.get(reverse("members:profile", args=[hidden.slug])).content.decode()
        assert "支援の対象" not in page
        text = client.get(EXPORT).content.decode("utf-8-sig")
        assert text.count(str(Target.CARERS.label)) == 1

    def test_the_profile_tells_them(self, client):
        organization = named("出す会", targets=[Target.CARERS], public_fields=[PublicField.FIELDS])
        page = client.get(reverse("members:profile", args=[organization.slug])).content.decode()
        assert "支援の対象" in page
        assert str(Target.CARERS.label) in page

    @pytest.mark.parametrize("typed", ["nobody", "\x00", "x" * 5000])
    def test_an_unknown_one_narrows_nothing_and_says_so(self, client, typed):
        named("見本の会")
        answer = client.get(DIRECTORY, {"target": typed})
        assert answer.context["found"].form.errors["target"]
        assert len(answer.context["members"]) == 1

    def test_the_way_out_of_an_empty_list_names_it(self, client):
        named("見本の会")
        ways = client.get(DIRECTORY, {"q": "見本", "target": "carers"}).context["ways_on"]
        assert [way["label"] for way in ways] == ["支援の対象"]


class TestProfile:
    def page(self, client, organization):
        return client.get(reverse("members:profile", args=[organization.slug])).content.decode()

    def test_the_month_of_the_confirmation_is_told(self, client):
        organization = named("見本の会", confirmed_on=date(2026, 6, 10))
        page = self.page(client, organization)
        assert "2026年6月に、登録内容をこの団体に確認しました" in page
        assert "令和8年6月に確認" in page
        assert "令和8年6月に確認" in client.get(DIRECTORY).content.decode()

    def test_the_founding_is_told_with_the_summary(self, client):
        organization = named("見本の会", founded="2015-04", summary="概要")
        assert "2015年4月" not in self.page(client, organization)
        organization.public_fields = [PublicField.SUMMARY]
        organization.save()
        assert "2015年4月(平成27年)" in self.page(client, organization)


@pytest.mark.parametrize(
    ("asked", "day"), [({}, "令和8年11月23日"), ({"as_of": "2022-06-15"}, "令和4年6月15日")]
)
def test_the_file_says_of_which_day_it_is(client, asked, day):
    named("見本の会")
    answer = client.get(EXPORT, asked)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == [f"会員一覧({day}現在)"]
    assert rows[1][:2] == ["区分", "名称"]
    assert "%E7%8F%BE%E5%9C%A8.csv" in answer["Content-Disposition"]
