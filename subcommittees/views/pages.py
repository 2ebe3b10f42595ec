"""The public pages of the subcommittees; what stands below the title is their body's."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from meetings.queries.reading import Head, head_of
from meetings.views import reading
from meetings.views.reading import PAGES, Visit, frame, lists_seats, visit
from subcommittees.access import can_decide, is_open
from subcommittees.models import Subcommittee
from subcommittees.queries import cards, open_requests


@login_not_required
@require_safe
def subcommittees(request: HttpRequest) -> HttpResponse:
    now = visit(request)
    context = {"cards": cards(now.reader, now.at)}
    return render(request, "subcommittees/list.html", context)


@login_not_required
@require_safe
def of_body(request: HttpRequest, slug: str) -> HttpResponse:
    """From the body's address to the number under which the subcommittee is known."""
    found = get_object_or_404(
        Subcommittee.objects.visible_to(visit(request).reader), body__slug=slug
    )
    return redirect("subcommittees:subcommittee", found.number)


@login_not_required
@require_safe
def subcommittee(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, number, "body", reading.overview)


@login_not_required
@require_safe
def meetings(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, number, "meetings", reading.meetings)


@login_not_required
@require_safe
def members(request: HttpRequest, number: int) -> HttpResponse:
    return _page(request, number, "members", reading.members)


def _page(
    request: HttpRequest, number: int, name: str, part: Callable[[Visit, Head], Mapping[str, Any]]
) -> HttpResponse:
    now = visit(request)
    found = get_object_or_404(
        Subcommittee.objects.visible_to(now.reader).select_related("body"), number=number
    )
    everybody = lists_seats(name, now.reader, found.body)
    head = head_of(found.body, now.reader, now.day, everybody=everybody)
    decides = can_decide(request.user, now.reader, found)
    context = {
        **frame(now, head, addresses_of(found), name),
        **part(now, head),
        "subcommittee": found,
        "open": is_open(found, now.day),
        "decides": decides,
        "waiting": open_requests([found]).get(found.pk, 0) if decides else 0,
    }
    return render(request, f"subcommittees/{name}.html", context)


def addresses_of(found: Subcommittee) -> dict[str, str]:
    names = {**dict.fromkeys(PAGES, ""), "body": "subcommittee"}
    return {
        page: reverse(f"subcommittees:{name or page}", args=[found.number])
        for page, name in names.items()
    }
