"""Acts on a seat that stays where it is: its person, its office, its role, its end."""

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.japan.calendar import era_date
from core.shell.fields import DateInput
from meetings.choices import BodyKind, Office, SeatRole
from meetings.forms.seats import UNTIL_HELP, PersonField, SeatForm, seat_line
from meetings.labels import meeting_name
from meetings.models import Body, Seat
from meetings.queries.terms import coming_invitations, leads_through
from meetings.services.bodies import dissolve_body
from meetings.services.seats import change_role, end_seat, give_office, name_person, take_back_seat
from members.forms.preview import Preview, ReasonField
from members.queries.leaving import Stop


class OnePageForm(SeatForm):
    """Base: says what will happen beside its entries, on one page."""

    preview_first = True

    def preview(self, *, at: datetime) -> Preview:
        return Preview(title=_("As it is now"), lines=[self.now_words()])

    def now_words(self) -> str:
        seat: Seat = self.record
        person = seat.person.name if seat.person else _("Everybody who speaks for it")
        return f"{seat_line(seat)} {_('named person')}: {person}"


class NamePersonForm(OnePageForm):
    title = gettext_lazy("Name a person")
    effect = gettext_lazy("The organization keeps the seat; from now on this person alone reads.")

    person = PersonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.fields["person"].initial = self.record.person_id

    def organization_key(self) -> int | None:
        return self.record.organization_id if self.record else None

    def perform(self, seat: Any, *, actor: User, at: datetime) -> str:
        person = self.cleaned_data["person"]
        name_person(seat=seat, person=person, actor=actor, at=at)
        if person is None:
            return _("Everybody who speaks for %(name)s sits there.") % {
                "name": seat.organization.shown_name
            }
        return _("%(person)s sits there for %(name)s.") % {
            "person": person.name,
            "name": seat.organization.shown_name,
        }


class _FromDayForm(OnePageForm):
    """Begins with what is: who only reads the page and presses the button changes nothing."""

    asked: ClassVar[str]
    on = forms.DateField(
        label=gettext_lazy("From this day"), widget=DateInput, initial=timezone.localdate,
        help_text=gettext_lazy("What was before stays readable as it was."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record is not None:
            self.fields[self.asked].initial = getattr(self.record, self.asked)


class OfficeForm(_FromDayForm):
    title = gettext_lazy("Give or lay down an office")
    effect = gettext_lazy(
        "A body has one chair at a time. Whoever is chair now lays it down first."
    )
    field_order = ("office", "on")
    asked = "office"

    office = forms.ChoiceField(
        label=gettext_lazy("office"), required=False,
        choices=[("", gettext_lazy("None")), *Office.choices],
    )  # fmt: skip

    def perform(self, seat: Any, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        done = give_office(seat=seat, office=value["office"], on=value["on"], actor=actor, at=at)
        return seat_line(done)


class RoleForm(_FromDayForm):
    title = gettext_lazy("Change the role")
    effect = gettext_lazy("Leads call meetings and put papers up. Observers only listen and read.")
    field_order = ("role", "on")
    asked = "role"

    role = forms.ChoiceField(label=gettext_lazy("role"), choices=SeatRole.choices)

    def perform(self, seat: Any, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        done = change_role(seat=seat, role=value["role"], on=value["on"], actor=actor, at=at)
        return seat_line(done)


class EndSeatForm(SeatForm):
    title = gettext_lazy("Set the end of the seat")
    effect = gettext_lazy("Rights end that day by themselves. What has been stays in the record.")
    danger = True

    until = forms.DateField(
        label=gettext_lazy("First day on which it no longer holds"), help_text=UNTIL_HELP,
        widget=DateInput,
    )  # fmt: skip
    reason = ReasonField()

    def preview(self, *, at: datetime) -> Preview:
        seat: Seat = self.record
        until = self.cleaned_data["until"]
        last = era_date(until - date.resolution)
        words = _("%(name)s sits in %(body)s until %(last)s, and from %(day)s no more.")
        lines = [
            words
            % {
                "name": seat.organization.shown_name, "body": seat.body.name,
                "last": last, "day": era_date(until),
            }
        ]  # fmt: skip
        return Preview(
            title=_("What stops on %(day)s") % {"day": era_date(until)},
            lines=lines,
            stops=[*_invitations(seat, until), *_led(seat, until)],
        )

    def perform(self, seat: Any, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        done = end_seat(seat=seat, until=value["until"], reason=value["reason"], actor=actor, at=at)
        return seat_line(done)


class TakeBackForm(OnePageForm):
    title = gettext_lazy("Take the booked seat back")
    effect = gettext_lazy("It has not begun: afterwards it is as if it had never been booked.")
    danger = True

    reason = ReasonField()

    def perform(self, seat: Any, *, actor: User, at: datetime) -> str:
        words = _("Taken back: %(booked)s") % {"booked": seat_line(seat)}
        take_back_seat(seat=seat, reason=self.cleaned_data["reason"], actor=actor, at=at)
        return words


class DissolveForm(SeatForm):
    title = gettext_lazy("Enter the end of the body")
    effect = gettext_lazy("All its seats end with it. Meetings, papers and minutes stay.")
    permission = "meetings.change_body"
    danger = True

    until = forms.DateField(
        label=gettext_lazy("First day on which it no longer exists"), help_text=UNTIL_HELP,
        widget=DateInput,
    )  # fmt: skip
    reason = ReasonField()

    def preview(self, *, at: datetime) -> Preview:
        body: Body = self.record
        until = self.cleaned_data["until"]
        number = body.seats.not_over_on(until).count()
        return Preview(
            title=_("What stops on %(day)s") % {"day": era_date(until)},
            lines=[_("Seats that end with it: %(n)s") % {"n": number}],
        )

    def perform(self, body: Any, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        dissolve_body(body=body, until=value["until"], reason=value["reason"], actor=actor, at=at)
        return _("%(body)s exists until %(last)s.") % {
            "body": body.name,
            "last": era_date(value["until"] - date.resolution),
        }


def _invitations(seat: Seat, until: date) -> list[Stop]:
    found = coming_invitations([seat], until)
    lines = tuple(meeting_name(row.meeting, row.meeting.body) for row in found)
    words = _("Coming meetings to which it is invited: %(n)s") % {"n": len(found)}
    return [Stop("invitations", words, len(found), lines)] if found else []


def _led(seat: Seat, until: date) -> list[Stop]:
    """Subcommittees that lose a lead with a steering seat."""
    if seat.body.kind != BodyKind.STEERING:
        return []
    names = tuple(row.body.name for row in leads_through(seat, until))
    words = _("Subcommittees it may lead no more: %(n)s") % {"n": len(names)}
    return [Stop("leads", words, len(names), names)] if names else []
