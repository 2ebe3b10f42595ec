"""What members have asked for: other facts in the register, or to leave."""

from datetime import date

from django.utils.translation import gettext as _

from core.japan.calendar import add_business_days, era_date
from core.shell.today import TodayRow
from members.choices import RequestStatus
from members.models import ChangeRequest, Withdrawal
from members.today.applications import BUSINESS_DAYS
from members.today.lines import listed, listing, record

_WAITING = f"status__exact={RequestStatus.RECEIVED.value}"


def _answer_by(request: ChangeRequest | Withdrawal) -> date:
    """No date received: entered by the member itself on the day it was made."""
    return request.due_on or add_business_days(
        request.received_on or request.created_at.date(), BUSINESS_DAYS
    )


def due_of_change(request: ChangeRequest) -> date:
    """A new name has to stand in the register on the day it takes effect."""
    by = _answer_by(request)
    return min(by, request.effective_on) if "name" in request.changes else by


def due_of_withdrawal(request: Withdrawal) -> date:
    return min(_answer_by(request), request.leaving_on)


def changes(day: date) -> list[TodayRow]:
    found = (
        ChangeRequest.objects.filter(status=RequestStatus.RECEIVED)
        .select_related("organization")
        .order_by("received_on", "pk")
    )

    def one(request: ChangeRequest) -> TodayRow:
        who = _("Change request, effective on %(day)s") % {"day": era_date(request.effective_on)}
        place = record("changerequest", request.pk)
        return _row(str(request.organization), who, _("Look and decide"), place,
                    due_of_change(request))  # fmt: skip

    def many(number: int, oldest: ChangeRequest) -> TodayRow:
        title = _("Change requests: %(n)s") % {"n": number}
        who = _("The oldest: %(name)s") % {"name": oldest.organization}
        place = listing("changerequest", _WAITING)
        return _row(title, who, _("See them"), place, due_of_change(oldest))

    return listed(found, one, many)


def withdrawals(day: date) -> list[TodayRow]:
    found = (
        Withdrawal.objects.filter(status=RequestStatus.RECEIVED)
        .select_related("organization")
        .order_by("leaving_on", "pk")
    )

    def one(request: Withdrawal) -> TodayRow:
        who = _("Wants to leave on %(day)s") % {"day": era_date(request.leaving_on)}
        place = record("withdrawal", request.pk)
        return _row(str(request.organization), who, _("Look and decide"), place,
                    due_of_withdrawal(request))  # fmt: skip

    def many(number: int, oldest: Withdrawal) -> TodayRow:
        title = _("Notices of withdrawal: %(n)s") % {"n": number}
        who = _("The first to leave: %(name)s") % {"name": oldest.organization}
        place = listing("withdrawal", _WAITING)
        return _row(title, who, _("See them"), place, due_of_withdrawal(oldest))

    return listed(found, one, many)


def _row(title: str, who: str, action: str, url: str, due: date) -> TodayRow:
    kind = _("Requests of members")
    return TodayRow(
        kind=kind, icon="members", title=title, who=who, action=action, url=url, due=due
    )
