"""Coming back as a member, together with those who stood for the organisation before."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from members.choices import Category
from members.errors import TooLateError
from members.models import Affiliation, Membership, Organization
from members.queries.returning import former_contacts
from members.services.memberships import rejoin
from members.services.refusals import locked, refusing


def come_back(
    *,
    organization: Organization,
    category: Category,
    valid_from: date,
    contacts: Sequence[Affiliation],
    number: str = "",
    actor: User | None,
    at: datetime,
) -> Membership:
    """A new period; of the contacts of the earlier one, those in `contacts` stand for it again.

    The others stand for it no more from that day: leaving them open would give them back the keys.
    """
    with refusing():
        organization = locked(organization)
        before = list(former_contacts(organization).select_related("person"))
        wanted = {row.pk for row in contacts}
        if wanted - {row.pk for row in before}:
            raise TooLateError(
                _("The contacts have changed in the meantime. Please look once more.")
            )
        period = rejoin(
            organization=organization, category=category, valid_from=valid_from, number=number,
            actor=actor, at=at,
        )  # fmt: skip
        last = organization.affiliations.aggregate(last=Max("position"))["last"] or 0
        again = []
        for row in before:
            if row.pk in wanted:
                again.append(row.person.name)
                _take_up(row, valid_from, last + len(again))
            elif _holds(row, valid_from):
                row.valid_until = valid_from
                row.save(update_fields=["valid_until"])
        record(
            actor, "members.organization.contacts_taken_up", organization, at=at,
            people=again, valid_from=valid_from.isoformat(),
        )  # fmt: skip
    return period


def _holds(row: Affiliation, day: date) -> bool:
    return row.valid_until is None or row.valid_until > day


def _take_up(row: Affiliation, day: date, position: int) -> None:
    """Who never ended simply goes on; who did begins anew."""
    if _holds(row, day):
        return
    Affiliation(
        person_id=row.person_id, organization_id=row.organization_id, duty=row.duty,
        department=row.department, title=row.title, address_id=row.address_id, phone=row.phone,
        valid_from=day, position=position,
    ).save(force_insert=True)  # fmt: skip
