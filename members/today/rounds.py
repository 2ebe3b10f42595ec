"""The yearly confirmation: to be sent, and who has not answered in time."""

from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from core.shell.today import TodayRow
from members.choices import ConfirmationStatus
from members.models import ConfirmationRound
from members.today.lines import listed, listing, record

SOON = timedelta(days=7)


def to_send(day: date) -> list[TodayRow]:
    found = ConfirmationRound.objects.filter(
        sent_at__isnull=True, closed_at__isnull=True, opens_on__lte=day + SOON
    ).order_by("opens_on", "pk")
    return listed(
        found,
        lambda row: _row(row.title, _("To be sent to all members"), _("Look and send"),
                         record("confirmationround", row.pk), row.opens_on),
        lambda number, row: _row(_("Confirmation rounds to send: %(n)s") % {"n": number},
                                 row.title, _("See them"), listing("confirmationround"),
                                 row.opens_on),
    )  # fmt: skip


def unanswered(day: date) -> list[TodayRow]:
    """One line a round, however many are silent: the list with their phone numbers is behind it."""
    waiting = Q(confirmations__status=ConfirmationStatus.WAITING)
    found = (
        ConfirmationRound.objects.filter(
            sent_at__isnull=False, closed_at__isnull=True, due_on__lt=day
        )
        .annotate(silent=Count("confirmations", filter=waiting))
        .filter(silent__gt=0)
        .order_by("due_on", "pk")
    )
    return [
        _row(
            row.title, _("No answer yet: %(n)s members") % {"n": row.silent}, _("Call them"),
            record("confirmationround", row.pk), row.due_on,
        )
        for row in found
    ]  # fmt: skip


def _row(title: str, who: str, action: str, url: str, due: date) -> TodayRow:
    kind = _("Yearly confirmation")
    return TodayRow(
        kind=kind, icon="members", title=title, who=who, action=action, url=url, due=due
    )
