"""Applications for membership: the record to read, the screen to key one in, the acts."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.requests import user_of
from core.shell.admin import ShellStackedInline
from core.shell.refusals import SaysRefusals
from members.admin.application_list import ApplicationListPage
from members.admin.application_record import RecordPage
from members.admin.duplicates import AsksAboutDuplicates
from members.admin.scans import ScanPages
from members.choices import ApplicationStatus
from members.forms.examining import (
    AssignForm,
    BeginForm,
    LinkOrganizationForm,
    NoteForm,
    ReportForm,
    ResumeForm,
    RetractForm,
    ReturnForm,
    ScanForm,
)
from members.forms.intake import ContactForm, CorrectionForm, IntakeForm
from members.models import ApplicationContact, MembershipApplication
from members.queries.applications import MOST_CONTACTS, snapshot_of
from members.queries.examining import missing_words
from members.services.examining import CORRECTABLE, correct_application, take_application

_PAGES = "admin/members/application/"


class ApplicationContactInline(ShellStackedInline):
    model = ApplicationContact
    form = ContactForm
    max_num = MOST_CONTACTS
    verbose_name = gettext_lazy("contact")
    verbose_name_plural = gettext_lazy("contacts")
    fields = (
        ("name", "name_kana"), ("department", "title"), ("phone", "email"), ("duty", "newsletter"),
    )  # fmt: skip

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 2 if obj is None or not obj.contacts.exists() else 1  # rows without a script, too

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApplicationContact]:
        return super().get_queryset(request).order_by("position", "pk")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(MembershipApplication)
class ApplicationAdmin(
    SaysRefusals, AsksAboutDuplicates, ScanPages, RecordPage, ApplicationListPage
):
    acts = {
        "begin": BeginForm,
        "return": ReturnForm,
        "resume": ResumeForm,
        "report": ReportForm,
        "assign": AssignForm,
        "note": NoteForm,
        "scan": ScanForm,
        "link": LinkOrganizationForm,
        "retract": RetractForm,
    }
    answers = (
        (gettext_lazy("Organization"), {"fields": (
            ("category", "kind"), "name", "name_kana", ("display_name", "name_english"),
            ("corporate_number", "local_government_code"), "founded",
            ("representative_title", "representative_name"), "representative_kana",
        )}),
        (gettext_lazy("Place and reach"), {"fields": (
            ("postal_code", "prefecture"), "address", ("phone", "fax"),
            ("email", "organization_email"), "url",
        )}),
        (gettext_lazy("Activities"), {"fields": (
            "summary", "fields", "targets", "nationwide", "regions", "wishes", "motivation",
            "public_fields",
        )}),
    )  # fmt: skip

    # --- the two forms -------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.correct_view)
        name = "members_membershipapplication_correct"
        return [path("<path:object_id>/correct/", view, name=name), *super().get_urls()]

    def correct_view(self, request: HttpRequest, object_id: str) -> Any:
        """The record as a form: what the applicant told by phone is put right, with the reason."""
        obj = self.get_object(request, unquote(object_id))
        if obj is not None and obj.status not in CORRECTABLE:
            words = _("In the state “%(state)s” nothing can be corrected.")
            state = obj.get_status_display()
            self.message_user(request, words % {"state": state}, messages.WARNING)
            return HttpResponseRedirect(self._form_url(obj))
        if not super().has_change_permission(request, obj):
            raise PermissionDenied
        request.correcting = True  # type: ignore[attr-defined] # read by the hooks below
        extra = {"show_save_and_continue": False, "show_delete": False, "side": None}
        return self.changeform_view(request, object_id, "", extra)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The record itself is only read: it moves by acts, and by the form that asks for a
        reason."""
        closed = obj is not None and not getattr(request, "correcting", False)
        return not closed and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        **kwargs: Any,
    ) -> Any:
        if obj is not None and not getattr(request, "correcting", False):
            return super().get_form(request, obj, change=change, **kwargs)
        kwargs["form"] = CorrectionForm if change else IntakeForm
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.owner = str(request.user.pk)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            first: list[Any] = [("channel", "received_on"), "scans"]
            return [(_("Reception"), {"fields": first}), *self.answers, self._agreement(None)]
        if not getattr(request, "correcting", False):
            return [(None, {"fields": ()})]
        first = ["reason", *([] if obj.channel == "web" else ["received_on"])]
        return [(_("Reason"), {"fields": first}), *self.answers, *self._agreements(obj)]

    def _agreement(self, obj: Any) -> tuple[str, Any]:
        return _("Agreement"), {"fields": ("agreement",)}

    def _agreements(self, obj: Any) -> list[Any]:
        return [] if obj.agreement == "online" else [self._agreement(obj)]

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        shown = obj is None or getattr(request, "correcting", False)
        return (ApplicationContactInline,) if shown else ()

    # --- saving --------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        extra = dict(extra_context or {})
        if object_id is None:
            extra["show_save_and_continue"] = False
        return super().changeform_view(request, object_id, form_url, extra)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Record and contacts are written together, by one service: see `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        (contacts,) = formsets
        written = contacts.save(commit=False)
        actor, at = user_of(request), timezone.now()
        if change:
            correct_application(
                application=form.instance, values=form.written(), contacts=written,
                removed=contacts.deleted_objects, reason=form.cleaned_data["reason"],
                actor=actor, at=at,
            )  # fmt: skip
            return
        form.keep_uploads()
        self.ask_about_duplicates(request, form.instance, kept=list(form.kept.names))
        with form.kept.opened() as scans:
            take_application(
                application=form.instance, contacts=written, scans=scans, actor=actor, at=at
            )

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
        change: bool = False,  # noqa: FBT001, FBT002
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if add:
            form = context["adminform"].form
            if form.is_bound:
                form.keep_uploads()
            context["kept"] = form.kept.names.items()
        elif not getattr(request, "correcting", False):
            context |= self.record_context(request, obj)
        else:
            context["title"] = context["subtitle"] = _("Put right")
        answer = super().render_change_form(request, context, add, change, form_url, obj)
        page = "correct" if getattr(request, "correcting", False) else "record"
        answer.template_name = f"{_PAGES}{'intake' if add else page}.html"
        return answer

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        gaps = missing_words(obj, snapshot_of(obj))
        words = _("Taken down under %(number)s.") % {"number": obj.receipt_number}
        if gaps:
            words += _(" Still missing: %(n)s items.") % {"n": len(gaps)}
        self.message_user(request, words, messages.SUCCESS)
        if "_addanother" in request.POST:
            return HttpResponseRedirect(request.path)
        return HttpResponseRedirect(self._form_url(obj))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        self.message_user(request, _("The answers were put right."), messages.SUCCESS)
        return HttpResponseRedirect(self._form_url(obj))

    # --- acts ------------------------------------------------------------------------------------

    def open_acts(self, obj: Any) -> list[str]:
        always = ["assign", "note", "scan"]
        by_state: dict[str, list[str]] = {
            ApplicationStatus.RECEIVED: ["begin", *always, "link", "retract"],
            ApplicationStatus.CHECKING: ["report", "return", *always, "link", "retract"],
            ApplicationStatus.RETURNED: ["resume", *always, "link", "retract"],
            ApplicationStatus.REPORTED: [*always, "link", "retract"],
        }
        return by_state.get(obj.status, ["note", "scan"])

    def correct_url(self, obj: Any) -> str:
        return reverse("admin:members_membershipapplication_correct", args=[obj.pk])
