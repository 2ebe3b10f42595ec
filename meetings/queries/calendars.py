"""What stands in calendars: the personal address, and the meetings behind it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User
from core.links import LINK_KEY_LENGTH
from meetings.choices import MeetingStatus
from meetings.models import CalendarFeed, Meeting
from meetings.readers import Reader

KEPT = timedelta(days=400)  # a calendar shows what was; it is no archive


def feed_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user).first()


def feed_behind(link_key: str) -> CalendarFeed | None:
    """The one with this address, as long as its owner may log in."""
    if len(link_key) != LINK_KEY_LENGTH:
        return None
    found = CalendarFeed.objects.select_related("user").filter(link_key=link_key.lower()).first()
    if found is None or not found.user.is_active:
        return None
    return found


def meetings_in_calendar(reader: Reader, at: datetime) -> Sequence[Meeting]:
    """Announced ones of the bodies in which the reader sits, newest first. One query.

    Whoever runs all bodies has all of them.
    """
    told = Meeting.objects.visible_to(reader).filter(
        ~Q(status=MeetingStatus.DRAFT), starts_at__gte=at - KEPT
    )
    if not reader.runs_all:
        told = told.filter(body__in=reader.bodies | reader.leads)
    return list(told.select_related("body").order_by("-starts_at"))
