import pytest

from members.models import Organization
from members.querysets import LONGEST_QUERY, MOST_WORDS, search_words
from members.services import refresh_search_text
from tests.factories.members import FormerNameFactory, MemberFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("見本髙橋の会", "高橋"),
        ("見本高橋の会", "髙橋"),
        ("見本𠮷野家", "吉野家"),
        ("ＮＰＯ法人見本", "NPO"),
        ("NPO法人見本", "ｎｐｏ"),
        ("NPO法人見本", "特定非営利活動法人見本"),
        ("特定非営利活動法人見本", "NPO法人 見本"),
        ("株式会社見本ソーシャル", "㈱見本"),
        ("株式会社見本ソーシャル", "(株)見本"),
        ("㈱見本ソーシャル", "株式会社見本"),
        ("(株)見本ソーシャル", "㈱"),
        ("社会福祉法人見本会", "(福)見本会"),
        ("見本サポートセンター", "ｻﾎﾟｰﾄ"),
        ("見本サポートセンター", "さぽーとせんたー"),
        ("見本ｻﾎﾟｰﾄｾﾝﾀｰ", "サポート"),
        ("見本 ひかり の 会", "ひかりの会"),
        ("見本ひかりの会", "会　見本"),
        ("Mihon Hikari", "mihon ＨＩＫＡＲＩ"),
    ],
)
def test_what_looks_or_sounds_the_same_is_found(name, query):
    found, other = OrganizationFactory(name=name), OrganizationFactory(name="別の団体")
    refresh_search_text([found, other])
    assert list(Organization.objects.search(query)) == [found]


@pytest.mark.parametrize("query", ["ミホンアカリ", "みほん あかり", "会-042", "旧い名前", "きゅう"])
def test_readings_numbers_and_former_names_are_searched(query):
    organization = MemberFactory(
        name="見本灯", name_kana="ミホンアカリ", membership__number="会-042"
    )
    FormerNameFactory(organization=organization, name="旧い名前の会", name_kana="キュウカイ")
    refresh_search_text([organization])
    assert Organization.objects.search(query).get() == organization


def test_all_words_must_stand_somewhere():
    organization = OrganizationFactory(name="東京見本の会")
    refresh_search_text([organization])
    assert Organization.objects.search("見本 東京").exists()
    assert not Organization.objects.search("見本 大阪").exists()


def test_no_word_is_found_across_two_texts():
    organization = OrganizationFactory(name="見本甲", name_kana="", display_name="乙見本")
    refresh_search_text([organization])
    assert not Organization.objects.search("甲乙").exists()


@pytest.mark.parametrize("query", ["", "   ", "\x00", "ー・-", "%", "_", "\\"])
def test_signs_are_no_words_and_no_wildcards(query):
    OrganizationFactory(name="見本")
    found = Organization.objects.search(query).count()
    assert found == (0 if search_words(query) else 1)


def test_a_hostile_query_costs_no_more_than_a_long_one():
    assert len(search_words(" ".join(str(n) for n in range(10_000)))) == MOST_WORDS
    assert sum(map(len, search_words("あ" * 10_000))) == LONGEST_QUERY
    assert not Organization.objects.search("あ" * 10_000).exists()
