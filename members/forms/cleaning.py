"""Bring what was typed into the one spelling that is stored."""

from collections.abc import Callable

from django.core.exceptions import ValidationError


def cleaned(value: str, normalize: Callable[[str], str]) -> str:
    """The normal spelling, or the Japanese sentence that says what is wrong; empty stays empty."""
    if not value:
        return ""
    try:
        return normalize(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error
