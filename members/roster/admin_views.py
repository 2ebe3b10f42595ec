"""The list in the secretariat's admin: upload, look, confirm; and take out."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.japan.tables import LossyCell, encode_csv
from members.models import Organization
from members.roster.choices import CANCELLABLE, ImportStatus
from members.roster.columns import Column
from members.roster.errors import RosterRefusedError
from members.roster.export import Format, build_roster, export_roster
from members.roster.forms import FIRST_DAY, ExportForm, UploadForm
from members.roster.jobs import (
    cancel_import,
    check_import,
    confirm_import,
    is_small,
    receive_import,
    write_import,
)
from members.roster.models import RosterImport
from members.roster.work import Outcome

PER_PAGE = 50
RECENT = 10
MOST_LOSSY = 300
# A worker that is alive begins within a minute.
LONG_WAIT = timedelta(seconds=90)
_TONES = {
    Outcome.CREATE: "success",
    Outcome.UPDATE: "info",
    Outcome.UNCHANGED: "calm",
    Outcome.REFUSED: "danger",
}
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
        return _page(request, "import_preview", title, job=job, **_preview(request, job))
    waited = timezone.now() - job.created_at
    return _page(
        request,
        "import_state",
        title,
        job=job,
        tone=_STATUS_TONES.get(ImportStatus(job.status), "calm"),
        late=job.status in {ImportStatus.WAITING, ImportStatus.CONFIRMED} and waited > LONG_WAIT,
        cancellable=job.status in CANCELLABLE,
    )


def _preview(request: HttpRequest, job: RosterImport) -> dict[str, Any]:
    refused = job.counts.get(Outcome.REFUSED, 0)
    show = request.GET.get("show") or (Outcome.REFUSED.value if refused else "all")
    rows = [row for row in job.rows if show in {"all", row["o"]}]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    changes = job.counts.get(Outcome.CREATE, 0) + job.counts.get(Outcome.UPDATE, 0)
    return {
        "tiles": list(_tiles(job.counts, show)),
        "page": page,
        "show": show,
        "rows": [row | _words(row["o"]) for row in page.object_list],
        "refused": refused,
        "changes": changes,
    }


def _words(outcome: str) -> dict[str, str]:
    known = Outcome(outcome)
    return {"tone": _TONES[known], "result": str(known.label)}


def _tiles(counts: dict[str, int], show: str) -> list[dict[str, Any]]:
    organizations = _("%(n)s organizations") % {"n": counts.get("entries", 0)}
    notes = {Outcome.UPDATE.value: _("%(n)s places change") % {"n": counts.get("places", 0)}}
    tiles = [
        {"key": "all", "n": counts.get("rows", 0), "label": _("All rows"), "note": organizations}
    ]
    tiles += [
        {
            "key": outcome.value,
            "n": counts.get(outcome.value, 0),
            "label": str(outcome.label),
            "tone": _TONES[outcome],
            "note": notes.get(outcome.value, "") if counts.get(outcome.value) else "",
        }
        for outcome in Outcome
    ]
    return [tile | {"current": tile["key"] == show} for tile in tiles]


@require_POST
@may("import_members")
def confirm(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    job = _job(public_id)
    at = timezone.now()
    try:
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
    """The rows that cannot be taken, with their reasons, to mend the file by."""
    job = _job(public_id)
    rows = [["行", "団体名", "理由"]]
    rows += [
        [str(row["n"]), row.get("name", ""), " ".join(row["reasons"])]
        for row in job.rows
        if row["o"] == Outcome.REFUSED
    ]
    content, _lossy = encode_csv(rows, "utf-8-sig")
    return _download("取込不可の行.csv", "text/csv; charset=utf-8", content)


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
