"""The periods of one organisation, corrected together."""

from itertools import pairwise
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _

from members.models import Membership


class PeriodForm(forms.ModelForm):
    """One period. Whether it overlaps another is asked of all together, as they will stand."""

    class Meta:
        model = Membership
        fields = ("category", "number", "valid_from", "valid_until", "end_reason", "note")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        first, until = values.get("valid_from"), values.get("valid_until")
        if first and until and until <= first:
            self.add_error("valid_until", _("The period must end after it begins."))
        if values.get("end_reason") and not until:
            self.add_error("valid_until", _("A reason needs the day on which the period ends."))
        return values

    def _get_validation_exclusions(self) -> set[str]:
        # Asked row by row, the constraint would refuse a border that moves in two rows at once.
        known: set[str] = super()._get_validation_exclusions()  # type: ignore[misc] # stubs lack it
        return {*known, "organization_id"}


class PeriodFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        live = [form for form in self.forms if self._counts(form)]
        live.sort(key=lambda form: form.cleaned_data["valid_from"])
        for earlier, later in pairwise(live):
            until = earlier.cleaned_data.get("valid_until")
            if until is None or until > later.cleaned_data["valid_from"]:
                later.add_error(
                    "valid_from",
                    _("This period overlaps another period of the same organization."),
                )

    def _counts(self, form: Any) -> bool:
        deleted = form.cleaned_data.get("DELETE") if form.is_valid() else True
        if deleted:
            return False
        return bool(form.cleaned_data.get("valid_from"))
