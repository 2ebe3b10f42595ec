"""What was said, how far it has come, and the brake."""

from collections.abc import Sequence

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.japan.calendar import era_datetime
from core.shell.admin import RowAction, SavedView, Side
from core.shell.pieces import Words
from mailing.admin.acts import ActPage, ActsAdmin, ReadOnly
from mailing.choices import OPEN_STATUSES, EnvelopeStatus, MessageKind
from mailing.models import Envelope, Message
from mailing.queries import progress
from mailing.services import cancel_message, pause_message, resume_message

MAY_STOP = "mailing.stop_message"
COUNTED: dict[str, Sequence[str]] = {
    "n_total": EnvelopeStatus.values,
    "n_sent": [EnvelopeStatus.SENT],
    "n_open": OPEN_STATUSES,
    "n_trouble": [EnvelopeStatus.BOUNCED, EnvelopeStatus.FAILED, EnvelopeStatus.UNCERTAIN],
}


def _count_of(statuses: Sequence[str]) -> Coalesce:
    """Counted per row shown, by index, rather than by joining every envelope there is."""
    of_message = Envelope.objects.filter(message=OuterRef("pk"), status__in=statuses).order_by()
    number = of_message.values("message").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number), 0)


@admin.register(Message)
class MessageAdmin(ReadOnly, ActsAdmin):
    list_display = ("subject", "kind", "badge_cell", "total_cell", "sent_cell", "open_cell",
                    "trouble_cell", "created_at")  # fmt: skip
    list_filter = ("kind",)
    search_fields = ("subject", "reference")
    ordering = ("-id",)
    show_full_result_count = False
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Paused"), "paused_at__isnull=False&cancelled_at__isnull=True"),
        SavedView(_("mail magazine"), "kind__exact=newsletter"),
    )
    fields = ("subject", "kind", "sender_name", "sender_email", "reply_to", "created_at",
              "paused_at", "paused_reason", "cancelled_at", "reference", "text_shown")  # fmt: skip
    readonly_fields = ("text_shown",)
    actions = ()
    acts = {
        "pause": ActPage(
            title=_("Hold back what has not gone yet"),
            explanation=_("Mails that have left cannot be called back; the rest stays here."),
            button=_("Pause"),
            done=_("Paused. What has not left stays here."),
            permission=MAY_STOP,
            service=lambda message, actor, at: pause_message(message=message, actor=actor, at=at),
        ),
        "resume": ActPage(
            title=_("Let the rest go out"),
            explanation=_("Who has received it already gets nothing."),
            button=_("Let the rest go out"),
            done=_("Delivery goes on."),
            permission=MAY_STOP,
            service=lambda message, actor, at: resume_message(message=message, actor=actor, at=at),
        ),
        "cancel": ActPage(
            title=_("Stop for good"),
            explanation=_("What has not left will never go. This cannot be undone."),
            button=_("Stop for good"),
            done=_("Stopped. What has not left will not go."),
            permission=MAY_STOP,
            service=lambda message, actor, at: cancel_message(message=message, actor=actor, at=at),
            danger=True,
        ),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        messages: QuerySet[Message] = super().get_queryset(request)
        counts = {name: _count_of(statuses) for name, statuses in COUNTED.items()}
        return messages.annotate(**counts).defer("html")

    @admin.display(description=_("status"))
    def badge_cell(self, obj: Message) -> str:
        label, tone = self.status_badge(obj)
        return format_html('<span class="badge" data-tone="{}">{}</span>', tone, label)

    @admin.display(description=_("recipients"), ordering="n_total")
    def total_cell(self, obj: Message) -> str:
        return f"{obj.n_total:,}"  # type: ignore[attr-defined] # annotated

    @admin.display(description=_("sent"), ordering="n_sent")
    def sent_cell(self, obj: Message) -> str:
        return f"{obj.n_sent:,}"  # type: ignore[attr-defined] # annotated

    @admin.display(description=_("waiting to be sent"), ordering="n_open")
    def open_cell(self, obj: Message) -> str:
        return f"{obj.n_open:,}"  # type: ignore[attr-defined] # annotated

    @admin.display(description=_("not delivered"), ordering="n_trouble")
    def trouble_cell(self, obj: Message) -> str:
        return f"{obj.n_trouble:,}"  # type: ignore[attr-defined] # annotated

    @admin.display(description=_("text"))
    def text_shown(self, obj: Message) -> str:
        if obj.kind == MessageKind.SYSTEM:
            # It may hold a link that opens an account; nobody but its reader may see it.
            return str(_("The text of system mails is not shown."))
        return format_html('<pre class="mail-text">{}</pre>', obj.text)

    def status_badge(self, obj: Message) -> tuple[Words, str]:
        if obj.cancelled_at:
            return _("stopped"), "calm"
        if obj.paused_at:
            return _("paused"), "warning"
        if obj.n_open:  # type: ignore[attr-defined] # annotated
            return _("being delivered"), "info"
        return _("finished"), "success"

    def row_actions(self, request: HttpRequest, obj: Message) -> Sequence[RowAction]:
        return [RowAction(_("Recipients"), self._envelopes_url(obj))]

    def side_summary(self, request: HttpRequest, obj: Message) -> Sequence[Side]:
        counts = progress(obj)
        facts = [
            (status.label, f"{counts[status.value]:,}")
            for status in EnvelopeStatus
            if counts[status.value]
        ]
        links: list[tuple[Words, str]] = [(_("Recipients"), self._envelopes_url(obj))]
        if request.user.has_perm(MAY_STOP):
            links += [
                (self.acts[name].title, self.act_url(obj, name)) for name in self._possible(obj)
            ]
        pages = [format_html('<a href="{}">{}</a>', url, label) for label, url in links]
        return [Side(_("Progress"), "facts", facts), Side(_("Related pages"), "people", pages)]

    def act_facts(self, obj: Message) -> list[tuple[Words, Words]]:
        counts = progress(obj)
        waiting = sum(counts[status.value] for status in OPEN_STATUSES)
        return [
            (_("subject"), obj.subject),
            (_("created at"), era_datetime(obj.created_at)),
            (_("sent"), f"{counts['sent']:,}"),
            (_("waiting to be sent"), f"{waiting:,}"),
        ]

    def _envelopes_url(self, obj: Message) -> str:
        return f"{reverse('admin:mailing_envelope_changelist')}?message__id__exact={obj.pk}"

    def _possible(self, obj: Message) -> list[str]:
        if obj.cancelled_at or not obj.n_open:  # type: ignore[attr-defined] # annotated
            return []
        return ["resume" if obj.paused_at else "pause", "cancel"]
