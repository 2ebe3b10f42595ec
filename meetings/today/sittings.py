"""Meetings that are over and not written up, and minutes that are due."""

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.shell.today import TodayRow
from meetings.choices import MeetingStatus, MinutesStatus
from meetings.labels import meeting_name
from meetings.models import Meeting, Minutes
from meetings.readers import Reader
from members.today.lines import listed

SOON = timedelta(days=7)
WRITE_WITHIN = timedelta(days=30)
BEING_WRITTEN = (MinutesStatus.DRAFT, MinutesStatus.SPEAKERS, MinutesStatus.CHAIR)


def without_attendance(reader: Reader, at: datetime) -> list[TodayRow]:
    """Over, and nobody has entered who was there."""
    found = (
        Meeting.objects.run_by(reader)
        .announced()
        .filter(ends_at__lt=at)
        .select_related("body")
        .order_by("ends_at", "pk")
    )
    return listed(
        found,
        lambda meeting: _meeting_row(
            meeting, _("It is over: enter who was there"), _("Enter it"),
            timezone.localdate(meeting.ends_at),
        ),
        lambda number, first: _row(
            _("Meetings without attendance: %(n)s") % {"n": number}, _first(first), _("See them"),
            _list("meeting", f"status__exact={MeetingStatus.ANNOUNCED.value}"),
            timezone.localdate(first.ends_at),
        ),
    )  # fmt: skip


def without_minutes(reader: Reader, at: datetime) -> list[TodayRow]:
    """Held, and nobody has begun to write."""
    found = (
        Meeting.objects.run_by(reader)
        .filter(status=MeetingStatus.HELD, minutes=None)
        .select_related("body")
        .order_by("ends_at", "pk")
    )
    return listed(
        found,
        lambda meeting: _meeting_row(
            meeting, _("No minutes yet"), _("Write"), _write_by(meeting)
        ),
        lambda number, first: _row(
            _("Meetings without minutes: %(n)s") % {"n": number}, _first(first), _("See them"),
            _list("meeting", f"status__exact={MeetingStatus.HELD.value}"), _write_by(first),
        ),
    )  # fmt: skip


def minutes_due(reader: Reader, day: date) -> list[TodayRow]:
    """Not final, and due within a week or overdue."""
    found = (
        Minutes.objects.run_by(reader)
        .filter(status__in=BEING_WRITTEN, due_on__lte=day + SOON)
        .select_related("meeting__body")
        .order_by("due_on", "pk")
    )
    return listed(
        found,
        lambda minutes: _minutes_row(minutes, str(minutes.get_status_display()), minutes.due_on),
        lambda number, first: _row(
            _("Minutes that are due: %(n)s") % {"n": number}, _first(first.meeting),
            _("See them"), _list("minutes"), first.due_on,
        ),
    )  # fmt: skip


def to_publish(reader: Reader) -> list[TodayRow]:
    """Final, and no time of publication is set."""
    found = (
        Minutes.objects.run_by(reader)
        .filter(status=MinutesStatus.FINAL)
        .select_related("meeting__body")
        .order_by("finished_at", "pk")
    )
    return listed(
        found,
        lambda minutes: _minutes_row(minutes, _("Final, not published yet"), None),
        lambda number, first: _row(
            _("Minutes that are final and not published: %(n)s") % {"n": number},
            _first(first.meeting), _("See them"),
            _list("minutes", f"status__exact={MinutesStatus.FINAL.value}"), None,
        ),
    )  # fmt: skip


def _write_by(meeting: Meeting) -> date:
    return timezone.localdate(meeting.ends_at) + WRITE_WITHIN


def _first(meeting: Meeting) -> str:
    return _("The first: %(name)s") % {"name": meeting_name(meeting, meeting.body)}


def _meeting_row(meeting: Meeting, who: str, action: str, due: date) -> TodayRow:
    place = reverse("admin:meetings_meeting_change", args=[meeting.pk])
    return _row(meeting_name(meeting, meeting.body), who, action, place, due)


def _minutes_row(minutes: Minutes, who: str, due: date | None) -> TodayRow:
    place = reverse("admin:meetings_minutes_change", args=[minutes.pk])
    name = meeting_name(minutes.meeting, minutes.meeting.body)
    return _row(name, who, _("Look"), place, due)


def _list(model: str, query: str = "") -> str:
    return reverse(f"admin:meetings_{model}_changelist") + (f"?{query}" if query else "")


def _row(title: str, who: str, action: str, url: str, due: date | None) -> TodayRow:
    return TodayRow(
        kind=_("Meetings and minutes"), icon="bodies", title=title, who=who, action=action,
        url=url, due=due,
    )  # fmt: skip
