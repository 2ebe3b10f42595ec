"""What an organisation does: ask to take part or join, take that back, leave."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import user_of
from core.errors import DomainError
from meetings.choices import SeatRole
from meetings.queries.reading import own_seats
from meetings.views.reading import Visit, visit
from subcommittees.access import is_open
from subcommittees.choices import WayIn
from subcommittees.forms import JoinForm, LeaveForm
from subcommittees.models import ParticipationRequest, Subcommittee
from subcommittees.queries import candidates
from subcommittees.services import (
    ask_to_join,
    join_freely,
    leave_subcommittee,
    retract_participation,
)

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def join(request: HttpRequest, number: int) -> HttpResponse:
    now, found = found_for(request, number)
    user = user_of(request)
    known = candidates(found, user, now.day)
    free = [one.organization for one in known if one.may_ask]
    form = None
    if free and is_open(found, now.day):
        freely = found.way_in == WayIn.FREE
        form = JoinForm(request.POST or None, organizations=free, subcommittee=found, freely=freely)
        if request.method == "POST" and form.is_valid() and _joined(request, now, found, form):
            return redirect(
                "subcommittees:subcommittee" if freely else "subcommittees:join", number
            )
    context = {
        "subcommittee": found,
        "body": found.body,
        "form": form,
        "open": is_open(found, now.day),
        "candidates": known,
    }
    return render(request, "subcommittees/join.html", context)


def _joined(request: HttpRequest, now: Visit, found: Subcommittee, form: JoinForm) -> bool:
    user = user_of(request)
    try:
        if found.way_in == WayIn.FREE:
            join_freely(
                subcommittee=found,
                organization=form.chosen,
                role=form.chosen_role,
                actor=user,
                at=now.at,
            )
            told = _("%(name)s takes part now.")
        else:
            ask_to_join(
                subcommittee=found, organization=form.chosen, role=form.chosen_role,
                message=form.words, actor=user, at=now.at,
            )  # fmt: skip
            told = _("The request of %(name)s was received. The answer comes by mail.")
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, told % {"name": form.chosen.shown_name})
    return True


@require_POST
def retract(request: HttpRequest, number: int, public_id: UUID) -> HttpResponse:
    now, found = found_for(request, number)
    asked = get_object_or_404(
        ParticipationRequest.objects.acted_for_by(user_of(request), now.day),
        subcommittee=found, public_id=public_id,
    )  # fmt: skip
    try:
        retract_participation(participation=asked, actor=user_of(request), at=now.at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The request was taken back."))
    return redirect("subcommittees:join", number)


@require_http_methods(FORM)
def leave(request: HttpRequest, number: int) -> HttpResponse:
    now, found = found_for(request, number)
    user = user_of(request)
    seats = {seat.organization: seat for seat in own_seats(found.body, now.reader)}
    if not seats:
        raise Http404
    leaving = [one for one, seat in seats.items() if _may_leave(seat.role, seat.office)]
    form = LeaveForm(request.POST or None, organizations=leaving) if leaving else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            leave_subcommittee(
                subcommittee=found, seat=seats[form.chosen], actor=user, at=now.at,
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            told = _("%(name)s takes part until today.") % {"name": form.chosen.shown_name}
            messages.success(request, told)
            return redirect("subcommittees:subcommittee", number)
    context = {"subcommittee": found, "body": found.body, "form": form}
    return render(request, "subcommittees/leave.html", context)


def _may_leave(role: str, office: str) -> bool:
    return role in (SeatRole.MEMBER, SeatRole.OBSERVER) and not office


def found_for(request: HttpRequest, number: int) -> tuple[Visit, Subcommittee]:
    now = visit(request)
    found = get_object_or_404(
        Subcommittee.objects.visible_to(now.reader).select_related("body"), number=number
    )
    return now, found
