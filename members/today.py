"""What of the members waits for somebody."""

from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.shell.today import TodayRow
from mailing.choices import AddressStatus
from mailing.models import Address
from members.models import Affiliation
from members.queries import members_without_contact

SHOWN = 10


def rows(user: User, at: datetime) -> list[TodayRow]:
    """Members whom no mail reaches, and contacts whose mailbox takes none any more."""
    if not user.has_perm("members.change_affiliation"):
        return []
    day = timezone.localdate(at)
    return [*_unreachable(day), *_suspended(day)]


def _unreachable(day: date) -> list[TodayRow]:
    return [
        TodayRow(
            kind=_("Member organizations"),
            icon="members",
            title=organization.name,
            who=_("No contact with a working mailbox"),
            action=_("Enter a contact"),
            url=reverse("admin:members_organization_change", args=[organization.pk]),
        )
        for organization in members_without_contact(day)[:SHOWN]
    ]


def _suspended(day: date) -> list[TodayRow]:
    readers = Affiliation.objects.of_members_on(day).exclude(address=None)
    suspended = Address.objects.filter(
        status=AddressStatus.SUSPENDED, pk__in=readers.order_by().values("address")
    )
    return [
        TodayRow(
            kind=_("Mailboxes"),
            icon="alert",
            title=address.email,
            who=address.suspended_reason or _("Takes no mail any more"),
            action=_("Look"),
            url=reverse("admin:mailing_address_change", args=[address.pk]),
        )
        for address in suspended.order_by("suspended_at")[:SHOWN]
    ]
