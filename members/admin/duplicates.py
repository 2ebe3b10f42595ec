"""A step before something new is saved: who may be the same? Works without a script."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
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

    def __init__(self, found: Sequence[Duplicate], kept: Sequence[str] = ()) -> None:
        super().__init__()
        self.found = found
        self.kept = kept


def marks(found: Sequence[Duplicate]) -> str:
    """What somebody has seen, to ask again only when it is something else."""
    return " ".join(sorted(one.mark for one in found))


def place_of(one: Duplicate) -> str:
    if one.organization is not None:
        return reverse("admin:members_organization_change", args=[one.organization.pk])
    assert one.application is not None  # noqa: S101 -- one of the two
    return reverse("admin:members_membershipapplication_change", args=[one.application.pk])


def _went_back(request: HttpRequest) -> bool:
    return request.method == "POST" and BACK in request.POST


class AsksAboutDuplicates(ShellAdmin):
    """Call `ask_about_duplicates` before saving something new."""

    def ask_about_duplicates(
        self, request: HttpRequest, obj: Any, *, kept: Sequence[str] = ()
    ) -> None:
        """Stop the save until somebody has seen who may be the same. `kept`: tickets of files."""
        found = duplicates_of(
            name=obj.name,
            corporate_number=obj.corporate_number,
            local_government_code=obj.local_government_code,
            day=timezone.localdate(),
        )
        if found and request.POST.get(SEEN) != marks(found):
            raise AskFirst(found, kept)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if _went_back(request):
            self.message_user(request, _("Nothing is saved yet. Go on here."), messages.WARNING)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AskFirst as question:
            return self._duplicates_page(request, question.found, question.kept)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        **kwargs: Any,
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if not _went_back(request):
            return form
        # The stock view shows again, with everything typed, what is not valid.
        return type(form)(form.__name__, (form,), {"is_valid": lambda self: False})

    def _duplicates_page(
        self, request: HttpRequest, found: Sequence[Duplicate], kept: Sequence[str]
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
            "title": _("Possible duplicates"),
            "opts": self.opts,
            "found": [(one, place_of(one)) for one in found],
            "sent": [*sent, *(("kept", ticket) for ticket in kept)],
            "seen": marks(found),
            "name": request.POST.get("name", ""),
            "another": "_addanother" in request.POST,
        }
        return TemplateResponse(request, "admin/members/duplicates.html", context)
