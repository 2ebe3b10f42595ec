"""Applying for membership, without an account: whoever holds the link of an application writes it.

Nothing here tells whether anybody else has applied or is a member: an unknown key is as absent as a
page that never was, and the first page answers the same to everybody.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.limits import is_within_limit
from core.links import LINK_KEY_LENGTH
from members.choices import APPLICATION_MOVES, ApplicationStatus
from members.errors import MembersError
from members.forms.application import STEPS, StartForm, Step
from members.models import MembershipApplication
from members.queries.progress import decision_in_force, moments_of, open_correction
from members.services.applying import (
    DRAFTS_KEPT,
    IN_APPLICANTS_HANDS,
    retract_application,
    start_application,
)
from members.views.apply_form import FormPage
from members.views.apply_pages import steps_of

View = Callable[..., HttpResponse]

# A town hall sits behind one address; a mailbox gets a few letters an hour and no more.
_PER_PLACE = "30/1h/ip"
_PER_MAILBOX = "5/1h/key"

_FORM = require_http_methods(["GET", "HEAD", "POST"])


def with_link(view: View) -> View:
    """The application whose key stands in the address; any other key finds nothing."""

    @wraps(view)
    @login_not_required
    @never_cache
    @sensitive_variables("key")
    def opened(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
        application = find(key)
        try:
            response = view(request, application, **kwargs)
        except MembersError as error:  # somebody was quicker: the page of the link says how it is
            messages.warning(request, str(error))
            response = redirect("members:application", key=application.link_key)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def find(key: str) -> MembershipApplication:
    """As typed from a printed letter: capitals do not matter."""
    typed = key.lower()
    found = None
    if len(typed) == LINK_KEY_LENGTH:
        found = MembershipApplication.objects.public(typed).first()
    if found is None:
        raise Http404
    return found


@login_not_required
@never_cache
@_FORM
def start(request: HttpRequest) -> HttpResponse:
    """What membership is, which category; then the letter with the link."""
    form = StartForm(request.POST or None)
    context = {"form": form, "days_kept": DRAFTS_KEPT.days}
    if request.method == "POST" and form.is_valid():
        if not is_within_limit(request, "apply", _PER_PLACE):
            return render(
                request, "members/apply/start.html", {**context, "busy": True}, status=429
            )
        email = form.cleaned_data["email"]
        # Beyond its limit a mailbox gets no further letter, and the page says no other word.
        if is_within_limit(request, "apply_mailbox", _PER_MAILBOX, key=email):
            start_application(
                email=email, category=form.cleaned_data["category"], at=timezone.now()
            )
        return redirect("members:apply_sent")
    return render(request, "members/apply/start.html", context)


@login_not_required
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "members/apply/sent.html", {"days_kept": DRAFTS_KEPT.days})


@with_link
@_FORM
def application(request: HttpRequest, application: MembershipApplication) -> HttpResponse:
    """Where the link leads: on with the draft, to what is to be corrected, or to the state."""
    status = application.status
    if status == ApplicationStatus.RETURNED:
        return _correction(request, application)
    if status == ApplicationStatus.DRAFT:
        return render(request, "members/apply/draft.html", _draft(request, application))
    in_progress = ApplicationStatus.RETRACTED in APPLICATION_MOVES[ApplicationStatus(status)]
    context = {
        "application": application,
        "moments": moments_of(application),
        "decision": decision_in_force(application),
        "just_sent": "sent" in request.GET,
        "can_retract": in_progress,
        "blocks": steps_of(application) if in_progress else [],
    }
    return render(request, "members/apply/state.html", context)


def _draft(request: HttpRequest, application: MembershipApplication) -> dict[str, Any]:
    steps = steps_of(application)
    ways = [step for step in steps if step.gaps]
    saved_at = application.saved_at or application.created_at
    return {
        "application": application,
        "steps": steps,
        "next_step": ways[0] if ways else None,
        "just_saved": "saved" in request.GET,
        "kept_until": timezone.localdate(saved_at + DRAFTS_KEPT),
    }


def _correction(request: HttpRequest, application: MembershipApplication) -> HttpResponse:
    """The words of the secretariat first, then the marked fields, ready to be written over."""
    correction = open_correction(application)
    marked = correction.marked if correction else []
    page = FormPage(request, application, _asked(marked), contacts=_asks_contacts(marked))
    if request.method == "POST" and page.save():
        return redirect("members:application_check", key=application.link_key)
    context = page.context() | {"correction": correction, "steps": steps_of(application)}
    return render(request, "members/apply/correction.html", context)


def _asked(marked: Iterable[str]) -> list[str]:
    """The marked fields in the order of the form; the regions never without 全国."""
    wanted = set(marked) | ({"nationwide", "regions"} if "regions" in marked else set())
    return [name for step in STEPS for name in step.fields if name in wanted]


def _asks_contacts(marked: Iterable[str]) -> bool:
    return any(name.partition(".")[0] == "contacts" for name in marked)


@with_link
@_FORM
def step(request: HttpRequest, application: MembershipApplication, step: str) -> HttpResponse:
    """One page of the form. Each way off it saves; only the way back asks for nothing."""
    current = next((one for one in STEPS if one.name == step), None)
    if current is None:
        raise Http404
    if application.status not in IN_APPLICANTS_HANDS:
        return redirect("members:application", key=application.link_key)
    page = FormPage(request, application, current.fields, contacts=current.name == "contacts")
    if request.method == "POST" and page.save():
        return _way_on(request, application, current)
    here = STEPS.index(current)
    context = page.context() | {
        "step": current,
        "number": here + 1,
        "steps": steps_of(application),
        "previous": STEPS[here - 1] if here else None,
        "template": f"members/apply/steps/{current.name}.html",
        "back_to_check": _came_from_check(request, application),
    }
    return render(request, "members/apply/step.html", context)


def _way_on(
    request: HttpRequest, application: MembershipApplication, current: Step
) -> HttpResponse:
    key = application.link_key
    if "pause" in request.POST:
        response = redirect("members:application", key=key)
        response["Location"] += "?saved"
        return response
    here = STEPS.index(current) + (-1 if "back" in request.POST else 1)
    if "back_to_check" in request.POST or here >= len(STEPS):
        return redirect("members:application_check", key=key)
    return redirect("members:application_step", key=key, step=STEPS[max(here, 0)].name)


def _came_from_check(request: HttpRequest, application: MembershipApplication) -> bool:
    """Who mends one block of a finished form goes back to the page they came from."""
    return "check" in request.GET or application.status == ApplicationStatus.RETURNED


@with_link
@_FORM
def retract(request: HttpRequest, application: MembershipApplication) -> HttpResponse:
    """GET asks, POST takes the application back."""
    moves = APPLICATION_MOVES[ApplicationStatus(application.status)]
    if ApplicationStatus.RETRACTED not in moves:
        return redirect("members:application", key=application.link_key)
    if request.method == "POST":
        retract_application(application=application, actor=None, at=timezone.now())
        return redirect("members:application", key=application.link_key)
    return render(request, "members/apply/retract.html", {"application": application})
