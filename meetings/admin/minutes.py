"""All minutes and how far they have come. They are written in the workroom."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.shell.admin import SavedView, ShellTabularInline, Side
from meetings.admin.cells import (
    MINUTES_TONES,
    audience_cell,
    badge,
    main_cell,
    moment_cell,
    record_link,
    workroom_card,
)
from meetings.admin.reading import FindsText, ReadOnly, ReadOnlyRows
from meetings.choices import MinutesStatus
from meetings.labels import meeting_name
from meetings.models import Minutes, MinutesCheck, MinutesEdition, MinutesSection
from meetings.readers import Reader
from members.admin.cells import day_cell

WRITTEN = (MinutesStatus.DRAFT, MinutesStatus.SPEAKERS, MinutesStatus.CHAIR)


class SectionInline(ReadOnlyRows, ShellTabularInline):
    model = MinutesSection
    fields = ("heading", "text", "withheld", "withheld_reason")
    readonly_fields = fields


class CheckInline(ReadOnlyRows, ShellTabularInline):
    model = MinutesCheck
    fields = ("name", "role", "status", "due_on", "answered_at", "comment")
    readonly_fields = fields


class EditionInline(ReadOnlyRows, ShellTabularInline):
    """What was made final, and each correction with its reason."""

    model = MinutesEdition
    fields = ("number", "reason", "made_by", "made_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("made_by").defer("content")


@admin.register(Minutes)
class MinutesAdmin(ReadOnly, FindsText):
    passages_of = "minutes"
    list_display = (
        "name_column", "status_column", "due_column", "audience_column", "publish_column",
    )  # fmt: skip
    list_display_links = ("name_column",)
    list_filter = ("status", "form", "audience", "meeting__body")
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("meeting__title", "meeting__body__name", "sections__heading")
    search_help_text = gettext_lazy("Themes, bodies and headings")
    saved_views = (
        SavedView(gettext_lazy("All")),
        *(SavedView(one.label, f"status__exact={one.value}") for one in MinutesStatus),
    )
    empty_text = gettext_lazy("Minutes begin in the workroom, from a meeting that was held.")
    inlines = (SectionInline, CheckInline, EditionInline)
    fieldsets = (
        (
            gettext_lazy("Minutes"),
            {
                "fields": (
                    "meeting_cell", ("form", "status"), "audience_row",
                    ("due_on", "speakers_due_on"), ("finished_at", "publish_at"),
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = ("meeting_cell", "audience_row", "finished_at")
    tabs = (
        (gettext_lazy("Basics"), gettext_lazy("Minutes"), "EditionInline"),
        (gettext_lazy("Text"), "SectionInline"),
        (gettext_lazy("Checks"), "CheckInline"),
    )

    def readable(self, queryset: Any, reader: Reader) -> QuerySet[Any]:
        mine = queryset.visible_to(reader, timezone.now())
        found: QuerySet[Any] = mine.select_related("meeting__body")
        return found

    @admin.display(description=gettext_lazy("meeting"), ordering="meeting__starts_at")
    def name_column(self, obj: Minutes) -> str:
        return main_cell(
            meeting_name(obj.meeting, obj.meeting.body), moment_cell(obj.meeting.starts_at)
        )

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_column(self, obj: Minutes) -> str:
        words, tone = self.status_badge(obj)
        return badge(words, tone)

    @admin.display(description=gettext_lazy("to be final by"), ordering="due_on")
    def due_column(self, obj: Minutes) -> str:
        if obj.status in WRITTEN and obj.due_on < timezone.localdate():
            return format_html("{} {}", day_cell(obj.due_on), badge(_("Overdue"), "danger"))
        return day_cell(obj.due_on)

    @admin.display(description=gettext_lazy("who may open it"), ordering="audience")
    def audience_column(self, obj: Minutes) -> str:
        return audience_cell(obj.audience, obj.meeting.body.kind)

    @admin.display(description=gettext_lazy("published from"), ordering="publish_at")
    def publish_column(self, obj: Minutes) -> str:
        return moment_cell(obj.publish_at)

    @admin.display(description=gettext_lazy("meeting"))
    def meeting_cell(self, obj: Minutes) -> str:
        words = meeting_name(obj.meeting, obj.meeting.body)
        return record_link("meetings_meeting", obj.meeting_id, words)

    @admin.display(description=gettext_lazy("who may open it"))
    def audience_row(self, obj: Minutes) -> str:
        return self.audience_column(obj)

    def search_note(self, obj: Minutes) -> str:
        return meeting_name(obj.meeting, obj.meeting.body)

    def status_badge(self, obj: Minutes) -> tuple[str, str]:
        return str(obj.get_status_display()), MINUTES_TONES[MinutesStatus(obj.status)]

    def page_note(self, obj: Minutes) -> str:
        return meeting_name(obj.meeting, obj.meeting.body)

    def side_summary(self, request: HttpRequest, obj: Any) -> Sequence[Side]:
        facts = [
            (_("To be final by"), self.due_column(obj)),
            (_("Published from"), moment_cell(obj.publish_at)),
        ]
        key = [obj.public_id]
        return [
            Side(_("Summary"), "facts", facts),
            workroom_card((
                ("minutes:edit", key, _("Write and check the minutes")),
                ("minutes:minutes", key, _("Page that its readers see")),
            )),
            self.history_card(request, obj),
        ]  # fmt: skip
