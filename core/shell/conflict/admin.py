"""The guard of every change form of the shell."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db import models, transaction
from django.forms.models import _get_foreign_key
from django.http import HttpRequest

from core.shell.conflict.merging import Page, Versions, merge
from core.shell.conflict.telling import Told, tell
from core.shell.conflict.values import seal, unseal

if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin

SLIP = "_opened"
CHOSEN = "_theirs"


@dataclass
class Conflict:
    """What the second person has to know. `refused`: nothing is written, the page comes back."""

    told: list[Told] = field(default_factory=list)
    refused: bool = False
    lost: bool = False
    """The slip could not be read: nobody knows what the page was opened with."""
    slip: str = ""
    """For the page that comes back."""

    @property
    def own(self) -> bool:
        """Was it the same person, in another window?"""
        return bool(self.told) and all(line.own for line in self.told)

    @property
    def to_choose(self) -> int:
        return sum(1 for line in self.told if line.name)


def hold(record: models.Model, inlines: list[tuple[type[models.Model], str]]) -> None:
    """Keep the record and the rows of its inlines as they are until the transaction ends."""
    wanted = [(type(record), {"pk": record.pk})]
    wanted += [(model, {column: record.pk}) for model, column in inlines]
    for model, of in wanted:
        rows = model._base_manager.filter(**of).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))


class TwoEditors(_ModelAdmin):
    """Saves only what its reader has seen. See the package for how."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        saves = request.method == "POST" and object_id is not None
        if not saves or SLIP not in request.POST or "_saveasnew" in request.POST:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            self._compare_versions(request, unquote(str(object_id)))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        **kwargs: Any,
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        conflict = _conflict(request)
        if conflict is None or not conflict.refused:
            return form
        # The stock view shows again, with everything typed, what is not valid.
        return type(form)(form.__name__, (form,), {"is_valid": lambda self: False})

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if obj is not None and self.has_change_permission(request, obj):
            conflict = _conflict(request)
            context["opened"] = conflict.slip if conflict else self._slip(request, context, obj)
            if conflict and (conflict.told or conflict.refused):
                context["conflict"] = conflict
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _slip(self, request: HttpRequest, context: Any, obj: Any) -> str:
        """What the page shows, sealed. A form that comes back refused keeps its first slip."""
        if request.method == "POST":
            return request.POST.get(SLIP, "")
        inlines = [
            (item.opts, item.formset)
            for item in context["inline_admin_formsets"]
            if item.opts.has_change_permission(request, obj)
        ]
        state = Page(context["adminform"].form, inlines).state()
        return seal(_name(obj), state, state)

    # --- saving ------------------------------------------------------------------------------

    def _compare_versions(self, request: HttpRequest, object_id: str) -> None:
        """Lock, compare, and note on the request what its reader must be told."""
        found = self.get_object(request, object_id)
        if found is None or not self.has_change_permission(request, found):
            return
        hold(found, self._watched(request, found))
        obj = self.get_object(request, object_id)
        if obj is None:
            return
        page = self._page(request, obj)
        now = page.state()
        slip = unseal(_name(obj), request.POST[SLIP])
        # One that cannot be read says nothing: all that is known is what stands there now.
        opened, seen = slip or (now, now)
        conflict = Conflict(slip=seal(_name(obj), opened, now))
        chosen = request.POST.get(CHOSEN, "")
        if opened != now:
            versions = Versions(opened, seen, now)
            merged = merge(page, versions, request.POST, chosen)
            conflict.told = tell(obj, merged.clashes, request.user)
            request.POST = merged.data  # type: ignore[assignment] # settable, whatever stubs say
        conflict.lost = slip is None
        news = seen != now and bool(conflict.told)
        conflict.refused = news or bool(chosen) or conflict.lost
        _note(request, conflict)

    def _watched(self, request: HttpRequest, obj: Any) -> list[tuple[type[models.Model], str]]:
        return [
            (inline.model, _get_foreign_key(self.model, inline.model, inline.fk_name).name)
            for inline in self.get_inline_instances(request, obj)
            if inline.has_change_permission(request, obj)
        ]

    def _page(self, request: HttpRequest, obj: Any) -> Page:
        """The forms that a GET would show, by the stock view's own rules."""
        names = flatten_fieldsets(self.get_fieldsets(request, obj))
        form = self.get_form(request, obj, change=True, fields=names)(instance=obj)
        inlines, times = [], dict[str, int]()
        for formset, inline in self.get_formsets_with_inlines(request, obj):
            prefix = formset.get_default_prefix()
            times[prefix] = times.get(prefix, 0) + 1
            if times[prefix] != 1 or not prefix:
                prefix = f"{prefix}-{times[prefix]}"
            if inline.has_change_permission(request, obj):
                rows = inline.get_queryset(request)
                inlines.append((inline, formset(instance=obj, prefix=prefix, queryset=rows)))
        return Page(form, inlines)


def _name(obj: Any) -> str:
    return f"{obj._meta.label_lower}:{obj.pk}"


def _note(request: Any, conflict: Conflict) -> None:
    request.conflict = conflict


def _conflict(request: Any) -> Conflict | None:
    found: Conflict | None = getattr(request, "conflict", None)
    return found
