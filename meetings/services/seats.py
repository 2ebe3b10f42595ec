"""Who sits where: giving, ending, naming, replacing. Periods are half-open: from ≤ day < until.

Nothing that has been is written over. What changes from a day on ends the seat on that day and
goes on in a next one, so that any past day can still be asked who sat there.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.acts import record
from core.audit.context import Actor
from core.japan.calendar import era_date
from meetings.choices import Office, SeatRole
from meetings.errors import MeetingsError, TooLateError
from meetings.models import Body, Invitation, Seat
from meetings.services.refusals import refusing
from meetings.services.seat_rules import check_seat
from members.models import Organization, Person

_COMPARED = ("organization_id", "person_id", "role", "office", "valid_from", "valid_until")


def give_seat(
    *,
    body: Body,
    organization: Organization,
    valid_from: date,
    valid_until: date | None = None,
    role: str = SeatRole.MEMBER,
    person: Person | None = None,
    office: str = "",
    display_name: str = "",
    note: str = "",
    actor: Actor | None,
    at: datetime,
) -> Seat:
    """A seat for an organisation; with `person`, for that person of it alone. May be booked."""
    with refusing():
        seat = Seat(
            body=_lock(body.pk), organization=organization, person=person, role=role, office=office,
            display_name=display_name, valid_from=valid_from, valid_until=valid_until, note=note,
        )  # fmt: skip
        _save(seat, at, new=True)
        record(
            actor, "meetings.seat.given", organization, at=at, body=body.name, role=role,
            valid_from=valid_from.isoformat(),
            **({"until": valid_until.isoformat()} if valid_until else {}),
        )  # fmt: skip
    return seat


def end_seat(
    *, seat: Seat, until: date, reason: str = "", actor: Actor | None, at: datetime
) -> Seat:
    """The seat holds until the day before `until`: sooner than planned, or later."""
    with refusing():
        seat = _now(seat)
        if seat.valid_until == until:
            raise MeetingsError(_("The seat already ends on this day."))
        if until <= seat.valid_from:
            raise MeetingsError(
                _("The seat begins on %(day)s. It can only end after that.")
                % {"day": era_date(seat.valid_from)}
            )
        longer = seat.valid_until is not None and until > seat.valid_until
        seat.valid_until = until
        _save(seat, at, check=longer)
        _told(seat, "ended", actor, at, until=until.isoformat(), reason=reason)
    return seat


def take_back_seat(*, seat: Seat, reason: str, actor: Actor | None, at: datetime) -> None:
    """A booked seat that has not begun is gone again; a seat it ended early is not prolonged."""
    with refusing():
        seat = _now(seat)
        if seat.valid_from <= timezone.localdate(at):
            raise MeetingsError(_("The seat has begun. It can be ended, but not taken back."))
        if seat.invitations.exists():
            raise MeetingsError(_("The seat has been invited to a meeting. End it instead."))
        _told(seat, "taken_back", actor, at, reason=reason)
        seat.delete()


def name_person(*, seat: Seat, person: Person | None, actor: Actor | None, at: datetime) -> Seat:
    """From now on this person alone sits there; None: everybody who speaks for it."""
    with refusing():
        seat = _now(seat)
        if seat.person == person:
            raise MeetingsError(_("That is so already."))
        before = seat.person.name if seat.person else ""
        seat.person = person
        _save(seat, at, check=person is not None)
        _told(seat, "named", actor, at, before=before, after=person.name if person else "")
    return seat


def give_office(
    *, seat: Seat, office: str, on: date | None = None, actor: Actor | None, at: datetime
) -> Seat:
    """Chair or vice chair from `on` (today) until the seat ends; "" lays the office down."""
    with refusing():
        seat = _now(seat)
        if seat.office == office:
            raise MeetingsError(_("That is so already."))
        label = str(Office(office).label) if office else ""
        seat = _from_day(seat, on or timezone.localdate(at), {"office": office}, at)
        _told(seat, "office_given", actor, at, office=label, valid_from=seat.valid_from.isoformat())
    return seat


def change_role(
    *, seat: Seat, role: str, on: date | None = None, actor: Actor | None, at: datetime
) -> Seat:
    """The organisation goes on in another role from `on` (today)."""
    with refusing():
        seat = _now(seat)
        if seat.role == role:
            raise MeetingsError(_("That is so already."))
        before = str(seat.get_role_display())
        seat = _from_day(seat, on or timezone.localdate(at), {"role": role}, at)
        _told(seat, "role_changed", actor, at, before=before, after=str(seat.get_role_display()))
    return seat


def replace_seat(
    *,
    seat: Seat,
    on: date,
    organization: Organization | None = None,
    person: Person | None = None,
    note: str = "",
    actor: Actor | None,
    at: datetime,
) -> Seat:
    """補欠: from `on` another organisation, or person of the same one, serves the remainder.

    The office stays with nobody: a chair is chosen anew.
    """
    with refusing():
        seat = _now(seat)
        if organization in (None, seat.organization) and person == seat.person:
            raise MeetingsError(_("Choose who comes in: another organization or another person."))
        new = {"organization": organization or seat.organization, "person": person}
        successor = _successor(seat, on, {**new, "office": "", "note": note}, at)
        _told(
            seat, "replaced", actor, at, after=successor.organization.shown_name,
            person=person.name if person else "", valid_from=on.isoformat(),
        )  # fmt: skip
    return successor


def transfer_seat(
    *,
    seat: Seat,
    organization: Organization,
    on: date,
    person: Person | None = None,
    actor: Actor | None,
    at: datetime,
) -> Seat:
    """After a merger the seat, with its office, goes on at the organisation that is left.

    Where that one sits already, nothing is doubled: the act is refused.
    """
    with refusing():
        seat = _now(seat)
        if seat.organization == organization:
            raise MeetingsError(_("That is so already."))
        new = {"organization": organization, "person": person}
        successor = _successor(seat, on, new, at)
        _told(
            seat, "transferred", actor, at, after=organization.shown_name,
            valid_from=on.isoformat(),
        )  # fmt: skip
    return successor


# --- the shared steps ------------------------------------------------------------------------


def _lock(body: int) -> Body:
    """Acts on the seats of one body happen one after the other."""
    return Body.objects.select_for_update(no_key=True).get(pk=body)


def _now(seat: Seat) -> Seat:
    """The row as it is now; refuses when somebody has changed what the caller saw."""
    _lock(seat.body_id)
    fresh = Seat.objects.select_related("body", "organization", "person").filter(pk=seat.pk).first()
    if fresh is None or any(getattr(fresh, name) != getattr(seat, name) for name in _COMPARED):
        raise TooLateError(
            _("Somebody else has changed this seat in the meantime. Please look at it again.")
        )
    return fresh


def _save(seat: Seat, at: datetime, *, new: bool = False, check: bool = True) -> None:
    """Taking something away is never checked: whoever has left can still be taken off."""
    if check:
        check_seat(seat, timezone.localdate(at))
    seat.clean_fields()
    seat.save(force_insert=new)


def _from_day(seat: Seat, on: date, changes: Mapping[str, Any], at: datetime) -> Seat:
    """The same seat with other facts from `on`: in place when it begins then or later."""
    if on > seat.valid_from:
        return _successor(seat, on, changes, at, serves_remainder=False)
    for name, value in changes.items():
        setattr(seat, name, value)
    _save(seat, at)
    return seat


def _successor(
    seat: Seat, on: date, changes: Mapping[str, Any], at: datetime, *, serves_remainder: bool = True
) -> Seat:
    """Ends `seat` on `on`; what follows holds until the day on which `seat` would have ended."""
    until = seat.valid_until
    if on <= seat.valid_from or (until is not None and on >= until):
        raise MeetingsError(
            _("The day must lie within the period of the seat, after its first day.")
        )
    follower = Seat(
        body=seat.body, organization=seat.organization, person=seat.person, role=seat.role,
        office=seat.office, display_name=seat.display_name, valid_from=on, valid_until=until,
        replaces=seat if serves_remainder else None, note=seat.note,
    )  # fmt: skip
    for name, value in changes.items():
        setattr(follower, name, value)
    if follower.organization != seat.organization:
        follower.display_name = ""
    seat.valid_until = on
    seat.save(update_fields=["valid_until"])
    _save(follower, at, new=True, check=serves_remainder or follower.role == SeatRole.LEAD)
    if not serves_remainder:
        _move_invitations(seat, follower)
    return follower


def _move_invitations(seat: Seat, follower: Seat) -> None:
    """The same organisation and person go on: what they answered for later meetings goes along."""
    Invitation.objects.filter(seat=seat, meeting__starts_at__date__gte=follower.valid_from).update(
        seat=follower
    )


def _told(seat: Seat, what: str, actor: Actor | None, at: datetime, **detail: str) -> None:
    facts = {name: value for name, value in detail.items() if value}
    record(actor, f"meetings.seat.{what}", seat.organization, at=at, body=seat.body.name, **facts)
