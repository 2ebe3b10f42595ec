"""Rules for a seat that no constraint of the database can hold."""

from datetime import date

from django.utils.translation import gettext as _

from core.japan.calendar import era_date
from meetings.choices import BodyKind, SeatRole
from meetings.errors import MeetingsError
from meetings.models import Seat
from members.choices import SPEAKING_DUTIES
from members.models import Affiliation


def check_seat(seat: Seat, today: date) -> None:
    """Refuses a seat outside the life of its body, of no member, of a stranger, of a wrong lead."""
    _within_body(seat)
    day = day_that_counts(seat, today)
    names = {"name": seat.organization.shown_name, "day": era_date(day)}
    if not seat.organization.memberships.active_on(day).exists():
        raise MeetingsError(_("%(name)s is not a member on %(day)s.") % names)
    if seat.person is not None and not _speaks(seat, day):
        raise MeetingsError(
            _("%(person)s does not speak for %(name)s on %(day)s.")
            % {**names, "person": seat.person.name}
        )
    leads = seat.role == SeatRole.LEAD and seat.body.kind == BodyKind.SUBCOMMITTEE
    if leads and not on_steering_committee(seat, day):
        raise MeetingsError(
            _("Only a member of the steering committee can lead a subcommittee: %(name)s has no "
              "seat there on %(day)s.")
            % names
        )  # fmt: skip


def day_that_counts(seat: Seat, today: date) -> date:
    """Today for a seat under way; the first day of one to come, or of one long over."""
    over = seat.valid_until is not None and seat.valid_until <= today
    return seat.valid_from if over else max(seat.valid_from, today)


def on_steering_committee(seat: Seat, day: date) -> bool:
    """Whether the organisation of the seat is a steering member (not an observer) on `day`."""
    return (
        Seat.objects.standing_on(day)
        .filter(organization=seat.organization_id, body__kind=BodyKind.STEERING)
        .exclude(role=SeatRole.OBSERVER)
        .exists()
    )


def _within_body(seat: Seat) -> None:
    body = seat.body
    if seat.valid_from < body.valid_from:
        raise MeetingsError(
            _("%(body)s exists from %(day)s on.")
            % {"body": body.name, "day": era_date(body.valid_from)}
        )
    ends = body.valid_until
    if ends is not None and (seat.valid_until is None or seat.valid_until > ends):
        raise MeetingsError(
            _("%(body)s is dissolved on %(day)s. The seat must end by then.")
            % {"body": body.name, "day": era_date(ends)}
        )


def _speaks(seat: Seat, day: date) -> bool:
    return (
        Affiliation.objects.active_on(day)
        .filter(organization=seat.organization_id, person=seat.person_id, duty__in=SPEAKING_DUTIES)
        .exists()
    )
