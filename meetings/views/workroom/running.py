"""Who runs which body? Today's seats say it, at every request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import User
from accounts.requests import user_of
from core.errors import DomainError
from meetings.access import can_run
from meetings.models import Body, Meeting
from meetings.queries import reader_of
from meetings.readers import Reader


@dataclass(frozen=True)
class Running:
    """One request of somebody who runs `body`."""

    request: HttpRequest
    user: User
    reader: Reader
    body: Body
    at: datetime
    meeting: Meeting | None = None

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @property
    def its_meeting(self) -> Meeting:
        """Of an address that names one."""
        if self.meeting is None:
            raise Http404
        return self.meeting


def running_body(request: HttpRequest, slug: str) -> Running:
    """Raises Http404 alike for what is not there and what is run by others."""
    user, reader, now = _asking(request)
    body = get_object_or_404(Body.objects.visible_to(reader).select_related("parent"), slug=slug)
    if not can_run(reader, body):
        raise Http404
    return Running(request, user, reader, body, now)


def running_meeting(request: HttpRequest, public_id: UUID) -> Running:
    """Raises Http404 alike for what is not there and what is run by others."""
    user, reader, now = _asking(request)
    found = get_object_or_404(
        Meeting.objects.visible_to(reader).select_related("body"), public_id=public_id
    )
    if not can_run(reader, found.body):
        raise Http404
    return Running(request, user, reader, found.body, now, found)


def _asking(request: HttpRequest) -> tuple[User, Reader, datetime]:
    now = timezone.now()
    user = user_of(request)
    return user, reader_of(user, timezone.localdate(now)), now


def page(running: Running, template: str, context: Mapping[str, Any]) -> HttpResponse:
    known = {
        "body": running.body,
        "meeting": running.meeting,
        "today": running.day,
        "now": running.at,
        **context,
    }
    return render(running.request, f"meetings/{template}.html", known)


def complain(running: Running, refusal: DomainError) -> None:
    """A sentence above the next page, where no field is to blame."""
    messages.error(running.request, str(refusal))
