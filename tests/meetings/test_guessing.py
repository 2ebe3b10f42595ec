"""Labels and titles as the names of files give them away."""

import unicodedata

import pytest

from meetings.forms.guessing import guess, order_of


@pytest.mark.parametrize(
    ("name", "label", "title"),
    [
        ("次第.pdf", "次第", "次第"),
        ("議事次第.pdf", "次第", "議事次第"),
        ("00_次第.pdf", "次第", "次第"),
        ("第2回会合 次第.pdf", "次第", "第2回会合 次第"),
        ("資料1 声かけの事例の整理(案).pdf", "資料1", "声かけの事例の整理(案)"),
        ("資料1声かけの事例.pdf", "資料1", "声かけの事例"),
        ("資料1.pdf", "資料1", ""),
        ("資料.pdf", "資料", ""),
        ("資料2-1_聞き取りの結果.xlsx", "資料2-1", "聞き取りの結果"),
        ("資料2−1 聞き取りの結果.xlsx", "資料2-1", "聞き取りの結果"),
        ("資料２－１　聞き取りの結果.xlsx", "資料2-1", "聞き取りの結果"),
        ("【資料3】今後の進め方.docx", "資料3", "今後の進め方"),
        ("(参考資料1)重点計画.pdf", "参考資料1", "重点計画"),
        ("参考1_重点計画.pdf", "参考1", "重点計画"),
        ("03_資料2 予定.pdf", "資料2", "予定"),
        ("20220705_資料4-2_名簿.pdf", "資料4-2", "名簿"),
        ("資料 No.5 名簿.pdf", "資料5", "名簿"),
        ("資料集の作り方.pdf", "", "資料集の作り方"),
        ("2022年度の報告.pdf", "", "2022年度の報告"),
        ("名簿", "", "名簿"),
        ("", "", ""),
        ("../../etc/passwd.pdf", "", "etc_passwd"),
        ("資料1\r\nSet-Cookie: a.pdf", "資料1", "Set-Cookie: a"),
    ],
)
def test_the_name_of_a_file_tells_label_and_title(name, label, title):
    assert guess(name) == (label, title)


def test_letters_that_a_mac_takes_apart_come_together_and_no_other_is_touched():
    name = unicodedata.normalize("NFD", "資料1 ガイドブック") + "塚.pdf"
    assert guess(name) == ("資料1", "ガイドブック塚")


def test_long_names_fit_the_columns():
    label, title = guess("資料" + "1-" * 100 + "あ" * 255 + ".pdf")
    assert len(label) <= 20
    assert len(title) <= 200


def test_papers_lie_in_the_usual_order():
    labels = ["参考資料1", "資料10", "", "資料2-2", "次第", "資料2-1", "資料2", "名簿"]
    assert sorted(labels, key=order_of) == [
        "次第", "資料2", "資料2-1", "資料2-2", "資料10", "参考資料1", "", "名簿",
    ]  # fmt: skip
