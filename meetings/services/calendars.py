"""The address under which a person's calendar program reads: opened, renewed, closed."""

from datetime import datetime

from accounts.models import User
from core.audit.acts import record
from core.links import new_link_key
from meetings.models import CalendarFeed
from meetings.services.refusals import refusing


def open_feed(*, user: User, actor: User | None, at: datetime) -> CalendarFeed:
    """The person's address; the same as before when there is one."""
    with refusing():
        feed, new = CalendarFeed.objects.get_or_create(user=user, defaults={"created_at": at})
        if new:
            record(actor, "meetings.calendar.opened", feed, at=at, person=user.get_full_name())
    return feed


def renew_feed(*, user: User, actor: User | None, at: datetime) -> CalendarFeed:
    """Another address; whoever has the old one reads nothing from this moment on."""
    with refusing():
        feed, _new = CalendarFeed.objects.select_for_update().update_or_create(
            user=user, defaults={"link_key": new_link_key(), "created_at": at}
        )
        record(actor, "meetings.calendar.renewed", feed, at=at, person=user.get_full_name())
    return feed


def close_feed(*, user: User, actor: User | None, at: datetime) -> bool:
    """No address any more. False when there was none."""
    with refusing():
        feed = CalendarFeed.objects.select_for_update().filter(user=user).first()
        if feed is None:
            return False
        record(actor, "meetings.calendar.closed", feed, at=at, person=user.get_full_name())
        feed.delete()
    return True
