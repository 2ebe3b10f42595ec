"""Setting up and dissolving what meets."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from core.audit.acts import record
from core.audit.context import Actor
from core.japan.calendar import era_date
from meetings.choices import BodyKind
from meetings.errors import MeetingsError
from meetings.models import Body
from meetings.services.refusals import refusing


def set_up_body(*, body: Body, actor: Actor | None, at: datetime) -> Body:
    """`body` is an unsaved object with the plain attributes."""
    with refusing():
        if body.kind == BodyKind.WORKING_GROUP and body.parent is None:
            raise MeetingsError(_("A working group works for another body. Choose it."))
        body.clean_fields()
        body.save(force_insert=True)
        record(
            actor, "meetings.body.set_up", body, at=at, kind=str(body.get_kind_display()),
            basis=body.basis, valid_from=body.valid_from.isoformat(),
        )  # fmt: skip
    return body


def dissolve_body(
    *, body: Body, until: date, reason: str, actor: Actor | None, at: datetime
) -> Body:
    """Its last day is the day before `until`. Seats end with it; papers and meetings stay."""
    with refusing():
        body = Body.objects.select_for_update(no_key=True).get(pk=body.pk)
        if body.valid_until is not None and body.valid_until <= until:
            raise MeetingsError(
                _("The body already ends on %(day)s.") % {"day": era_date(body.valid_until)}
            )
        if body.seats.filter(valid_from__gte=until).exists():
            raise MeetingsError(
                _("A seat is booked for a later day. Take that back first, or choose a later day.")
            )
        if body.meetings.coming(at).filter(ends_at__date__gte=until).exists():
            raise MeetingsError(_("A meeting is announced for a later day. Cancel that first."))
        body.valid_until = until
        body.clean_fields()
        body.save(update_fields=["valid_until"])
        body.seats.not_over_on(until).update(valid_until=until)
        record(actor, "meetings.body.dissolved", body, at=at, until=until.isoformat(),
               reason=reason)  # fmt: skip
    return body
