"""Asking speakers and the chair, and writing down what they answered on the phone."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from core.japan.calendar import add_business_days
from meetings.errors import FieldsRefusedError
from meetings.forms.minutes import AnswerForm, ChairForm, SpeakersForm, refuse
from meetings.queries.minutes import chair_of, checks_of, who_was_there
from meetings.services.minutes_checks import (
    Checker,
    answer_check,
    ask_chair,
    ask_speakers,
    is_open,
    return_to_draft,
    silent_speakers,
)
from meetings.views.minutes.desk import Desk, desk_of, page

FORM = ["GET", "HEAD", "POST"]
DAYS_TO_ANSWER = 5  # working days


@require_http_methods(FORM)
def speakers(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who was there is offered; guests are written in."""
    desk = desk_of(request, public_id)
    own = desk.own
    there = who_was_there(own.its_meeting, own.day)
    asked = {row.invitation_id for row in checks_of(desk.minutes).rows}
    initial = {
        "speakers": [
            str(one.invitation.pk)
            for one in there
            if one.email and one.invitation.attendance and one.invitation.pk not in asked
        ],
        "due_on": desk.minutes.speakers_due_on
        if desk.minutes.speakers_due_on and desk.minutes.speakers_due_on > own.day
        else add_business_days(own.day, DAYS_TO_ANSWER),
    }
    form = SpeakersForm(request.POST or None, there=there, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            checks = ask_speakers(
                minutes=desk.minutes, checkers=form.checkers, due_on=form.cleaned_data["due_on"],
                actor=own.user, at=own.at,
            )  # fmt: skip
        except FieldsRefusedError as refusal:
            refuse(form, refusal)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(n)s people were asked.") % {"n": len(checks)})
            return redirect("minutes:edit", public_id)
    return page(desk, "speakers", {"form": form, "unreachable": [o for o in there if not o.email]})


@require_http_methods(FORM)
def chair(request: HttpRequest, public_id: UUID) -> HttpResponse:
    desk = desk_of(request, public_id)
    own = desk.own
    known = chair_of(own.its_meeting, own.day)
    initial = {
        "name": known.name if known else "", "email": known.email if known else "",
        "due_on": add_business_days(own.day, DAYS_TO_ANSWER),
    }  # fmt: skip
    form = ChairForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        same = known is not None and known.email.lower() == values["email"].lower()
        invitation = known.invitation if known and same else None
        try:
            check = ask_chair(
                minutes=desk.minutes, checker=Checker(values["name"], values["email"], invitation),
                due_on=values["due_on"], actor=own.user, at=own.at,
            )  # fmt: skip
        except FieldsRefusedError as refusal:
            refuse(form, refusal)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s was asked.") % {"name": check.name})
            return redirect("minutes:edit", public_id)
    return page(desk, "chair", {"form": form, "silent": silent_speakers(desk.minutes, own.day)})


@require_http_methods(FORM)
def take_answer(request: HttpRequest, public_id: UUID, check: int) -> HttpResponse:
    """An answer that came by phone or at the table, written down by who runs the body."""
    desk = desk_of(request, public_id)
    found = get_object_or_404(desk.minutes.checks, pk=check)
    found.minutes = desk.minutes
    form = AnswerForm(request.POST or None, initial={"comment": found.comment})
    if request.method == "POST" and form.is_valid() and _taken(desk, found.pk, form):
        messages.success(request, _("The answer was written down."))
        return redirect("minutes:edit", public_id)
    return page(desk, "take_answer", {"form": form, "check": found, "open": is_open(found)})


def _taken(desk: Desk, check: int, form: AnswerForm) -> bool:
    found = desk.minutes.checks.get(pk=check)
    found.minutes = desk.minutes
    try:
        answer_check(
            check=found, agrees=form.agrees, comment=form.cleaned_data["comment"],
            actor=desk.own.user, at=desk.own.at,
        )  # fmt: skip
    except FieldsRefusedError as refusal:
        refuse(form, refusal)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
    else:
        return True
    return False


@require_POST
def back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    desk = desk_of(request, public_id)
    try:
        return_to_draft(minutes=desk.minutes, actor=desk.own.user, at=desk.own.at)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is a draft again. The links wait until you ask anew."))
    return redirect("minutes:edit", public_id)
