"""Calendar files: of one meeting, and the personal feed with its page."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import user_of
from mailing.letters import absolute
from mailing.queries import sender_identity_on
from meetings.access import can_join_online
from meetings.choices import MeetingStatus
from meetings.models import Invitation, Meeting
from meetings.queries import reader_of
from meetings.queries.calendars import feed_behind, feed_of, meetings_in_calendar
from meetings.rendering.calendar import Entry, Organizer, feed_file, meeting_file
from meetings.requests import own_eyes_only
from meetings.services.calendars import close_feed, open_feed, renew_feed

TYPE = "text/calendar; charset=utf-8"


@login_not_required
@require_safe
def meeting_ics(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One announced meeting, as this reader may know it."""
    now = timezone.now()
    reader = reader_of(request.user, timezone.localdate(now))
    told = Meeting.objects.visible_to(reader).exclude(status=MeetingStatus.DRAFT)
    meeting = get_object_or_404(told.select_related("body"), public_id=public_id)
    entry = Entry(meeting, _page_of(meeting), can_join_online(reader, meeting, now))
    return _file(meeting_file(entry, organizer=organizer_on(now)), "meeting.ics")


def link_file(invitation: Invitation, shows_online: bool) -> HttpResponse:  # noqa: FBT001 -- one reader's answer
    """The same for whoever holds the link of an invitation; it leads back to that link."""
    link = absolute(reverse("meetings:reply", args=[invitation.link_key]))
    entry = Entry(invitation.meeting, link, shows_online)
    return _file(meeting_file(entry, organizer=organizer_on(timezone.now())), "meeting.ics")


@login_not_required
@never_cache
@require_safe
@sensitive_variables("key")
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """All meetings of the person with this address, by their rights of this moment."""
    found = feed_behind(key)
    now = timezone.now()
    if found is None or not found.user.is_valid_on(timezone.localdate(now)):
        raise Http404
    reader = reader_of(found.user, timezone.localdate(now))
    entries = [
        # The address alone opens this: where no seat stands behind it, it shows no way in.
        Entry(
            meeting, _page_of(meeting),
            meeting.body_id in reader.bodies and can_join_online(reader, meeting, now),
        )
        for meeting in meetings_in_calendar(reader, now)
    ]  # fmt: skip
    name = _("Meetings of the platform")
    return _file(feed_file(entries, name=name, organizer=organizer_on(now)), "meetings.ics")


@own_eyes_only
@require_http_methods(["GET", "HEAD", "POST"])
def my_calendar(request: HttpRequest) -> HttpResponse:
    """The address, how to use it, and how to take it back."""
    user, now = user_of(request), timezone.now()
    if request.method == "POST":
        _act(request, now)
        return redirect("papers:calendar")
    known = feed_of(user)
    reader = reader_of(user, timezone.localdate(now))
    address = absolute(reverse("calendar:feed", args=[known.link_key])) if known else ""
    coming = [m for m in meetings_in_calendar(reader, now) if m.ends_at >= now]
    context = {
        "address": address,
        "webcal": f"webcal://{address.partition('://')[2]}",
        "since": known.created_at if known else None,
        "coming": coming[::-1],
    }
    return render(request, "meetings/calendar/page.html", context)


def _act(request: HttpRequest, now: datetime) -> None:
    user, wish = user_of(request), request.POST.get("wish")
    if wish == "renew":
        renew_feed(user=user, actor=user, at=now)
        messages.success(request, _("There is a new address. The old one opens nothing any more."))
    elif wish == "close":
        close_feed(user=user, actor=user, at=now)
        messages.success(request, _("The address was taken back. It opens nothing any more."))
    elif wish == "open":
        open_feed(user=user, actor=user, at=now)
        messages.success(request, _("Your calendar address is ready."))


def organizer_on(at: datetime) -> Organizer:
    identity = sender_identity_on(timezone.localdate(at))
    if identity is None:
        return Organizer(_("Secretariat"), "noreply@localhost")
    return Organizer(identity.name, identity.email)


def _page_of(meeting: Meeting) -> str:
    return absolute(reverse("meetings:meeting", args=[meeting.public_id]))


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
