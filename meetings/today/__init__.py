"""What of bodies and meetings waits for somebody: each sees what they may do something about."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from core.shell.today import TodayRow
from meetings.queries import reader_of
from meetings.today import sittings, terms


def rows(user: User, at: datetime) -> list[TodayRow]:
    """Derived from the records themselves: what is done is gone, for everybody at once."""
    day = timezone.localdate(at)
    found: list[TodayRow] = []
    if user.has_perm("meetings.change_seat"):
        found += terms.ending(day) + terms.vacant(day)
        found += terms.left(day) + terms.wrong_leads(day) + terms.former(day)
    if user.has_perm("meetings.change_meeting"):
        reader = reader_of(user, day)
        found += sittings.without_attendance(reader, at)
        found += sittings.without_minutes(reader, at)
        found += sittings.minutes_due(reader, day)
        found += sittings.to_publish(reader)
    return found
