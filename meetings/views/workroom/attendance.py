"""Answers that came by phone, and who was there."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import DomainError
from meetings.choices import MeetingStatus
from meetings.errors import FieldsRefusedError, TooLateError
from meetings.forms.replies import AttendanceForm, ReplyForm
from meetings.queries.invited import invitations_of
from meetings.services.attendance import record_attendance
from meetings.services.meetings import close_meeting
from meetings.services.replies import reply_to_invitation
from meetings.views.workroom.running import Running, page, running_meeting

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def attendance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = running_meeting(request, public_id)
    meeting = own.its_meeting
    form = AttendanceForm(
        request.POST or None, meeting=meeting, invitations=invitations_of(meeting)
    )
    if request.method == "POST" and form.is_valid() and _recorded(own, form):
        messages.success(request, _("The attendance was recorded."))
        return redirect("meetings:run", public_id)
    begun = meeting.starts_at <= own.at
    return page(own, "attendance/form", {"form": form, "begun": begun})


def _recorded(own: Running, form: AttendanceForm) -> bool:
    meeting, values = own.its_meeting, form.cleaned_data
    try:
        record_attendance(
            meeting=meeting, present=form.present(), guests=values["guests"],
            staff_present=values["staff_present"], listeners=values["listeners"],
            seen=form.seen_then() or meeting.created_at, actor=own.user, at=own.at,
        )  # fmt: skip
        if "close" in own.request.POST and meeting.status == MeetingStatus.ANNOUNCED:
            close_meeting(meeting=meeting, actor=own.user, at=own.at)
    except FieldsRefusedError as refusal:
        for name, sentence in refusal.by_field.items():
            form.add_error(name, sentence)
        return False
    except TooLateError as refusal:
        form.add_error(None, str(refusal))
        form.meet(meeting)
        return False
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_http_methods(FORM)
def take_reply(request: HttpRequest, public_id: UUID, seat: UUID) -> HttpResponse:
    """An answer that came by phone or fax, written down by who runs the body."""
    own = running_meeting(request, public_id)
    known = {row.seat.public_id: row for row in invitations_of(own.its_meeting)}
    if seat not in known:
        raise Http404
    invitation = known[seat]
    invitation.meeting = own.its_meeting
    form = ReplyForm(request.POST or None, invitation=invitation)
    if request.method == "POST" and form.is_valid():
        try:
            reply_to_invitation(
                invitation=invitation, reply=form.cleaned_data["reply"],
                attendee=form.cleaned_data["attendee"], opinion=form.cleaned_data["opinion"],
                seen=form.seen_then(), actor=own.user, at=own.at,
            )  # fmt: skip
        except FieldsRefusedError as refusal:
            form.refuse(refusal)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
            form.meet(invitation)
        else:
            messages.success(request, _("The answer was written down."))
            return redirect("meetings:run", public_id)
    return page(own, "reply/taken", {"form": form, "invitation": invitation})
