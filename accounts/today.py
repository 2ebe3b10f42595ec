"""What of the accounts waits for somebody."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.shell.today import TodayRow

SOON = timedelta(days=30)
SHOWN = 5


def rows(user: User, at: datetime) -> list[TodayRow]:
    """Accounts of staff, mostly contractors, whose last day is near: prolong, or let them end."""
    if not user.has_perm("accounts.change_user"):
        return []
    day = timezone.localdate(at)
    ending = User.objects.able_to_log_in(day).staff().filter(valid_until__lte=day + SOON)
    found = list(ending.order_by("valid_until", "pk")[: SHOWN + 1])
    if len(found) > SHOWN:
        title = _("Staff accounts that end soon: %(n)s") % {"n": ending.count()}
        who = _("The first: %(name)s") % {"name": found[0].get_full_name()}
        place = f"{reverse('admin:accounts_user_changelist')}?o=5"
        return [_row(found[0], title, who, _("See them"), place)]
    return [
        _row(
            account, account.get_full_name(), _("The account ends"), _("Prolong or let it end"),
            reverse("admin:accounts_user_change", args=[account.pk]),
        )
        for account in found
    ]  # fmt: skip


def _row(account: User, title: str, who: str, action: str, url: str) -> TodayRow:
    kind = _("Accounts")
    return TodayRow(
        kind=kind, icon="settings", title=title, who=who, action=action, url=url,
        due=account.valid_until,
    )  # fmt: skip
