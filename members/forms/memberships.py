"""Changing category, ending, coming back: the periods of an organisation, act by act."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.japan.calendar import era_date
from core.japan.text import clean_line
from core.shell.fields import DateInput
from members.choices import REASONS_OF_ACTS, Category, EndReason
from members.forms.acts import OrganizationActForm
from members.forms.filing import DAY_HELP
from members.forms.leaving import stopped_words
from members.forms.preview import (
    ContactChoiceField,
    Preview,
    PreviewedForm,
    last_day_words,
    tick,
)
from members.models import Organization
from members.queries.leaving import what_stops
from members.queries.returning import former_contacts, last_period
from members.services import change_category, end_membership, next_number
from members.services.returning import come_back

_NUMBER_HELP = gettext_lazy("The next free number when empty.")


class ChangeCategoryForm(OrganizationActForm):
    title = gettext_lazy("Change the category")
    effect = gettext_lazy(
        "The present period ends the day before; a new one begins under a new number. A change "
        "entered ahead can be taken back until that day."
    )
    permission = "members.change_membership"

    category = forms.ChoiceField(label=gettext_lazy("New category"), choices=Category.choices)
    effective_on = forms.DateField(
        label=gettext_lazy("First day in the new category"), widget=DateInput
    )
    number = forms.CharField(
        label=gettext_lazy("Member number"), help_text=_NUMBER_HELP, max_length=12, required=False
    )

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        period = change_category(
            organization=organization,
            category=Category(self.cleaned_data["category"]),
            effective_on=self.cleaned_data["effective_on"],
            number=clean_line(self.cleaned_data["number"]),
            actor=actor,
            at=at,
        )
        return _("From %(day)s it is recorded as %(category)s, number %(number)s.") % {
            "day": era_date(period.valid_from),
            "category": Category(period.category).label,
            "number": period.number,
        }


class EndMembershipForm(PreviewedForm):
    title = gettext_lazy("End the membership")
    effect = gettext_lazy(
        "Without a notice of withdrawal. For a notice, an expulsion or a merger there are acts of "
        "their own."
    )
    permission = "members.change_membership"
    danger = True

    until = forms.DateField(
        label=gettext_lazy("First day on which it is no longer a member"),
        help_text=DAY_HELP,
        widget=DateInput,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[pair for pair in EndReason.choices if pair[0] not in REASONS_OF_ACTS],
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def preview(self, *, at: datetime) -> Preview:
        day = self.cleaned_data["until"]
        return Preview(
            title=_("What stops on %(day)s") % {"day": era_date(day)},
            lines=[last_day_words(self.record, day)],
            stops=what_stops(self.record, day),
        )

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        day = self.cleaned_data["until"]
        stops = what_stops(organization, day)
        end_membership(
            organization=organization,
            until=day,
            reason=EndReason(self.cleaned_data["reason"]),
            note=clean_line(self.cleaned_data["note"]),
            actor=actor,
            at=at,
        )
        return last_day_words(organization, day) + stopped_words(stops)


class RejoinForm(PreviewedForm):
    title = gettext_lazy("Take in again")
    effect = gettext_lazy("A new period begins on the same organization; its past stays.")
    permission = "members.add_membership"
    confirmed_fields = ("contacts",)

    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=Category.choices)
    valid_from = forms.DateField(label=gettext_lazy("Member from"), widget=DateInput)
    number = forms.CharField(
        label=gettext_lazy("Member number"), help_text=_NUMBER_HELP, max_length=12, required=False
    )
    contacts = ContactChoiceField(
        label=gettext_lazy("Contacts of the earlier membership"),
        help_text=gettext_lazy("Who is ticked stands for it again. The others do not."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        last = last_period(self.record) if self.record is not None else None
        if last is not None:
            self.fields["category"].initial = last.category
            self.fields["number"].help_text = _(
                "The next free number when empty. The earlier number %(number)s does not come back."
            ) % {"number": last.number}
        if self.record is not None:
            self._offer()

    def _offer(self) -> None:
        field = self.fields["contacts"]
        if isinstance(field, ContactChoiceField):
            field.offer(former_contacts(self.record))

    def preview(self, *, at: datetime) -> Preview:
        value = self.cleaned_data
        category = Category(value["category"])
        if "_confirm" not in self.data:
            tick(self, "contacts", [row.pk for row in former_contacts(self.record)
                                    if row.valid_until is None])  # fmt: skip
        words = _("From %(day)s it is recorded as %(category)s, number %(number)s.")
        number = clean_line(value["number"]) or next_number(category)
        lines = [
            words
            % {"day": era_date(value["valid_from"]), "category": category.label, "number": number}
        ]
        last = last_period(self.record)
        if last is not None:
            lines.append(
                _("It was a member as %(category)s until %(last)s, number %(number)s.")
                % {
                    "category": Category(last.category).label,
                    "number": last.number,
                    "last": era_date(last.valid_until) if last.valid_until else "—",
                }
            )
        return Preview(
            title=_("What happens on %(day)s") % {"day": era_date(value["valid_from"])}, lines=lines
        )

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        period = come_back(
            organization=organization,
            category=Category(self.cleaned_data["category"]),
            valid_from=self.cleaned_data["valid_from"],
            number=clean_line(self.cleaned_data["number"]),
            contacts=list(self.cleaned_data["contacts"]),
            actor=actor,
            at=at,
        )
        words = _("From %(day)s it is recorded as %(category)s, number %(number)s.") % {
            "day": era_date(period.valid_from),
            "category": Category(period.category).label,
            "number": period.number,
        }
        return words + _("Contacts who stand for it again: %(n)s") % {
            "n": len(self.cleaned_data["contacts"])
        }
