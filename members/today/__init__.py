"""What of the members waits for somebody. Each person sees only what that person may do."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from core.shell.today import TodayRow
from members.today import applications, contacts, periods, requests, rounds


def rows(user: User, at: datetime) -> list[TodayRow]:
    """Derived from the records themselves: what is done is gone, for everybody at once."""
    day = timezone.localdate(at)
    found: list[TodayRow] = []
    if user.has_perm("members.change_membershipapplication"):
        found += applications.to_check(day) + applications.silent(at)
    if user.has_perm("members.decide_membershipapplication"):
        found += applications.to_decide(day)
    if user.has_perm("members.decide_changerequest"):
        found += requests.changes(day)
    if user.has_perm("members.decide_withdrawal"):
        found += requests.withdrawals(day)
    if user.has_perm("members.change_confirmationround"):
        found += rounds.to_send(day)
    if user.has_perm("members.change_confirmation"):
        found += rounds.unanswered(day)
    if user.has_perm("members.change_affiliation"):
        found += periods.ending(day) + periods.changing(day)
        found += contacts.unreachable(day) + contacts.leaving(day)
    return found
