"""The radar of terms: what ends within 90, 60, 30 days, what is vacant, who sits by no right."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.shell.today import TodayRow
from meetings.models import Body, Seat
from meetings.queries.terms import (
    Ending,
    ending_within,
    leading_without_right,
    of_former_members,
    vacancies,
    whose_person_left,
)
from members.today.lines import listed

SHOWN = 5


def ending(day: date) -> list[TodayRow]:
    """A line for each body and day on which terms end and somebody is not booked yet.

    Where everybody goes on, nothing waits; the page of the terms still shows it.
    """
    waiting = [one for one in ending_within(day) if one.open]
    if len(waiting) > SHOWN:
        first = waiting[0]
        title = _("Terms that end within 90 days: %(n)s") % {"n": sum(o.open for o in waiting)}
        who = _("The first: %(name)s") % {"name": first.body}
        return [_row(title, who, _("See them"), _seats("ends=open"), first.last_day)]
    return [_ending_row(one, day) for one in waiting]


def _ending_row(one: Ending, day: date) -> TodayRow:
    span = {"days": one.within(day), "n": one.number, "booked": one.followed}
    if one.number == 1:
        title, who = one.body, _("%(name)s: the term ends within %(days)s days, nobody is booked")
        who %= {"name": one.first, **span}
    else:
        title = one.body
        who = _("Terms that end within %(days)s days: %(n)s; booked already: %(booked)s") % span
    place = reverse("admin:meetings_body_terms", args=[one.body_id])
    return _row(title, who, _("Book the next term"), place, one.last_day)


def vacant(day: date) -> list[TodayRow]:
    def words(body: Any) -> str:
        counted = {"n": body.seats_planned - body.taken, "planned": body.seats_planned}
        return _("Seats that are vacant: %(n)s of %(planned)s") % counted

    def many(number: int, first: Body) -> TodayRow:
        title = _("Bodies with vacant seats: %(n)s") % {"n": number}
        who = _("The first: %(name)s") % {"name": first.name}
        return _row(title, who, _("See them"), reverse("admin:meetings_body_changelist"))

    return listed(
        vacancies(day),
        lambda body: _row(
            body.name, words(body), _("Give a seat"),
            reverse("admin:meetings_body_act", args=[body.pk, "seat"]),
        ),
        many,
    )  # fmt: skip


def left(day: date) -> list[TodayRow]:
    """The named person has left; whoever took the post over reads already, but is not named."""

    def words(seat: Any) -> str:
        names = {"person": seat.person.name, "successor": seat.successor_name}
        if seat.successor:
            return _("%(person)s has left; %(successor)s took over and is not named yet") % names
        return _("%(person)s has left; nobody reads through this seat") % names

    return listed(
        whose_person_left(day),
        lambda seat: _row(
            _name(seat), words(seat), _("Name a person"),
            reverse("admin:meetings_seat_act", args=[seat.pk, "person"]),
        ),
        lambda number, first: _row(
            _("Seats whose named person has left: %(n)s") % {"n": number},
            _("The first: %(name)s") % {"name": _name(first)}, _("See them"), _seats(),
        ),
    )  # fmt: skip


def wrong_leads(day: date) -> list[TodayRow]:
    return listed(
        leading_without_right(day),
        lambda seat: _row(
            _name(seat), _("Leads, but has no seat in the steering committee"),
            _("Look"), _record(seat),
        ),
        lambda number, first: _row(
            _("Leads without a seat in the steering committee: %(n)s") % {"n": number},
            _("The first: %(name)s") % {"name": _name(first)}, _("See them"),
            _seats("role__exact=lead"),
        ),
    )  # fmt: skip


def former(day: date) -> list[TodayRow]:
    return listed(
        of_former_members(day),
        lambda seat: _row(
            _name(seat), _("No member any more: end the seat, or move it after a merger"),
            _("Look"), _record(seat),
        ),
        lambda number, first: _row(
            _("Seats of organizations that are no members any more: %(n)s") % {"n": number},
            _("The first: %(name)s") % {"name": _name(first)}, _("See them"), _seats(),
        ),
    )  # fmt: skip


def _name(seat: Seat) -> str:
    return f"{seat.body.name} {seat.organization.name}"


def _record(seat: Seat) -> str:
    return reverse("admin:meetings_seat_change", args=[seat.pk])


def _seats(query: str = "") -> str:
    return reverse("admin:meetings_seat_changelist") + (f"?{query}" if query else "")


def _row(title: str, who: str, action: str, url: str, due: date | None = None) -> TodayRow:
    return TodayRow(
        kind=_("Seats and terms"), icon="bodies", title=title, who=who, action=action, url=url,
        due=due,
    )  # fmt: skip
