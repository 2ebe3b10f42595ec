"""Fields that take what people type in any spelling, and say in a sentence what is wrong."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.japan.text import clean_line
from members.forms.cleaning import cleaned

_KANJI = re.compile("[㐀-䶿一-鿿豈-\ufaff々〆\U00020000-\U0003ffff]")
_LONGEST_TYPED = 300  # a code with its blanks, 〒 and label; more is no code


class LineField(forms.CharField):
    """One line: line breaks and invisible letters go, every other letter stays as it was typed."""

    def clean(self, value: Any) -> str:
        return clean_line(super().clean(value))


class KanaField(LineField):
    default_error_messages = {"kana": _("Enter the reading in kana, without kanji.")}

    def clean(self, value: Any) -> str:
        reading = super().clean(value)
        if _KANJI.search(unicodedata.normalize("NFKC", reading)):
            raise ValidationError(self.error_messages["kana"], code="kana")
        return reading


class ProseField(forms.CharField):
    """Lines of text. A line break counts as one letter, whatever the browser sends for it."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n").replace("\r", "\n")


class TypedField(forms.CharField):
    """A code, number or mailbox in any spelling; `normalize` knows the one that is stored."""

    def __init__(self, *, normalize: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(max_length=_LONGEST_TYPED, **kwargs)
        self.normalize = normalize

    def clean(self, value: Any) -> str:
        return cleaned(super().clean(value), self.normalize)


def say_what_is_missing(form: forms.BaseForm) -> None:
    """Required fields name themselves: 「ふりがな」を入れてください。"""
    for field in form.fields.values():
        chosen = isinstance(field.widget, forms.Select | forms.CheckboxSelectMultiple)
        sentence = _("Choose “%(label)s”.") if chosen else _("Fill in “%(label)s”.")
        field.error_messages["required"] = sentence % {"label": field.label}


def only_missing(form: forms.BaseForm, name: str) -> bool:
    """Whether a field is merely empty, and not wrong."""
    return all(error.code == "required" for error in form.errors.as_data().get(name, ()))


def forgive_missing(form: forms.BaseForm) -> None:
    """Whoever breaks off or adds a row need not have filled in everything."""
    for name in [name for name in form.errors if only_missing(form, name)]:
        del form.errors[name]
