"""Decisions on applications: a round in one act, written once, superseded but never edited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.errors import DomainError
from members.choices import ApplicationStatus, Category, EndReason, Verdict
from members.emails.deciding import approval_letters, refusal_letters, revocation_letters
from members.errors import MembersError, NothingChangesError, TooLateError
from members.models import Affiliation, Decision, DecisionBatch, MembershipApplication, Organization
from members.services.admission import admit
from members.services.batches import (
    change_batch,
    locked_application,
    move,
    next_round_day,
    open_batch,
    open_one,
    report_applications,
    unreport_application,
)
from members.services.memberships import correct_periods
from members.services.refusals import locked, refusing

__all__ = [
    "Ruling",
    "change_batch",
    "decide_batch",
    "next_round_day",
    "open_batch",
    "report_applications",
    "supersede_decision",
    "unreport_application",
]


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What is decided on one application. Without a verdict it goes back to being checked.

    `reason` is internal, `text` is what the applicant reads.
    """

    verdict: Verdict | None
    category: Category | None = None
    member_from: date | None = None
    reason: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class _Act:
    """Who decides when, on what authority."""

    actor: User | None
    at: datetime
    reference: str
    batch: DecisionBatch | None


def decide_batch(
    *,
    batch: DecisionBatch,
    verdicts: Mapping[int, Ruling],
    reference: str,
    actor: User | None,
    at: datetime,
) -> list[Decision]:
    """Decide on every application of a round, or on none: `verdicts` is by key of application.

    Refused when somebody was quicker, or when the list is another than the one that was looked at.
    """
    with refusing():
        batch = open_one(batch)
        waiting = _waiting(batch, verdicts)
        act = _Act(actor=actor, at=at, reference=reference, batch=batch)
        made = [_rule(application, verdicts[application.pk], act) for application in waiting]
        decisions = [decision for decision in made if decision is not None]
        batch.reference, batch.decided_at, batch.decided_by = reference, at, actor
        batch.clean_fields()
        batch.save(update_fields=["reference", "decided_at", "decided_by"])
        approved = sum(decision.verdict == Verdict.APPROVED for decision in decisions)
        record(
            actor, "members.batch.decided", batch, at=at, reference=reference,
            approved=approved, declined=len(decisions) - approved, held=made.count(None),
        )  # fmt: skip
    return decisions


def _waiting(batch: DecisionBatch, verdicts: Mapping[int, Ruling]) -> list[MembershipApplication]:
    """The applications of the round, locked, if they are those that were looked at."""
    found = list(
        MembershipApplication.objects.select_for_update(of=("self",), no_key=True)
        .filter(batch=batch, status=ApplicationStatus.REPORTED)
        .select_related("organization")
        .prefetch_related("contacts")
        .order_by("received_on", "pk")
    )
    if {application.pk for application in found} != set(verdicts):
        raise TooLateError(
            _("The list has changed since you looked at it. Please look at it again.")
        )
    if not found:
        raise NothingChangesError(_("There is no application on this list."))
    return found


def _rule(application: MembershipApplication, ruling: Ruling, act: _Act) -> Decision | None:
    try:
        if ruling.verdict is None:
            _put_back(application, act)
            return None
        return _decide(application, ruling, act, supersedes=None)
    except DomainError as refusal:
        raise MembersError(f"{application}: {refusal}") from refusal


def _put_back(application: MembershipApplication, act: _Act) -> None:
    move(application, ApplicationStatus.CHECKING)
    application.batch = None
    application.save(update_fields=["status", "batch"])
    title = act.batch.title if act.batch else ""
    record(act.actor, "members.application.held", application, at=act.at, batch=title)


def _decide(
    application: MembershipApplication, ruling: Ruling, act: _Act, *, supersedes: Decision | None
) -> Decision:
    """One decision with what follows from it, on a locked application."""
    approved = ruling.verdict == Verdict.APPROVED
    move(application, ApplicationStatus.APPROVED if approved else ApplicationStatus.DECLINED)
    decision = Decision(
        application=application,
        batch=act.batch,
        verdict=Verdict.APPROVED if approved else Verdict.DECLINED,
        reason=ruling.reason,
        text=ruling.text,
        reference=act.reference,
        decided_by=act.actor,
        decided_at=act.at,
        supersedes=supersedes,
    )
    if approved:
        _admit(decision, ruling, act)
    else:
        _check_refusal(ruling)
    decision.clean_fields(
        exclude=["application", "batch", "decided_by", "supersedes", "member_from"]
    )
    decision.save(force_insert=True)
    application.decided_by, application.decided_at = act.actor, act.at
    application.answer = ruling.text
    application.save(update_fields=["status", "decided_by", "decided_at", "answer"])
    record(
        act.actor, f"members.application.{decision.verdict}", application, at=act.at,
        number=decision.number, reference=act.reference,
    )  # fmt: skip
    if approved:
        approval_letters(decision=decision, contacts=_contacts(decision), at=act.at)
    elif supersedes is None:
        refusal_letters(decision=decision, at=act.at)
    return decision


def _admit(decision: Decision, ruling: Ruling, act: _Act) -> None:
    if ruling.category is None or ruling.member_from is None:
        raise MembersError(_("An approval needs a category and the first day of membership."))
    period = admit(
        application=decision.application, category=ruling.category,
        member_from=ruling.member_from, actor=act.actor, at=act.at,
    )  # fmt: skip
    decision.category, decision.member_from = ruling.category, ruling.member_from
    decision.number = period.number


def _check_refusal(ruling: Ruling) -> None:
    if not ruling.reason.strip() or not ruling.text.strip():
        raise MembersError(_("A refusal needs an internal reason and a text for the applicant."))


def _contacts(decision: Decision) -> list[Affiliation]:
    """Who stands for the new member on its first day."""
    organization, day = decision.application.organization, decision.member_from
    if organization is None or day is None:
        return []
    return list(
        organization.affiliations.active_on(day)
        .select_related("person__user", "address")
        .order_by("position", "pk")
    )


# --- superseding ---------------------------------------------------------------------------------


def supersede_decision(
    *,
    decision: Decision,
    ruling: Ruling,
    reference: str,
    effective_on: date,
    actor: User | None,
    at: datetime,
) -> Decision:
    """The opposite is decided now. The old decision stays as it was written, with its letters.

    Taking an approval back ends the membership from `effective_on`, or as if it had never begun;
    the number stays given. An approval in place of a refusal admits.
    """
    with refusing():
        application = locked_application(decision.application)
        _check_newest(decision, ruling)
        act = _Act(actor=actor, at=at, reference=reference, batch=decision.batch)
        readers: list[str] = []
        if ruling.verdict == Verdict.DECLINED:
            readers = _revoke(decision, application, effective_on, act)
        new = _decide(application, ruling, act, supersedes=decision)
        record(
            actor, "members.application.decision_superseded", application, at=at,
            before=decision.verdict, after=new.verdict, effective_on=effective_on.isoformat(),
        )  # fmt: skip
        if new.verdict == Verdict.DECLINED:
            revocation_letters(decision=new, ended_on=effective_on, readers=readers, at=at)
    return new


def _check_newest(decision: Decision, ruling: Ruling) -> None:
    if Decision.objects.filter(supersedes=decision).exists():
        raise TooLateError(_("This decision has already been superseded."))
    if ruling.verdict is None or ruling.verdict == decision.verdict:
        raise NothingChangesError(_("This is what has been decided already."))


def _revoke(
    decision: Decision, application: MembershipApplication, effective_on: date, act: _Act
) -> list[str]:
    """End what the approval began. Returns the mailboxes of those who stood for the member."""
    organization = application.organization
    assert organization is not None  # noqa: S101 -- every approved application has one
    organization = locked(organization)
    _end_periods(decision, organization, effective_on, act)
    standing = organization.affiliations.active_on(effective_on).select_related("address")
    return [row.address.email for row in standing if row.address is not None]


def _end_periods(
    decision: Decision, organization: Organization, effective_on: date, act: _Act
) -> None:
    """Those that begin later go, the one under way ends. What came before the approval stays."""
    since = organization.memberships.filter(valid_from__gte=decision.member_from)
    removed = list(since.filter(valid_from__gte=effective_on))
    running = list(since.active_on(effective_on).filter(valid_from__lt=effective_on))
    if not removed and not running:
        raise NothingChangesError(
            _("%(name)s is no member from this day on anyway.") % {"name": organization.shown_name}
        )
    for period in running:
        period.valid_until, period.end_reason = effective_on, EndReason.REVOKED
    correct_periods(
        organization=organization, changed=running, removed=removed, actor=act.actor, at=act.at
    )
