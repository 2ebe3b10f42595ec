"""What the page of one application shows: to read, to compare, to go on from."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.japan.calendar import era_date, era_date_weekday, era_datetime
from core.shell.admin import ShellAdmin, Side
from core.shell.templatetags.shell import due_words
from members.admin.application_list import days_waiting
from members.admin.duplicates import place_of
from members.choices import OPEN_APPLICATIONS, ApplicationStatus
from members.models import MembershipApplication
from members.queries.applications import label_of, snapshot_of
from members.queries.duplicates import duplicates_of
from members.queries.examining import answer_blocks, changes_of, contact_lines, missing_words
from members.services.examining import CORRECTABLE

# The act that stands first in each state.
_FIRST = {
    ApplicationStatus.RECEIVED: ("begin",),
    ApplicationStatus.CHECKING: ("report", "return"),
    ApplicationStatus.RETURNED: ("resume",),
}


class RecordPage(ShellAdmin):
    def record_context(self: Any, request: HttpRequest, obj: Any) -> dict[str, Any]:
        snapshot = snapshot_of(obj)
        corrections = list(obj.corrections.select_related("asked_by").order_by("-asked_at", "-pk"))
        may_change = request.user.has_perm("members.change_membershipapplication")
        is_open = obj.status in OPEN_APPLICATIONS
        return {
            "blocks": answer_blocks(snapshot),
            "people": contact_lines(obj.contacts.all()),
            "missing": missing_words(obj, snapshot) if is_open else [],
            "corrections": [
                (correction, [label_of(name) for name in correction.marked], changes_of(correction))
                for correction in corrections
            ],
            "scans": list(obj.scans.select_related("uploaded_by")),
            "may_open_scans": request.user.has_perm("members.view_scan"),
            "decisions": list(obj.decisions.select_related("decided_by", "batch")),
            "first_acts": [
                (self.acts[key].title, self.act_url(key, obj), key == "begin")
                for key in _FIRST.get(obj.status, ())
                if request.user.has_perm(self.acts[key].permission)
            ],
            "correct_url": self.correct_url(obj)
            if may_change and obj.status in CORRECTABLE
            else "",
            "told_by_phone": obj.status == ApplicationStatus.RETURNED and not obj.email,
        }

    def page_note(self, obj: Any) -> str:
        return " ・ ".join(filter(None, [obj.receipt_number, obj.name_kana]))

    def side_summary(self: Any, request: HttpRequest, obj: Any) -> Sequence[Side]:
        cards = [
            Side(_("Summary"), "facts", _facts(obj)),
            _duplicates_card(obj),
            self.acts_card(request, obj),
            self.history_card(request, obj, limit=8),
        ]
        return [card for card in cards if card is not None]


def _facts(obj: MembershipApplication) -> list[tuple[Any, Any]]:
    today = timezone.localdate()
    waiting = days_waiting(obj, today)
    day = era_date_weekday(obj.received_on) if obj.received_on else ""
    received = f"{day} {obj.get_channel_display()}"
    facts: list[tuple[Any, Any]] = [
        (_("Receipt number"), obj.receipt_number),
        (_("Received"), received),
        (_("Waits"), _("%(n)s days") % {"n": waiting} if waiting is not None else "—"),
        (
            _("To be done by"),
            f"{era_date(obj.due_on)} {due_words(obj.due_on)}" if obj.due_on else "—",
        ),
        (_("In charge"), obj.assigned_to or "—"),
        (_("Letters go to"), obj.email or _("No mailbox: phone or fax")),
        (_("Agreement"), _agreement(obj)),
    ]
    if obj.received_by:
        facts.insert(2, (_("Taken down by"), obj.received_by))
    if obj.batch is not None:
        place = reverse("admin:members_decisionbatch_change", args=[obj.batch.pk])
        facts.append(
            (_("Round of decisions"), format_html('<a href="{}">{}</a>', place, obj.batch))
        )
    if obj.organization is not None:
        place = reverse("admin:members_organization_change", args=[obj.organization.pk])
        link = format_html('<a href="{}">{}</a>', place, obj.organization.name)
        facts.append((_("Organization"), link))
    return facts


def _agreement(obj: MembershipApplication) -> str:
    if not obj.agreement:
        return _("Not yet")
    who = obj.agreement_noted_by
    words = [obj.get_agreement_display()]
    if who is not None:
        words.append(_("noted by %(name)s") % {"name": who})
    if obj.agreed_at:
        words.append(era_datetime(obj.agreed_at))
    words.append(_("pledge %(version)s") % {"version": obj.pledge_version or "—"})
    return " ・ ".join(words)


def _duplicates_card(obj: MembershipApplication) -> Side | None:
    """Who may be the same. The applicant never learns of it."""
    if obj.status not in OPEN_APPLICATIONS:
        return None
    found = duplicates_of(
        name=obj.name, corporate_number=obj.corporate_number,
        local_government_code=obj.local_government_code, exclude_application=obj,
        exclude_organization=obj.organization, day=timezone.localdate(),
    )  # fmt: skip
    if not found:
        return None
    rows = [
        format_html(
            '<a href="{}">{}</a> <small>{} ・ {}</small>',
            place_of(one), one.label, one.standing, one.reason,
        )
        for one in found
    ]  # fmt: skip
    note = _("The applicant does not see this.")
    if any(one.kind == "former" for one in found):
        note = _("A former member can be linked, so that its past goes on. ") + note
    return Side(_("Possible duplicates"), "people", rows, note=note)
