"""Numbers and codes that Japanese offices write: check digits, prefectures, numbers from Excel.

Codes are text: a leading zero (北海道 010006) is part of them. Postal codes, telephone numbers and
mail addresses live in `contacts` and can be imported from here.
"""

import re
import unicodedata

from core.japan.contacts import (
    normalize_email,
    normalize_phone,
    normalize_postal_code,
)
from core.japan.text import excerpt

__all__ = [
    "DESIGNATED_CITIES",
    "PREFECTURES",
    "corporate_number_valid",
    "digits_from_excel",
    "local_government_code_valid",
    "normalize_corporate_number",
    "normalize_email",
    "normalize_local_government_code",
    "normalize_phone",
    "normalize_postal_code",
    "prefecture_government_code",
    "prefecture_name",
    "prefecture_of",
]

_PREFECTURE_NAMES = """
北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県
新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県
奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県
熊本県 大分県 宮崎県 鹿児島県 沖縄県
"""
# JIS X 0401.
PREFECTURES: tuple[tuple[str, str], ...] = tuple(
    (f"{number:02}", name) for number, name in enumerate(_PREFECTURE_NAMES.split(), start=1)
)
# 地方自治法第252条の19第1項の指定都市の指定に関する政令, with their 全国地方公共団体コード.
DESIGNATED_CITIES: tuple[tuple[str, str], ...] = (
    ("011002", "札幌市"), ("041009", "仙台市"), ("111007", "さいたま市"), ("121002", "千葉市"),
    ("141003", "横浜市"), ("141305", "川崎市"), ("141500", "相模原市"), ("151009", "新潟市"),
    ("221007", "静岡市"), ("221309", "浜松市"), ("231002", "名古屋市"), ("261009", "京都市"),
    ("271004", "大阪市"), ("271403", "堺市"), ("281000", "神戸市"), ("331007", "岡山市"),
    ("341002", "広島市"), ("401005", "北九州市"), ("401307", "福岡市"), ("431001", "熊本市"),
)  # fmt: skip
_NAME_OF_PREFECTURE = dict(PREFECTURES)
_CODE_OF_PREFECTURE = {name: code for code, name in PREFECTURES} | {
    name[:-1]: code for code, name in PREFECTURES if name != "北海道"
}
_PREFECTURE_AT_START = re.compile("|".join(_PREFECTURE_NAMES.split()))
_POSTAL_CODE_AT_START = re.compile(r"^(?:〒?\s*[0-9]{3}-?[0-9]{4}|〒)\s*")
_SEPARATORS = re.compile(r"(?<=[0-9])[\s\-‐‑‒–—―−ー]+(?=[0-9])")


def corporate_number_valid(text: str) -> bool:
    """Whether the text is 13 ASCII digits with the right check digit (法人番号).

    Check digit first: 9 − (Σ Pn × Qn mod 9), n from the right of the other twelve, Q = 1 for odd
    and 2 for even n (法人番号の指定等に関する省令第2条). It cannot see 0 and 9 changed for each
    other.
    """
    if not re.fullmatch("[0-9]{13}", text):
        return False
    total = sum(
        int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(text[1:]))
    )
    return int(text[0]) == 9 - total % 9


def local_government_code_valid(text: str) -> bool:
    """Whether the text is a 全国地方公共団体コード: 6 ASCII digits, prefecture 01-47, check digit
    last.

    Check digit: the last digit of 11 − (sum weighted 6, 5, 4, 3, 2 mod 11). It says nothing about
    whether a municipality with that code exists today.
    """
    if not re.fullmatch("[0-9]{6}", text) or text[:2] not in _NAME_OF_PREFECTURE:
        return False
    return text[5] == _check_digit(text[:5])


def _check_digit(five: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def prefecture_government_code(code: str) -> str:
    """The 団体コード of the government of a prefecture: "130001" for "13"."""
    return f"{code}000{_check_digit(f'{code}000')}"


def prefecture_name(code: str) -> str:
    """「東京都」 for "13". KeyError for anything that is not "01".."47"."""
    return _NAME_OF_PREFECTURE[code]


def prefecture_of(text: str) -> str | None:
    """The two-digit code of the prefecture that a text names, or None.

    Takes the code itself ("13"), a name (東京都, 東京), an address that begins with the full name,
    with or without the postal code (〒100-0001 東京都…), and a valid local government code
    (130001). A city alone (大阪市…) says nothing: names of cities repeat.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in _NAME_OF_PREFECTURE:
        return plain
    if local_government_code_valid(plain):
        return plain[:2]
    address = _POSTAL_CODE_AT_START.sub("", plain)
    if address in _CODE_OF_PREFECTURE:
        return _CODE_OF_PREFECTURE[address]
    match = _PREFECTURE_AT_START.match(address)
    return _CODE_OF_PREFECTURE[match[0]] if match else None


def digits_from_excel(value: object, width: int) -> str:
    """The code of `width` digits that a spreadsheet cell stands for, leading zeros given back.

    Takes numbers (90000, 90000.0), text ('90000', '９００００', "'090000", '90000.0') and text with
    blanks or hyphens between digits. Raises ValueError in Japanese: empty, not digits, a fraction,
    negative, more digits than `width`.
    """
    text = _cell_text(value)
    if not text:
        raise ValueError(f"{width}桁の数字が入力されていません。")
    if not re.fullmatch("[0-9]+", text):
        raise ValueError(f"{width}桁の数字ではありません:「{excerpt(value)}」。")
    if len(text) > width:
        raise ValueError(f"{width}桁より長い数字です:「{excerpt(value)}」。")
    return text.zfill(width)


def _cell_text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = unicodedata.normalize("NFKC", "" if value is None else str(value)).strip()
    if not isinstance(value, str):
        return text
    return _SEPARATORS.sub("", re.sub(r"\.0+$", "", text.removeprefix("'")))


def normalize_corporate_number(value: object) -> str:
    """The 13 digits of a 法人番号, whatever Excel made of them. ValueError in Japanese if wrong."""
    number = digits_from_excel(value, 13)
    if not corporate_number_valid(number):
        raise ValueError(f"法人番号の検査数字が合いません:「{excerpt(value)}」。")
    return number


def normalize_local_government_code(value: object) -> str:
    """The 6 digits of a 団体コード, whatever Excel made of them. ValueError in Japanese if
    wrong."""
    code = digits_from_excel(value, 6)
    if not local_government_code_valid(code):
        raise ValueError(f"団体コードが正しくありません:「{excerpt(value)}」。")
    return code
