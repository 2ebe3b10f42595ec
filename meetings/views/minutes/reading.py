"""Minutes as readers have them, on the screen and as a PDF: what is withheld is in neither."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.files import as_download, file_name
from core.japan.calendar import era_date
from meetings.access import can_run, can_see_people
from meetings.labels import meeting_name
from meetings.models import Meeting, Minutes
from meetings.queries import reader_of
from meetings.queries.minutes import HeadRow, Line, Part, Reading, is_out, reading_of
from meetings.readers import Reader
from meetings.rendering.minutes import minutes_pdf, paragraphs


@login_not_required
@require_safe
def minutes(request: HttpRequest, public_id: UUID) -> HttpResponse:
    reader, reading = _read(request, public_id)
    found = reading.minutes
    meeting = found.meeting
    context = {
        "reading": reading, "minutes": found, "meeting": meeting, "body": meeting.body,
        "runs": can_run(reader, meeting.body), "out": is_out(found, timezone.now()),
        # They may be open to more people than the meeting itself was.
        "leads_to_meeting": Meeting.objects.visible_to(reader).filter(pk=meeting.pk).exists(),
    }  # fmt: skip
    return render(request, "meetings/minutes/minutes.html", context)


@login_not_required
@require_safe
def pdf(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    _reader, reading = _read(request, public_id)
    made = minutes_pdf(_printed(reading))
    response = HttpResponse(made, content_type="application/pdf")
    return as_download(response, file_name(_title(reading), ".pdf"))


def _read(request: HttpRequest, public_id: UUID) -> tuple[Reader, Reading]:
    """Raises Http404 alike for what is not there, not out yet and not theirs."""
    now = timezone.now()
    reader = reader_of(request.user, timezone.localdate(now))
    found = get_object_or_404(
        Minutes.objects.visible_to(reader, now).select_related("meeting__body"),
        public_id=public_id,
    )
    people = can_see_people(reader, found.meeting.body)
    return reader, reading_of(found, reader, now, sees_people=people)


def _title(reading: Reading) -> str:
    meeting = reading.minutes.meeting
    return f"{meeting_name(meeting, meeting.body)} {reading.minutes.get_form_display()}"


def _printed(reading: Reading) -> dict[str, Any]:
    papers = HeadRow("資料", tuple(Line(str(paper)) for paper in reading.papers))
    title = _title(reading)
    return {
        "title": title,
        "author": reading.minutes.meeting.body.name,
        "footer": title,
        "notes": _notes(reading),
        "head": [
            {"label": row.label, "lines": [_line(line) for line in row.lines]}
            for row in (*reading.head, papers)
            if row.lines
        ],
        "parts": [_part(part) for part in reading.parts],
    }


def _notes(reading: Reading) -> list[str]:
    if reading.edition is None:
        return ["案です。まだ確定していません。"]
    return [
        f"訂正 {era_date(row.made_at)}(第{row.number}版):{row.reason}"
        for row in reading.corrections
    ]


def _line(line: Line) -> str:
    return f"{line.text} {line.name}".strip()


def _part(part: Part) -> dict[str, Any]:
    return {
        "heading": part.heading,
        "withheld": f"この部分は非公開です(理由:{part.reason})" if part.withheld else "",
        "paragraphs": paragraphs(part.text),
    }
