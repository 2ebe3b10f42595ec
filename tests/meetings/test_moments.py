"""A day and a time asked for in five fields."""

from datetime import UTC, datetime

import pytest
from django import forms

from meetings.forms.moments import SplitMomentField


class MomentForm(forms.Form):
    moment = SplitMomentField(label="日時")


def typed(*parts):
    names = ("year", "month", "day", "hour", "minute")
    return {f"moment_{name}": part for name, part in zip(names, parts, strict=False)}


@pytest.mark.parametrize(
    "parts",
    [
        ("2026", "12", "8", "15", "00"),
        ("2026", "12", "08", "15", ""),
        ("２０２６", "１２", "８", "１５", "０"),
        (" 2026 ", "12 ", " 8", "15", "0"),
    ],
)
def test_any_width_and_minutes_left_out_are_the_same_moment_of_japan(parts):
    form = MomentForm(typed(*parts))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["moment"] == datetime(2026, 12, 8, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ((), "日付と時刻を入れてください。"),
        (("2026", "12", "8"), "時も入れてください"),
        (("2026", "", "", "10"), "月・日も入れてください"),
        (("2026", "2", "30", "10"), "その日付はありません。"),
        (("26", "2", "3", "10"), "年は"),
        (("2026", "2", "3", "24"), "時は0から23まで"),
        (("2026", "2", "3", "10", "60"), "時は0から23まで"),
        (("2026", "2", "3", "-1"), "時も入れてください"),
        (("2026", "2", "3", "1" * 5000), "時は0から23まで"),
        (("2026-1-1-1", "2", "3", "4-5-6-7", "8"), ""),
        (("9" * 5000, "2", "3", "4", "8"), ""),
        (("\0", "2", "3", "4", "8"), ""),
    ],
)
def test_what_is_no_moment_is_a_sentence(parts, sentence):
    form = MomentForm(typed(*parts))
    assert not form.is_valid()
    assert sentence in str(form.errors["moment"])


def test_a_moment_stands_in_its_fields_in_the_time_of_japan():
    form = MomentForm(initial={"moment": datetime(2026, 12, 8, 15, 5, tzinfo=UTC)})
    page = str(form["moment"])
    for name, value in (("day", "9"), ("hour", "0"), ("minute", "05")):
        assert f'name="moment_{name}" id="id_moment_{name}" value="{value}"' in page


def test_a_hidden_moment_is_read_again():
    form = MomentForm(typed("2026", "12", "8", "15", ""))
    assert form["moment"].as_hidden() == (
        '<input type="hidden" name="moment" value="2026-12-8-15-" id="id_moment">'
    )
    again = MomentForm({"moment": "2026-12-8-15-"})
    assert again.is_valid()
    assert form.is_valid()
    assert again.cleaned_data == form.cleaned_data
