"""Two people edit one record: whoever saves second neither loses nor overwrites anything."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from members.errors import MembersError

_LENGTH = 16


class EditConflictError(MembersError):
    """Somebody else has changed the same fields since the form was opened."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(
            _("Somebody changed the same items while you were writing. Nothing was saved yet.")
        )
        self.fields = tuple(fields)


def fingerprint(value: Any) -> str:
    """What a form remembers of a value it showed, to know later whether it still stands."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def fingerprints(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: fingerprint(value) for name, value in values.items()}


def own_changes(
    values: Mapping[str, Any], standing: Mapping[str, Any], seen: Mapping[str, str] | None
) -> dict[str, Any]:
    """What of `values` is to be written over `standing`.

    `seen` holds the fingerprints of what the form showed: a field that the editor left alone keeps
    what a colleague wrote meanwhile. Raises EditConflictError when both changed the same one.
    """
    wanted = {name: value for name, value in values.items() if value != standing[name]}
    if seen is None:
        return wanted
    own = {name: value for name, value in wanted.items() if fingerprint(value) != seen.get(name)}
    clash = [name for name in own if fingerprint(standing[name]) != seen.get(name)]
    if clash:
        raise EditConflictError(clash)
    return own
