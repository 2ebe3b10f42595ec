"""A step before something new is saved: who may be the same? Works without a script."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import helpers
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.shell.admin import ShellAdmin
from members.queries.duplicates import Duplicate, duplicates_of

SEEN, BACK = "duplicates_seen", "_back"
_NOT_SENT_AGAIN = {
    "csrfmiddlewaretoken", SEEN, BACK, "_save", "_addanother", "_continue",
    helpers.ACTION_CHECKBOX_NAME,
}  # fmt: skip


class AskFirst(Exception):  # noqa: N818 -- no error: a question
    """Raised inside the transaction of a save, so that nothing is written before the answer."""

    def __init__(self, found: Sequence[Duplicate]) -> None:
        super().__init__()
        self.found = found


def marks(found: Sequence[Duplicate]) -> str:
    """What somebody has seen, to ask again only when it is something else."""
    return " ".join(sorted(one.mark for one in found))


def place_of(one: Duplicate) -> str:
    if one.organization is not None:
        return reverse("admin:members_organization_change", args=[one.organization.pk])
    assert one.application is not None  # noqa: S101 -- one of the two
    return reverse("admin:members_membershipapplication_change", args=[one.application.pk])


class AsksAboutDuplicates(ShellAdmin):
    """Call `ask_about_duplicates` before saving something new."""

    def ask_about_duplicates(self, request: HttpRequest, obj: Any, **excluded: Any) -> None:
        found = duplicates_of(
            name=obj.name,
            corporate_number=obj.corporate_number,
            local_government_code=obj.local_government_code,
            day=timezone.localdate(),
            **excluded,
        )
        if found and request.POST.get(SEEN) != marks(found):
            raise AskFirst(found)

    def went_back(self, request: HttpRequest) -> bool:
        return request.method == "POST" and BACK in request.POST

    def duplicates_page(
        self, request: HttpRequest, found: Sequence[Duplicate], *, kept: Sequence[str] = ()
    ) -> HttpResponse:
        """The candidates, and everything that was typed, to be sent again."""
        sent = [
            (name, value)
            for name, values in request.POST.lists()
            if name not in _NOT_SENT_AGAIN and name != "kept"
            for value in values
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("May be known already"),
            "opts": self.opts,
            "found": [(one, place_of(one)) for one in found],
            "sent": [*sent, *(("kept", ticket) for ticket in kept)],
            "seen": marks(found),
            "name": request.POST.get("name", ""),
            "another": "_addanother" in request.POST,
        }
        return TemplateResponse(request, "admin/members/duplicates.html", context)
