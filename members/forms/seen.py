"""A form that remembers what it showed, so that a colleague's change is noticed on saving."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core import signing

from members.services.editing import fingerprint, fingerprints

_SALT = "members seen"


class SeenForm(forms.Form):
    """Give `standing`, the values as they are now, under the names that the service uses.

    A snapshot that is missing or forged counts as one that saw nothing: every change then meets
    the standing value once, is told, and is saved with the next try.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, standing: Mapping[str, Any], **kwargs: Any) -> None:
        self.standing = dict(standing)
        kwargs["initial"] = {**self.standing, "seen": self._snapshot()}
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        """What the service is given: the fields of the form, and nothing that was smuggled in."""
        return {name: self.cleaned_data[name] for name in self.standing}

    def seen_then(self) -> dict[str, str]:
        try:
            found = signing.loads(self.cleaned_data.get("seen") or "", salt=_SALT)
        except signing.BadSignature:
            return {}
        return found if isinstance(found, dict) else {}

    def meet(self, standing: Mapping[str, Any], told: Mapping[str, str]) -> None:
        """Show the form again after a clash: own words stay, the sentence stands at each field.

        Fields that only the colleague changed show the colleague's value. The next saving knows
        what was told, and goes through.
        """
        before = self.seen_then()
        self.standing = dict(standing)
        data = self.data.copy()  # type: ignore[attr-defined] # a QueryDict, as every posted form
        for name, value in standing.items():
            if fingerprint(self.cleaned_data.get(name)) == before.get(name):
                self._put(data, name, value)
        data["seen"] = self._snapshot()
        self.data = data
        for name, sentence in told.items():
            self.add_error(name, sentence)

    def shown(self, name: str, value: Any) -> str:
        """A value as people read it: labels for codes."""
        labels = dict(getattr(self.fields[name], "choices", ()))
        parts = [value] if isinstance(value, str) else value
        return "、".join(str(labels.get(part, part)) for part in parts if part)

    def _snapshot(self) -> str:
        return signing.dumps(fingerprints(self.standing), salt=_SALT)

    @staticmethod
    def _put(data: Any, name: str, value: Any) -> None:
        if isinstance(value, str):
            data[name] = value
        elif isinstance(value, Iterable):
            data.setlist(name, list(value))
