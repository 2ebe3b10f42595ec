"""Mailboxes, the wishes about them, and who the secretariat is."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.japan.calendar import era_datetime
from core.shell.admin import RowAction, SavedView, ShellAdmin, ShellTabularInline, Side
from core.shell.pieces import Words
from mailing.admin.acts import ActPage, ActsAdmin, ReadOnly
from mailing.choices import AddressStatus
from mailing.models import Address, Consent, SenderIdentity
from mailing.services import reactivate_address, suspend_address


class ConsentInline(ShellTabularInline):
    model = Consent
    fields = readonly_fields = ("purpose", "action", "at", "channel", "wording", "recorded_by")
    ordering = ("-id",)
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Address)
class AddressAdmin(ReadOnly, ActsAdmin):
    list_display = ("email", "badge_cell", "hard_bounces", "soft_bounces", "suspended_reason")
    list_filter = ("status",)
    search_fields = ("email",)
    ordering = ("email",)
    show_full_result_count = False
    saved_views = (
        SavedView(_("All")),
        SavedView(_("Suspended"), "status__exact=suspended"),
    )
    fields = (
        "email", "status", "suspended_reason", "suspended_at", "hard_bounces", "soft_bounces",
        "created_at",
    )  # fmt: skip
    inlines = (ConsentInline,)
    actions = ()
    acts = {
        "reactivate": ActPage(
            title=_("Send to this mailbox again"),
            explanation=_(
                "Do this once somebody has made sure that the mailbox works. "
                "Counting of failures starts anew."
            ),
            button=_("Send to this mailbox again"),
            done=_("Mails go to this mailbox again."),
            permission="mailing.change_address",
            service=lambda address, actor, at: reactivate_address(
                address=address, actor=actor, at=at
            ),
        ),
        "suspend": ActPage(
            title=_("Send nothing to this mailbox"),
            explanation=_(
                "Nothing goes to this mailbox any more, business notices and login mails included."
            ),
            button=_("Suspend"),
            done=_("Nothing goes to this mailbox any more."),
            permission="mailing.change_address",
            service=lambda address, actor, at: suspend_address(
                address=address, reason=str(_("by the secretariat")), actor=actor, at=at
            ),
            danger=True,
        ),
    }

    @admin.display(description=_("status"), ordering="status")
    def badge_cell(self, obj: Address) -> str:
        label, tone = self.status_badge(obj)
        return format_html('<span class="badge" data-tone="{}">{}</span>', tone, label)

    def status_badge(self, obj: Address) -> tuple[Words, str]:
        suspended = obj.status == AddressStatus.SUSPENDED
        return AddressStatus(obj.status).label, "danger" if suspended else "success"

    def row_actions(self, request: HttpRequest, obj: Address) -> Sequence[RowAction]:
        suspended = obj.status == AddressStatus.SUSPENDED
        if not suspended or not request.user.has_perm("mailing.change_address"):
            return []
        return [RowAction(_("Send again"), self.act_url(obj, "reactivate"))]

    def side_summary(self, request: HttpRequest, obj: Address) -> Sequence[Side]:
        if not request.user.has_perm("mailing.change_address"):
            return []
        name = "reactivate" if obj.status == AddressStatus.SUSPENDED else "suspend"
        link = format_html('<a href="{}">{}</a>', self.act_url(obj, name), self.acts[name].title)
        return [Side(_("Decisions"), "people", [link])]

    def act_facts(self, obj: Address) -> list[tuple[Words, Words]]:
        facts: list[tuple[Words, Words]] = [(_("e-mail address"), obj.email)]
        if obj.suspended_at:
            facts.append((_("reason of suspension"), obj.suspended_reason))
            facts.append((_("suspended at"), era_datetime(obj.suspended_at)))
        return facts


@admin.register(Consent)
class ConsentAdmin(ReadOnly):
    list_display = ("address", "purpose", "action", "at", "channel", "recorded_by")
    list_filter = ("action", "channel", "purpose")
    list_select_related = ("address", "recorded_by")
    search_fields = ("address__email",)
    ordering = ("-id",)
    show_full_result_count = False
    actions = ()


@admin.register(SenderIdentity)
class SenderIdentityAdmin(ShellAdmin):
    list_display = ("name", "email", "phone", "valid_from", "valid_until")
    actions = ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # sent mails name it; a new period replaces it
