"""All meetings, to find and to read. They are prepared and announced in the workroom."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.shell.admin import RowAction, SavedView, ShellTabularInline, Side
from meetings.admin.cells import (
    MEETING_TONES,
    audience_cell,
    badge,
    main_cell,
    moment_cell,
    record_link,
    workroom_card,
)
from meetings.admin.reading import FindsText, ReadOnly, ReadOnlyRows
from meetings.choices import MeetingStatus, Reply
from meetings.labels import hours_label, meeting_name, place_label, role_label, seat_name
from meetings.models import AgendaItem, Invitation, Meeting
from meetings.readers import Reader


class AgendaInline(ReadOnlyRows, ShellTabularInline):
    model = AgendaItem
    fields = ("starts_at", "item_cell", "note")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("item of the agenda"))
    def item_cell(self, obj: AgendaItem) -> str:
        return obj.title


class InvitationInline(ReadOnlyRows, ShellTabularInline):
    """What was answered, and who was there."""

    model = Invitation
    fields = ("seat_cell", "role_cell", "reply", "attendee_cell", "replied_at", "attendance")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        related = ("seat__organization", "seat__body", "person")
        return super().get_queryset(request).select_related(*related)

    @admin.display(description=gettext_lazy("organization"))
    def seat_cell(self, obj: Invitation) -> str:
        return record_link("meetings_seat", obj.seat_id, seat_name(obj.seat))

    @admin.display(description=gettext_lazy("role"))
    def role_cell(self, obj: Invitation) -> str:
        return role_label(obj.seat, obj.seat.body.kind)

    @admin.display(description=gettext_lazy("who attends"))
    def attendee_cell(self, obj: Invitation) -> str:
        return obj.attendee or (obj.person.name if obj.person else "—")


@admin.register(Meeting)
class MeetingAdmin(ReadOnly, FindsText):
    passages_of = "meeting"
    list_display = (
        "name_column", "status_column", "when_column", "place_column", "replies_column",
        "papers_column",
    )  # fmt: skip
    list_display_links = ("name_column",)
    list_filter = ("status", "body", "fiscal_year")
    date_hierarchy = "starts_at"
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("title", "body__name", "agenda__title")
    search_help_text = gettext_lazy("Themes, bodies and items of the agenda")
    saved_views = (
        SavedView(gettext_lazy("All")),
        *(SavedView(one.label, f"status__exact={one.value}") for one in MeetingStatus),
    )
    empty_text = gettext_lazy("Meetings are prepared in the workroom of their body.")
    inlines = (AgendaInline, InvitationInline)
    fieldsets = (
        (
            gettext_lazy("The meeting"),
            {
                "fields": (
                    "body", "title", ("hours_cell", "mode"), ("place", "online_url"),
                    "online_note", ("openness", "closed_reason"), "audience_row", "message",
                )
            },
        ),
        (
            gettext_lazy("Replies and attendance"),
            {
                "fields": (
                    ("reply_by", "reminded_at"), "guests", ("staff_present", "listeners"),
                    "cancelled_reason",
                )
            },
        ),
    )  # fmt: skip
    readonly_fields = ("hours_cell", "audience_row")
    tabs = (
        (gettext_lazy("Basics"), gettext_lazy("The meeting"), "AgendaInline"),
        (gettext_lazy("Replies and attendance"), gettext_lazy("Replies and attendance"),
         "InvitationInline"),
    )  # fmt: skip

    def readable(self, queryset: Any, reader: Reader) -> QuerySet[Any]:
        answered = Count("invitations", filter=~Q(invitations__reply=""), distinct=True)
        return (
            queryset.visible_to(reader)
            .select_related("body")
            .annotate(
                asked=Count("invitations", distinct=True),
                answered=answered,
                papers=Count("materials", distinct=True),
            )
        )

    @admin.display(description=gettext_lazy("meeting"), ordering="body__name")
    def name_column(self, obj: Meeting) -> str:
        return main_cell(meeting_name(obj, obj.body), obj.title)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_column(self, obj: Meeting) -> str:
        words, tone = self.status_badge(obj)
        return badge(words, tone)

    @admin.display(description=gettext_lazy("starts at"), ordering="starts_at")
    def when_column(self, obj: Meeting) -> str:
        return moment_cell(obj.starts_at)

    @admin.display(description=gettext_lazy("place"))
    def place_column(self, obj: Meeting) -> str:
        return place_label(obj)

    @admin.display(description=gettext_lazy("replies"))
    def replies_column(self, obj: Any) -> str:
        return f"{obj.answered} / {obj.asked}" if obj.asked else "—"

    @admin.display(description=gettext_lazy("papers"))
    def papers_column(self, obj: Any) -> str:
        return str(obj.papers or "—")

    @admin.display(description=gettext_lazy("Hours"))
    def hours_cell(self, obj: Meeting) -> str:
        return hours_label(obj.starts_at, obj.ends_at)

    @admin.display(description=gettext_lazy("who may know of it"))
    def audience_row(self, obj: Meeting) -> str:
        return audience_cell(obj.audience, obj.body.kind)

    def row_actions(self, request: HttpRequest, obj: Meeting) -> Sequence[RowAction]:
        try:
            place = reverse("meetings:meeting", args=[obj.public_id])
        except NoReverseMatch:
            return []
        return [RowAction(_("Page of the meeting"), place)]

    def search_note(self, obj: Meeting) -> str:
        return f"{meeting_name(obj, obj.body)} {moment_cell(obj.starts_at)}"

    def status_badge(self, obj: Meeting) -> tuple[str, str]:
        return str(obj.get_status_display()), MEETING_TONES[MeetingStatus(obj.status)]

    def page_note(self, obj: Meeting) -> str:
        return f"{meeting_name(obj, obj.body)} ・ {hours_label(obj.starts_at, obj.ends_at)}"

    def side_summary(self, request: HttpRequest, obj: Any) -> Sequence[Side]:
        counts = dict.fromkeys(Reply, 0)
        for reply in obj.invitations.exclude(reply="").values_list("reply", flat=True):
            counts[Reply(reply)] += 1
        facts = [(reply.label, counts[reply]) for reply in Reply]
        key = [obj.public_id]
        return [
            Side(_("Replies"), "facts", [*facts, (_("No reply yet"), obj.asked - obj.answered)]),
            workroom_card((
                ("meetings:meeting", key, _("Page of the meeting")),
                ("meetings:edit", key, _("Change the meeting")),
                ("meetings:announce", key, _("Announce and invite")),
                ("meetings:papers", key, _("Papers of the meeting")),
                ("meetings:attendance", key, _("Enter who was there")),
            )),
            _record_card(obj),
            self.history_card(request, obj),
        ]  # fmt: skip


def _record_card(obj: Meeting) -> Side:
    rows = [record_link("meetings_body", obj.body_id, obj.body.name)]
    minutes = getattr(obj, "minutes", None)
    if minutes is not None:
        rows.append(record_link("meetings_minutes", minutes.pk, minutes.get_form_display()))
    return Side(_("Related pages"), "people", rows)
