"""What of the members waits for somebody."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.shell.today import TodayRow
from members.queries import members_without_contact

SHOWN = 10


def rows(user: User, at: datetime) -> list[TodayRow]:
    """Members whom no mail reaches: nobody stands for them at a working mailbox."""
    if not user.has_perm("members.change_affiliation"):
        return []
    return [
        TodayRow(
            kind=_("Member organizations"),
            icon="members",
            title=organization.name,
            who=_("No contact with a working mailbox"),
            action=_("Enter a contact"),
            url=reverse("admin:members_organization_change", args=[organization.pk]),
        )
        for organization in members_without_contact(timezone.localdate(at))[:SHOWN]
    ]
