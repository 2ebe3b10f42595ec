"""What the lead organisations do: decide who takes part."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import user_of
from core.errors import DomainError
from meetings.access import can_run
from meetings.views.reading import Visit
from subcommittees.access import can_decide
from subcommittees.choices import ParticipationStatus
from subcommittees.errors import TooLateError
from subcommittees.forms import DecisionForm
from subcommittees.models import ParticipationRequest, Subcommittee
from subcommittees.services import approve_participation, decline_participation
from subcommittees.views.joining import FORM, found_for

DECIDED_SHOWN = 20


@require_safe
def requests(request: HttpRequest, number: int) -> HttpResponse:
    now, found = _run(request, number)
    put = ParticipationRequest.objects.visible_to(now.reader).filter(subcommittee=found)
    put = put.select_related("organization", "decided_by")
    context = {
        "subcommittee": found,
        "body": found.body,
        "waiting": put.open().order_by("asked_at", "pk"),
        "decided": put.exclude(status=ParticipationStatus.RECEIVED)[:DECIDED_SHOWN],
        "decides": can_decide(request.user, now.reader, found),
    }
    return render(request, "subcommittees/requests.html", context)


@require_http_methods(FORM)
def participation(request: HttpRequest, number: int, public_id: UUID) -> HttpResponse:
    now, found = _run(request, number)
    put = ParticipationRequest.objects.visible_to(now.reader).filter(subcommittee=found)
    asked = get_object_or_404(
        put.select_related("organization", "asked_by", "decided_by"), public_id=public_id
    )
    decides = can_decide(request.user, now.reader, found)
    form = None
    if decides and asked.status == ParticipationStatus.RECEIVED:
        form = DecisionForm(request.POST or None)
    elif request.method == "POST":
        return _too_late(request, number, public_id)
    if form is not None and request.method == "POST" and form.is_valid():
        answer = _decided(request, now, asked, form)
        if answer is not None:
            return answer
    context = {"subcommittee": found, "body": found.body, "asked": asked, "form": form}
    return render(request, "subcommittees/request.html", context)


def _decided(
    request: HttpRequest, now: Visit, asked: ParticipationRequest, form: DecisionForm
) -> HttpResponse | None:
    """None when the form has to come back."""
    number = asked.subcommittee.number
    approves = form.cleaned_data["decision"] == DecisionForm.APPROVE
    decide = approve_participation if approves else decline_participation
    try:
        decide(
            participation=asked, answer=form.cleaned_data["answer"], actor=user_of(request),
            at=now.at,
        )  # fmt: skip
    except TooLateError:
        return _too_late(request, number, asked.public_id)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None
    told = _("%(name)s takes part now.") if approves else _("The request of %(name)s was declined.")
    messages.success(request, told % {"name": asked.organization.shown_name})
    return redirect("subcommittees:requests", number)


def _too_late(request: HttpRequest, number: int, public_id: UUID) -> HttpResponse:
    messages.error(
        request, _("Somebody was quicker: this has moved on already. Please look again.")
    )
    return redirect("subcommittees:request", number, public_id)


def _run(request: HttpRequest, number: int) -> tuple[Visit, Subcommittee]:
    """Raises Http404 for all who do not run the subcommittee."""
    now, found = found_for(request, number)
    if not can_run(now.reader, found.body):
        raise Http404
    return now, found
