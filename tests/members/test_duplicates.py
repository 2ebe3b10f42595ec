"""Who may be the same: spellings (domain §4.6), numbers, former names, earlier applications."""

from datetime import date

import pytest

from members.choices import ApplicationStatus
from members.queries.duplicates import Duplicate, duplicates_of, flagged
from members.services import refresh_search_text
from tests.factories.members import (
    ApplicationFactory,
    FormerNameFactory,
    MemberFactory,
    OrganizationFactory,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
NUMBER, OTHER_NUMBER = "7000012050002", "4011001098993"


def found(**asked) -> list[Duplicate]:
    return duplicates_of(**{"name": "", "day": DAY} | asked)


SAME = [
    ("株式会社ひかり", "(株)ひかり"),
    ("株式会社ひかり", "㈱ひかり"),
    ("株式会社ひかり", "ひかり株式会社"),
    ("株式会社ひかり", "ひかり㈱"),
    ("株式会社ひかり", "ひかり(株)"),
    ("株式会社ひかり", "株式会社 ヒカリ"),
    ("株式会社ひかり", "ﾋｶﾘ"),
    ("特定非営利活動法人よりそい", "NPO法人よりそい"),
    ("特定非営利活動法人よりそい", "ＮＰＯ法人ヨリソイ"),
    ("特定非営利活動法人よりそい", "認定NPO法人よりそい"),
    ("特定非営利活動法人よりそい", "(特非)ﾖﾘｿｲ"),
    ("特定非営利活動法人よりそい", "よりそい"),
    ("社会福祉法人髙橋会", "高橋会"),
    ("社会福祉法人髙橋会", "社会福祉法人 高橋會"),
    ("一般社団法人渡邊ネット", "(一社)渡辺ネット"),
    ("山﨑の会", "山崎の会"),
    ("霞ヶ関の会", "霞ケ関の会"),
    ("バリアフリー協会", "ﾊﾞﾘｱﾌﾘｰ協会"),
    ("こども・わかもの支援センター", "こどもわかもの支援センター"),
    ("ABC支援", "ａｂｃ支援"),
]


@pytest.mark.parametrize(("registered", "typed"), SAME)
def test_another_spelling_of_a_registered_name_is_found(registered, typed):
    organization = MemberFactory(name=registered)
    ((one),) = found(name=typed)
    assert (one.organization, one.reason, one.kind) == (organization, "名称が同じ", "member")


@pytest.mark.parametrize(
    ("registered", "typed"),
    [
        ("株式会社ひかり", "株式会社ひかりの里"),
        ("社会福祉法人あおぞら", "社会福祉法人おおぞら"),
        ("見本市社会福祉協議会", "見本町社会福祉協議会"),
        ("ほけん", "ぼけん"),
        ("", ""),
    ],
)
def test_another_name_is_not_found(registered, typed):
    MemberFactory(name=registered)
    assert found(name=typed) == []


def test_a_number_speaks_before_the_name():
    by_number = MemberFactory(name="別の名前", corporate_number=NUMBER)
    by_code = MemberFactory(name="見本県", local_government_code="131016")
    (one,) = found(name="ひかり", corporate_number=NUMBER)
    assert (one.organization, one.reason) == (by_number, "法人番号が同じ")
    (one,) = found(name="ひかり", local_government_code="131016")
    assert (one.organization, one.reason) == (by_code, "団体コードが同じ")
    assert found(name="ひかり", corporate_number=OTHER_NUMBER) == []


def test_empty_numbers_are_nobodys_number():
    MemberFactory(name="番号のない会")
    assert found(name="ほかの会", corporate_number="", local_government_code="") == []


def test_a_former_name_and_a_display_name_are_found():
    renamed = MemberFactory(name="新しい名前の会")
    FormerNameFactory(organization=renamed, name="NPO法人ふるい名前")
    shown = MemberFactory(name="社会福祉法人長い正式名称", display_name="あったかネット")
    near = MemberFactory(name="遠い会")
    FormerNameFactory(organization=near, name="ふるい名前の里")
    refresh_search_text([renamed, shown, near])
    (one,) = found(name="特定非営利活動法人フルイ名前")
    assert (one.organization, one.reason) == (renamed, "旧名称「NPO法人ふるい名前」と同じ")
    (one,) = found(name="㈱アッタカネット")
    assert (one.organization, one.reason) == (shown, "表示名と同じ")


def test_a_member_with_two_former_names_comes_once():
    renamed = MemberFactory(name="今の名前")
    FormerNameFactory(organization=renamed, name="前の名前", valid_until=date(2022, 4, 1))
    FormerNameFactory(organization=renamed, name="前の名前", valid_until=date(2023, 4, 1))
    refresh_search_text([renamed])
    assert [one.organization for one in found(name="前の名前")] == [renamed]


def test_what_it_is_today_is_told():
    member = MemberFactory(name="あ会", membership__number="会0007")
    MemberFactory(name="い会", membership__valid_until=date(2024, 4, 1))
    OrganizationFactory(name="う会")
    (one,) = found(name="あ会")
    assert (one.kind, one.standing, one.label) == ("member", "会員 会0007", member.name)
    assert [one.kind for one in found(name="い会")] == ["former"]
    assert [one.kind for one in found(name="う会", day=None)] == ["organization"]


def test_an_earlier_application_is_found_but_never_a_draft():
    declined = ApplicationFactory(name="さくら会", status=ApplicationStatus.DECLINED)
    ApplicationFactory(name="さくら会", status=ApplicationStatus.DRAFT)
    (one,) = found(name="サクラ会")
    assert (one.application, one.kind) == (declined, "application")
    assert one.standing == f"{declined.receipt_number} 不承認"
    assert found(name="サクラ会", exclude_application=declined) == []


def test_an_approved_application_is_told_by_its_organization_alone():
    member = MemberFactory(name="さくら会")
    ApplicationFactory(name="さくら会", status=ApplicationStatus.APPROVED, organization=member)
    assert [one.kind for one in found(name="さくら会")] == ["member"]
    assert found(name="さくら会", exclude_organization=member) == []


def test_the_marks_tell_the_records_apart():
    member, application = MemberFactory(name="あ会"), ApplicationFactory(name="あ会")
    assert [one.mark for one in found(name="あ会")] == [f"o{member.pk}", f"a{application.pk}"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_questions_do_not_grow_with_what_is_found(number, django_assert_num_queries):
    for _n in range(number):
        FormerNameFactory(organization=MemberFactory(name="あ会"))
        ApplicationFactory(name="あ会")
    with django_assert_num_queries(3):
        assert len(found(name="あ会")) == 2 * number


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_the_list_is_flagged_at_once(number, django_assert_num_queries):
    MemberFactory(name="あ会")
    FormerNameFactory(organization=MemberFactory(name="今の会"), name="か会")
    double = [ApplicationFactory(name="㈱あ会") for _n in range(number)]
    single = [ApplicationFactory() for _n in range(number)]
    decided = [ApplicationFactory(name="あ会", status=ApplicationStatus.DECLINED)]
    with django_assert_num_queries(3):
        assert flagged([*double, *single, *decided]) == {row.pk for row in double}


def test_the_flag_and_the_record_agree_about_former_names():
    renamed = MemberFactory(name="今の会")
    FormerNameFactory(organization=renamed, name="か会")
    refresh_search_text([renamed])
    row = ApplicationFactory(name="(有)カ会")
    assert flagged([row]) == {row.pk}
    row.organization = renamed  # linked by the officer: no surprise any more
    assert flagged([row]) == set()


def test_no_row_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert flagged([]) == set()
        assert flagged([ApplicationFactory.build(status=ApplicationStatus.DECLINED)]) == set()
