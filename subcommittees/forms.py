"""Asking to take part, deciding about it, leaving."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.choices import SeatRole
from members.models import Organization
from subcommittees.models import Subcommittee
from subcommittees.services import LONGEST_MESSAGE

_MESSAGE = forms.Textarea(attrs={"rows": 5})


class ForOrganizationForm(forms.Form):
    """For whom somebody acts: asked when there are several, told when there is one."""

    organization = forms.ChoiceField(label=_("For which organization"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, organizations: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organizations = {one.slug: one for one in organizations}
        if len(organizations) == 1:
            del self.fields["organization"]
        else:
            self.fields["organization"].choices = [  # type: ignore[attr-defined] # a ChoiceField
                (slug, one.shown_name) for slug, one in self.organizations.items()
            ]

    @property
    def only(self) -> Organization | None:
        return None if "organization" in self.fields else next(iter(self.organizations.values()))

    @property
    def chosen(self) -> Organization:
        """Of a valid form."""
        return self.only or self.organizations[self.cleaned_data["organization"]]


class JoinForm(ForOrganizationForm):
    role = forms.ChoiceField(
        label=_("As"), widget=forms.RadioSelect, initial=SeatRole.MEMBER,
        help_text=_("Observers read the papers and listen; they have no vote."),
    )  # fmt: skip
    message = forms.CharField(
        label=_("What moves you to take part"), required=False, widget=_MESSAGE,
        max_length=LONGEST_MESSAGE,
        help_text=_("The lead organizations and the secretariat read it."),
    )  # fmt: skip

    def __init__(self, *args: Any, subcommittee: Subcommittee, freely: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [SeatRole.MEMBER]
        if subcommittee.takes_observers:
            roles.append(SeatRole.OBSERVER)
            self.fields["role"].choices = [  # type: ignore[attr-defined] # a ChoiceField
                (role.value, role.label) for role in roles
            ]
        else:
            del self.fields["role"]
        if freely:
            del self.fields["message"]

    @property
    def chosen_role(self) -> str:
        return self.cleaned_data.get("role") or SeatRole.MEMBER

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("message", ""))


class LeaveForm(ForOrganizationForm):
    reason = forms.CharField(
        label=_("Words to the lead organizations"), required=False, widget=_MESSAGE,
        max_length=LONGEST_MESSAGE,
    )  # fmt: skip


class DecisionForm(forms.Form):
    APPROVE, DECLINE = "approve", "decline"

    decision = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect,
        choices=[(APPROVE, _("Let it take part")), (DECLINE, _("Decline"))],
    )  # fmt: skip
    answer = forms.CharField(
        label=_("Words to the organization"), required=False, widget=_MESSAGE,
        max_length=LONGEST_MESSAGE,
        help_text=_("When you decline, the reason is needed. The organization reads it."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("decision") == self.DECLINE and not cleaned.get("answer", "").strip():
            self.add_error("answer", _("Please write the reason; the organization reads it."))
        return cleaned
