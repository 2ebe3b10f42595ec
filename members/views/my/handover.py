"""人事異動, one form; and taking it back until the day."""

from itertools import chain
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from core.japan.calendar import era_date_weekday
from members.forms.my_leaving import HandoverForm
from members.queries.colleagues import Colleague, booked_handovers, colleagues_of
from members.queries.standing import wanting
from members.services import cancel_handover, hand_over_person
from members.views.my.acting import Acting, acting, page, sentence_of


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, slug: str) -> HttpResponse:
    own = acting(request, slug)
    people = colleagues_of(own.organization, own.day)
    if not any(colleague.movable for colleague in people):
        return page(request, own, "handover_none", {})
    initial = _initial(request, own, people)
    form = HandoverForm(request.POST or None, colleagues=people, today=own.day, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            opened = hand_over_person(
                leaving=form.leaving(),
                successor=form.contact(),
                effective_on=form.cleaned_data["effective_on"],
                newsletter=form.cleaned_data["newsletter"],
                actor=own.user,
                at=own.at,
            )
        except DomainError as refusal:
            form.add_error(None, sentence_of(refusal))
        else:
            told = _("%(name)s takes over on %(day)s. Letters are on their way.")
            day = era_date_weekday(opened[0].valid_from)
            messages.success(request, told % {"name": opened[0].person.name, "day": day})
            return redirect("portal:my")  # whoever hands over today has no page here any more
    return page(request, own, "handover", {"form": form})


def _initial(request: HttpRequest, own: Acting, people: list[Colleague]) -> dict[str, object]:
    """Who leaves as the link says, else oneself; and whether their mailbox has the magazine."""
    asked = request.GET.get("person", "")
    can_leave = [one for one in people if one.movable]
    named = (one for one in can_leave if str(one.person.public_id) == asked)
    oneself = (one for one in can_leave if one.person.user_id == own.user.pk)
    chosen = next(chain(named, oneself, can_leave))
    address = chosen.first.address
    return {
        "person": str(chosen.person.public_id),
        "newsletter": bool(address and wanting([address])),
    }


@require_POST
def cancel(request: HttpRequest, slug: str, person: UUID) -> HttpResponse:
    """`person` is who was to come."""
    own = acting(request, slug)
    booked = [
        found
        for found in booked_handovers([own.organization], own.day)
        if found.after.public_id == person
    ]
    if not booked:
        raise Http404
    try:
        cancel_handover(coming=booked[0].rows, actor=own.user, at=own.at)
    except DomainError as refusal:
        messages.error(request, sentence_of(refusal))
    else:
        messages.success(request, _("The handover was taken back."))
    return redirect("organizations:home", slug=slug)
