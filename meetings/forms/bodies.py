"""A body as the secretariat enters it. Subcommittees are set up with their theme, elsewhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from meetings.choices import BodyKind
from meetings.models import Body


class BodyForm(forms.ModelForm):
    class Meta:
        model = Body
        fields = ("name", "basis", "numbering", "seats_planned", "audience", "note")


class NewBodyForm(forms.ModelForm):
    class Meta:
        model = Body
        fields = (
            "kind", "name", "slug", "parent", "basis", "numbering", "seats_planned", "audience",
            "valid_from", "note",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [BodyKind.WORKING_GROUP, BodyKind.STEERING, BodyKind.ASSEMBLY]
        kind = self.fields["kind"]
        kind.choices = [(one.value, one.label) for one in kinds]  # type: ignore[attr-defined] # a choice
        kind.initial = BodyKind.WORKING_GROUP

    def clean(self) -> dict[str, Any]:
        value: dict[str, Any] = super().clean() or self.cleaned_data
        is_group = value.get("kind") == BodyKind.WORKING_GROUP
        if is_group and not value.get("parent") and "parent" not in self.errors:
            self.add_error("parent", _("A working group works for another body. Choose it."))
        if not is_group and value.get("parent"):
            self.add_error("parent", _("Only a working group works for another body."))
        return value
