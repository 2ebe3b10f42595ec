"""What of the members waits for somebody."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.shell.today import TodayRow
from members.queries import members_without_contact

SHOWN = 5


def rows(user: User, at: datetime) -> list[TodayRow]:
    """Members whom no mail reaches: nobody stands for them at a working mailbox."""
    if not user.has_perm("members.change_affiliation"):
        return []
    found = members_without_contact(timezone.localdate(at))
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
