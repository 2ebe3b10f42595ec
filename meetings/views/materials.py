"""The one door for files: today's rights, a line in the log, and the bytes.

What is not yours, not out yet and not there is the same 404. Nothing here may be cached.
"""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.files import ZIP_BYTES, answer_file, as_download, begins_later, zip_stream
from meetings.choices import OpeningWay
from meetings.models import Material, MaterialVersion, Meeting
from meetings.queries import reader_of
from meetings.rendering.bundle import bundle_name, bundle_of
from meetings.requests import eyes_of
from meetings.services.opening import note_opening, note_openings, note_rest


@login_not_required
@require_safe
def open_material(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    now = timezone.now()
    reader = reader_of(request.user, timezone.localdate(now))
    papers = Material.objects.visible_to(reader, now).select_related("current")
    version = get_object_or_404(papers, public_id=public_id).current
    if version is None:
        raise Http404
    return _hand_out(request, version, OpeningWay.FILE, now)


@require_safe
def open_version(request: HttpRequest, public_id: UUID, number: int) -> HttpResponseBase:
    """An earlier file under the same address, for those who run the body."""
    now = timezone.now()
    reader = reader_of(request.user, timezone.localdate(now))
    paper = get_object_or_404(Material.objects.run_by(reader), public_id=public_id)
    version = get_object_or_404(paper.versions.all(), number=number)
    return _hand_out(request, version, OpeningWay.OLD_VERSION, now)


def _hand_out(
    request: HttpRequest, version: MaterialVersion, way: OpeningWay, at: datetime
) -> HttpResponseBase:
    answer = answer_file(
        file=version.file, name=version.name, content_type=version.content_type, request=request,
        check_sum=version.sha256,
    )  # fmt: skip
    if request.method == "GET" and answer.status_code < HTTPStatus.BAD_REQUEST:
        eyes = eyes_of(request)
        note = note_rest if begins_later(request.headers) else note_opening
        note(version=version, way=way, actor=eyes.user, seen_as=eyes.seen_as, at=at)
    return answer


@login_not_required
@require_safe
def open_all(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """All papers of a meeting that this reader may open, numbered, as one zip."""
    now = timezone.now()
    reader = reader_of(request.user, timezone.localdate(now))
    meetings = Meeting.objects.visible_to(reader).select_related("body")
    meeting = get_object_or_404(meetings, public_id=public_id)
    papers = Material.objects.readable_by(reader, now).filter(meeting=meeting)
    bundle = bundle_of(papers.select_related("current"))
    if not bundle.versions:
        raise Http404
    if bundle.length > ZIP_BYTES:
        context = {"meeting": meeting, "body": meeting.body}
        return render(request, "meetings/zip_too_big.html", context, status=413)
    if request.method == "GET":
        eyes = eyes_of(request)
        note_openings(
            versions=bundle.versions, way=OpeningWay.ZIP, actor=eyes.user, seen_as=eyes.seen_as,
            at=now,
        )  # fmt: skip
        answer: HttpResponseBase = StreamingHttpResponse(zip_stream(bundle.entries))
    else:
        answer = HttpResponse()
    answer["Content-Type"] = "application/zip"
    answer["Content-Length"] = str(bundle.length)
    return as_download(answer, bundle_name(meeting, meeting.body))
