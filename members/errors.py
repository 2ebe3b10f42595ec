"""Refusals of this app. `str(error)` is a sentence for the person who asked."""

from collections.abc import Mapping

from django.db import IntegrityError
from django.utils.translation import gettext as _

from core.errors import DomainError


class MembersError(DomainError):
    """A rule about members says no."""


class PeriodsOverlapError(MembersError):
    """Two membership periods of one organisation share a day."""


class NumberTakenError(MembersError):
    """A number that must be unique is in use."""


class NotAMemberError(MembersError):
    """The organisation is no member on the day in question."""


class AlreadyMemberError(MembersError):
    """The organisation is a member on the day in question."""


class ImpossibleDateError(MembersError):
    """The day does not fit what is already recorded."""


class NothingChangesError(MembersError):
    """What is asked for is already so."""


class FieldsRefusedError(MembersError):
    """Single values are wrong: `by_field` has a sentence for each."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        super().__init__(" ".join(by_field.values()))
        self.by_field = dict(by_field)


class AlreadyWaitingError(MembersError):
    """The same thing has been asked for and is not decided yet."""


class TooLateError(MembersError):
    """Somebody else was quicker: the thing is in another state by now."""


class IncompleteError(MembersError):
    """Something that must be said is still missing."""


def refusal_of(error: IntegrityError) -> MembersError | None:
    """The sentence for a constraint of the database, by its name; None for an unknown one."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None) or ""
    if name == "membership_periods_apart":
        return PeriodsOverlapError(
            _("This period overlaps another period of the same organization.")
        )
    if name.startswith("members_membership_number"):
        return NumberTakenError(
            _("This member number is already in use. Numbers are never used again.")
        )
    if name == "corporate_number_once":
        return NumberTakenError(_("Another organization has this corporate number."))
    if name == "local_government_code_once":
        return NumberTakenError(_("Another organization has this local government code."))
    if name in {"membership_period_forward", "affiliation_period_forward"}:
        return ImpossibleDateError(_("The period must end after it begins."))
    if name == "one_open_withdrawal":
        return AlreadyWaitingError(_("A notice of withdrawal is already waiting."))
    if name == "one_name_ends_a_day":
        return ImpossibleDateError(_("Another name already ended on this day."))
    return None
