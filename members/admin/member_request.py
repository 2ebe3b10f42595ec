"""What the pages of change requests and notices of withdrawal share: keyed in, then decided."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import user_of
from core.shell.refusals import SaysRefusals
from members.admin.acts import ActPages
from members.admin.scans import ScanPages
from members.choices import RequestStatus

TONES = {
    RequestStatus.RECEIVED: "warning",
    RequestStatus.RETURNED: "info",
    RequestStatus.ACCEPTED: "success",
    RequestStatus.REFUSED: "danger",
    RequestStatus.RETRACTED: "calm",
}


class MemberRequestPages(SaysRefusals, ScanPages, ActPages):
    """Adding files the paper by the form's own `file`; afterwards only the note is written."""

    def _place(self, page: str, *keys: Any) -> str:
        return reverse(f"admin:members_{self.opts.model_name}_{page}", args=keys)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From the record of an organisation it comes along."""
        asked = request.GET.get("organization", "")
        known = {"organization": asked} if asked.isdecimal() and len(asked) < 12 else {}
        return {"received_on": timezone.localdate(), **known}

    @admin.display(description=gettext_lazy("organization"))
    def organization_link(self, obj: Any) -> str:
        place = reverse("admin:members_organization_change", args=[obj.organization_id])
        return format_html('<a href="{}">{}</a>', place, obj.organization.name)

    @admin.display(description=gettext_lazy("Scans"))
    def scans_cell(self, obj: Any) -> str:
        # A POST, for opening is written down; it goes out with the form of the record.
        button = '<button type="submit" class="button" formaction="{}" formnovalidate>{}</button>'
        places = ((self._place("scan", obj.pk, scan.pk), scan.name) for scan in obj.scans.all())
        return format_html_join(" ", button, places) or "—"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        if change:
            obj.save(update_fields=["internal_note"])
            return
        filed = form.file(actor=user_of(request), at=timezone.now())
        obj.pk, obj.receipt_number = filed.pk, filed.receipt_number

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        words = _("Taken in as %(number)s. It waits for the decision.")
        self.message_user(request, words % {"number": obj.receipt_number}, messages.SUCCESS)
        return HttpResponseRedirect(self._place("change", obj.pk))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
