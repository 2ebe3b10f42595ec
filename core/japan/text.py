"""Keys to search, sort and compare Japanese names by, and safe lines of text.

No function here may be used to change a stored name: even NFC turns 塚 (U+FA10) into another
letter.
"""

import re
import unicodedata

from core.japan.characters import NEW_FORMS
from core.japan.legal_forms import LEGAL_FORM, LEGAL_FORM_READING
from core.japan.wrapping import wrap_fullwidth

__all__ = [
    "SORT_KEY_LENGTH",
    "clean_line",
    "excerpt",
    "fold",
    "organization_key",
    "sort_key",
    "strip_legal_form",
    "wrap_fullwidth",
]

SORT_KEY_LENGTH = 255

_KATAKANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
# Small ヵ ヶ are written for か け at will (霞ヶ関, 霞ケ関).
_SMALL_KA_KE = {0x30F5: "か", 0x30F6: "け", 0x3095: "か", 0x3096: "け"}
_TO_KEY = _KATAKANA | _SMALL_KA_KE | {ord("ヽ"): "ゝ", ord("ヾ"): "ゞ"} | NEW_FORMS
# ゛ and ゜ typed as letters of their own; NFKC would put a space before them.
_VOICING_MARKS = {0x309B: "\u3099", 0x309C: "\u309a"}
_VARIATION_SELECTORS = "\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef"
_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff"
)
_IGNORED_BEFORE = re.compile(f"[{_VARIATION_SELECTORS}{_INVISIBLE}]")
_DASHES = "\\-‐‑‒–—―⁃−─━⸺⸻〜〰゠~∼"
_IGNORED_AFTER = re.compile(rf"[\s{_DASHES}・·‧•∙]")
# ー is a hyphen unless it lengthens a kana: 03ー1234.
_HYPHEN_LIKE_LONG_VOWEL = re.compile("(?<![ぁ-ゖゝゞヷ-ヺー])ー+")


def fold(text: str) -> str:
    """The search key of a text: what looks or sounds the same to a searcher is the same key.

    NFKC and case folding (ＮＰＯ = npo, ㈱ = (株), ﾊﾞ = バ), katakana to hiragana, old letter forms
    to new (髙 = 高, 𠮷 = 吉), without variation selectors, invisible letters, spaces, hyphens,
    dashes, wave dashes and middle dots; ー stays where it lengthens a kana. Idempotent. Never
    raises.
    """
    folded = _fold_once(text)
    while folded != text:
        text, folded = folded, _fold_once(folded)
    return folded


def _fold_once(text: str) -> str:
    text = _IGNORED_BEFORE.sub("", text.translate(_VOICING_MARKS))
    text = unicodedata.normalize("NFKC", text).casefold().translate(_TO_KEY)
    return _HYPHEN_LIKE_LONG_VOWEL.sub("", _IGNORED_AFTER.sub("", text))


_LARGE_KANA = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")
_VOWEL_ROWS = {
    "あ": "あかさたなはまやらわ",
    "い": "いきしちにひみりゐ",
    "う": "うくすつぬふむゆる",
    "え": "えけせてねへめれゑ",
    "お": "おこそとのほもよろを",
}
_VOWEL_OF = {kana: vowel for vowel, row in _VOWEL_ROWS.items() for kana in row}
_VOICING = {0x3099: None, 0x309A: None}


def sort_key(kana: str, name: str) -> str:
    """The key that puts names in 五十音 order when compared by code point.

    `kana` is the reading, `name` the written name (used where there is no reading, and last of all
    to part equal readings). The legal form at either end of the reading is left out. First the
    plain letters decide (が as か, ゃ as や, ー as the vowel it lengthens, as in JIS X 4061), then
    the reading itself (か before が, small before large), then the name. Digits and Latin letters
    come before kana, kanji after. At most SORT_KEY_LENGTH letters; fit for a database (no NUL).
    """
    reading = fold(kana)
    if reading:
        reading = LEGAL_FORM_READING.sub("", reading, count=1) or reading
    else:
        reading = fold(strip_legal_form(name))
    # A space is lower than every letter of a folded text, so the shorter name comes first.
    return f"{_plain_kana(reading)} {reading} {fold(name)}"[:SORT_KEY_LENGTH]


def _plain_kana(reading: str) -> str:
    plain: list[str] = []
    for kana in unicodedata.normalize("NFD", reading).translate(_VOICING).translate(_LARGE_KANA):
        plain.append(_VOWEL_OF.get(plain[-1], "") if kana == "ー" and plain else kana)
    return "".join(plain)


def strip_legal_form(name: str) -> str:
    """The name without 株式会社, (株), ㈱, NPO法人 and the like, before or behind it.

    The rest keeps its letters. A name that is nothing but a legal form is given back as it is.
    """
    rest = name.strip()
    while shorter := LEGAL_FORM.sub("", rest, count=1).strip():
        if shorter == rest:
            break
        rest = shorter
    return rest


def organization_key(name: str) -> str:
    """The key that two spellings of one organization share; for finding doubles only."""
    return fold(strip_legal_form(name))


_LINE_BREAKS = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


def clean_line(text: str) -> str:
    """One safe line: for names, subjects, headers.

    Line breaks and tabs become one space; control letters, bidi controls (U+202E turns a file name
    around), zero-width spaces and lone surrogates go; blanks at the ends go. Every other letter,
    variation selectors and the full-width space inside included, stays as it was.
    """
    return _UNSAFE.sub("", _LINE_BREAKS.sub(" ", text)).strip()


def excerpt(value: object, length: int = 40) -> str:
    """The value as a message may quote it: printable letters only, cut after `length` with
    「…」."""
    # Cut generously first, so that a cell of ten million letters costs nothing.
    shown = "".join(letter for letter in str(value)[: length * 10] if letter.isprintable())
    return shown if len(shown) <= length else f"{shown[:length]}…"
