"""Postal codes, telephone numbers and mail addresses in one spelling each."""

import re
import unicodedata

from core.japan.text import excerpt

# The four that come from Japanese keyboards and Excel (－ ‐ − ー), and their relatives.
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー─━⁃", "-"))
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_PHONE_LABEL = re.compile(
    r"^(?:TEL|FAX|電話(?:番号)?|℡)\s*[.:]?\s*|\s*\((?:代表?|直通)\)", re.IGNORECASE
)
_EXTENSION = re.compile(r"[\s(,、]*(?:内線|ext\.?)\s*[:)]?\s*([0-9]{1,6})\s*\)?$", re.IGNORECASE)
_NATIONAL_PHONE = re.compile(r"0[0-9]{9,10}")
_FOREIGN_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
# 110, 188, and the short dials of help lines (#9999).
_SHORT_PHONE = re.compile(r"1[0-9]{2}|#[0-9]{4}")

EMAIL_LENGTH = 254
_WRAPPERS = "<>〈〉《》「」()[] "
_WORD = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(
    rf"(?=[^@]{{1,64}}@){_WORD}(?:\.{_WORD})*@(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})"
)


def normalize_postal_code(value: object) -> str:
    """「123-4567」 from any spelling: 〒, full-width, any hyphen or none, a number that lost its
    zero.

    Raises ValueError in Japanese for anything but seven digits, empty text included.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = f"{value:.0f}".zfill(7)
    else:
        text = _plain(value)
    match = re.fullmatch(r"〒?\s*([0-9]{3})\s*-?\s*([0-9]{4})", text)
    if not match:
        raise ValueError(f"郵便番号は7桁の数字で入力してください:「{excerpt(value)}」。")
    return f"{match[1]}-{match[2]}"


def normalize_phone(value: object) -> str:
    """One telephone number in ASCII, its groups as they were typed: 「05-3961-2688」.

    Brackets and blanks between groups become hyphens: (05)3961-2688, 03(3581)0101,
    ０３－３５８１－０１０１. An extension is kept as 「03-5253-2111 内線123」; labels (TEL, 電話,
    (代表)) are dropped. Takes ten or eleven digits beginning with 0, numbers with +country code,
    110 and #9999. A number that Excel made of it gets its zero back. Raises ValueError in Japanese:
    empty, several numbers, letters, too few or too many digits.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        text = f"0{value:.0f}"
    else:
        text = _plain(value)
    if not text:
        raise ValueError("電話番号が入力されていません。")
    text = _PHONE_LABEL.sub("", text)
    extension = _EXTENSION.search(text)
    number = re.sub(r"[\s()-]+", "-", _EXTENSION.sub("", text)).strip("-")
    digits = number.replace("-", "")
    if not any(kind.fullmatch(digits) for kind in (_NATIONAL_PHONE, _FOREIGN_PHONE, _SHORT_PHONE)):
        raise ValueError(
            f"電話番号として読み取れません:「{excerpt(value)}」(市外局番から1つだけ入力してください)。"
        )
    return f"{number} 内線{extension[1]}" if extension else number


def _plain(value: object) -> str:
    """Half-width digits and hyphens; a text far too long becomes one that no pattern takes."""
    text = str(value).strip()
    # Patterns with blanks in them are slow on a long text.
    return unicodedata.normalize("NFKC", text if len(text) <= 200 else "?").translate(_HYPHENS)


def normalize_email(value: str) -> str:
    """One mail address in lower-case ASCII: 「ＡＢＣ＠example.jp」 becomes 「abc@example.jp」.

    Full-width letters, blanks around, invisible letters, mailto: and brackets (《》, <>) are
    cleaned away; a Japanese domain becomes its xn-- form. Raises ValueError in Japanese: empty,
    several addresses, control letters (NUL, line breaks inside), a local part that is not ASCII or
    that no mail server would take (a..b@, .a@), no real domain, longer than 254 letters.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", value)).strip()
    if _CONTROL.search(text):
        raise ValueError(f"メールアドレスに使えない制御文字があります:「{excerpt(value)}」。")
    text = text.strip(_WRAPPERS).lower().removeprefix("mailto:").strip()
    if not text:
        raise ValueError("メールアドレスが入力されていません。")
    if text.count("@") > 1 or re.search(r"[,;、；]", text):
        raise ValueError(f"メールアドレスは1つだけ入力してください:「{excerpt(value)}」。")
    local, _, domain = text.partition("@")
    if not local.isascii():
        raise ValueError(
            f"メールアドレスの@より前に使えない文字(日本語など)があります:「{excerpt(value)}」。"
        )
    # The length first: encoding a domain of a million letters takes its time.
    address = f"{local}@{_ascii_domain(domain)}" if len(text) <= EMAIL_LENGTH else ""
    if not _EMAIL.fullmatch(address) or len(address) > EMAIL_LENGTH:
        raise ValueError(f"メールアドレスの形式が正しくありません:「{excerpt(value)}」。")
    return address


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""
