"""Every copy on its way, and the two decisions about one whose fate nobody knows."""

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.japan.calendar import era_datetime
from core.shell.admin import RowAction, SavedView, Side
from core.shell.pieces import Words
from mailing.admin.acts import ActPage, ActsAdmin, ReadOnly
from mailing.choices import EnvelopeStatus, Phase
from mailing.models import Envelope
from mailing.services import mark_uncertain_sent, resend_uncertain

MAY_DECIDE = "mailing.resend_envelope"
TONES = {
    EnvelopeStatus.QUEUED: "calm",
    EnvelopeStatus.IN_FLIGHT: "info",
    EnvelopeStatus.DEFERRED: "warning",
    EnvelopeStatus.SENT: "success",
    EnvelopeStatus.BOUNCED: "danger",
    EnvelopeStatus.FAILED: "danger",
    EnvelopeStatus.SUPPRESSED: "calm",
    EnvelopeStatus.UNCERTAIN: "warning",
    EnvelopeStatus.CANCELLED: "calm",
}


@admin.register(Envelope)
class EnvelopeAdmin(ReadOnly, ActsAdmin):
    list_display = ("address", "message", "badge_cell", "reply", "attempts", "due_at",
                    "finished_at")  # fmt: skip
    list_display_links = ("address",)
    in_search = False  # the search of the whole site finds the mailbox and the message
    list_filter = ("status",)
    list_select_related = ("address", "message")
    search_fields = ("address__email", "recipient_name", "message__subject")
    ordering = ("-id",)
    show_full_result_count = False
    saved_views = (
        SavedView(_("All")),
        SavedView(_("To be decided"), "status__exact=uncertain"),
        SavedView(_("Undeliverable"), "status__exact=bounced"),
        SavedView(_("Waiting for another try"), "status__exact=deferred"),
    )
    fields = ("message", "address", "recipient_name", "status", "phase_words", "reply", "attempts",
              "first_tried_at", "last_tried_at", "due_at", "finished_at")  # fmt: skip
    actions = ()
    act_related = ("message", "address")
    acts = {
        "resend": ActPage(
            title=_("Send this mail again"),
            explanation=_(
                "The mail server fell silent after the whole mail had been sent. It may have "
                "arrived. If it is sent again, the reader may get it twice; mail programs "
                "recognize the copy by its number."
            ),
            button=_("Send again"),
            done=_("It will be sent again."),
            permission=MAY_DECIDE,
            service=lambda envelope, actor, at: resend_uncertain(
                envelope=envelope, actor=actor, at=at
            ),
        ),
        "arrived": ActPage(
            title=_("Mark as sent"),
            explanation=_(
                "Choose this if the reader or the log of the mail server says that it arrived. "
                "It will not be sent again."
            ),
            button=_("Mark as sent"),
            done=_("Marked as sent."),
            permission=MAY_DECIDE,
            service=lambda envelope, actor, at: mark_uncertain_sent(
                envelope=envelope, actor=actor, at=at
            ),
        ),
    }

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup == "message__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("status"), ordering="status")
    def badge_cell(self, obj: Envelope) -> str:
        label, tone = self.status_badge(obj)
        return format_html('<span class="badge" data-tone="{}">{}</span>', tone, label)

    @admin.display(description=_("phase"))
    def phase_words(self, obj: Envelope) -> str:
        return str(dict(Phase.choices).get(obj.phase, obj.phase)) or "—"

    def status_badge(self, obj: Envelope) -> tuple[Words, str]:
        status = EnvelopeStatus(obj.status)
        return status.label, TONES[status]

    def row_actions(self, request: HttpRequest, obj: Envelope) -> Sequence[RowAction]:
        return [RowAction(label, url) for label, url in self._decisions(request, obj)]

    def side_summary(self, request: HttpRequest, obj: Envelope) -> Sequence[Side]:
        links = [
            format_html('<a href="{}">{}</a>', url, label)
            for label, url in self._decisions(request, obj)
        ]
        return [Side(_("Decisions"), "people", links)] if links else []

    def act_facts(self, obj: Envelope) -> list[tuple[Words, Words]]:
        return [
            (_("mailbox"), obj.address.email),
            (_("message"), obj.message.subject),
            (_("status"), EnvelopeStatus(obj.status).label),
            (_("last reply"), obj.reply or "—"),
            (_("finished at"), era_datetime(obj.finished_at) if obj.finished_at else "—"),
        ]

    def _decisions(self, request: HttpRequest, obj: Envelope) -> list[tuple[Words, str]]:
        if obj.status != EnvelopeStatus.UNCERTAIN or not request.user.has_perm(MAY_DECIDE):
            return []
        return [(self.acts[name].button, self.act_url(obj, name)) for name in self.acts]
