import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.japan.codes import normalize_email, normalize_phone, normalize_postal_code


@pytest.mark.parametrize(
    "written",
    [
        "123-4567",
        "〒123-4567",
        "〒 123-4567",
        "１２３－４５６７",
        "1234567",
        "123−4567",
        "123ー4567",
        1234567,
    ],
)
def test_postal_codes_get_one_spelling(written):
    assert normalize_postal_code(written) == "123-4567"


def test_a_postal_code_that_lost_its_zero_gets_it_back():
    assert normalize_postal_code(600001) == normalize_postal_code(600001.0) == "060-0001"


@pytest.mark.parametrize(
    "written", ["", "123-456", "600001", "12-34567", "abc-defg", None, -123456]
)
def test_wrong_postal_codes_are_refused(written):
    with pytest.raises(ValueError, match="郵便番号は7桁"):
        normalize_postal_code(written)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("05-3961-2688", "05-3961-2688"),
        ("(05)3961-2688", "05-3961-2688"),
        ("03(3581)0101", "03-3581-0101"),
        ("(03) 3581-0101", "03-3581-0101"),
        ("（０３）３５８１－０１０１", "03-3581-0101"),
        ("０３－３５８１－０１０１", "03-3581-0101"),
        ("03−3581−0101", "03-3581-0101"),
        ("03‐3581‐0101", "03-3581-0101"),
        ("03ー3581ー0101", "03-3581-0101"),
        ("03―3581―0101", "03-3581-0101"),
        ("03 3581 0101", "03-3581-0101"),
        ("0335810101", "0335810101"),
        ("090-1234-5678", "090-1234-5678"),
        ("0120-123-456", "0120-123-456"),
        ("0800-123-4567", "0800-123-4567"),
        ("04992-2-1234", "04992-2-1234"),
        ("TEL:03-3581-0101", "03-3581-0101"),
        ("℡ 03-3581-0101", "03-3581-0101"),
        ("電話番号：03-3581-0101", "03-3581-0101"),
        ("03-5253-2111(代表)", "03-5253-2111"),
        ("03-5253-2111（代） 内線38321", "03-5253-2111 内線38321"),
        ("03-5253-2111 内線123", "03-5253-2111 内線123"),
        ("03-5253-2111（内線１２３）", "03-5253-2111 内線123"),
        ("03-5253-2111 (内線)123", "03-5253-2111 内線123"),
        ("03-5253-2111 ext. 123", "03-5253-2111 内線123"),
        ("+81-3-3581-0101", "+81-3-3581-0101"),
        ("#9999", "#9999"),
        ("１８８", "188"),
        (335810101, "0335810101"),
        (9012345678.0, "09012345678"),
    ],
)
def test_phone_numbers_get_one_spelling_and_keep_their_groups(written, number):
    assert normalize_phone(written) == number
    assert normalize_phone(number) == number


@pytest.mark.parametrize(
    "written",
    [
        "",
        None,
        True,
        -335810101,
        "なし",
        "03-3581",
        "3581-0101",
        "335810101",
        "03-3581-0101/090-1234-5678",
        "03-3581-0101、03-3581-0102",
        "03-3581-0101\n03-3581-0102",
        "03-3581-01a1",
        "03-3581-0101\x00",
        "03-3581-0101" + " " * 200 + "x",
        "012-3456-7890-1",
        "内線123",
    ],
)
def test_what_is_no_phone_number_is_refused(written):
    with pytest.raises(ValueError, match="電話番号"):
        normalize_phone(written)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("contact001@org001.example", "contact001@org001.example"),
        ("ＡＢＣ＠example.jp", "abc@example.jp"),
        ("ＡＢＣ＠ｅｘａｍｐｌｅ．ｊｐ", "abc@example.jp"),
        ("  info@Example.JP\u3000", "info@example.jp"),
        ("info@example.jp\r\n", "info@example.jp"),
        ("\ufeffinfo@example.jp\u200b", "info@example.jp"),
        ("mailto:info@example.jp", "info@example.jp"),
        ("《info@example.jp》", "info@example.jp"),
        ("<mailto:info@example.jp>", "info@example.jp"),
        ("o'brien+news@example.co.jp", "o'brien+news@example.co.jp"),
        ("info@例え.jp", "info@xn--r8jz45g.jp"),
        ("info@xn--r8jz45g.jp", "info@xn--r8jz45g.jp"),
        ("info@例え.テスト", "info@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_mail_addresses_get_one_spelling(written, address):
    assert normalize_email(written) == address
    assert normalize_email(address) == address


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "入力されていません"),
        ("\u3000《》", "入力されていません"),
        ("a@example.jp, b@example.jp", "1つだけ"),
        ("a@example.jp；b@example.jp", "1つだけ"),
        ("a@example.jp、", "1つだけ"),
        ("a@example.jp b@example.jp", "1つだけ"),
        ("a@b@example.jp", "1つだけ"),
        ("a\x00@example.jp", "制御文字"),
        ("a@example.jp\nBcc: b", "制御文字"),
        ("a\u2028@example.jp", "制御文字"),
        ("事務局@example.jp", "日本語"),
        ("事務局 <a@example.jp>", "日本語"),
        ("straße@example.jp", "日本語"),
        ("Office <a@example.jp>", "形式"),
        ("a b@example.jp", "形式"),
        ("example.jp", "形式"),
        ("@example.jp", "形式"),
        ("a@", "形式"),
        ("a@localhost", "形式"),
        ("a@example", "形式"),
        ("a@-example.jp", "形式"),
        ("a@example..jp", "形式"),
        ("a@192.168.0.1", "形式"),
        ("a@ex_ample.jp", "形式"),
        ("a..b@example.jp", "形式"),
        (".a@example.jp", "形式"),
        ("a.@example.jp", "形式"),
        ("a" * 65 + "@example.jp", "形式"),
        ("a@" + "b." * 130 + "jp", "形式"),
        ("a@" + "例." * 60 + "jp", "形式"),
        ("a@" + "b" * 64 + ".jp", "形式"),
    ],
)
def test_what_is_no_mail_address_is_refused_with_a_reason(written, reason):
    with pytest.raises(ValueError, match=reason):
        normalize_email(written)


def test_the_longest_lawful_address_passes_and_one_more_letter_does_not():
    tail = ".jp"
    domain = "b" * 63 + "." + "c" * 63 + "." + "d" * (254 - 65 - 128 - len(tail)) + tail
    address = "a" * 64 + "@" + domain
    assert len(address) == 254
    assert normalize_email(address) == address
    with pytest.raises(ValueError, match="形式"):
        normalize_email(address.replace(tail, "d" + tail))


@given(st.text())
def test_an_address_is_ascii_short_and_stable_or_refused_in_japanese(written):
    try:
        address = normalize_email(f"a@{written}")
    except ValueError as refusal:
        assert str(refusal).endswith("。")  # noqa: PT017 - both outcomes are lawful
    else:
        assert address.isascii()
        assert address == address.lower()
        assert len(address) <= 254
        assert normalize_email(address) == address


@given(st.text(alphabet="0123456789０１-−ー（)( 内線", max_size=20))
def test_a_phone_number_is_stable_or_refused(written):
    try:
        number = normalize_phone(written)
    except ValueError as refusal:
        assert str(refusal).endswith("。")  # noqa: PT017 - both outcomes are lawful
    else:
        assert normalize_phone(number) == number
