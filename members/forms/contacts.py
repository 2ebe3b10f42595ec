"""The plain attributes of an affiliation, and the acts that end it or hand it over."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.japan.contacts import normalize_email, normalize_phone
from core.shell.fields import DateInput
from mailing.models import Address
from members.forms.acts import ContactFieldsForm
from members.forms.cleaning import cleaned
from members.models import Affiliation
from members.services import end_contact, hand_over_person


class AffiliationForm(forms.ModelForm):
    """The mailbox is typed, not chosen: two people who type the same one share its row."""

    email = forms.CharField(label=_("E-mail address"), max_length=300, required=False)

    class Meta:
        model = Affiliation
        fields = ("duty", "department", "title", "phone", "valid_from", "valid_until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.address_id:
            self.initial.setdefault("email", self.instance.address.email)

    def clean_email(self) -> str:
        return cleaned(self.cleaned_data["email"], normalize_email)

    def clean_phone(self) -> str:
        return cleaned(self.cleaned_data["phone"], normalize_phone)

    def save(self, commit: bool = True) -> Affiliation:  # noqa: FBT001, FBT002 -- Django's signature
        if "email" in self.changed_data:
            email = self.cleaned_data["email"]
            self.instance.address = Address.objects.get_or_create(email=email)[0] if email else None
        saved: Affiliation = super().save(commit=commit)
        return saved


class EndContactForm(forms.Form):
    title: ClassVar[Any] = _("End this contact")
    effect: ClassVar[Any] = _("The person no longer stands for the organization; the past stays.")
    permission = "members.change_affiliation"

    until = forms.DateField(label=_("First day on which it no longer holds"), widget=DateInput)

    def perform(self, affiliation: Affiliation, *, actor: User, at: datetime) -> None:
        end_contact(affiliation=affiliation, until=self.cleaned_data["until"], actor=actor, at=at)


class HandOverForm(ContactFieldsForm):
    title: ClassVar[Any] = _("Hand over to a successor")
    effect: ClassVar[Any] = _(
        "The successor takes over on that day, which may lie ahead, and gets a letter with the way "
        "to log in. The past stays."
    )
    permission = "members.change_affiliation"

    effective_on = forms.DateField(label=_("First day of the successor"), widget=DateInput)
    all_duties = forms.BooleanField(
        label=_("All duties that the person has in this organization"), required=False, initial=True
    )

    def perform(self, affiliation: Affiliation, *, actor: User, at: datetime) -> None:
        day = self.cleaned_data["effective_on"]
        hand_over_person(
            leaving=self._leaving(affiliation, day),
            successor=self.contact(),
            effective_on=day,
            newsletter=False,  # said with its channel in the contact
            actor=actor,
            at=at,
        )

    def _leaving(self, affiliation: Affiliation, day: date) -> list[Affiliation]:
        if not self.cleaned_data["all_duties"]:
            return [affiliation]
        theirs = affiliation.organization.affiliations.filter(person=affiliation.person)
        return list(theirs.active_on(day).filter(successor=None)) or [affiliation]
