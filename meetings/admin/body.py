"""The bodies: who sits there, how full they are, and the acts on them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Min, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.requests import user_of
from core.shell.admin import RowAction, SavedView, Side
from core.shell.refusals import SaysRefusals
from meetings.admin.cells import (
    badge,
    last_day_cell,
    main_cell,
    moment_cell,
    workroom_card,
)
from meetings.admin.reading import ForReader
from meetings.admin.seat_inline import SeatInline
from meetings.charts import terms
from meetings.choices import BodyKind
from meetings.forms.bodies import BodyForm, NewBodyForm
from meetings.forms.seat_changes import DissolveForm
from meetings.forms.seats import GiveSeatForm
from meetings.labels import role_label
from meetings.models import Body, Meeting, Seat
from meetings.queries.terms import terms_of, with_taken
from meetings.readers import Reader
from meetings.services.bodies import set_up_body
from members.admin.acts import ActPages
from members.admin.cells import day_cell


@admin.register(Body)
class BodyAdmin(SaysRefusals, ActPages, ForReader):
    form, add_form = BodyForm, NewBodyForm
    list_display = (
        "name_column", "seats_column", "leads_column", "next_column", "ends_column",
        "until_column",
    )  # fmt: skip
    list_display_links = ("name_column",)
    list_filter = ("kind",)
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("name",)
    search_help_text = gettext_lazy("Names of bodies")
    saved_views = (
        SavedView(gettext_lazy("All")),
        *(SavedView(kind.label, f"kind__exact={kind.value}") for kind in BodyKind),
    )
    empty_text = gettext_lazy("The committee, the assembly and the subcommittees stand here.")
    actions = ()
    inlines = (SeatInline,)
    rows_when_adding = False
    acts = {"seat": GiveSeatForm, "dissolve": DissolveForm}
    fieldsets = (
        (
            gettext_lazy("The body"),
            {
                "fields": (
                    ("kind", "slug"), "name", "basis", ("numbering", "seats_planned"), "audience",
                    ("valid_from", "valid_until"),
                )
            },
        ),
        (gettext_lazy("Secretariat only"), {"fields": ("note",)}),
    )  # fmt: skip
    tabs = (
        (gettext_lazy("Seats"), "SeatInline"),
        (gettext_lazy("Basics"), gettext_lazy("The body"), gettext_lazy("Secretariat only")),
    )

    # --- list ----------------------------------------------------------------------------------

    def readable(self, queryset: Any, reader: Reader) -> QuerySet[Any]:
        today, now = timezone.localdate(), timezone.now()
        leads = Seat.objects.standing_on(today).leading().select_related("organization")
        coming = Meeting.objects.coming(now).visible_to(reader).filter(body=OuterRef("pk"))
        mine = queryset.filter(reader.allowed(body="pk") | reader.run(body="pk"))
        return (
            with_taken(mine, today)
            .annotate(
                next_meeting=Subquery(coming.values("starts_at")[:1]),
                ends_first=Min(
                    "seats__valid_until",
                    filter=Q(seats__valid_until__gt=today, seats__valid_from__lte=today),
                ),
            )
            .prefetch_related(Prefetch("seats", leads, to_attr="leading"))
        )

    @admin.display(description=gettext_lazy("body"), ordering="name")
    def name_column(self, obj: Body) -> str:
        return main_cell(obj.name, obj.get_kind_display())

    @admin.display(description=gettext_lazy("seats"))
    def seats_column(self, obj: Any) -> str:
        if obj.seats_planned is None:
            return str(obj.taken)
        words = f"{obj.taken} / {obj.seats_planned}"
        vacant = obj.seats_planned - obj.taken
        if vacant <= 0:
            return words
        return format_html("{} {}", words, badge(_("vacant: %(n)s") % {"n": vacant}, "warning"))

    @admin.display(description=gettext_lazy("leads"))
    def leads_column(self, obj: Any) -> str:
        return "、".join(
            seat.display_name or seat.organization.shown_name for seat in obj.leading
        ) or "—"  # fmt: skip

    @admin.display(description=gettext_lazy("next meeting"))
    def next_column(self, obj: Any) -> str:
        return moment_cell(obj.next_meeting)

    @admin.display(description=gettext_lazy("first term to end"))
    def ends_column(self, obj: Any) -> str:
        return last_day_cell(obj.ends_first)

    @admin.display(description=gettext_lazy("dissolved on"), ordering="valid_until")
    def until_column(self, obj: Body) -> str:
        return day_cell(obj.valid_until)

    def row_actions(self, request: HttpRequest, obj: Body) -> Sequence[RowAction]:
        return [RowAction(_("Terms"), reverse("admin:meetings_body_terms", args=[obj.pk]))]

    # --- record --------------------------------------------------------------------------------

    def open_acts(self, obj: Any) -> list[str]:
        over = obj.valid_until is not None and obj.valid_until <= timezone.localdate()
        return [] if over else list(self.acts)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("kind", "slug", "valid_from", "valid_until") if obj is not None else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": (
            "kind", "name", "slug", "parent", "basis", ("numbering", "seats_planned"), "audience",
            "valid_from", "note",
        )})]  # fmt: skip

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        extra = dict(extra_context or {})
        if object_id is None:
            extra["tabs"] = ()
        return super().changeform_view(request, object_id, form_url, extra)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        if change:
            super().save_model(request, obj, form, change)
        else:
            set_up_body(body=obj, actor=user_of(request), at=timezone.now())

    def status_badge(self, obj: Body) -> tuple[str, str]:
        today = timezone.localdate()
        if obj.valid_until is not None and obj.valid_until <= today:
            return _("Dissolved"), "calm"
        return _("At work"), "success"

    def side_summary(self, request: HttpRequest, obj: Any) -> Sequence[Side]:
        seats = f"{obj.taken} / {obj.seats_planned}" if obj.seats_planned else str(obj.taken)
        facts = [
            (_("Seats taken"), seats),
            (_("Next meeting"), moment_cell(obj.next_meeting)),
            (_("Lead organizations"), self.leads_column(obj)),
        ]
        terms_page = reverse("admin:meetings_body_terms", args=[obj.pk])
        links = [format_html('<a href="{}">{}</a>', terms_page, _("Terms as a picture"))]
        card = self.acts_card(request, obj)
        return [
            Side(_("Summary"), "facts", facts),
            Side(_("What can be done"), "people", [*(card.rows if card else ()), *links]),
            workroom_card((
                ("bodies:run", [obj.slug], _("Meetings and papers of this body")),
                ("bodies:body", [obj.slug], _("Page that its readers see")),
            )),
            self.history_card(request, obj),
        ]  # fmt: skip

    # --- the page of the terms -----------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.terms_view)
        own = path("<path:object_id>/terms/", view, name="meetings_body_terms")
        return [own, *super().get_urls()]

    @method_decorator(require_safe)
    def terms_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        body = self.get_object(request, unquote(object_id))
        if body is None:
            raise Http404
        today = timezone.localdate()
        seats = terms_of(body)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Terms"),
            "opts": self.opts,
            "original": body,
            "seats": [(seat, role_label(seat, body.kind), _last_day(seat)) for seat in seats],
            "chart": terms(seats, today),
            "day": today,
            "give": self.act_url("seat", body) if request.user.has_perm(GiveSeatForm.permission)
            else "",
        }  # fmt: skip
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/meetings/body/terms.html", context)


def _last_day(seat: Seat) -> date | None:
    return seat.valid_until - date.resolution if seat.valid_until else None
