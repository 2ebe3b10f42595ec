"""Checks of single values, shared by forms and services through the model fields."""

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
