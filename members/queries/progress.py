"""How far an application has come, as its applicant sees it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from members.choices import ApplicationStatus
from members.models import Correction, Decision, MembershipApplication

CHECKED_BY_OFFICE = (ApplicationStatus.RECEIVED, ApplicationStatus.CHECKING)
DECIDED = (ApplicationStatus.APPROVED, ApplicationStatus.DECLINED)


@dataclass(frozen=True)
class Moment:
    """`kind` names the sentence; `on` is None for what is still to come."""

    kind: str
    on: date | None = None
    is_now: bool = False


def open_correction(application: MembershipApplication) -> Correction | None:
    """What the secretariat has asked and nobody has answered yet."""
    return application.corrections.filter(answered_at=None).order_by("-asked_at", "-id").first()


def decision_in_force(application: MembershipApplication) -> Decision | None:
    """The one that no later decision has superseded."""
    return application.decisions.filter(superseded_by=None).order_by("-decided_at", "-id").first()


def moments_of(application: MembershipApplication) -> list[Moment]:
    """Newest first, what is to come above it."""
    past = [Moment("received", application.received_on)]
    for correction in application.corrections.all():
        past.append(Moment("returned", _day(correction.asked_at)))
        if correction.answered_at is not None:
            past.append(Moment("corrected", _day(correction.answered_at)))
    status = ApplicationStatus(application.status)
    if status in (*DECIDED, ApplicationStatus.RETRACTED):
        decided = application.decided_at
        past.append(Moment(status.value, _day(decided) if decided else None, is_now=True))
    return list(reversed([*past, *_ahead(status)]))


def _ahead(status: ApplicationStatus) -> list[Moment]:
    committee, result = Moment("committee"), Moment("result")
    if status in CHECKED_BY_OFFICE:
        return [Moment("checking", is_now=True), committee, result]
    if status == ApplicationStatus.RETURNED:
        return [Moment("waiting", is_now=True), Moment("checking"), committee, result]
    if status == ApplicationStatus.REPORTED:
        return [Moment("committee", is_now=True), result]
    return []


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
