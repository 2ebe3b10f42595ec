"""What waits for the people of an organisation, and what they wait for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from members.choices import (
    OPEN_REQUESTS,
    ConfirmationStatus,
    EndReason,
    LeavingKind,
    RequestStatus,
)
from members.models import ChangeRequest, Confirmation, Membership, Organization, Withdrawal
from members.queries.colleagues import booked_handovers

SHOWN_AFTER = timedelta(days=30)  # how long an answer stays among what waits
_ANSWERS = (RequestStatus.ACCEPTED, RequestStatus.REFUSED)


@dataclass(frozen=True)
class Waiting:
    """One thing. `kind` chooses the words; `mine`: the next step is the member's."""

    kind: str
    organization: Organization
    thing: object
    due: date | None = None
    mine: bool = False


def waiting_for(organizations: Sequence[Organization], at: datetime, day: date) -> list[Waiting]:
    """For these organisations, what the member has to do first, then the rest. Five queries."""
    known = {organization.pk: organization for organization in organizations}
    if not known:
        return []
    found = [
        *_confirmations(known),
        *_requests(ChangeRequest, "change", known, at),
        *_requests(Withdrawal, "withdrawal", known, at),
        *(
            Waiting("handover", booked.organization, booked, booked.effective_on)
            for booked in booked_handovers(organizations, day)
        ),
        *_ending(known, day),
    ]
    return sorted(found, key=lambda row: (not row.mine, row.due or date.max))


def _confirmations(known: dict[int, Organization]) -> Iterable[Waiting]:
    rows = (
        Confirmation.objects.filter(
            organization__in=known, status=ConfirmationStatus.WAITING, round__closed_at=None
        )
        .exclude(round__sent_at=None)
        .select_related("round")
    )
    for row in rows:
        yield Waiting("confirmation", known[row.organization_id], row, row.round.due_on, mine=True)


def _requests(
    model: type[ChangeRequest] | type[Withdrawal],
    kind: str,
    known: dict[int, Organization],
    at: datetime,
) -> Iterable[Waiting]:
    """Those under way, and the answers of the last weeks."""
    fresh = Q(status__in=_ANSWERS, decided_at__gte=at - SHOWN_AFTER)
    rows = model.objects.filter(Q(status__in=OPEN_REQUESTS) | fresh, organization__in=known)
    for row in rows:
        if isinstance(row, Withdrawal) and row.kind != LeavingKind.WITHDRAWAL:
            continue  # an expulsion is no request
        yield Waiting(
            f"{kind}_{row.status}",
            known[row.organization_id],
            row,
            mine=row.status == RequestStatus.RETURNED,
        )


def _ending(known: dict[int, Organization], day: date) -> Iterable[Waiting]:
    """The end of the membership, once its day is known; a booked change of category."""
    rows = Membership.objects.active_on(day).filter(organization__in=known)
    for row in rows.exclude(valid_until=None):
        changes = row.end_reason == EndReason.CATEGORY_CHANGED
        kind = "category" if changes else "ending"
        yield Waiting(kind, known[row.organization_id], row, row.valid_until)
