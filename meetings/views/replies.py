"""`/meetings/reply/<key>/`: an invitation answered by its link, without an account.

Looking changes nothing; every answer is one POST, and may be given anew until the meeting begins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core.errors import DomainError
from core.links import LINK_KEY_LENGTH
from meetings.choices import MeetingStatus
from meetings.errors import FieldsRefusedError
from meetings.forms.replies import ReplyForm
from meetings.models import Invitation, Meeting
from meetings.queries import reader_of
from meetings.queries.invited import standing_invitation, takes_answers
from meetings.services.replies import reply_to_invitation
from meetings.views.calendars import link_file


@dataclass(frozen=True)
class Asked:
    """One request by the link."""

    invitation: Invitation
    actor: User | None
    """Who answers, when logged in as somebody of the seat; the link alone says nobody."""
    at: datetime

    @property
    def meeting(self) -> Meeting:
        return self.invitation.meeting


Page = Callable[[HttpRequest, Asked], HttpResponse]


def _by_link(view: Page) -> Callable[..., HttpResponse]:
    @wraps(view)
    @login_not_required
    @never_cache
    @sensitive_variables("key")
    @require_http_methods(["GET", "HEAD", "POST"])
    def opened(request: HttpRequest, key: str) -> HttpResponse:
        now = timezone.now()
        found = standing_invitation(key.lower(), timezone.localdate(now)) if _is_key(key) else None
        if found is None or found.meeting.status == MeetingStatus.DRAFT:
            raise Http404
        response = view(request, Asked(found, _actor(request, found, now), now))
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


def _is_key(key: str) -> bool:
    return len(key) == LINK_KEY_LENGTH


def _actor(request: HttpRequest, invitation: Invitation, now: datetime) -> User | None:
    user = request.user
    if not isinstance(user, User):
        return None
    reader = reader_of(user, timezone.localdate(now))
    return user if invitation.seat_id in reader.seats else None


@_by_link
def reply(request: HttpRequest, asked: Asked) -> HttpResponse:
    """What is asked, what was answered, and the form."""
    name = asked.actor.get_full_name() if asked.actor else ""
    seat = asked.invitation.seat
    form = ReplyForm(
        request.POST or None,
        invitation=asked.invitation,
        name=name or (seat.person.name if seat.person else ""),
    )
    if request.method == "POST" and form.is_valid() and _answered(form, asked):
        messages.success(request, _("Thank you for your answer."))
        return redirect("meetings:reply", asked.invitation.link_key)
    meeting = asked.meeting
    context = {
        "form": form,
        "invitation": asked.invitation,
        "meeting": meeting,
        "body": meeting.body,
        "agenda": list(meeting.agenda.all()),
        "open": takes_answers(meeting, asked.at),
        "late": meeting.reply_by is not None and meeting.reply_by < asked.at,
        "online": shows_online(meeting, asked.at),
        "signed_in": asked.actor is not None,
    }
    return render(request, "meetings/reply/page.html", context)


def _answered(form: ReplyForm, asked: Asked) -> bool:
    """What is refused stands at its field, and nothing has been written."""
    values = form.cleaned_data
    try:
        reply_to_invitation(
            invitation=asked.invitation, reply=values["reply"], attendee=values["attendee"],
            opinion=values["opinion"], seen=form.seen_then(), by_link=True, actor=asked.actor,
            at=asked.at,
        )  # fmt: skip
    except FieldsRefusedError as refusal:
        form.refuse(refusal)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        asked.invitation.refresh_from_db(fields=["reply", "attendee", "opinion", "replied_at"])
        form.meet(asked.invitation)
    else:
        return True
    return False


@_by_link
@require_safe
def calendar(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The meeting for the calendar program of whoever has the link."""
    return link_file(asked.invitation, shows_online(asked.meeting, asked.at))


def shows_online(meeting: Meeting, at: datetime) -> bool:
    """Whether the time has come to show those who are invited where to go in."""
    if not meeting.online_url or meeting.status != MeetingStatus.ANNOUNCED or meeting.ends_at < at:
        return False
    return meeting.online_from is None or meeting.online_from <= at
