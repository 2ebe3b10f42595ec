"""Checks of single values, shared by forms and services through the model fields."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.japan.codes import PREFECTURES, corporate_number_valid, local_government_code_valid

_PREFECTURE_CODES = frozenset(code for code, _name in PREFECTURES)


def validate_corporate_number(value: str) -> None:
    if not corporate_number_valid(value):
        raise ValidationError(
            _("Enter the 13 digits of the corporate number. The check digit does not fit."),
            code="corporate_number",
        )


def validate_local_government_code(value: str) -> None:
    if not local_government_code_valid(value):
        raise ValidationError(
            _("Enter the 6 digits of the local government code. The check digit does not fit."),
            code="local_government_code",
        )


def validate_prefecture(value: str) -> None:
    if value not in _PREFECTURE_CODES:
        raise ValidationError(_("Choose one of the 47 prefectures."), code="prefecture")


def validate_year_month(value: str) -> None:
    """Year and month as YYYY-MM, from 1868 on (明治元年)."""
    if not re.fullmatch(r"(1[89]|2[01])[0-9]{2}-(0[1-9]|1[0-2])", value) or value < "1868":
        raise ValidationError(_("Enter year and month, for example 2015-04."), code="year_month")
