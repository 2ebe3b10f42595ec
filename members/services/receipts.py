"""Receipt numbers: what a sender reads out on the phone."""

from datetime import date

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from core.japan.calendar import fiscal_year
from members.errors import MembersError
from members.models import ChangeRequest, MembershipApplication, Withdrawal

_LOCK = 4_021_002
_PREFIX: dict[type[MembershipApplication | ChangeRequest | Withdrawal], str] = {
    MembershipApplication: "入",
    ChangeRequest: "変",
    Withdrawal: "退",
}
_MOST = 9999


def next_receipt_number(
    model: type[MembershipApplication | ChangeRequest | Withdrawal], day: date
) -> str:
    """The next free receipt number of the fiscal year of `day` (a day of the office's calendar).

    For example 入2026-0012: kind, fiscal year from 1 April, running number. Held until the
    transaction ends, so call it inside one. MembersError when a year's numbers are used up.
    """
    start = f"{_PREFIX[model]}{fiscal_year(day)}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    given = model._default_manager.filter(receipt_number__startswith=start)
    last = given.aggregate(last=Max("receipt_number"))["last"]
    number = int(last.removeprefix(start)) + 1 if last else 1
    if number > _MOST:
        raise MembersError(_("The receipt numbers of this year are used up."))
    return f"{start}{number:04}"
