"""The weekly round: items close on Tuesday, the draft stands on Wednesday, it goes on Friday."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from core.japan.calendar import is_business_day, previous_business_day

SEND_AT = time(10, 0)
_DRAFT_WEEKDAY = 2  # Wednesday
_SEND_WEEKDAY = 4  # Friday


def monday_of(day: date) -> date:
    """The Monday that names the week of `day`."""
    return day - timedelta(days=day.weekday())


def send_day(week_of: date) -> date | None:
    """Friday of the week, or the business day before it; None in a week without business days."""
    friday = week_of + timedelta(days=_SEND_WEEKDAY)
    day = friday if is_business_day(friday) else previous_business_day(friday)
    return day if day >= week_of else None


def proposed_send_at(week_of: date) -> datetime | None:
    """10:00 JST on the day of sending."""
    day = send_day(week_of)
    return timezone.make_aware(datetime.combine(day, SEND_AT)) if day else None


def draft_is_due(day: date) -> bool:
    """From Wednesday on (earlier when the day of sending is), the week has its draft."""
    week_of = monday_of(day)
    sending = send_day(week_of)
    if sending is None or day > sending:
        return False
    return day >= min(week_of + timedelta(days=_DRAFT_WEEKDAY), sending)
