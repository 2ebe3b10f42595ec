"""Mergers and splits: the entries, then the contacts one by one beside what will happen."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.japan.calendar import era_date
from core.japan.codes import PREFECTURES, normalize_corporate_number
from core.japan.text import clean_line
from core.shell.fields import DateInput
from members.choices import Category, OrganizationKind
from members.forms.choosing import OrganizationField
from members.forms.cleaning import cleaned
from members.forms.preview import ContactChoiceField, Preview, PreviewedForm, ReasonField, tick
from members.models import Organization, OrganizationLink
from members.queries.links import possible_survivors
from members.queries.merging import Mover, merger_stops, merger_words, movers, standing_at
from members.services.merging import merge_organizations, split_organization


class MovingForm(PreviewedForm):
    """Base: asks on the second page which contacts move."""

    confirmed_fields = ("moving",)

    moving = ContactChoiceField(
        label=gettext_lazy("Contacts who go on there"),
        help_text=gettext_lazy("One by one. Who is not ticked does not move."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.contacts.offer(self.record.affiliations.all())

    @property
    def contacts(self) -> ContactChoiceField:
        field = self.fields["moving"]
        if not isinstance(field, ContactChoiceField):
            raise TypeError("moving is a choice of contacts")
        return field

    def offer(self, found: Sequence[Mover], day: date) -> None:
        """The lines to tick; at the first sight, those who are not there already."""
        self.contacts.offer(standing_at(self.record, day))
        self.contacts.told = {
            one.affiliation.pk: _("stands there already") for one in found if one.already
        }
        if "_confirm" not in self.data:
            tick(self, "moving", [one.affiliation.pk for one in found if not one.already])
        if not found:
            self.explain(_("Nobody stands for it on that day."))

    def explain(self, words: str) -> None:
        """Below the label; the bound field has taken its words when the form was checked."""
        self.fields["moving"].help_text = self["moving"].help_text = words


class MergeForm(MovingForm):
    title = gettext_lazy("Merge into another organization")
    effect = gettext_lazy("This organization is absorbed; the other one goes on.")
    permission = "members.change_membership"
    danger = True
    field_order = ("survivor", "on", "reason", "moving")

    survivor = OrganizationField(
        OrganizationLink._meta.get_field("other"), label=gettext_lazy("Absorbed by")
    )
    on = forms.DateField(
        label=gettext_lazy("Day of the merger"),
        help_text=gettext_lazy("First day on which only the other one is left."),
        widget=DateInput,
    )
    reason = ReasonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            field = self.fields["survivor"]
            field.queryset = possible_survivors(self.record)  # type: ignore[attr-defined] # a choice of models
            field.error_messages["invalid_choice"] = _(
                "This one cannot take it in: it is the same, or has been merged itself."
            )

    def preview(self, *, at: datetime) -> Preview:
        survivor, day = self.cleaned_data["survivor"], self.cleaned_data["on"]
        found = movers(self.record, survivor, day)
        self.offer(found, day)
        if found:
            words = _("One by one. Who is not ticked ends on %(day)s.")
            self.explain(words % {"day": era_date(day)})
        return Preview(
            title=_("What happens on %(day)s") % {"day": era_date(day)},
            lines=merger_words(self.record, survivor, day),
            stops=merger_stops(self.record, day),
        )

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        moving = list(value["moving"])
        others = len(movers(organization, None, value["on"])) - len(moving)
        merge_organizations(
            absorbed=organization,
            survivor=value["survivor"],
            on=value["on"],
            moving=moving,
            reason=value["reason"],
            actor=actor,
            at=at,
        )
        return _(
            "From %(day)s %(absorbed)s is merged into %(survivor)s. %(moved)s contacts moved, "
            "%(ended)s ended."
        ) % {
            "day": era_date(value["on"]),
            "absorbed": organization.name,
            "survivor": value["survivor"].name,
            "moved": len(moving),
            "ended": others,
        }


class SplitForm(MovingForm):
    title = gettext_lazy("Split a part off")
    effect = gettext_lazy("A new organization comes out of this one, as a member of its own.")
    permission = "members.add_membership"
    field_order = (
        "kind", "name", "name_kana", "corporate_number", "prefecture", "category", "number", "on",
        "source_ends", "reason", "moving",
    )  # fmt: skip

    kind = forms.ChoiceField(label=gettext_lazy("Legal form"), choices=OrganizationKind.choices)
    name = forms.CharField(label=gettext_lazy("Official name of the new one"), max_length=200)
    name_kana = forms.CharField(label=gettext_lazy("Reading"), max_length=300, required=False)
    corporate_number = forms.CharField(
        label=gettext_lazy("Corporate number"),
        help_text=gettext_lazy("13 digits. May be empty."),
        max_length=40,
        required=False,
    )
    prefecture = forms.ChoiceField(
        label=gettext_lazy("Prefecture"), choices=[("", "—"), *PREFECTURES], required=False
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), choices=Category.choices)
    number = forms.CharField(
        label=gettext_lazy("Member number"),
        help_text=gettext_lazy("The next free number when empty."),
        max_length=12,
        required=False,
    )
    on = forms.DateField(label=gettext_lazy("First day of the new one"), widget=DateInput)
    source_ends = forms.BooleanField(
        label=gettext_lazy("The old organization ends that day"), required=False
    )
    reason = ReasonField()

    def clean_corporate_number(self) -> str:
        number = cleaned(self.cleaned_data["corporate_number"], normalize_corporate_number)
        taken = Organization.objects.filter(corporate_number=number).first() if number else None
        if taken is not None:
            raise forms.ValidationError(
                _("%(name)s already has this number."), params={"name": taken.name}
            )
        return number

    def preview(self, *, at: datetime) -> Preview:
        value = self.cleaned_data
        day = value["on"]
        self.offer(movers(self.record, None, day), day)
        if "_confirm" not in self.data:
            tick(self, "moving", [])
        known = {
            "new": value["name"],
            "source": self.record.name,
            "day": era_date(day),
            "category": Category(value["category"]).label,
            "number": value["number"] or _("the next free number"),
        }
        lines = [
            _("%(new)s is a member (%(category)s, %(number)s) from %(day)s.") % known,
            _("%(source)s ends that day, and with it the contacts who do not move.") % known
            if value["source_ends"]
            else _("%(source)s goes on, with the contacts who do not move.") % known,
        ]
        return Preview(title=_("What happens on %(day)s") % known, lines=lines)

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        new = split_organization(
            source=organization,
            new=Organization(
                kind=value["kind"],
                name=clean_line(value["name"]),
                name_kana=clean_line(value["name_kana"]),
                corporate_number=value["corporate_number"],
                prefecture=value["prefecture"],
            ),
            category=Category(value["category"]),
            number=clean_line(value["number"]),
            on=value["on"],
            moving=list(value["moving"]),
            source_ends=value["source_ends"],
            reason=value["reason"],
            actor=actor,
            at=at,
        )
        return _("%(new)s has been split off, from %(day)s, with %(n)s contacts.") % {
            "new": new.name,
            "day": era_date(value["on"]),
            "n": len(value["moving"]),
        }
