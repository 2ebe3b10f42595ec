"""One form per act on an application: shape of the input, then exactly one service."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Role
from accounts.models import User
from core.japan.calendar import add_business_days
from core.japan.text import clean_line
from core.shell.fields import DateInput
from members.forms.scans import scans_field
from members.forms.typed import ProseField
from members.models import DecisionBatch, MembershipApplication, Organization
from members.queries.applications import ANSWER_FIELDS, label_of
from members.queries.duplicates import duplicates_of
from members.services.applying import retract_application
from members.services.batches import report_applications
from members.services.examining import (
    DAYS_TO_CORRECT,
    assign_application,
    begin_checking,
    link_application,
    note_application,
    resume_checking,
    return_for_correction,
)
from members.services.scans import attach_scans

_CHANGE = "members.change_membershipapplication"


class ApplicationActForm(forms.Form):
    """Base: a title, what happens in words, and `perform`. Knows its application."""

    title: ClassVar[Any] = ""
    effect: ClassVar[Any] = ""
    permission: ClassVar[str] = _CHANGE
    wants_record = True

    def __init__(self, *args: Any, record: MembershipApplication, **kwargs: Any) -> None:
        self.application = record
        super().__init__(*args, **kwargs)

    def perform(
        self, application: MembershipApplication, *, actor: User, at: datetime
    ) -> str | None:
        raise NotImplementedError


class BeginForm(ApplicationActForm):
    title = gettext_lazy("Begin checking")
    effect = gettext_lazy("You are in charge from now on. The applicant is told nothing.")

    def perform(self, application: Any, *, actor: User, at: datetime) -> None:
        begin_checking(application=application, actor=actor, at=at)


class ReturnForm(ApplicationActForm):
    title = gettext_lazy("Ask for a correction")
    effect = gettext_lazy(
        "The applicant gets a mail with your words and the link. Without a mailbox you tell them "
        "by phone or fax; the points stand on the next page."
    )

    message = ProseField(
        label=gettext_lazy("What is to be corrected"), max_length=2000,
        help_text=gettext_lazy("Stands in the letter as it is."),
    )  # fmt: skip
    marked = forms.MultipleChoiceField(
        label=gettext_lazy("Fields to look at"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("They are pointed out on the applicant's page."),
    )  # fmt: skip
    due_on = forms.DateField(label=gettext_lazy("Answer by"), widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [*ANSWER_FIELDS, "contacts"]
        self.fields["marked"].choices = [(name, label_of(name)) for name in names]  # type: ignore[attr-defined] # a choice field
        due = add_business_days(timezone.localdate(), DAYS_TO_CORRECT)
        self.initial.setdefault("due_on", due)

    def perform(self, application: Any, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        return_for_correction(
            application=application, message=value["message"], marked=value["marked"],
            due_on=value["due_on"], actor=actor, at=at,
        )  # fmt: skip
        if application.email:
            return _("The letter is on its way to %(email)s.") % {"email": application.email}
        return _("There is no mailbox: please tell them by phone or fax.")


class ResumeForm(ApplicationActForm):
    title = gettext_lazy("Go on checking")
    effect = gettext_lazy("The correction counts as answered. The applicant can change nothing.")

    note = forms.CharField(
        label=gettext_lazy("How it was answered"), max_length=300, required=False,
        help_text=gettext_lazy("For example: by phone, Ms Mihon, 12 November."),
    )  # fmt: skip

    def perform(self, application: Any, *, actor: User, at: datetime) -> None:
        note = clean_line(self.cleaned_data["note"])
        resume_checking(application=application, note=note, actor=actor, at=at)


class ReportForm(ApplicationActForm):
    title = gettext_lazy("Report to the steering committee")
    effect = gettext_lazy("It goes on the list of that round. Nothing can be corrected meanwhile.")

    batch = forms.ModelChoiceField(
        label=gettext_lazy("Round of decisions"), queryset=DecisionBatch.objects.none(),
        help_text=gettext_lazy("A new round is opened under “Rounds of decisions”."),
        empty_label=None,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        undecided = DecisionBatch.objects.filter(decided_at=None).order_by("held_on", "pk")
        self.fields["batch"].queryset = undecided  # type: ignore[attr-defined] # a model choice

    def perform(self, application: Any, *, actor: User, at: datetime) -> None:
        report_applications(
            batch=self.cleaned_data["batch"], applications=[application], actor=actor, at=at
        )


class AssignForm(ApplicationActForm):
    title = gettext_lazy("Put somebody in charge")
    effect = gettext_lazy("The applicant is told nothing.")

    assignee = forms.ModelChoiceField(
        label=gettext_lazy("in charge"), queryset=User.objects.none(), required=False,
        empty_label=gettext_lazy("Nobody"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [Role.OFFICER, Role.ADMINISTRATOR, Role.CONTRACTOR]
        staff = User.objects.staff().filter(is_active=True, groups__name__in=roles)
        self.fields["assignee"].queryset = staff.distinct().order_by("name", "pk")  # type: ignore[attr-defined] # a model choice
        self.initial.setdefault("assignee", self.application.assigned_to_id)

    def perform(self, application: Any, *, actor: User, at: datetime) -> None:
        assignee = self.cleaned_data["assignee"]
        assign_application(application=application, assignee=assignee, actor=actor, at=at)


class NoteForm(ApplicationActForm):
    title = gettext_lazy("Write a note")
    effect = gettext_lazy("Only the secretariat reads it.")

    note = ProseField(
        label=gettext_lazy("Note of the secretariat"), max_length=2000, required=False
    )
    due_on = forms.DateField(label=gettext_lazy("to be done by"), widget=DateInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("note", self.application.internal_note)
        self.initial.setdefault("due_on", self.application.due_on)

    def perform(self, application: Any, *, actor: User, at: datetime) -> None:
        value = self.cleaned_data
        note_application(
            application=application, note=value["note"], due_on=value["due_on"], actor=actor, at=at
        )


class RetractForm(ApplicationActForm):
    title = gettext_lazy("Record a retraction")
    effect = gettext_lazy(
        "The applicant no longer wants to join. It cannot be taken up again; a mail confirms it."
    )
    danger = True

    note = forms.CharField(
        label=gettext_lazy("Who said so, and how"), max_length=300,
        help_text=gettext_lazy("For example: by phone, Ms Mihon, 12 November."),
    )  # fmt: skip

    def perform(self, application: Any, *, actor: User, at: datetime) -> None:
        note = clean_line(self.cleaned_data["note"])
        retract_application(application=application, actor=actor, at=at, note=note)


class LinkOrganizationForm(ApplicationActForm):
    title = gettext_lazy("Link with a former member")
    effect = gettext_lazy("Approval opens a new period on that organization; its past stays.")

    organization = forms.ModelChoiceField(
        label=gettext_lazy("organization"), queryset=Organization.objects.none(), required=False,
        empty_label=gettext_lazy("A new organization"),
        help_text=gettext_lazy("Organizations that look the same and are no members today."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.application
        alike = duplicates_of(
            name=row.name, corporate_number=row.corporate_number,
            local_government_code=row.local_government_code, exclude_application=row,
            day=timezone.localdate(),
        )  # fmt: skip
        keys = [one.organization.pk for one in alike if one.organization and one.kind == "former"]
        keys += [row.organization_id] if row.organization_id else []
        self.fields["organization"].queryset = Organization.objects.filter(pk__in=keys)  # type: ignore[attr-defined] # a model choice
        self.initial.setdefault("organization", row.organization_id or next(iter(keys), None))

    def perform(self, application: Any, *, actor: User, at: datetime) -> None:
        organization = self.cleaned_data["organization"]
        link_application(application=application, organization=organization, actor=actor, at=at)


class ScanForm(ApplicationActForm):
    title = gettext_lazy("Add scans")
    effect = gettext_lazy("Each opening is recorded with name and time.")
    permission = "members.add_scan"

    scans = scans_field(required=True)

    def perform(self, application: Any, *, actor: User, at: datetime) -> None:
        attach_scans(paper=application, uploads=self.cleaned_data["scans"], actor=actor, at=at)
