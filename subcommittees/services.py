"""Taking part in a subcommittee: asking, deciding, joining and leaving (規約第21条)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import era_date
from meetings.choices import BodyKind, SeatRole
from meetings.models import Body, Seat
from meetings.services.bodies import set_up_body
from meetings.services.refusals import refusing
from meetings.services.seats import end_seat, give_seat
from members.models import Organization
from subcommittees.access import is_open
from subcommittees.choices import PARTICIPATION_MOVES, ParticipationStatus, WayIn
from subcommittees.emails import told_leads, told_organization
from subcommittees.errors import SubcommitteesError, TooLateError
from subcommittees.models import ParticipationRequest, Subcommittee

LONGEST_MESSAGE = 800
_ONE_DAY = timedelta(days=1)
_BY_THEMSELVES = (SeatRole.MEMBER, SeatRole.OBSERVER)


def ask_to_join(
    *,
    subcommittee: Subcommittee,
    organization: Organization,
    role: str = SeatRole.MEMBER,
    message: str = "",
    actor: User | None,
    at: datetime,
) -> ParticipationRequest:
    """A wish to take part, for a lead organisation or the secretariat to decide."""
    with refusing():
        subcommittee = _locked(subcommittee)
        _check_may_come(subcommittee, organization, role, timezone.localdate(at))
        if subcommittee.requests.open().filter(organization=organization).exists():
            raise SubcommitteesError(
                _("%(name)s has asked already; the answer is still to come.")
                % {"name": organization.shown_name}
            )
        asked = ParticipationRequest.objects.create(
            subcommittee=subcommittee, organization=organization, role=role,
            message=_words(message), asked_by=actor, asked_at=at,
        )  # fmt: skip
        _tell(asked, "asked", actor, at)
        told_organization("asked", subcommittee, organization, at=at, participation=asked)
        told_leads("asked", subcommittee, organization, at=at, participation=asked)
    return asked


def approve_participation(
    *, participation: ParticipationRequest, answer: str = "", actor: User | None, at: datetime
) -> Seat:
    """The organisation sits there from today on."""
    with refusing():
        asked = _moved(participation, ParticipationStatus.APPROVED)
        _check_member(asked.organization, timezone.localdate(at))
        seat = give_seat(
            body=asked.subcommittee.body, organization=asked.organization, role=asked.role,
            valid_from=timezone.localdate(at), actor=actor, at=at,
        )  # fmt: skip
        asked.seat = seat
        _decide(asked, answer, actor, at)
        _tell(asked, "approved", actor, at)
        told_organization(
            "approved", asked.subcommittee, asked.organization, at=at, participation=asked
        )
    return seat


def decline_participation(
    *, participation: ParticipationRequest, answer: str, actor: User | None, at: datetime
) -> ParticipationRequest:
    """The organisation reads why."""
    with refusing():
        asked = _moved(participation, ParticipationStatus.DECLINED)
        if not _words(answer):
            raise SubcommitteesError(_("Please write the reason; the organization reads it."))
        _decide(asked, answer, actor, at)
        _tell(asked, "declined", actor, at)
        told_organization(
            "declined", asked.subcommittee, asked.organization, at=at, participation=asked
        )
    return asked


def retract_participation(
    *, participation: ParticipationRequest, actor: User | None, at: datetime
) -> ParticipationRequest:
    """The organisation no longer asks for it."""
    with refusing():
        asked = _moved(participation, ParticipationStatus.RETRACTED)
        asked.save(update_fields=["status"])
        _tell(asked, "retracted", actor, at)
        told_leads("retracted", asked.subcommittee, asked.organization, at=at, participation=asked)
    return asked


def join_freely(
    *,
    subcommittee: Subcommittee,
    organization: Organization,
    role: str = SeatRole.MEMBER,
    actor: User | None,
    at: datetime,
) -> Seat:
    """Where everybody may come, nobody is asked: the organisation sits there at once."""
    day = timezone.localdate(at)
    with refusing():
        subcommittee = _locked(subcommittee)
        if subcommittee.way_in != WayIn.FREE:
            raise SubcommitteesError(_("Taking part in this subcommittee has to be asked for."))
        _check_may_come(subcommittee, organization, role, day)
        seat = give_seat(
            body=subcommittee.body, organization=organization, role=role, valid_from=day,
            actor=actor, at=at,
        )  # fmt: skip
        told_organization("joined", subcommittee, organization, at=at)
        told_leads("joined", subcommittee, organization, at=at)
    return seat


def leave_subcommittee(
    *, subcommittee: Subcommittee, seat: Seat, reason: str = "", actor: User | None, at: datetime
) -> Seat:
    """Today is the last day. Who leads the subcommittee cannot leave it like that."""
    with refusing():
        subcommittee = _locked(subcommittee)
        if seat.role not in _BY_THEMSELVES or seat.office:
            raise SubcommitteesError(
                _("A lead organization or a chair leaves through the secretariat.")
            )
        reason = _words(reason)
        until = timezone.localdate(at) + _ONE_DAY
        ended = end_seat(seat=seat, until=until, reason=reason, actor=actor, at=at)
        told_organization("left", subcommittee, seat.organization, at=at)
        told_leads("left", subcommittee, seat.organization, at=at, reason=reason)
    return ended


def set_up_subcommittee(
    *,
    subcommittee: Subcommittee,
    body: Body,
    leads: Sequence[Organization],
    actor: User | None,
    at: datetime,
) -> Subcommittee:
    """第21条: the subcommittee, its body and the seats of its lead organisations, or none of them.

    Both are unsaved objects with the plain attributes.
    """
    with refusing():
        if not leads:
            raise SubcommitteesError(_("Choose at least one lead organization."))
        if Subcommittee.objects.filter(number=subcommittee.number).exists():
            raise SubcommitteesError(_("There is a subcommittee with this number already."))
        body.kind = BodyKind.SUBCOMMITTEE
        subcommittee.body = set_up_body(body=body, actor=actor, at=at)
        subcommittee.clean_fields()
        subcommittee.save(force_insert=True)
        for organization in leads:
            give_seat(
                body=body, organization=organization, role=SeatRole.LEAD,
                valid_from=body.valid_from, actor=actor, at=at,
            )  # fmt: skip
        record(
            actor, "subcommittees.subcommittee.set_up", subcommittee, at=at,
            basis=body.basis, reference=subcommittee.resolution,
            leads="、".join(organization.shown_name for organization in leads),
        )  # fmt: skip
    return subcommittee


# --- the shared steps ------------------------------------------------------------------------


def _locked(subcommittee: Subcommittee) -> Subcommittee:
    """As it is now; who comes and who goes happens one after the other."""
    Body.objects.select_for_update(no_key=True).get(pk=subcommittee.body_id)
    return Subcommittee.objects.select_related("body").get(pk=subcommittee.pk)


def _check_may_come(
    subcommittee: Subcommittee, organization: Organization, role: str, day: date
) -> None:
    if not is_open(subcommittee, day):
        raise SubcommitteesError(_("The subcommittee does not take requests at present."))
    if role not in _BY_THEMSELVES:
        raise SubcommitteesError(_("Please choose member or observer."))
    if role == SeatRole.OBSERVER and not subcommittee.takes_observers:
        raise SubcommitteesError(_("The subcommittee takes no observers."))
    _check_member(organization, day)
    if subcommittee.body.seats.not_over_on(day).filter(organization=organization).exists():
        raise SubcommitteesError(
            _("%(name)s takes part already.") % {"name": organization.shown_name}
        )


def _check_member(organization: Organization, day: date) -> None:
    if not organization.memberships.active_on(day).exists():
        raise SubcommitteesError(
            _("%(name)s is not a member on %(day)s.")
            % {"name": organization.shown_name, "day": era_date(day)}
        )


def _moved(
    participation: ParticipationRequest, status: ParticipationStatus
) -> ParticipationRequest:
    """The request as it is now, locked, with its new state; refused when somebody was quicker."""
    asked: ParticipationRequest = (
        ParticipationRequest.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organization", "subcommittee__body", "asked_by")
        .get(pk=participation.pk)
    )
    if status not in PARTICIPATION_MOVES[asked.status]:
        raise TooLateError(
            _("Somebody was quicker: this request is %(state)s already.")
            % {"state": asked.get_status_display()}
        )
    asked.status = status
    return asked


def _decide(asked: ParticipationRequest, answer: str, actor: User | None, at: datetime) -> None:
    asked.answer, asked.decided_by, asked.decided_at = _words(answer), actor, at
    asked.save(update_fields=["status", "answer", "decided_by", "decided_at", "seat"])


def _tell(asked: ParticipationRequest, what: str, actor: User | None, at: datetime) -> None:
    record(
        actor, f"subcommittees.participation.{what}", asked.organization, at=at,
        body=asked.subcommittee.body.name, role=asked.role,
        **({"reason": asked.answer} if asked.answer else {}),
    )  # fmt: skip


def _words(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > LONGEST_MESSAGE:
        raise SubcommitteesError(
            _("Please keep your words within %(n)s letters.") % {"n": LONGEST_MESSAGE}
        )
    return text
