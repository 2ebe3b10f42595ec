"""What of the mail waits for a person: things the machine must not decide."""

from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.shell.today import TodayRow
from mailing.queries import paused_messages, uncertain_envelopes

SHOWN = 10


def rows(user: User, at: datetime) -> list[TodayRow]:
    """Envelopes whose fate is uncertain and messages that stand still."""
    found: list[TodayRow] = []
    if user.has_perm("mailing.resend_envelope"):
        found += _uncertain(at)
    if user.has_perm("mailing.view_message"):
        found += _paused(at)
    return found


def _uncertain(at: datetime) -> list[TodayRow]:
    messages = (
        uncertain_envelopes()
        .order_by("message_id")
        .values("message_id", "message__subject")
        .annotate(number=Count("pk"))
    )
    place = reverse("admin:mailing_envelope_changelist")
    return [
        TodayRow(
            kind=_("Delivery"),
            icon="mail",
            title=row["message__subject"],
            who=_("%(n)s mails whose arrival is unknown") % {"n": row["number"]},
            due=timezone.localdate(at),
            action=_("Decide"),
            url=f"{place}?status__exact=uncertain&message__id__exact={row['message_id']}",
        )
        for row in messages[:SHOWN]
    ]


def _paused(at: datetime) -> list[TodayRow]:
    return [
        TodayRow(
            kind=_("Delivery"),
            icon="mail",
            title=message.subject,
            who=_("Delivery stands still"),
            due=timezone.localdate(at),
            action=_("Look"),
            url=reverse("admin:mailing_message_change", args=[message.pk]),
        )
        for message in paused_messages()[:SHOWN]
    ]
