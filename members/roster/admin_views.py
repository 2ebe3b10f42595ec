"""The list in the secretariat's admin: upload, look, confirm; and take out."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.japan.tables import LossyCell
from members.models import Organization
from members.roster.choices import CANCELLABLE, ImportStatus
from members.roster.choosing import choose, entries_of_kind
from members.roster.columns import Column
from members.roster.errors import RosterRefusedError
from members.roster.export import XLSX_TYPE, Format, build_roster, export_roster
from members.roster.forms import FIRST_DAY, ExportForm, ReasonForm, UploadForm
from members.roster.jobs import (
    cancel_import,
    check_import,
    confirm_import,
    is_small,
    receive_import,
    write_import,
)
from members.roster.models import RosterImport
from members.roster.preview import preview
from members.roster.refused import refused_workbook

RECENT = 10
MOST_LOSSY = 300
# A worker that is alive begins within a minute.
LONG_WAIT = timedelta(seconds=90)
_STATUS_TONES = {
    ImportStatus.DONE: "success",
    ImportStatus.CHECKED: "info",
    ImportStatus.UNREADABLE: "danger",
    ImportStatus.FAILED: "danger",
}
View = Callable[..., HttpResponse]


def may(permission: str) -> Callable[[View], View]:
    """Staff without the right are refused; the login is asked for by the admin itself."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"members.{permission}"):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _actor(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> TemplateResponse:
    context |= admin.site.each_context(request) | {
        "title": title,
        "opts": Organization._meta,
        "list_url": reverse("admin:members_organization_changelist"),
        "list_label": Organization._meta.verbose_name_plural,
    }
    request.current_app = admin.site.name  # read by {% url %}
    return TemplateResponse(request, f"admin/members/organization/{name}.html", context)


def _job(public_id: uuid.UUID) -> RosterImport:
    job = RosterImport.objects.defer("content").filter(public_id=public_id).first()
    if job is None:
        raise Http404
    return job


def _to(job: RosterImport) -> HttpResponse:
    return redirect("admin:members_organization_import_detail", job.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@may("import_members")
def upload(request: HttpRequest) -> HttpResponse:
    posted = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if posted else UploadForm()
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        at = timezone.now()
        job = receive_import(
            data=file.read(), filename=file.name or "", actor=_actor(request), at=at
        )
        if is_small(job):
            check_import(key=job.pk, at=at)
        return _to(job)
    recent = (
        RosterImport.objects.defer("content", "rows")
        .select_related("created_by")
        .order_by("-created_at")[:RECENT]
    )
    return _page(
        request,
        "import",
        _("Import the member list"),
        form=form,
        recent=[(job, _STATUS_TONES.get(ImportStatus(job.status), "calm")) for job in recent],
    )


@require_safe
@may("import_members")
def detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    job = _job(public_id)
    title = _("Import the member list")
    if job.status == ImportStatus.CHECKED:
        shown = preview(job, show=request.GET.get("show", ""), page=request.GET.get("page", ""))
        return _page(request, "import_preview", title, job=job, **shown)
    waited = timezone.now() - job.created_at
    return _page(
        request,
        "import_state",
        title,
        job=job,
        change_set=_set_of(request, job),
        tone=_STATUS_TONES.get(ImportStatus(job.status), "calm"),
        late=job.status in {ImportStatus.WAITING, ImportStatus.CONFIRMED} and waited > LONG_WAIT,
        cancellable=job.status in CANCELLABLE,
    )


def _set_of(request: HttpRequest, job: RosterImport) -> int | None:
    """The change set that the import became, for those who may read it."""
    return job.change_set_id if request.user.has_perm("core.view_changeset") else None


def _save_choice(request: HttpRequest, job: RosterImport) -> None:
    """The ticks and the reason of the page that was sent, and all of a kind if pressed."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise RosterRefusedError(" ".join(map(str, form.errors["reason"])))
    seen, taken = (_numbers(request.POST.getlist(name)) for name in ("seen", "take"))
    if seen or "reason" in request.POST:
        choose(job=job, seen=seen, taken=taken, **form.cleaned_data)
    wanted, _colon, kind = request.POST.get("select", "").partition(":")
    if wanted in {"all", "none"}:
        of_kind = entries_of_kind(job, kind)
        choose(job=job, seen=of_kind, taken=of_kind if wanted == "all" else ())


def _numbers(words: list[str]) -> set[int]:
    return {int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 8}


@require_POST
@may("import_members")
def choose_rows(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Keep the choice of one page and go on to another."""
    job = _job(public_id)
    try:
        _save_choice(request, job)
    except RosterRefusedError as refusal:
        messages.warning(request, str(refusal))
    show, page = request.POST.get("show", ""), request.POST.get("page", "")
    kind, _colon, number = request.POST.get("to", f"{show}:{page}").partition(":")
    query = urlencode({"show": kind, "page": number if number.isdigit() else 1})
    return HttpResponseRedirect(f"{_to(job)['Location']}?{query}#rows")


@require_POST
@may("import_members")
def confirm(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    job = _job(public_id)
    at = timezone.now()
    try:
        _save_choice(request, job)
        confirm_import(job=job, actor=_actor(request), at=at)
    except RosterRefusedError as refusal:
        messages.warning(request, str(refusal))
        return _to(job)
    if is_small(job):
        write_import(key=job.pk, at=at)
    return _to(job)


@require_POST
@may("import_members")
def cancel(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    job = _job(public_id)
    try:
        cancel_import(job=job, actor=_actor(request), at=timezone.now())
    except RosterRefusedError as refusal:
        messages.warning(request, str(refusal))
        return _to(job)
    messages.success(request, _("Stopped. Nothing was written, and the file was erased."))
    return redirect("admin:members_organization_import")


@require_safe
@may("import_members")
def refused_rows(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The rows that cannot be taken, with their reasons: to correct and upload again."""
    job = RosterImport.objects.filter(public_id=public_id).first()
    if job is None:
        raise Http404
    if job.status != ImportStatus.CHECKED:
        messages.warning(request, _("The file was erased. Choose it again to see its rows."))
        return _to(job)
    return _download("取り込めない行.xlsx", XLSX_TYPE, refused_workbook(job))


def _download(name: str, content_type: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@may("export_members")
def export(request: HttpRequest) -> HttpResponse:
    """A file on POST, recorded; but first, once, what the chosen encoding cannot carry."""
    at = timezone.now()
    posted = request.method == "POST"
    first = {"as_of": timezone.localdate(at), "form": "xlsx"}
    form = ExportForm(request.POST) if posted else ExportForm(initial=first)
    lossy: list[LossyCell] = []
    if posted and form.is_valid():
        kind: Format = form.cleaned_data["form"]
        as_of = max(form.cleaned_data["as_of"], FIRST_DAY)
        if "accept" not in request.POST:
            lossy = build_roster(form=kind, as_of=as_of).lossy if kind == "csv-cp932" else []
        if not lossy:
            file = export_roster(form=kind, as_of=as_of, actor=_actor(request), at=at)
            return _download(file.name, file.content_type, file.content)
    names = list(Column)
    return _page(
        request,
        "export",
        _("Export the member list"),
        form=form,
        lost=len(lossy),
        lossy=[
            (cell.row, names[cell.column - 1].value, cell.characters, cell.text)
            for cell in lossy[:MOST_LOSSY]
        ],
    )
