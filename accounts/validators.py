"""Passwords that anybody would guess here first."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_SITE_WORDS = (
    "platform", "kodoku", "koritsu", "kanmin", "renkei", "jimukyoku", "secretariat", "password",
    "孤独", "孤立", "官民", "連携", "事務局", "プラットフォーム", "パスワード",
)  # fmt: skip
_REST = 8
_RUNS = (
    "0123456789" * 3,
    "9876543210" * 3,
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)
_FEWEST_LETTERS = 5


class GuessableValidator:
    """Refuses words of this site with a little around them, runs of the keyboard, few letters."""

    def validate(self, password: str, user: object = None) -> None:
        rest = unicodedata.normalize("NFKC", password).casefold()
        if any(rest in run for run in _RUNS) or len(set(rest)) < _FEWEST_LETTERS:
            raise ValidationError(
                _("This password is a row of keys or repeats itself. Choose another one."),
                code="password_run",
            )
        shortened = False
        for word in _SITE_WORDS:
            shortened |= word in rest
            rest = rest.replace(word, "")
        if shortened and len(rest) < _REST:
            raise ValidationError(
                _("Words of this site make the password easy to guess. Add something else."),
                code="password_site_word",
            )

    def get_help_text(self) -> str:
        return _("The password must not be a word of this site, a row of keys or a repetition.")
