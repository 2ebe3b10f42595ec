"""The secretariat's acts on an application, from the first look to the committee's list."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import add_business_days
from members.choices import ApplicationStatus
from members.emails.examining import correction_asked
from members.errors import (
    AlreadyMemberError,
    ImpossibleDateError,
    IncompleteError,
    NothingChangesError,
)
from members.models import Correction, MembershipApplication, Organization
from members.queries.applications import differences, label_of, snapshot_of
from members.services.applying import DAYS_TO_CHECK
from members.services.batches import locked_application, move
from members.services.intake import (
    CORRECTABLE,
    NOT_COMPARED,
    correct_application,
    take_application,
    too_late,
)
from members.services.refusals import refusing

__all__ = [
    "CORRECTABLE",
    "DAYS_TO_CORRECT",
    "assign_application",
    "begin_checking",
    "correct_application",
    "link_application",
    "note_application",
    "resume_checking",
    "return_for_correction",
    "take_application",
]

DAYS_TO_CORRECT = 10  # how long an applicant has to answer; business days


# --- moves ---------------------------------------------------------------------------------------


def begin_checking(
    *, application: MembershipApplication, actor: User | None, at: datetime
) -> MembershipApplication:
    """Somebody looks at it: it is theirs, unless it was given to somebody before."""
    with refusing():
        application = locked_application(application)
        if application.status != ApplicationStatus.RECEIVED:
            raise too_late(application)
        move(application, ApplicationStatus.CHECKING)
        application.assigned_to = application.assigned_to or actor
        application.save(update_fields=["status", "assigned_to"])
        record(actor, "members.application.checking_begun", application, at=at)
    return application


def return_for_correction(
    *,
    application: MembershipApplication,
    message: str,
    marked: Iterable[str],
    due_on: date | None = None,
    actor: User | None,
    at: datetime,
) -> Correction:
    """Ask the applicant to correct. The letter leads to the form; without a mailbox there is none.

    The answers as they stand now are kept, so that only what changes is looked at again.
    """
    today = timezone.localdate(at)
    due_on = due_on or add_business_days(today, DAYS_TO_CORRECT)
    with refusing():
        if not message.strip():
            raise IncompleteError(_("Write what is to be corrected."))
        if due_on < today:
            raise ImpossibleDateError(_("The day of the answer lies in the past."))
        application = locked_application(application)
        move(application, ApplicationStatus.RETURNED)
        application.due_on = due_on
        application.save(update_fields=["status", "due_on"])
        correction = Correction(
            application=application, message=message, marked=list(dict.fromkeys(marked)),
            asked_by=actor, asked_at=at, before=snapshot_of(application),
        )  # fmt: skip
        correction.clean_fields(exclude=["application", "asked_by", "marked", "changes"])
        correction.save(force_insert=True)
        letter = correction_asked(correction=correction, at=at)
        record(
            actor, "members.application.returned", application, at=at,
            fields="、".join(label_of(name) for name in correction.marked),
            letter=_("sent") if letter else _("none: to be told by phone or fax"),
        )  # fmt: skip
    return correction


def resume_checking(
    *, application: MembershipApplication, note: str = "", actor: User | None, at: datetime
) -> MembershipApplication:
    """The answer came by phone or fax, or is not waited for: the secretariat goes on itself."""
    with refusing():
        application = locked_application(application)
        if application.status != ApplicationStatus.RETURNED:
            raise too_late(application)
        move(application, ApplicationStatus.CHECKING)
        application.due_on = add_business_days(timezone.localdate(at), DAYS_TO_CHECK)
        application.save(update_fields=["status", "due_on"])
        after = snapshot_of(application)
        for correction in application.corrections.filter(answered_at=None):
            correction.answered_at, correction.changes = at, differences(correction.before, after)
            correction.save(update_fields=["answered_at", "changes"])
        record(actor, "members.application.checking_resumed", application, at=at, note=note)
    return application


# --- in the office -------------------------------------------------------------------------------


def assign_application(
    *,
    application: MembershipApplication,
    assignee: User | None,
    actor: User | None,
    at: datetime,
) -> MembershipApplication:
    """Who of the secretariat is in charge."""
    with refusing():
        application = locked_application(application)
        if application.assigned_to == assignee:
            raise NothingChangesError(_("This person is already in charge."))
        application.assigned_to = assignee
        application.save(update_fields=["assigned_to"])
        name = assignee.get_full_name() if assignee else ""
        record(actor, "members.application.assigned", application, at=at, person=name)
    return application


def note_application(
    *,
    application: MembershipApplication,
    note: str,
    due_on: date | None,
    actor: User | None,
    at: datetime,
) -> MembershipApplication:
    """The secretariat's own words about it, and until when it wants to be done."""
    with refusing():
        application = locked_application(application)
        application.internal_note, application.due_on = note, due_on
        application.clean_fields(exclude=NOT_COMPARED)
        application.save(update_fields=["internal_note", "due_on"])
        record(actor, "members.application.noted", application, at=at)
    return application


def link_application(
    *,
    application: MembershipApplication,
    organization: Organization | None,
    actor: User | None,
    at: datetime,
) -> MembershipApplication:
    """It is a former member that applies again: approval will open a new period there."""
    today = timezone.localdate(at)
    with refusing():
        application = locked_application(application)
        if application.status not in {*CORRECTABLE, ApplicationStatus.REPORTED}:
            raise too_late(application)
        if organization is not None:
            standing = Organization.objects.active_on(today).filter(pk=organization.pk).first()
            if standing is not None:
                raise AlreadyMemberError(
                    _("%(name)s is a member today. It needs no application.")
                    % {"name": organization.name}
                )
        application.organization = organization
        application.save(update_fields=["organization"])
        name = organization.name if organization else ""
        record(actor, "members.application.linked", application, at=at, organization=name)
    return application
