"""「まとめて編集」 of the list: choose organisations, say what becomes the same, look, write."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import user_of
from core.audit.models import Change
from core.audit.words import Difference, differences
from core.errors import DomainError
from core.shell.admin import ShellAdmin
from members.forms.together import TogetherForm
from members.models import Organization
from members.services.together import SamePlan, edit_together, plan_together

MOST_SHOWN = 200
ACTION = "edit_selected"


class EditsTogether(ShellAdmin):
    """For the list of organisations. What was done can be taken back as one change set."""

    actions: Any = (ACTION,)
    action_effects = {ACTION: gettext_lazy("Shows first what would change.")}

    def has_together_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("members.import_members")

    @admin.action(description=gettext_lazy("Edit together"), permissions=["together"])
    def edit_selected(
        self, request: HttpRequest, queryset: QuerySet[Organization]
    ) -> HttpResponse | None:
        """First the empty form; sent, the preview; confirmed, the deed."""
        keys = _keys(request) or sorted(queryset.values_list("pk", flat=True))
        if "reason" not in request.POST:
            return self._together_page(request, keys, TogetherForm())
        form = TogetherForm(request.POST)
        if not form.is_valid() or "_edit" in request.POST:
            return self._together_page(request, keys, form)
        seen = request.POST.get("seen", "")
        if "_confirm" in request.POST:
            try:
                made = edit_together(
                    keys=keys, edit=form.edit(), seen=seen, reason=form.cleaned_data["reason"],
                    actor=user_of(request), at=timezone.now(),
                )  # fmt: skip
            except DomainError as refusal:
                messages.warning(request, str(refusal))
            else:
                done = _("%(n)s organizations changed.") % {"n": f"{made.rows:,}"}
                messages.success(request, done)
                return HttpResponseRedirect(reverse("admin:core_changeset_change", args=[made.pk]))
        plan = plan_together(keys=keys, edit=form.edit())
        return self._together_page(request, keys, form, plan)

    def _together_page(
        self,
        request: HttpRequest,
        keys: list[int],
        form: TogetherForm,
        plan: SamePlan | None = None,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Edit together"),
            "opts": self.opts,
            "form": form,
            "keys": ",".join(map(str, keys)),
            "first": keys[0] if keys else 0,
            "total": len(keys),
            "plan": plan,
            "lines": _lines(plan) if plan else [],
            "more": max(0, len(plan.rows) - MOST_SHOWN) if plan else 0,
            "action": ACTION,
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/members/organization/together.html", context)


def _keys(request: HttpRequest) -> list[int]:
    """The organisations of the page before, in one field: there may be thousands."""
    words = request.POST.get("keys", "").split(",")
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]


def _lines(plan: SamePlan) -> list[tuple[Organization, list[Difference]]]:
    table = Organization._meta.db_table
    return [
        (
            row,
            differences(
                Change(
                    table=table,
                    operation=Change.Operation.UPDATE,
                    before={name: _json(getattr(row, name)) for name in values},
                    after={name: _json(value) for name, value in values.items()},
                )
            ),
        )
        for row, values in plan.rows[:MOST_SHOWN]
    ]


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
