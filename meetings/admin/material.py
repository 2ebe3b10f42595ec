"""All papers: where they belong, who may open them, their versions, who opened them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.shell.admin import RowAction, SavedView, ShellTabularInline, Side
from meetings.admin.cells import (
    audience_cell,
    badge,
    main_cell,
    moment_cell,
    record_link,
    workroom_card,
)
from meetings.admin.reading import FindsText, ReadOnly, ReadOnlyRows
from meetings.choices import Audience, Searchable
from meetings.labels import file_label, meeting_name
from meetings.models import Material, MaterialOpening, MaterialVersion
from meetings.readers import Reader
from members.admin.filters import ChoiceFilter

NEWEST_OPENINGS = 100


class StateFilter(ChoiceFilter):
    """Derived from the clock, as readers have it."""

    title = gettext_lazy("State")
    parameter_name = "state"
    options = (
        ("out", gettext_lazy("Published")),
        ("coming", gettext_lazy("Published later")),
        ("draft", gettext_lazy("Draft")),
        ("withdrawn", gettext_lazy("Withdrawn")),
    )

    def condition(self, value: str, request: HttpRequest) -> Q:
        now = timezone.now()
        standing = Q(withdrawn_at=None)
        return {
            "out": standing & Q(publish_at__lte=now),
            "coming": standing & Q(publish_at__gt=now),
            "draft": standing & Q(publish_at=None),
            "withdrawn": ~standing,
        }[value]


class VersionInline(ReadOnlyRows, ShellTabularInline):
    model = MaterialVersion
    fields = ("number", "file_cell", "reason", "searchable", "uploaded_by", "uploaded_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("material", "uploaded_by")

    @admin.display(description=gettext_lazy("file"))
    def file_cell(self, obj: MaterialVersion) -> str:
        """Through the one door, where the opening is written down."""
        words = f"{obj.name}({file_label(obj)})"
        newest = obj.pk == obj.material.current_id
        place = _door(obj.material) if newest else _old_version(obj)
        return format_html('<a href="{}">{}</a>', place, words) if place else words


class OpeningInline(ReadOnlyRows, ShellTabularInline):
    """The newest openings. Names are those of today."""

    model = MaterialOpening
    fk_name = "material"
    fields = ("opened_at", "who_cell", "way", "version")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "seen_as", "version")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """As many as a page can hold; the trail keeps all."""
        formset: Any = super().get_formset(request, obj, **kwargs)

        class Newest(formset):  # made by Django at run time
            def get_queryset(self) -> Any:
                if not hasattr(self, "_newest"):
                    self._newest = super().get_queryset()[:NEWEST_OPENINGS]
                return self._newest

        return Newest

    @admin.display(description=gettext_lazy("opened by"))
    def who_cell(self, obj: MaterialOpening) -> str:
        if obj.user is None:
            return _("Somebody without a login")
        name = obj.user.get_full_name()
        if obj.seen_as is None:
            return name
        return _("%(name)s, looking as %(other)s") % {
            "name": name, "other": obj.seen_as.get_full_name(),
        }  # fmt: skip


@admin.register(Material)
class MaterialAdmin(ReadOnly, FindsText):
    passages_of = "material"
    list_display = (
        "name_column", "place_column", "audience_column", "state_column", "file_column",
        "openings_column",
    )  # fmt: skip
    list_display_links = ("name_column",)
    list_filter = (StateFilter, "audience", "kind", "body", "current__searchable")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("title", "label", "tags", "comment", "current__name")
    search_help_text = gettext_lazy("Titles, labels, tags, notes, names and text of files")
    ordering = ("-created_at", "-pk")
    saved_views = (
        SavedView(gettext_lazy("All")),
        *(SavedView(one.label, f"audience__exact={one.value}") for one in Audience),
        SavedView(gettext_lazy("Published later"), "state=coming"),
        SavedView(
            gettext_lazy("Not searchable"), f"current__searchable__exact={Searchable.LOCKED}"
        ),
    )
    empty_text = gettext_lazy("Papers are put up in the workroom of their body.")
    inlines = (VersionInline, OpeningInline)
    fieldsets = (
        (
            gettext_lazy("The material"),
            {
                "fields": (
                    ("body", "meeting_cell"), ("label", "title"), ("kind", "audience_row"),
                    ("publish_at", "withdrawn_at"), "withdrawn_reason", "tags", "comment",
                    ("creator_cell", "created_at"),
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = ("meeting_cell", "audience_row", "creator_cell", "created_at", "withdrawn_at")
    tabs = (
        (gettext_lazy("Basics"), gettext_lazy("The material")),
        (gettext_lazy("Versions"), "VersionInline"),
        (gettext_lazy("Openings"), "OpeningInline"),
    )

    def readable(self, queryset: Any, reader: Reader) -> QuerySet[Any]:
        return (
            queryset.visible_to(reader, timezone.now())
            .select_related("body", "meeting", "current", "created_by")
            .annotate(opened=Count("openings"))
        )

    @admin.display(description=gettext_lazy("material"), ordering="title")
    def name_column(self, obj: Material) -> str:
        return main_cell(obj, "、".join(obj.tags))

    @admin.display(description=gettext_lazy("meeting"), ordering="body__name")
    def place_column(self, obj: Material) -> str:
        return meeting_name(obj.meeting, obj.body) if obj.meeting else obj.body.name

    @admin.display(description=gettext_lazy("who may open it"), ordering="audience")
    def audience_column(self, obj: Material) -> str:
        return audience_cell(obj.audience, obj.body.kind)

    @admin.display(description=gettext_lazy("State"), ordering="publish_at")
    def state_column(self, obj: Material) -> str:
        words, tone = self.status_badge(obj)
        return badge(words, tone)

    @admin.display(description=gettext_lazy("file"))
    def file_column(self, obj: Material) -> str:
        return file_label(obj.current) if obj.current else "—"

    @admin.display(description=gettext_lazy("Openings"))
    def openings_column(self, obj: Any) -> str:
        return f"{obj.opened:,}" if obj.opened else "—"

    @admin.display(description=gettext_lazy("meeting"))
    def meeting_cell(self, obj: Material) -> str:
        if obj.meeting is None:
            return "—"
        words = meeting_name(obj.meeting, obj.body)
        return record_link("meetings_meeting", obj.meeting.pk, words)

    @admin.display(description=gettext_lazy("who may open it"))
    def audience_row(self, obj: Material) -> str:
        return audience_cell(obj.audience, obj.body.kind)

    @admin.display(description=gettext_lazy("put up by"))
    def creator_cell(self, obj: Material) -> str:
        return obj.created_by.get_full_name() if obj.created_by else "—"

    def row_actions(self, request: HttpRequest, obj: Material) -> Sequence[RowAction]:
        place = _door(obj) if obj.current_id else ""
        return [RowAction(_("Open the file"), place)] if place else []

    def search_note(self, obj: Material) -> str:
        return self.place_column(obj)

    def status_badge(self, obj: Material) -> tuple[str, str]:
        if obj.withdrawn_at is not None:
            return _("Withdrawn"), "danger"
        if obj.publish_at is None:
            return _("Draft"), "calm"
        if obj.publish_at > timezone.now():
            return _("Published later"), "warning"
        return _("Published"), "success"

    def page_note(self, obj: Material) -> str:
        return self.place_column(obj)

    def side_summary(self, request: HttpRequest, obj: Any) -> Sequence[Side]:
        file = obj.current
        facts = [
            (_("State"), self.state_column(obj)),
            (_("Published from"), moment_cell(obj.publish_at)),
            (_("Who may open it"), self.audience_column(obj)),
            (_("File"), file_label(file) if file else "—"),
            (_("Search"), file.get_searchable_display() if file else "—"),
        ]
        key = [obj.public_id]
        return [
            Side(_("Summary"), "facts", facts),
            workroom_card((
                ("materials:open", key, _("Open the file")),
                ("materials:edit", key, _("Change label, audience or time")),
                ("materials:replace", key, _("Replace the file")),
            )),
            self.history_card(request, obj),
        ]  # fmt: skip


def _door(material: Material) -> str:
    try:
        return reverse("materials:open", args=[material.public_id])
    except NoReverseMatch:
        return ""


def _old_version(version: MaterialVersion) -> str:
    try:
        return reverse("materials:version", args=[version.material.public_id, version.number])
    except NoReverseMatch:
        return ""
