"""人事異動: A leaves, B comes. Decided by two dates alone, so that no job has to run on the day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from mailing.choices import Channel
from members.choices import SPEAKING_DUTIES
from members.emails.logins import first_login_letter
from members.emails.my import handover_booked, handover_cancelled, taken_in
from members.errors import ImpossibleDateError, NothingChangesError
from members.models import Affiliation, Organization
from members.services.contacts import Contact, affiliate
from members.services.known import known_person
from members.services.logins import open_login
from members.services.refusals import locked, refusing


def hand_over_person(
    *,
    leaving: Sequence[Affiliation],
    successor: Contact,
    effective_on: date,
    newsletter: bool,
    actor: User | None,
    at: datetime,
) -> list[Affiliation]:
    """All these duties of one person in one organisation pass to the successor on that day.

    The end that a duty had already goes over with it. Somebody known under the same name at the
    same mailbox stays one person with one login. Letters go to both and to the other contacts.
    """
    with refusing():
        organization = locked(leaving[0].organization)
        rows = _to_leave(organization, leaving, effective_on)
        speaks = any(row.duty in SPEAKING_DUTIES for row in rows)
        person = known_person(successor, speaks=speaks)
        if person is not None and person.pk == rows[0].person_id:
            raise NothingChangesError(_("The successor is the same person."))
        wish = successor.newsletter or (Channel.WEB if newsletter else None)
        successor = replace(successor, person=person, newsletter=wish)
        opened: list[Affiliation] = []
        for row in rows:
            opened.append(_pass_on(row, successor, effective_on, actor=actor, at=at))
            successor = replace(successor, person=opened[0].person)
        record(
            actor, "members.contact.handed_over", organization, at=at,
            before=rows[0].person.name, after=opened[0].person.name,
            effective_on=effective_on.isoformat(), duties=[row.duty for row in rows],
        )  # fmt: skip
        _let_in(organization, opened[0], speaks=speaks, actor=actor, at=at)
        handover_booked(opened=opened, actor=actor, at=at)
    return opened


def cancel_handover(*, coming: Sequence[Affiliation], actor: User | None, at: datetime) -> None:
    """Before the day: the duties stay with whoever has them, as if nothing had been booked."""
    with refusing():
        organization = locked(coming[0].organization)
        rows = list(
            Affiliation.objects.select_for_update(of=("self",), no_key=True)
            .filter(organization=organization, pk__in=[row.pk for row in coming])
            .exclude(predecessor=None)
            .select_related("person", "address", "predecessor__person", "predecessor__address")
            .order_by("pk")
        )
        if not rows:
            raise NothingChangesError(_("This handover has already been taken back."))
        if any(row.valid_from <= timezone.localdate(at) for row in rows):
            raise ImpossibleDateError(_("The successor has already begun."))
        handover_cancelled(opened=rows, actor=actor, at=at)
        for row in rows:
            before = row.predecessor
            if before is not None:
                before.valid_until = row.valid_until
                before.save(update_fields=["valid_until"])
        record(
            actor, "members.contact.handover_cancelled", organization, at=at,
            before=rows[0].predecessor.person.name if rows[0].predecessor else "",
            after=rows[0].person.name, effective_on=rows[0].valid_from.isoformat(),
        )  # fmt: skip
        Affiliation.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _to_leave(
    organization: Organization, leaving: Sequence[Affiliation], effective_on: date
) -> list[Affiliation]:
    """The rows as they are now, under lock; refused when they can no longer be handed over."""
    rows = list(
        Affiliation.objects.select_for_update(of=("self",), no_key=True)
        .filter(organization=organization, pk__in=[row.pk for row in leaving])
        .select_related("person", "address", "organization")
        .order_by("position", "pk")
    )
    if len({row.person_id for row in rows}) > 1:
        raise ValueError("duties of one person only")
    over = any(row.valid_until is not None and row.valid_until < effective_on for row in rows)
    if not rows or over:
        raise NothingChangesError(_("This contact has already ended."))
    if Affiliation.objects.filter(predecessor__in=rows).exists():
        raise NothingChangesError(_("This contact has already been handed over."))
    if any(effective_on <= row.valid_from for row in rows):
        raise ImpossibleDateError(_("The period must end after it begins."))
    return rows


def _pass_on(
    row: Affiliation, successor: Contact, effective_on: date, *, actor: User | None, at: datetime
) -> Affiliation:
    until = None if row.valid_until == effective_on else row.valid_until
    row.valid_until = effective_on
    row.save(update_fields=["valid_until"])
    new = Affiliation(
        organization=row.organization,
        duty=row.duty,
        position=row.position,
        valid_from=effective_on,
        valid_until=until,
        predecessor=row,
    )
    place = replace(
        successor,
        department=successor.department or row.department,
        phone=successor.phone or row.phone,
    )
    return affiliate(affiliation=new, contact=place, actor=actor, at=at)


def _let_in(
    organization: Organization,
    coming: Affiliation,
    *,
    speaks: bool,
    actor: User | None,
    at: datetime,
) -> None:
    """A login for who is to speak for the organisation, a word for anybody else."""
    if coming.address is None:
        return
    if not speaks:
        taken_in(affiliation=coming, at=at)
        return
    user = open_login(person=coming.person, email=coming.address.email, actor=actor, at=at)
    coming.person.user = user
    first_login_letter(user=user, organization=organization, starts_on=coming.valid_from, at=at)
