"""What of the members waits for somebody."""

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.shell.today import TodayRow
from members.choices import EndReason
from members.models import Membership
from members.queries import members_without_contact

SHOWN = 5
SOON = timedelta(days=30)


def rows(user: User, at: datetime) -> list[TodayRow]:
    """Memberships that end soon, and members whom no mail reaches."""
    if not user.has_perm("members.change_affiliation"):
        return []
    day = timezone.localdate(at)
    return [*_ending(day), *_unreachable(day)]


def _ending(day: date) -> list[TodayRow]:
    periods = (
        Membership.objects.ending_between(day, day + SOON)
        .exclude(end_reason=EndReason.CATEGORY_CHANGED)
        .select_related("organization")
        .order_by("valid_until", "pk")
    )
    return [
        TodayRow(
            kind=_("Member organizations"),
            icon="members",
            title=period.organization.name,
            who=_("The membership ends"),
            action=_("Look"),
            url=reverse("admin:members_organization_change", args=[period.organization_id]),
            due=period.valid_until - timedelta(days=1),
        )
        for period in periods[:SHOWN]
        if period.valid_until
    ]


def _unreachable(day: date) -> list[TodayRow]:
    """Nobody stands for them at a working mailbox; in one line when they are many."""
    found = members_without_contact(day)
    number = found.count()
    if number > SHOWN:
        title = _("Members whom no mail reaches: %(n)s") % {"n": number}
        place = reverse("admin:members_organization_changelist")
        return [_row(title, f"{place}?category=member&contact=none", _("See them"))]
    return [
        _row(
            organization.name,
            reverse("admin:members_organization_change", args=[organization.pk]),
            _("Enter a contact"),
        )
        for organization in found
    ]


def _row(title: str, url: str, action: str) -> TodayRow:
    who = _("No contact with a working mailbox")
    kind = _("Member organizations")
    return TodayRow(kind=kind, icon="members", title=title, who=who, action=action, url=url)
