"""Bodies and their meetings as everybody may read them, each reader their own part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from meetings.access import can_join_online, can_run, can_see_people, can_see_seats
from meetings.choices import BodyKind
from meetings.forms.replies import ReplyForm
from meetings.models import Body, Invitation, Meeting
from meetings.queries import reader_of
from meetings.queries.invited import takes_answers
from meetings.queries.reading import (
    Head,
    Sitting,
    chapters_of,
    head_of,
    meetings_of,
    overview_of,
    sitting_of,
    with_minutes,
)
from meetings.readers import Reader

MEETINGS_A_PAGE = 20
PAGES = {"body": "概要と資料", "meetings": "会合", "members": "構成員"}


@dataclass(frozen=True)
class Visit:
    """One request: who reads, and when."""

    request: HttpRequest
    reader: Reader
    at: datetime

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)


def visit(request: HttpRequest) -> Visit:
    now = timezone.now()
    return Visit(request, reader_of(request.user, timezone.localdate(now)), now)


@login_not_required
@require_safe
def body(request: HttpRequest, slug: str) -> HttpResponse:
    return _body_page(request, slug, "body", overview)


@login_not_required
@require_safe
def body_meetings(request: HttpRequest, slug: str) -> HttpResponse:
    return _body_page(request, slug, "meetings", meetings)


@login_not_required
@require_safe
def body_members(request: HttpRequest, slug: str) -> HttpResponse:
    return _body_page(request, slug, "members", members)


def _body_page(
    request: HttpRequest, slug: str, name: str, part: Callable[[Visit, Head], Mapping[str, Any]]
) -> HttpResponse:
    now = visit(request)
    found = get_object_or_404(
        Body.objects.visible_to(now.reader).select_related("parent"), slug=slug
    )
    if found.kind == BodyKind.SUBCOMMITTEE:
        return redirect("subcommittees:of_body", slug)
    head = head_of(found, now.reader, now.day, everybody=lists_seats(name, now.reader, found))
    addresses = {page: reverse(f"bodies:{page}", args=[slug]) for page in PAGES}
    context = {**frame(now, head, addresses, name), **part(now, head)}
    return render(request, f"meetings/body/{name}.html", context)


def lists_seats(name: str, reader: Reader, body: Body) -> bool:
    """Whether this page of the body shows everybody who sits there."""
    return name == "members" and can_see_seats(reader, body)


def frame(now: Visit, head: Head, addresses: Mapping[str, str], name: str) -> dict[str, Any]:
    """What every page of a body has above it. `addresses`: of its pages, by the names in PAGES."""
    counts = {
        "meetings": f"{head.meetings}回",
        "members": f"{head.organizations}団体",
    }
    return {
        "head": head,
        "body": head.body,
        "today": now.day,
        "over": head.body.valid_until is not None and head.body.valid_until <= now.day,
        "here": addresses["body"],
        "tabs": [
            (addresses[page], label, counts.get(page, ""), page == name)
            for page, label in PAGES.items()
        ],
    }


def overview(now: Visit, head: Head) -> dict[str, Any]:
    groups = Body.objects.visible_to(now.reader).active_on(now.day).filter(parent=head.body)
    return {
        "front": head.front,
        "overview": overview_of(head, now.reader, now.at),
        "groups": list(groups),
        "people": can_see_people(now.reader, head.body),
    }


def meetings(now: Visit, head: Head) -> dict[str, Any]:
    pages = Paginator(meetings_of(head), MEETINGS_A_PAGE)
    pages.count = head.meetings  # known already
    page = pages.get_page(now.request.GET.get("page"))
    return {"page": page, "chapters": chapters_of(page, head.body, head.sight, now.at)}


def members(now: Visit, head: Head) -> dict[str, Any]:
    shown = can_see_seats(now.reader, head.body)
    return {
        "shown": shown,
        "seats": head.seats if shown else head.front,
        "people": can_see_people(now.reader, head.body),
    }


@login_not_required
@require_safe
def meeting(request: HttpRequest, public_id: UUID) -> HttpResponse:
    now = visit(request)
    known = with_minutes(Meeting.objects.visible_to(now.reader)).select_related("body")
    found = get_object_or_404(known, public_id=public_id)
    sitting = sitting_of(found, now.reader, now.at)
    context = {
        "meeting": found,
        "body": found.body,
        "sitting": sitting,
        "chapter": sitting.chapter,
        "runs": can_run(now.reader, found.body),
        "online": can_join_online(now.reader, found, now.at),
        "invited": bool(sitting.seats),
        "people": can_see_people(now.reader, found.body),
        "coming": found.ends_at >= now.at,
        "replies": _reply_boxes(now, sitting) if takes_answers(found, now.at) else [],
        "late": found.reply_by is not None and found.reply_by < now.at,
    }
    return render(request, "meetings/meeting.html", context)


def _reply_boxes(now: Visit, sitting: Sitting) -> list[tuple[Invitation, ReplyForm]]:
    """A form for each organisation of the reader; it is answered at the link of the invitation."""
    name = getattr(now.request.user, "name", "")
    return [
        (invitation, ReplyForm(invitation=invitation, name=name, auto_id=f"reply{n}_%s"))
        for n, invitation in enumerate(sitting.invitations)
    ]
