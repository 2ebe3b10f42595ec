"""Acts that give a seat to somebody: a new one, the remainder of a term, after a merger.

Who is named, and with which office, is asked on the second page, when the organisation is known.
"""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.japan.calendar import era_date
from core.japan.text import clean_line
from core.shell.choosing import is_key
from core.shell.fields import DateInput
from meetings.choices import Office, SeatRole
from meetings.labels import role_label
from meetings.models import Body, Seat
from meetings.queries.terms import speakers
from meetings.services.seats import give_seat, replace_seat, transfer_seat
from members.forms.choosing import OrganizationField
from members.forms.preview import Preview, PreviewedForm
from members.models import Organization
from members.queries.links import merger_of

PERMISSION = "meetings.change_seat"
UNTIL_HELP = gettext_lazy("If the paper says 31 March, enter 1 April.")
_ORGANIZATION = Seat._meta.get_field("organization")


class PersonField(forms.ModelChoiceField):
    """Somebody who speaks for the organisation; empty: everybody who does."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("named person"),
            help_text=gettext_lazy(
                "Then this person alone reads what only the body may read. Empty: everybody who "
                "speaks for the organization."
            ),
            queryset=speakers(None, date.min),
            empty_label=gettext_lazy("Everybody who speaks for it"),
            required=False,
            **kwargs,
        )

    def offer(self, organization: int | None, day: date) -> None:
        self.queryset = speakers(organization, day)


class SeatForm(PreviewedForm):
    """Base: `record` is a seat, or the body that gets one."""

    permission = PERMISSION

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields.get("person")
        if isinstance(person, PersonField):
            person.offer(self.organization_key(), timezone.localdate())

    def organization_key(self) -> int | None:
        """Of whom the seat will be, as far as the entries say it."""
        typed = str(self.data.get("organization", ""))
        return int(typed) if is_key(typed) else None

    def perform(self, record: Any, *, actor: User, at: datetime) -> str:
        raise NotImplementedError


def seat_line(seat: Seat) -> str:
    """見本の会: 構成員, 令和8年4月1日から令和10年3月31日まで."""
    words = {
        "name": seat.organization.shown_name,
        "role": role_label(seat, seat.body.kind),
        "day": era_date(seat.valid_from),
    }
    if seat.valid_until is None:
        return _("%(name)s: %(role)s from %(day)s on, without an end.") % words
    words["last"] = era_date(seat.valid_until - date.resolution)
    return _("%(name)s: %(role)s from %(day)s to %(last)s.") % words


class GiveSeatForm(SeatForm):
    title = gettext_lazy("Give a seat")
    effect = gettext_lazy(
        "Its people read what only this body may read, from the first day on. A later day books it."
    )
    confirmed_fields = ("person", "office")

    organization = OrganizationField(_ORGANIZATION, label=gettext_lazy("organization"))
    role = forms.ChoiceField(
        label=gettext_lazy("role"), choices=SeatRole.choices, initial=SeatRole.MEMBER
    )
    valid_from = forms.DateField(label=gettext_lazy("First day"), widget=DateInput)
    valid_until = forms.DateField(
        label=gettext_lazy("First day on which it no longer holds"), help_text=UNTIL_HELP,
        widget=DateInput, required=False,
    )  # fmt: skip
    display_name = forms.CharField(
        label=gettext_lazy("name shown"), max_length=200, required=False,
        help_text=gettext_lazy(
            "When the body knows it by another name, for example よりそいホットライン."
        ),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False)
    person = PersonField()
    office = forms.ChoiceField(
        label=gettext_lazy("office"), required=False,
        choices=[("", gettext_lazy("None")), *Office.choices],
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        value: dict[str, Any] = super().clean() or self.cleaned_data
        first, until = value.get("valid_from"), value.get("valid_until")
        if first and until and until <= first:
            self.add_error("valid_until", _("The period must end after it begins."))
        return value

    def preview(self, *, at: datetime) -> Preview:
        value = self.cleaned_data
        body: Body = self.record
        seat = Seat(
            body=body, organization=value["organization"], role=value["role"],
            valid_from=value["valid_from"], valid_until=value["valid_until"],
        )  # fmt: skip
        return Preview(title=_("A seat in %(body)s") % {"body": body.name}, lines=[seat_line(seat)])

    def perform(self, body: Any, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        seat = give_seat(
            body=body,
            organization=value["organization"],
            role=value["role"],
            person=value["person"],
            office=value["office"],
            valid_from=value["valid_from"],
            valid_until=value["valid_until"],
            display_name=clean_line(value["display_name"]),
            note=clean_line(value["note"]),
            actor=actor,
            at=at,
        )
        return seat_line(seat)


class ReplaceSeatForm(SeatForm):
    title = gettext_lazy("Enter who serves the remainder")
    effect = gettext_lazy(
        "The present seat ends the day before; the substitute sits until the end of the same term."
    )
    confirmed_fields = ("person",)

    organization = OrganizationField(
        _ORGANIZATION, label=gettext_lazy("Organization that comes in"), required=False,
        help_text=gettext_lazy("Empty: another person of the same organization."),
    )  # fmt: skip
    on = forms.DateField(label=gettext_lazy("First day of who comes in"), widget=DateInput)
    note = forms.CharField(label=gettext_lazy("note"), max_length=300, required=False)
    person = PersonField()

    def organization_key(self) -> int | None:
        return super().organization_key() or (self.record.organization_id if self.record else None)

    def preview(self, *, at: datetime) -> Preview:
        seat: Seat = self.record
        value = self.cleaned_data
        coming = value["organization"] or seat.organization
        lines = [_ends(seat, value["on"]), seat_line(_following(seat, coming, value["on"]))]
        if seat.office:
            lines.append(
                _("The office (%(office)s) is not passed on: it is given anew.")
                % {"office": seat.get_office_display()}
            )
        return Preview(title=_("What happens on %(day)s") % {"day": era_date(value["on"])},
                       lines=lines)  # fmt: skip

    def perform(self, seat: Any, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        done = replace_seat(
            seat=seat,
            on=value["on"],
            organization=value["organization"],
            person=value["person"],
            note=clean_line(value["note"]),
            actor=actor,
            at=at,
        )
        return seat_line(done)


class TransferSeatForm(SeatForm):
    title = gettext_lazy("Move the seat after a merger")
    effect = gettext_lazy(
        "The seat, with its office, goes on at the organization that is left. Nothing is doubled."
    )
    confirmed_fields = ("person",)

    organization = OrganizationField(_ORGANIZATION, label=gettext_lazy("Organization that is left"))
    on = forms.DateField(label=gettext_lazy("First day there"), widget=DateInput)
    person = PersonField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        link = merger_of(self.record.organization) if self.record is not None else None
        if link is not None:
            self.fields["organization"].initial = link.other
            self.fields["on"].initial = link.since

    def preview(self, *, at: datetime) -> Preview:
        seat: Seat = self.record
        value = self.cleaned_data
        following = _following(seat, value["organization"], value["on"])
        following.office = seat.office
        return Preview(
            title=_("What happens on %(day)s") % {"day": era_date(value["on"])},
            lines=[_ends(seat, value["on"]), seat_line(following)],
        )

    def perform(self, seat: Any, *, actor: User, at: datetime) -> str:
        value = self.cleaned_data
        done = transfer_seat(
            seat=seat,
            organization=value["organization"],
            on=value["on"],
            person=value["person"],
            actor=actor,
            at=at,
        )
        return seat_line(done)


def _ends(seat: Seat, on: date) -> str:
    return _("The seat of %(name)s ends on %(last)s.") % {
        "name": seat.organization.shown_name,
        "last": era_date(on - date.resolution),
    }


def _following(seat: Seat, organization: Organization, on: date) -> Seat:
    return Seat(
        body=seat.body, organization=organization, role=seat.role,
        valid_from=on, valid_until=seat.valid_until,
    )  # fmt: skip
