"""What stops in bodies and meetings when a member leaves."""

from datetime import date

from django.utils.translation import gettext as _

from meetings.labels import meeting_name, role_label
from meetings.queries.terms import coming_invitations, seats_of
from members.models import Organization
from members.queries.leaving import Stop


def stops(organization: Organization, day: date) -> list[Stop]:
    """Its seats, and the meetings to which it is asked on `day` or later. Two queries."""
    seats = seats_of(organization, day)
    if not seats:
        return []
    lines = tuple(f"{seat.body.name}({role_label(seat, seat.body.kind)})" for seat in seats)
    words = _("Seats that open nothing any more: %(n)s") % {"n": len(seats)}
    found = [Stop("seats", words, len(seats), lines)]
    invitations = coming_invitations(seats, day)
    if invitations:
        words = _("Coming meetings to which it is invited: %(n)s") % {"n": len(invitations)}
        names = tuple(meeting_name(row.meeting, row.meeting.body) for row in invitations)
        found.append(Stop("invitations", words, len(invitations), names))
    return found
