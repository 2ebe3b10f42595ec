"""Passwords that anybody would guess here first."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_SITE_WORDS = (
    "platform", "kodoku", "koritsu", "kanmin", "renkei", "jimukyoku", "secretariat", "password",
    "孤独", "孤立", "官民", "連携", "事務局", "プラットフォーム", "パスワード",
)  # fmt: skip
_REST = 8


class SiteWordsValidator:
    """Refuses a password that is a word of this site with a little around it."""

    def validate(self, password: str, user: object = None) -> None:
        rest = unicodedata.normalize("NFKC", password).casefold()
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
        return _("The password should not be built from words of this site.")
