"""The record of a round: before the decision a table to rule on, after it the results."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import user_of
from core.errors import DomainError
from members.choices import Verdict
from members.forms.deciding import ReferenceForm, RulingForm, ruling_forms
from members.models import Decision, DecisionBatch
from members.queries.batches import candidates, decided, listed
from members.queries.decisions import LetterState, letter_states, without_login
from members.services.deciding import Ruling, decide_batch
from members.services.outlook import foresee_batch

if TYPE_CHECKING:
    from members.admin.batch import BatchAdmin

DECIDE = "members.decide_membershipapplication"
PREPARE = "members.change_membershipapplication"


@dataclass
class Result:
    """One decision and what has become of it."""

    decision: Decision
    letters: list[LetterState]
    without_login: list[str]
    replaced: bool

    @property
    def tone(self) -> str:
        return "success" if self.decision.verdict == Verdict.APPROVED else "danger"

    @property
    def reference(self) -> str:
        return f"decision:{self.decision.pk}"


class BatchRecord:
    def __init__(self, owner: "BatchAdmin", request: HttpRequest, batch: DecisionBatch) -> None:
        self.owner, self.request, self.batch = owner, request, batch

    # --- answers -----------------------------------------------------------------------------

    def page(self, data: Any = None) -> HttpResponse:
        if self.batch.decided_at:
            return self._render("result.html", **self._results())
        forms = ruling_forms(data, listed(self.batch), self.batch)
        return self._table(forms, ReferenceForm(data))

    def answer(self) -> HttpResponse:
        """POST: look first, then decide. Whoever was too late sees how it stands now."""
        data = self.request.POST
        self.batch.refresh_from_db()
        if self.batch.decided_at:
            words = _("Somebody was quicker: this round has been decided.")
            self.owner.message_user(self.request, words, messages.ERROR)
            return HttpResponseRedirect(self.owner._form_url(self.batch))
        forms = ruling_forms(data, listed(self.batch), self.batch)
        authority = ReferenceForm(data)
        # A row that nobody has ruled on yet has come to the list since the page was opened.
        ready = bool(forms) and all(form.is_bound and form.is_valid() for form in forms)
        if not (authority.is_valid() and ready) or "_edit" in data:
            return self._table(forms, authority, news=not all(form.is_bound for form in forms))
        verdicts = {form.application.pk: form.ruling() for form in forms}
        return self._preview_or_decide(forms, authority, verdicts)

    def _preview_or_decide(
        self, forms: list[RulingForm], authority: ReferenceForm, verdicts: dict[int, Ruling]
    ) -> HttpResponse:
        known: dict[str, Any] = {
            "batch": self.batch,
            "verdicts": verdicts,
            "actor": user_of(self.request),
        }
        reference = authority.cleaned_data["reference"]
        try:
            if "_decide" not in self.request.POST:
                outlook = foresee_batch(**known, at=timezone.now())
                return self._render(
                    "preview.html", outlook=outlook, forms=forms, authority=authority
                )
            decide_batch(**known, reference=reference, at=timezone.now())
        except DomainError as refusal:
            return self._table(forms, authority, refusal=str(refusal))
        words = _("Decided. The letters are on their way.")
        self.owner.message_user(self.request, words, messages.SUCCESS)
        return HttpResponseRedirect(self.owner._form_url(self.batch))

    # --- pages -------------------------------------------------------------------------------

    def _table(
        self,
        forms: list[RulingForm],
        authority: ReferenceForm,
        *,
        refusal: str = "",
        news: bool = False,
    ) -> HttpResponse:
        posted = any(form.is_bound for form in forms)
        if posted and news:
            refusal = refusal or _("An application has come to the list. Please look at it too.")
        return self._render(
            "record.html",
            forms=forms,
            authority=authority,
            refusal=refusal,
            faulty=[form for form in forms if form.is_bound and form.errors],
            candidates=candidates(),
        )

    def _results(self) -> dict[str, Any]:
        decisions = list(decided(self.batch))
        letters, barred = letter_states(decisions), without_login(decisions)
        results = [
            Result(
                decision,
                letters.get(decision.pk, []),
                barred.get(decision.pk, []),
                hasattr(decision, "superseded_by"),
            )
            for decision in decisions
        ]
        return {
            "results": results,
            "by_post": [one for one in results if not one.letters and not one.replaced],
        }

    def _render(self, template: str, **context: Any) -> HttpResponse:
        owner, request = self.owner, self.request
        known = {
            **owner.admin_site.each_context(request),
            "title": self.batch.title,
            "opts": owner.opts,
            "batch": self.batch,
            "here": owner._form_url(self.batch),
            "may_decide": request.user.has_perm(DECIDE),
            "may_see_mail": request.user.has_perm("mailing.view_message"),
            "may_prepare": request.user.has_perm(PREPARE),
            "may_edit": owner.open_acts(self.batch)
            and owner.has_change_permission(request, self.batch),
            "edit_url": owner.act_url("edit", self.batch),
            "history_url": reverse("admin:members_decisionbatch_history", args=[self.batch.pk]),
        }
        return TemplateResponse(request, f"admin/members/batch/{template}", known | context)
