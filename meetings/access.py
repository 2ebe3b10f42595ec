"""Who may do what with a body, asked of today's seats at request time."""

from datetime import datetime

from meetings.choices import Audience, BodyKind, MeetingStatus
from meetings.models import Body, Meeting
from meetings.readers import Reader


def can_run(reader: Reader, body: Body) -> bool:
    """Call meetings, put papers up, write minutes, decide who joins."""
    return reader.runs(body.pk, body.kind)


def audiences_for(reader: Reader, body: Body) -> tuple[Audience, ...]:
    """To whom this person may open what they put up: never to those whose things they do not see.

    In the committee itself 幹事会限り means one thing: its seats, observers included.
    """
    found = [Audience.PUBLIC, Audience.MEMBERS, Audience.BODY]
    lead = body.pk in reader.leads
    if body.kind != BodyKind.STEERING and (reader.reads_steering or lead):
        found.append(Audience.STEERING)
    if reader.runs_all:
        found.append(Audience.SECRETARIAT)
    return tuple(found)


def can_join_online(reader: Reader, meeting: Meeting, at: datetime) -> bool:
    """See the online address: who runs the body at once, who sits there from its hour on."""
    if not meeting.online_url or meeting.status != MeetingStatus.ANNOUNCED:
        return False
    if can_run(reader, meeting.body):
        return True
    begun = meeting.online_from is None or meeting.online_from <= at
    return begun and meeting.body_id in reader.bodies


def can_see_seats(reader: Reader, body: Body) -> bool:
    """Read who sits there: the committees are known to all, the rest to members."""
    known = body.kind in (BodyKind.STEERING, BodyKind.ASSEMBLY)
    return known or reader.is_member or reader.reads_all


def can_see_people(reader: Reader, body: Body) -> bool:
    """Read the names of those who were named to a seat."""
    return body.pk in reader.bodies or reader.is_steering or reader.reads_all
