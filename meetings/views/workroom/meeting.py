"""One meeting in the workroom: its hub, prepared, edited, announced, cancelled, thrown away."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from meetings.choices import MeetingStatus
from meetings.errors import FieldsRefusedError, TooLateError
from meetings.forms.meetings import AnnounceForm, CancelForm, MeetingForm, as_last_time
from meetings.labels import meeting_name
from meetings.models import Meeting
from meetings.queries.invited import (
    answers_in,
    invitations_of,
    reachable,
    seats_to_invite,
    takes_answers,
)
from meetings.queries.workroom import is_first_here, last_of
from meetings.services.inviting import announce_meeting, invite_late, resend_invitation
from meetings.services.meetings import (
    cancel_meeting,
    discard_meeting,
    edit_meeting,
    missing_in,
    next_number,
    prepare_meeting,
)
from meetings.views.workroom.running import Running, complain, page, running_body, running_meeting

FORM = ["GET", "HEAD", "POST"]


@require_safe
def hub(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far the meeting is, who answered what, and every next step."""
    own = running_meeting(request, public_id)
    meeting = own.its_meeting
    invitations = invitations_of(meeting)
    announced = meeting.status == MeetingStatus.ANNOUNCED
    context = {
        "invitations": invitations,
        "answers": answers_in(invitations),
        "late": seats_to_invite(meeting) if announced else [],
        "agenda": list(meeting.agenda.all()),
        "begun": meeting.starts_at <= own.at,
        "open": takes_answers(meeting, own.at),
        "missing": list(missing_in(meeting).values()),
    }
    return page(own, "run/meeting", context)


@require_http_methods(FORM)
def add(request: HttpRequest, slug: str) -> HttpResponse:
    own = running_body(request, slug)
    initial = as_last_time(own.body, last_of(own.body), own.day)
    form = MeetingForm(request.POST or None, body=own.body, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = prepare_meeting(
                body=own.body, values=form.values(own.at), agenda=form.agenda_lines(),
                actor=own.user, at=own.at,
            )  # fmt: skip
        except FieldsRefusedError as refusal:
            form.refuse(refusal)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The meeting is prepared. Nobody has been told yet."))
            return redirect("meetings:run", made.public_id)
    return page(own, "edit/form", {"form": form})


@require_http_methods(FORM)
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = running_meeting(request, public_id)
    form = MeetingForm(request.POST or None, body=own.body, meeting=own.its_meeting)
    if request.method == "POST" and form.is_valid() and _edited(own, form):
        return redirect("meetings:run", public_id)
    return page(own, "edit/form", {"form": form})


def _edited(own: Running, form: MeetingForm) -> bool:
    meeting = own.its_meeting
    try:
        changed = edit_meeting(
            meeting=meeting, values=form.values(own.at), agenda=form.agenda_lines(),
            seen=form.seen_then() or meeting.created_at, actor=own.user, at=own.at,
        )  # fmt: skip
    except FieldsRefusedError as refusal:
        form.refuse(refusal)
        return False
    except TooLateError as refusal:
        form.add_error(None, str(refusal))
        form.meet(meeting)
        return False
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    _tell_of_edit(own, changed)
    return True


def _tell_of_edit(own: Running, changed: tuple[str, ...]) -> None:
    after = running_meeting(own.request, own.its_meeting.public_id).its_meeting
    if not changed:
        messages.info(own.request, _("Nothing was different, so nothing was changed."))
    elif after.sequence > own.its_meeting.sequence and after.ends_at > own.at:
        messages.success(own.request, _("The meeting was changed. Who is invited gets a letter."))
    else:
        messages.success(own.request, _("The meeting was changed."))


@require_http_methods(FORM)
def announce(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who will be asked and what they will read, before anything leaves."""
    own = running_meeting(request, public_id)
    meeting = own.its_meeting
    number = next_number(own.body, meeting.fiscal_year)
    initial = {"seen": meeting.changed_at.isoformat(), "number": number}
    form = AnnounceForm(request.POST or None, asks_number=is_first_here(own.body), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            announced = announce_meeting(
                meeting=meeting, number=form.cleaned_data.get("number"),
                seen=form.seen_then() or meeting.created_at, actor=own.user, at=own.at,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            told = _("%(name)s was announced.")
            messages.success(request, told % {"name": meeting_name(announced, own.body)})
            return redirect("meetings:run", public_id)
    return page(own, "announce/form", {"form": form, **_preview(own, number)})


def _preview(own: Running, number: int) -> dict[str, object]:
    meeting = own.its_meeting
    places = reachable(seats_to_invite(meeting), own.day)
    named = Meeting(number=number, fiscal_year=meeting.fiscal_year)
    return {
        "places": places,
        "unreachable": [place for place in places if place.address is None],
        "name": meeting_name(named, own.body),
        "agenda": list(meeting.agenda.all()),
        "missing": list(missing_in(meeting).values()),
        "past": meeting.starts_at <= own.at,
    }


@require_http_methods(FORM)
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = running_meeting(request, public_id)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_meeting(
                meeting=own.its_meeting, reason=form.cleaned_data["reason"], actor=own.user,
                at=own.at,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The meeting was cancelled. Who is invited gets a letter."))
            return redirect("meetings:run", public_id)
    asked = own.its_meeting.invitations.exclude(sent_at=None).count()
    return page(own, "cancel/form", {"form": form, "asked": asked})


@require_http_methods(FORM)
def discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = running_meeting(request, public_id)
    if request.method == "POST":
        try:
            discard_meeting(meeting=own.its_meeting, actor=own.user, at=own.at)
        except DomainError as refusal:
            complain(own, refusal)
            return redirect("meetings:run", public_id)
        messages.success(request, _("The draft was thrown away."))
        return redirect("bodies:run", own.body.slug)
    return page(own, "cancel/discard", {})


@require_POST
def invite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Those who came after the announcement."""
    own = running_meeting(request, public_id)
    try:
        invited = invite_late(meeting=own.its_meeting, actor=own.user, at=own.at)
    except DomainError as refusal:
        complain(own, refusal)
    else:
        messages.success(request, _("%(n)s organizations were invited.") % {"n": len(invited)})
    return redirect("meetings:run", public_id)


@require_POST
def resend(request: HttpRequest, public_id: UUID, seat: UUID) -> HttpResponse:
    own = running_meeting(request, public_id)
    row = own.its_meeting.invitations.filter(seat__public_id=seat).first()
    if row is None:
        return redirect("meetings:run", public_id)
    try:
        sent = resend_invitation(invitation=row, actor=own.user, at=timezone.now())
    except DomainError as refusal:
        complain(own, refusal)
        return redirect("meetings:run", public_id)
    if sent:
        messages.success(request, _("The invitation is on its way once more."))
    else:
        messages.error(request, _("There is no mailbox to which it could go. Please call them."))
    return redirect("meetings:run", public_id)
