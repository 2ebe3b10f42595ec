"""Calendar files (RFC 5545): a meeting keeps its UID for ever, and SEQUENCE grows as it moves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, Timezone, vCalAddress

from core.japan.calendar import TOKYO
from meetings.choices import Audience, MeetingStatus
from meetings.labels import meeting_name, place_label
from meetings.models import Meeting

PRODUCT = "-//Kodoku Koritsu Platform//Meetings//JA"
# Not the site's name: the office changes its domain, and calendars must not see other meetings.
UID_DOMAIN = "meetings.kodoku-platform"
READ_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Entry:
    """A meeting (with its body) as one reader may know it."""

    meeting: Meeting
    url: str
    """Where its reader finds the rest."""
    shows_online: bool = False


@dataclass(frozen=True)
class Organizer:
    """The secretariat: RFC 5546 wants one in what is published and in what is cancelled."""

    name: str
    email: str


def meeting_file(entry: Entry, *, organizer: Organizer) -> bytes:
    """One meeting. Opened once more after a move or a cancellation, the same entry follows."""
    cancelled = entry.meeting.status == MeetingStatus.CANCELLED
    calendar = _calendar("CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(_event(entry, organizer))
    return bytes(calendar.to_ical())


def feed_file(entries: Iterable[Entry], *, name: str, organizer: Organizer) -> bytes:
    """All meetings of a person, for a program that asks again and again."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry, organizer))
    return bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(Timezone.from_tzid("Asia/Tokyo"))
    return calendar


def _event(entry: Entry, organizer: Organizer) -> Event:
    meeting = entry.meeting
    cancelled = meeting.status == MeetingStatus.CANCELLED
    event = Event()
    event.add("uid", f"{meeting.public_id}@{UID_DOMAIN}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", meeting.changed_at)
    event.add("last-modified", meeting.changed_at)
    event.add("dtstart", _tokyo(meeting.starts_at))
    event.add("dtend", _tokyo(meeting.ends_at))
    event.add("summary", f"{'【中止】' if cancelled else ''}{_title(meeting)}")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    event.add("class", "PUBLIC" if meeting.audience == Audience.PUBLIC else "PRIVATE")
    event.add("location", place_label(meeting))
    event.add("description", "\n".join(_description(entry)))
    event.add("url", entry.url)
    address = vCalAddress(f"mailto:{organizer.email}")
    address.params["CN"] = organizer.name
    event.add("organizer", address)
    return event


def _title(meeting: Meeting) -> str:
    name = meeting_name(meeting, meeting.body)
    return f"{name}({meeting.title})" if meeting.title else name


def _description(entry: Entry) -> Iterable[str]:
    meeting = entry.meeting
    if meeting.status == MeetingStatus.CANCELLED and meeting.cancelled_reason:
        yield f"中止の理由: {meeting.cancelled_reason}"
    if entry.shows_online and meeting.online_url:
        yield f"オンラインの入室先: {meeting.online_url}"
        if meeting.online_note:
            yield meeting.online_note
    yield f"議題・資料・出欠: {entry.url}"


def _tokyo(moment: datetime) -> datetime:
    return moment.astimezone(TOKYO)
