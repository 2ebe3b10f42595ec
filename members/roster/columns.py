"""The words of the secretariat's list: its headings, and what stands below them."""

from enum import StrEnum

from core.japan.text import fold
from members.choices import Category, Field, OrganizationKind


class Column(StrEnum):
    """The headings, in the order and spelling of the list."""

    NUMBER = "No."
    CATEGORY = "区分"
    NAME = "団体名"
    NAME_KANA = "フリガナ"
    KIND = "法人格"
    CORPORATE_NUMBER = "法人番号"
    GOVERNMENT_CODE = "団体コード"
    POSTAL_CODE = "郵便番号"
    PREFECTURE = "都道府県"
    ADDRESS = "所在地"
    PHONE = "電話番号"
    URL = "URL"
    FIELDS = "活動分野"
    HEAD_TITLE = "代表者役職"
    HEAD_NAME = "代表者名"
    DEPARTMENT = "担当部署"
    CONTACT_NAME = "担当者名"
    CONTACT_KANA = "担当者フリガナ"
    EMAIL = "メールアドレス"
    NEWSLETTER = "メルマガ"
    JOINED_ON = "入会日"
    NOTE = "備考"


REQUIRED = (Column.NAME, Column.JOINED_ON)
CONTACT_COLUMNS = frozenset(
    {
        Column.DEPARTMENT,
        Column.CONTACT_NAME,
        Column.CONTACT_KANA,
        Column.EMAIL,
        Column.NEWSLETTER,
    }
)
# What a row says about its organisation: further rows of the same organisation must agree.
SHARED_COLUMNS = tuple(
    column for column in Column if column not in CONTACT_COLUMNS and column is not Column.NUMBER
)

_ALIASES: dict[Column, tuple[str, ...]] = {
    Column.NUMBER: ("番号", "会員番号", "№"),
    Column.CATEGORY: ("会員区分", "会員種別"),
    Column.NAME: ("名称", "団体名称", "法人名", "組織名", "会員名", "正式名称", "団体名(正式名称)"),
    Column.NAME_KANA: ("団体名フリガナ", "団体名カナ", "名称フリガナ", "カナ"),
    Column.KIND: ("法人種別", "組織形態", "団体種別", "法人格の種類"),
    Column.CORPORATE_NUMBER: (),
    Column.GOVERNMENT_CODE: ("地方公共団体コード", "全国地方公共団体コード", "自治体コード"),
    Column.POSTAL_CODE: ("〒",),
    Column.PREFECTURE: ("都道府県名", "所在都道府県"),
    Column.ADDRESS: ("住所",),
    Column.PHONE: ("電話", "代表電話", "TEL"),
    Column.URL: ("ホームページ", "ウェブサイト", "Webサイト", "HP"),
    Column.FIELDS: ("分野",),
    Column.HEAD_TITLE: ("代表者肩書", "代表者の役職"),
    Column.HEAD_NAME: ("代表者", "代表者氏名"),
    Column.DEPARTMENT: ("部署", "部署名", "所属"),
    Column.CONTACT_NAME: ("担当者", "担当者氏名", "氏名"),
    Column.CONTACT_KANA: ("担当者カナ", "氏名フリガナ", "氏名カナ"),
    Column.EMAIL: ("メール", "e-mail", "mail"),
    Column.NEWSLETTER: ("メールマガジン", "メルマガ配信", "メルマガ希望"),
    Column.JOINED_ON: ("入会年月日", "加入日"),
    Column.NOTE: ("メモ",),
}


def _heading_key(text: str) -> str:
    return fold(text).replace(".", "").replace("※必須", "")


_COLUMN_BY_HEADING = {
    _heading_key(spelling): column
    for column, aliases in _ALIASES.items()
    for spelling in (column.value, *aliases)
}


def column_of(heading: object) -> Column | None:
    """The column that a heading cell names, in any width, kana or usual other word."""
    return _COLUMN_BY_HEADING.get(_heading_key(heading)) if isinstance(heading, str) else None


CATEGORY_WORDS: dict[Category, str] = {
    Category.REGULAR: "会員",
    Category.SUPPORTING: "賛助会員",
    Category.COOPERATING: "協力会員",
}
CATEGORIES = {fold(word): category for category, word in CATEGORY_WORDS.items()} | {
    fold("正会員"): Category.REGULAR
}

# The first spelling is the one of the list and of the export.
_KINDS: dict[OrganizationKind, tuple[str, ...]] = {
    OrganizationKind.NPO: ("NPO法人", "特定非営利活動法人"),
    OrganizationKind.CERTIFIED_NPO: ("認定NPO法人", "認定特定非営利活動法人"),
    OrganizationKind.SOCIAL_WELFARE: ("社会福祉法人",),
    OrganizationKind.GENERAL_ASSOCIATION: ("一般社団法人",),
    OrganizationKind.GENERAL_FOUNDATION: ("一般財団法人",),
    OrganizationKind.PUBLIC_ASSOCIATION: ("公益社団法人",),
    OrganizationKind.PUBLIC_FOUNDATION: ("公益財団法人",),
    OrganizationKind.COMPANY: ("株式会社", "(株)"),
    OrganizationKind.OTHER_COMPANY: ("その他の会社", "有限会社", "合同会社", "合資会社"),
    OrganizationKind.COOPERATIVE: ("協同組合", "生活協同組合"),
    OrganizationKind.EDUCATIONAL: ("学校法人",),
    OrganizationKind.MEDICAL: ("医療法人",),
    OrganizationKind.RELIGIOUS: ("宗教法人",),
    OrganizationKind.VOLUNTARY: ("任意団体",),
    OrganizationKind.NATIONAL: ("国の機関", "府省庁"),
    OrganizationKind.LOCAL: ("地方公共団体", "自治体", "地方自治体"),
    OrganizationKind.ECONOMIC: ("経済団体",),
    OrganizationKind.ACADEMIC: ("学術団体",),
    OrganizationKind.INDIVIDUAL: ("個人",),
    OrganizationKind.OTHER: ("その他",),
}
KIND_WORDS = {kind: spellings[0] for kind, spellings in _KINDS.items()}
KINDS = {fold(word): kind for kind, spellings in _KINDS.items() for word in spellings}

FIELD_CODES = frozenset(Field.values)

WANTED, UNWANTED = "希望する", "希望しない"
NEWSLETTER_WISHES = {
    **dict.fromkeys(map(fold, (WANTED, "○", "◯", "〇", "希望", "はい", "要", "有", "yes")), True),
    **dict.fromkeys(
        map(fold, (UNWANTED, "×", "✕", "✖", "不要", "いいえ", "否", "無", "no")), False
    ),
}


def wish_word(wish: bool | None) -> str:  # noqa: FBT001 -- the value of a cell, not a switch
    return "" if wish is None else WANTED if wish else UNWANTED


def fields_word(codes: list[str]) -> str:
    """「12、15、16」, as the list writes it."""
    return "、".join(str(int(code)) for code in codes)
