"""Who decides who takes part, and when the door is open."""

from datetime import date
from typing import Any

from meetings.readers import Reader
from subcommittees.choices import WayIn
from subcommittees.models import Subcommittee


def can_decide(user: Any, reader: Reader, subcommittee: Subcommittee) -> bool:
    """People of a lead organisation; of the secretariat those with the right to."""
    if reader.reads_all:
        return bool(user.has_perm("subcommittees.decide_participationrequest"))
    return subcommittee.body_id in reader.leads


def is_open(subcommittee: Subcommittee, day: date) -> bool:
    """Whether an organisation may ask, or simply join, on `day`."""
    if not _stands(subcommittee, day) or subcommittee.way_in == WayIn.INVITATION:
        return False
    if subcommittee.way_in == WayIn.FREE:
        return True
    begun = subcommittee.call_from is None or subcommittee.call_from <= day
    return begun and (subcommittee.call_until is None or day <= subcommittee.call_until)


def _stands(subcommittee: Subcommittee, day: date) -> bool:
    body = subcommittee.body
    return body.valid_from <= day and (body.valid_until is None or day < body.valid_until)
