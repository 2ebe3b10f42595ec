"""Forms and small parts as the design language orders them."""

import re
from datetime import date

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test.html import parse_html

from core.forms import PlainSelect, SplitDateField
from core.templatetags import look


class Sample(forms.Form):
    name = forms.CharField(label="団体名", help_text="登記のとおりに入れてください。")
    note = forms.CharField(
        label="備考", required=False, widget=forms.Textarea(attrs={"placeholder": "例"})
    )
    day = SplitDateField(label="設立日", help_text="西暦で入れてください。例 2022年6月15日")
    way = forms.ChoiceField(
        label="参加のしかた", choices=[("a", "会場"), ("b", "オンライン")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="決まりに同意する")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.fixture
def refused():
    return Sample({"name": "", "day_year": "2022", "day_month": "2", "day_day": "30"})


def places(html, *marks):
    found = [html.index(mark) for mark in marks]
    assert found == sorted(found)


def test_a_field_reads_label_must_help_control_error_in_this_order(refused):
    html = str(refused["name"].as_field_group())
    places(html, "団体名", "※必須", "登記のとおりに", "<input", 'id="id_name_error"')


def test_control_names_its_help_and_its_error(refused):
    html = refused["name"].as_field_group()
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'aria-invalid="true"' in html


def test_optional_fields_say_so_and_nothing_has_a_placeholder():
    html = str(Sample())
    assert "※任意" in html
    assert "placeholder" not in html


def test_a_whole_form_renders_its_fields_in_order_and_its_hidden_ones_once():
    html = str(Sample())
    places(html, "団体名", "備考", "設立日", "参加のしかた", "決まりに同意する")
    assert html.count('name="secret"') == 1


def test_choices_are_a_fieldset_with_a_legend_and_a_label_for_each():
    html = str(Sample()["way"].as_field_group())
    assert re.search(r"<fieldset[^>]*><legend[^>]*>参加のしかた", html)
    assert re.findall(r'<label for="(id_way_\d)">([^<]+)', html) == [
        ("id_way_0", "会場"), ("id_way_1", "オンライン"),
    ]  # fmt: skip


def test_the_summary_says_the_sentences_of_the_fields_and_leads_to_them(refused):
    html = render_to_string("components/error_summary.html", {"form": refused})
    assert "4か所をなおしてください" in html
    assert re.findall(r'href="#([\w-]+)"', html) == [
        "id_name", "id_day_year", "id_way_0", "id_agree",
    ]  # fmt: skip
    page = str(refused)
    assert all(f'id="{target}"' in page for target in re.findall(r'href="#([\w-]+)"', html))
    for sentence in re.findall(r'<a href="[^"]+">([^<]+)</a>', html):
        assert f'<p class="field__error">{sentence}</p>' in page
    assert 'role="alert" tabindex="-1" autofocus' in html


def test_a_good_form_has_no_summary():
    assert render_to_string("components/error_summary.html", {"form": Sample()}).strip() == ""


def test_what_was_typed_is_shown_again_and_escaped():
    form = Sample({"name": '"><script>', "day_year": "<b>"})
    html = str(form)
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


class TestDates:
    field = SplitDateField()

    @pytest.mark.parametrize(
        ("given", "day"),
        [
            ("2022-6-15", date(2022, 6, 15)),
            ("2022-06-15", date(2022, 6, 15)),
            ("２０２２-０６-１５", date(2022, 6, 15)),
            ("2024-2-29", date(2024, 2, 29)),
            (date(2022, 6, 15), date(2022, 6, 15)),
        ],
    )
    def test_reads(self, given, day):
        assert self.field.clean(given) == day

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ("", "required"), (None, "required"), ("2022--15", "part"), ("2022-2-30", "absent"),
            ("0000-1-1", "absent"), ("99999999999999999999-1-1", "year"), ("4-6-15", "year"),
            ("令和4-6-15", "digits"), ("2022-6-1.5", "digits"), ("2022", "part"),
            ("2022-1-99999999999999999999", "absent"),
        ],
    )  # fmt: skip
    def test_refuses(self, given, code):
        with pytest.raises(forms.ValidationError) as refusal:
            self.field.clean(given)
        assert refusal.value.code == code

    def test_three_fields_come_back_as_they_were_typed(self):
        form = Sample({"day_year": "2022", "day_month": "2", "day_day": "30"})
        html = str(form["day"].as_field_group())
        assert re.findall(r'name="day_(\w+)" id="[^"]+" value="(\d+)"', html) == [
            ("year", "2022"), ("month", "2"), ("day", "30"),
        ]  # fmt: skip
        assert html.count('aria-invalid="true"') == 3

    def test_an_address_may_give_the_day_in_one_piece(self):
        widget = SplitDateField().widget
        assert widget.value_from_datadict({"day": "2022-06-15"}, {}, "day") == "2022-06-15"

    def test_an_empty_optional_date_is_nothing(self):
        assert SplitDateField(required=False).clean(None) is None

    def test_knows_what_has_changed(self):
        assert not self.field.has_changed(date(2022, 6, 15), "2022-6-15")
        assert self.field.has_changed(date(2022, 6, 15), "2022-6-16")
        assert self.field.has_changed(date(2022, 6, 15), "2022-x-16")


@pytest.mark.parametrize(
    ("confirmed", "kind", "words"),
    [
        (None, "old", "まだ確認がありません"),
        (date(2022, 6, 15), "", "令和4年6月に確認"),
        (date(2021, 12, 16), "", "令和3年12月に確認"),
        (date(2021, 12, 15), "aging", "令和3年12月に確認(6か月前)"),
        (date(2021, 6, 16), "aging", "令和3年6月に確認(11か月前)"),
        (date(2021, 6, 15), "old", "令和3年6月に確認(1年以上前)"),
    ],
)
def test_freshness_is_told_in_words(confirmed, kind, words):
    html = render_to_string(
        "components/freshness.html", {"confirmed_on": confirmed, "today": date(2022, 6, 15)}
    )
    assert words in html
    assert (f"freshness--{kind}" in html) is bool(kind)


def test_pagination_names_its_pages_and_keeps_the_question():
    page = Paginator(range(200), 10).page(6)
    html = render_to_string("components/pagination.html", {"page": page, "query": "?q=あ&c=1"})
    assert re.findall(r'aria-label="(\d+)ページ目"', html) == ["1", "4", "5", "6", "7", "8", "20"]
    assert '?q=あ&amp;c=1&amp;page=7" rel="next">次へ' in html
    assert html.count("…") == 2
    assert 'aria-current="page" aria-label="6ページ目"' in html


def test_one_page_needs_no_pagination():
    page = Paginator(range(3), 10).page(1)
    assert render_to_string("components/pagination.html", {"page": page}).strip() == ""


def test_empty_facts_are_left_out():
    html = render_to_string("components/facts.html", {"facts": [("電話", "03"), ("FAX", "")]})
    assert "電話" in html
    assert "FAX" not in html


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Windows の Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Safari/604", "iPhone の Safari"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/120", "Linux の Firefox"),
        ("curl/8", "不明な端末"),
        ("", "不明な端末"),
    ],
)
def test_browsers_are_told_by_name(agent, name):
    assert look.browser_name(agent) == name


@pytest.mark.parametrize("kind", ["info", "success", "warning", "danger", "quiet"])
def test_a_live_notice_is_announced(kind):
    html = render_to_string("components/notice.html", {"kind": kind, "title": "題", "live": True})
    assert ('role="alert"' if kind == "danger" else 'role="status"') in html


@pytest.mark.parametrize("value", [None, "", "13", 13, "<b>", "99"])
@pytest.mark.parametrize(
    "choices",
    [
        [("", "すべて"), ("13", "東京都"), ("<b>", "a & b")],
        [(None, "---"), (13, "東京都"), (13, "二度")],
        [("関東", [("13", "東京都")]), ("99", "その他")],
        [],
    ],
)
def test_a_select_without_templates_is_the_select_of_django(choices, value):
    def drawn(kind):
        widget = kind(attrs={"class": "a b", "disabled": False}, choices=choices)
        return parse_html(widget.render("place", value, {"id": "id_place", "required": True}))

    assert drawn(PlainSelect) == drawn(forms.Select)
