"""The facts that a member cannot change alone: what they are called, and what may stand in them.

They decide who is a member in which category, under which name: a change goes to the secretariat
as a change request (変更届).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.japan.codes import normalize_corporate_number, normalize_local_government_code
from core.japan.text import clean_line
from members.choices import Category, OrganizationKind

_Words = str | Promise
# Kanji in a reading are a slip; everything a reading is made of may stand, Latin letters included.
_NOT_A_READING = re.compile("[㐀-鿿豈-﫿\U00020000-\U0003ffff々〆]")
_FAR_TOO_LONG = 10_000


@dataclass(frozen=True, kw_only=True)
class ChangeField:
    """One fact: its key in `ChangeRequest.changes`, its words, and the check of a new value."""

    key: str
    label: _Words
    help_text: _Words = ""
    max_length: int
    required: bool = False
    choices: tuple[tuple[str, _Words], ...] = ()
    normalize: Callable[[str], str] = clean_line
    from_a_day: bool = False
    """Kept with the day from which it holds, so that it can be booked ahead."""

    def clean(self, value: str) -> str:
        """The spelling to store. Raises ValueError with a sentence for the person who typed it."""
        if len(value) > _FAR_TOO_LONG:
            raise ValueError(self._too_long())
        value = clean_line(value)
        if not value:
            if self.required:
                raise ValueError(_("Please enter: %(field)s.") % {"field": self.label})
            return ""
        value = self.normalize(value)
        if len(value) > self.max_length:
            raise ValueError(self._too_long())
        if self.choices and value not in dict(self.choices):
            raise ValueError(_("Please choose from the list: %(field)s.") % {"field": self.label})
        return value

    def shown(self, value: str) -> str:
        """The value as people read it."""
        return str(dict(self.choices).get(value, value))

    def _too_long(self) -> str:
        return _("%(field)s: at most %(n)s letters.") % {
            "field": self.label, "n": self.max_length,
        }  # fmt: skip


def clean_reading(value: str) -> str:
    """A reading in kana, half-width ones made full. ValueError when kanji stand in it."""
    value = clean_line(unicodedata.normalize("NFKC", value))
    if _NOT_A_READING.search(value):
        raise ValueError(_("Enter the reading in hiragana or katakana, without kanji."))
    return value


def _choices(pairs: Iterable[tuple[str, _Words]]) -> tuple[tuple[str, _Words], ...]:
    return tuple(pairs)


_FIELDS = (
    ChangeField(
        key="name", label=gettext_lazy("official name"), max_length=200, required=True,
        help_text=gettext_lazy("As registered, with the legal form."),
    ),
    ChangeField(
        key="name_kana", label=gettext_lazy("reading of the name"), max_length=300,
        normalize=clean_reading,
    ),
    ChangeField(
        key="display_name", label=gettext_lazy("display name"), max_length=200,
        help_text=gettext_lazy("Name used on public pages when it differs from the official name."),
    ),
    ChangeField(
        key="kind", label=gettext_lazy("legal form"), max_length=30, required=True,
        choices=_choices(OrganizationKind.choices),
    ),
    ChangeField(
        key="corporate_number", label=gettext_lazy("corporate number"), max_length=13,
        help_text=gettext_lazy("13 digits. May be empty."), normalize=normalize_corporate_number,
    ),
    ChangeField(
        key="local_government_code", label=gettext_lazy("local government code"), max_length=6,
        help_text=gettext_lazy("6 digits, for local governments only."),
        normalize=normalize_local_government_code,
    ),
    ChangeField(
        key="category", label=gettext_lazy("member category"), max_length=12, required=True,
        choices=_choices(Category.choices), from_a_day=True,
    ),
    ChangeField(
        key="representative_title", label=gettext_lazy("title of the representative"),
        max_length=100, from_a_day=True,
    ),
    ChangeField(
        key="representative_name", label=gettext_lazy("name of the representative"),
        max_length=100, from_a_day=True,
    ),
    ChangeField(
        key="representative_kana", label=gettext_lazy("reading of the representative"),
        max_length=150, normalize=clean_reading, from_a_day=True,
    ),
)  # fmt: skip

CHANGE_FIELDS: dict[str, ChangeField] = {field.key: field for field in _FIELDS}
REPRESENTATIVE_FIELDS = ("representative_title", "representative_name", "representative_kana")
# Who says these are wrong says who we deal with: the organisation's own mailbox hears of it too.
WEIGHTY_FIELDS = frozenset({"name", "corporate_number", *REPRESENTATIVE_FIELDS})
