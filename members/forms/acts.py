"""One form per act on an organisation: shape of the input, then exactly one service."""

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.japan.calendar import era_date
from core.japan.text import clean_line
from core.shell.fields import DateInput
from mailing.choices import Channel
from members.choices import Duty
from members.forms.person import PersonForm
from members.models import Organization
from members.services import Contact, add_contact, rename_organization


class OrganizationActForm(forms.Form):
    """Base: a title, what happens in words, and `perform`."""

    title: ClassVar[Any] = ""
    effect: ClassVar[Any] = ""
    permission: ClassVar[str] = "members.change_organization"

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        """Does it, and says in a sentence what has been done."""
        raise NotImplementedError


class RenameForm(OrganizationActForm):
    title = _("Enter a new name")
    effect = _("The present name is kept as a former name. Lists of earlier days still print it.")

    name = forms.CharField(label=_("New official name"), max_length=200)
    name_kana = forms.CharField(label=_("New reading"), max_length=300, required=False)
    effective_on = forms.DateField(label=_("First day of the new name"), widget=DateInput)

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        day = self.cleaned_data["effective_on"]
        done = rename_organization(
            organization=organization,
            name=clean_line(self.cleaned_data["name"]),
            name_kana=clean_line(self.cleaned_data["name_kana"]),
            effective_on=day,
            actor=actor,
            at=at,
        )
        return gettext("%(before)s bears the name %(after)s from %(day)s.") % {
            "before": organization.name,
            "after": done.name,
            "day": era_date(day),
        }


_WISHES = [
    (channel.value, channel.label) for channel in (Channel.PAPER, Channel.EMAIL, Channel.ORAL)
]


class ContactFieldsForm(PersonForm):
    """Who stands for the organisation, as both the new contact and the successor are entered."""

    name = forms.CharField(label=_("Full name"), max_length=100)
    name_kana = forms.CharField(label=_("Reading"), max_length=150, required=False)
    email = forms.CharField(label=_("E-mail address"), max_length=300, required=False)
    department = forms.CharField(label=_("Department"), max_length=100, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=100, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)

    newsletter = forms.ChoiceField(
        label=_("Mail magazine"),
        help_text=_("How the wish reached us. It is recorded as a consent."),
        choices=[("", _("Does not wish it, or was not asked")), *_WISHES],
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("newsletter") and not (values.get("email") or "email" in self.errors):
            self.add_error("email", _("The mail magazine needs an e-mail address."))
        return values

    def contact(self) -> Contact:
        wish = self.cleaned_data["newsletter"]
        return replace(super().contact(), newsletter=Channel(wish) if wish else None)


class NewContactForm(ContactFieldsForm, OrganizationActForm):
    title = _("Enter a contact")
    effect = _("The person stands for the organization from that day, behind the others.")
    permission = "members.add_affiliation"

    duty = forms.ChoiceField(label=_("Duty"), choices=Duty.choices, initial=Duty.PRIMARY)
    valid_from = forms.DateField(label=_("from"), widget=DateInput)

    def perform(self, organization: Organization, *, actor: User, at: datetime) -> str:
        done = add_contact(
            organization=organization,
            contact=self.contact(),
            duty=Duty(self.cleaned_data["duty"]),
            valid_from=self.cleaned_data["valid_from"],
            actor=actor,
            at=at,
        )
        return gettext("%(person)s stands for it as %(duty)s from %(day)s.") % {
            "person": done.person.name,
            "duty": done.get_duty_display(),
            "day": era_date(done.valid_from),
        }
