"""Branches and services, entered by hand on the record."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from members.choices import LINKS_BY_HAND, LinkKind
from members.models import OrganizationLink


class LinkForm(forms.ModelForm):
    """What this organisation is to the other one."""

    class Meta:
        model = OrganizationLink
        fields = ("kind", "other", "since")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "---------"), *((kind.value, kind.label) for kind in LINKS_BY_HAND)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined] # a choice field

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        kind, other, here = values.get("kind"), values.get("other"), self.instance.organization_id
        if kind and other and _leads_back(LinkKind(kind), other.pk, here):
            words = _("%(name)s already hangs on this organization in the same way.")
            self.add_error("other", words % {"name": other.name})
        return values


def _leads_back(kind: LinkKind, start: int, end: int | None) -> bool:
    """Whether the way up from `start` ends here: a branch of one's own branch."""
    seen, here = {start}, {start}
    while here:
        if end in here:
            return True
        rows = OrganizationLink.objects.filter(kind=kind, organization__in=here)
        here = set(rows.values_list("other", flat=True)) - seen
        seen |= here
    return False
