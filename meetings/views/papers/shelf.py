"""Where papers lie: with a meeting, or with the body itself. Only those who run it come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from accounts.requests import user_of
from meetings.access import audiences_for, can_run
from meetings.choices import Audience
from meetings.labels import audience_label, meeting_name, number_label
from meetings.models import Body, Material, Meeting
from meetings.queries import reader_of
from meetings.queries.rights import Size, preview
from meetings.readers import Reader


@dataclass(frozen=True)
class Shelf:
    user: User
    reader: Reader
    at: datetime
    body: Body
    meeting: Meeting | None

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @property
    def name(self) -> str:
        return meeting_name(self.meeting, self.body) if self.meeting else self.body.name

    @property
    def place(self) -> str:
        """Under the name of the body: which meeting, or what belongs to none."""
        return number_label(self.meeting, self.body) if self.meeting else "会合によらない資料"

    @property
    def list_url(self) -> str:
        return self._url("papers")

    @property
    def add_url(self) -> str:
        return self._url("papers_add")

    def _url(self, page: str) -> str:
        if self.meeting:
            return reverse(f"meetings:{page}", args=[self.meeting.public_id])
        return reverse(f"bodies:{page}", args=[self.body.slug])

    @property
    def owner(self) -> str:
        """Whose the files are that wait for this shelf."""
        return f"papers {self.user.pk} {self.body.pk}"

    def papers(self) -> QuerySet[Material]:
        found = Material.objects.run_by(self.reader)
        return found.filter(body=self.body, meeting=self.meeting).order_by("position", "pk")

    @cached_property
    def sizes(self) -> dict[Audience, Size]:
        return preview(self.body, self.day)

    def audience_words(self, audience: str) -> str:
        """分科会限り、12団体34人が開けます."""
        name = audience_label(audience, self.body.kind)
        return f"{name}、{self.sizes[Audience(audience)].words}"

    def offered(self, standing: str = "") -> list[tuple[str, str]]:
        """The audiences to choose from, each with how many people it opens the paper to."""
        found = list(audiences_for(self.reader, self.body))
        if standing and standing not in found:
            found.append(Audience(standing))
        kind, sizes = self.body.kind, self.sizes
        return [(one.value, f"{audience_label(one, kind)}({sizes[one].brief})") for one in found]


def shelf_of(request: HttpRequest, public_id: UUID | None, slug: str) -> Shelf:
    """That of a meeting, or of the body itself.

    Raises Http404 alike for what is not there and for what somebody else runs.
    """
    now = timezone.now()
    user = user_of(request)
    reader = reader_of(user, timezone.localdate(now))
    if public_id is not None:
        meetings = Meeting.objects.run_by(reader).select_related("body")
        found = get_object_or_404(meetings, public_id=public_id)
        return Shelf(user, reader, now, found.body, found)
    place = get_object_or_404(Body.objects.visible_to(reader), slug=slug)
    if not can_run(reader, place):
        raise Http404
    return Shelf(user, reader, now, place, None)


def paper_of(request: HttpRequest, public_id: UUID) -> tuple[Shelf, Material]:
    """A paper of a body that this person runs, and where it lies. Raises Http404."""
    now = timezone.now()
    user = user_of(request)
    reader = reader_of(user, timezone.localdate(now))
    papers = Material.objects.run_by(reader).select_related("body", "meeting__body", "current")
    material = get_object_or_404(papers, public_id=public_id)
    return Shelf(user, reader, now, material.body, material.meeting), material


def posted(request: HttpRequest) -> QueryDict | None:
    """For a form: even an empty POST is one."""
    return request.POST if request.method == "POST" else None


def page(
    request: HttpRequest, shelf: Shelf, template: str, context: Mapping[str, Any]
) -> HttpResponse:
    known = {"shelf": shelf, "body": shelf.body, "meeting": shelf.meeting, **context}
    return render(request, f"meetings/papers/{template}.html", known)
