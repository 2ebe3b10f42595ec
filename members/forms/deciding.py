"""Rounds of decisions: their day, what goes on the list, one ruling per application."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.japan.text import clean_line
from core.shell.fields import DateInput
from members.choices import Category, Verdict
from members.forms.acts import OrganizationActForm
from members.models import Decision, DecisionBatch, MembershipApplication
from members.services.deciding import Ruling, change_batch, supersede_decision

HELD = "held"
_LONGEST = 2000
_TEXT = forms.Textarea(attrs={"rows": 3})


class BatchForm(forms.ModelForm):
    """A new round. What is left empty is filled in from its day."""

    class Meta:
        model = DecisionBatch
        fields = ("title", "held_on", "member_from", "reference")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("title", "member_from"):
            if name in self.fields:
                self.fields[name].required = False
                self.fields[name].help_text = gettext_lazy("Follows from the day when empty.")


class ChangeBatchForm(OrganizationActForm):
    """Another day, before anything is decided."""

    title = gettext_lazy("Change the day and the title")
    effect = gettext_lazy("Nothing is sent. The applications stay on the list.")
    permission = "members.change_decisionbatch"
    wants_record = True

    name = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    held_on = forms.DateField(label=gettext_lazy("Day of the decision"), widget=DateInput)
    member_from = forms.DateField(label=gettext_lazy("Member from"), widget=DateInput)
    reference = forms.CharField(
        label=gettext_lazy("Reference of the resolution"), max_length=100, required=False
    )

    def __init__(self, *args: Any, record: DecisionBatch, **kwargs: Any) -> None:
        initial = {
            "name": record.title, "held_on": record.held_on, "member_from": record.member_from,
            "reference": record.reference,
        }  # fmt: skip
        super().__init__(*args, **{"initial": initial, **kwargs})

    def perform(self, batch: DecisionBatch, *, actor: User, at: datetime) -> None:  # type: ignore[override] # its record
        value = self.cleaned_data
        change_batch(
            batch=batch, title=clean_line(value["name"]), held_on=value["held_on"],
            member_from=value["member_from"], reference=clean_line(value["reference"]),
            actor=actor, at=at,
        )  # fmt: skip


class RulingFieldsForm(forms.Form):
    """What is decided: a verdict, and what each verdict needs."""

    error_text: ClassVar[Any] = gettext_lazy("A refusal needs this.")

    category = forms.ChoiceField(
        label=gettext_lazy("Category"), choices=Category.choices, required=False
    )
    member_from = forms.DateField(
        label=gettext_lazy("Member from"), widget=DateInput, required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, internal"), max_length=_LONGEST, required=False, widget=_TEXT,
        help_text=gettext_lazy("The applicant never sees it."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Text for the applicant"), max_length=_LONGEST, required=False,
        widget=_TEXT, help_text=gettext_lazy("Stands in the letter as it is."),
    )  # fmt: skip

    def check(self, verdict: str) -> None:
        """Each sentence at its own field."""
        value = self.cleaned_data
        if verdict == Verdict.DECLINED:
            for name in ("reason", "text"):
                if name not in self.errors and not (value.get(name) or "").strip():
                    self.add_error(name, self.error_text)
        elif verdict == Verdict.APPROVED:
            for name in ("category", "member_from"):
                if name not in self.errors and not value.get(name):
                    self.add_error(name, _("An approval needs this."))

    def ruling_of(self, verdict: str) -> Ruling:
        value = self.cleaned_data
        approved, declined = verdict == Verdict.APPROVED, verdict == Verdict.DECLINED
        return Ruling(
            verdict=Verdict(verdict) if approved or declined else None,
            category=Category(value["category"]) if approved else None,
            member_from=value["member_from"] if approved else None,
            reason=value["reason"].strip() if declined else "",
            text=value["text"].strip() if declined else "",
        )


class RulingForm(RulingFieldsForm):
    """One row of the table of a round."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[
            (Verdict.APPROVED.value, gettext_lazy("Approve")),
            (Verdict.DECLINED.value, gettext_lazy("Decline")),
            (HELD, gettext_lazy("Put off")),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ("verdict", "category", "member_from", "reason", "text")

    def __init__(
        self, data: Any, *, application: MembershipApplication, batch: DecisionBatch
    ) -> None:
        self.application = application
        prefix = f"a{application.pk}"
        # On the list since the page was opened: shown as any other, not as a row full of errors.
        posted = data if data is not None and f"{prefix}-verdict" in data else None
        initial = {
            "verdict": Verdict.APPROVED.value, "category": application.category,
            "member_from": batch.member_from,
        }  # fmt: skip
        super().__init__(posted, prefix=prefix, initial=initial)
        self.fields["verdict"].widget.attrs["class"] = "verdict"

    @property
    def admission(self) -> list[forms.BoundField]:
        return [self["category"], self["member_from"]]

    @property
    def words(self) -> list[forms.BoundField]:
        return [self["reason"], self["text"]]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        self.check(values.get("verdict", ""))
        return values

    def ruling(self) -> Ruling:
        return self.ruling_of(self.cleaned_data["verdict"])


def ruling_forms(
    data: Any, applications: Iterable[MembershipApplication], batch: DecisionBatch
) -> list[RulingForm]:
    return [RulingForm(data, application=row, batch=batch) for row in applications]


class ReferenceForm(forms.Form):
    """On what authority a round is decided."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the resolution"),
        help_text=gettext_lazy("Number of the resolution or of the minutes."),
        max_length=100, required=False,
    )  # fmt: skip

    def clean_reference(self) -> str:
        return clean_line(self.cleaned_data["reference"])


class SupersedeForm(RulingFieldsForm):
    """The opposite of what was decided."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the resolution"), max_length=100, required=False
    )
    effective_on = forms.DateField(
        label=gettext_lazy("Revoked from"), widget=DateInput, required=False,
        help_text=gettext_lazy(
            "First day without membership. With the first day of membership, or an earlier one, it "
            "is as if it had never begun."
        ),
    )  # fmt: skip

    field_order = ("category", "member_from", "effective_on", "reason", "text", "reference")

    def __init__(self, data: Any, *, decision: Decision) -> None:
        self.decision = decision
        self.approves = decision.verdict == Verdict.DECLINED
        application, batch = decision.application, decision.batch
        start = decision.member_from or (batch.member_from if batch else None)
        super().__init__(
            data,
            initial={
                "category": application.category, "member_from": start, "effective_on": start,
            },
        )  # fmt: skip
        kept = {"category", "member_from"} if self.approves else {"effective_on", "reason", "text"}
        for name in list(self.fields):
            if name not in kept | {"reference"}:
                del self.fields[name]
            elif name != "reference":
                self.fields[name].required = True

    @property
    def verdict(self) -> Verdict:
        return Verdict.APPROVED if self.approves else Verdict.DECLINED

    def perform(self, *, actor: User, at: datetime) -> Decision:
        value = self.cleaned_data
        ruling = self.ruling_of(self.verdict)
        return supersede_decision(
            decision=self.decision, ruling=ruling, reference=clean_line(value["reference"]),
            effective_on=value["member_from" if self.approves else "effective_on"],
            actor=actor, at=at,
        )  # fmt: skip
