"""What of the mail waits for a person."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.shell.today import TodayRow
from mailing.choices import AddressStatus
from mailing.models import Address
from mailing.queries import delivery_health, paused_messages, uncertain_envelopes

SHOWN = 10


def rows(user: User, at: datetime) -> list[TodayRow]:
    """Mails of unknown fate, held messages, silent mailboxes, a mail server that is off."""
    found = []
    if user.has_perm("mailing.view_message"):
        found += _relay(at) + _paused()
    if user.has_perm("mailing.resend_envelope"):
        found += _uncertain()
    if user.has_perm("mailing.change_address"):
        found += _suspended()
    return found


def _row(title: str, who: str, action: str, url: str) -> TodayRow:
    return TodayRow(kind=_("Mail"), icon="mail", title=title, who=who, action=action, url=url)


def _relay(at: datetime) -> list[TodayRow]:
    health = delivery_health(at)
    url = f"{reverse('admin:mailing_envelope_changelist')}?status__exact=deferred"
    if health.relay_unreachable:
        title = _("The mail server cannot be reached.")
        return [_row(title, health.last_error, _("See what waits"), url)]
    if health.late:
        title = _("%(number)d mails are late.") % {"number": health.late}
        url = f"{reverse('admin:mailing_envelope_changelist')}?status__exact=queued"
        return [_row(title, _("Is the worker running?"), _("See what waits"), url)]
    return []


def _paused() -> list[TodayRow]:
    return [
        _row(
            message.subject,
            message.paused_reason or _("paused by the secretariat"),
            _("Decide"),
            reverse("admin:mailing_message_change", args=[message.pk]),
        )
        for message in paused_messages().order_by("-pk")[:SHOWN]
    ]


def _uncertain() -> list[TodayRow]:
    waiting = uncertain_envelopes()
    url = f"{reverse('admin:mailing_envelope_changelist')}?status__exact=uncertain"
    number = waiting.count()
    if number > SHOWN:
        title = _("%(number)d mails may or may not have arrived.") % {"number": number}
        return [_row(title, _("The mail server fell silent."), _("Decide"), url)]
    return [
        _row(
            str(envelope.address),
            _("May or may not have arrived: %(subject)s") % {"subject": envelope.message.subject},
            _("Decide"),
            reverse("admin:mailing_envelope_change", args=[envelope.pk]),
        )
        for envelope in waiting
    ]


def _suspended() -> list[TodayRow]:
    silent = Address.objects.filter(status=AddressStatus.SUSPENDED, hard_bounces__gt=0)
    return [
        _row(
            address.email,
            address.suspended_reason,
            _("Ask for the new address"),
            reverse("admin:mailing_address_change", args=[address.pk]),
        )
        for address in silent.order_by("-suspended_at")[:SHOWN]
    ]
