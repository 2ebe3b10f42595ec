"""Asking to take part, deciding about it, leaving."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.japan.calendar import era_datetime
from core.shell.fields import DateInput
from meetings.choices import Audience, Numbering, SeatRole
from meetings.models import Body
from meetings.queries.terms import possible_leads
from members.forms.preview import Preview, PreviewedForm
from members.models import Organization
from subcommittees.models import ParticipationRequest, Subcommittee
from subcommittees.services import (
    LONGEST_MESSAGE,
    approve_participation,
    decline_participation,
    set_up_subcommittee,
)

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


# --- the secretariat's own pages ---------------------------------------------------------------

ARTICLE = "規約第21条"


class SubcommitteeForm(forms.ModelForm):
    """What may be put right at any time. Number and body stay."""

    class Meta:
        model = Subcommittee
        fields = (
            "theme", "purpose", "resolution", "way_in", "call_from", "call_until", "conditions",
            "takes_observers",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("call_from"), cleaned.get("call_until")
        if begins and ends and ends < begins:
            self.add_error("call_until", _("The call cannot end before it begins."))
        return cleaned


class SetUpForm(SubcommitteeForm):
    """A new subcommittee under Article 21: its body, its number and theme, its leads, in one go."""

    number = forms.IntegerField(label=_("number"), min_value=1, max_value=999)
    name = forms.CharField(
        label=_("name of the subcommittee"), max_length=100, required=False,
        help_text=_("“分科会” and the number when empty."),
    )  # fmt: skip
    basis = forms.CharField(label=_("legal basis"), max_length=100, initial=ARTICLE)
    numbering = forms.ChoiceField(label=_("numbering of meetings"), choices=Numbering.choices)
    audience = forms.ChoiceField(label=_("who may know of it"), choices=Audience.choices)
    valid_from = forms.DateField(
        label=_("established on"), widget=DateInput, initial=timezone.localdate
    )
    leads = forms.ModelMultipleChoiceField(
        label=_("lead organizations"), queryset=Organization.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Members of the steering committee. Their people run the subcommittee."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = self.fields["leads"]
        leads.queryset = possible_leads(timezone.localdate())  # type: ignore[attr-defined] # a choice of models
        highest = Subcommittee.objects.aggregate(n=Max("number"))["n"] or 0
        self.fields["number"].initial = highest + 1

    def clean_number(self) -> int:
        number: int = self.cleaned_data["number"]
        if Subcommittee.objects.filter(number=number).exists():
            raise forms.ValidationError(
                gettext("There is a subcommittee with this number already.")
            )
        return number

    def set_up(self, *, actor: User, at: datetime) -> Subcommittee:
        value = self.cleaned_data
        subcommittee = self.instance
        subcommittee.number = value["number"]
        body = Body(
            slug=f"subcommittee-{value['number']}",
            name=value["name"] or f"分科会{value['number']}",
            basis=value["basis"],
            numbering=value["numbering"],
            audience=value["audience"],
            valid_from=value["valid_from"],
        )
        return set_up_subcommittee(
            subcommittee=subcommittee, body=body, leads=list(value["leads"]), actor=actor, at=at
        )


class _RequestActForm(PreviewedForm):
    permission = "subcommittees.decide_participationrequest"
    preview_first = True

    def preview(self, *, at: datetime) -> Preview:
        asked: ParticipationRequest = self.record
        lines = [
            gettext("%(name)s asks for %(body)s as %(role)s, received %(moment)s.")
            % {
                "name": asked.organization.name, "body": asked.subcommittee.body.name,
                "role": asked.get_role_display(), "moment": era_datetime(asked.asked_at),
            },
            asked.message or gettext("No words were added."),
        ]  # fmt: skip
        return Preview(title=gettext("The request"), lines=lines)


class ApproveForm(_RequestActForm):
    title = _("Let it take part")
    effect = _("It has a seat from today on, and is told by mail.")

    answer = forms.CharField(
        label=_("Words to the organization"), required=False, widget=_MESSAGE,
        max_length=LONGEST_MESSAGE,
    )  # fmt: skip

    def perform(self, asked: Any, *, actor: User, at: datetime) -> str:
        approve_participation(
            participation=asked, answer=self.cleaned_data["answer"], actor=actor, at=at
        )
        return gettext("%(name)s takes part from today on.") % {"name": asked.organization.name}


class DeclineForm(_RequestActForm):
    title = _("Decline")
    effect = _("It is told by mail, with the reason.")
    danger = True

    answer = forms.CharField(
        label=_("Reason"), widget=_MESSAGE, max_length=LONGEST_MESSAGE,
        help_text=_("The organization reads it."),
    )  # fmt: skip

    def perform(self, asked: Any, *, actor: User, at: datetime) -> str:
        decline_participation(
            participation=asked, answer=self.cleaned_data["answer"], actor=actor, at=at
        )
        return gettext("Declined, and told by mail.")
