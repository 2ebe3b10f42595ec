"""The secretariat's acts on an application, from the paper on the desk to the committee's list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.base import File
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.japan.calendar import add_business_days
from members.choices import Agreement, ApplicationStatus, Reception
from members.emails.examining import correction_asked
from members.errors import (
    AlreadyMemberError,
    ImpossibleDateError,
    IncompleteError,
    MembersError,
    NothingChangesError,
    TooLateError,
)
from members.models import ApplicationContact, Correction, MembershipApplication, Organization
from members.queries.applications import MOST_CONTACTS, differences, label_of, snapshot_of
from members.services.applying import DAYS_TO_CHECK, refresh_application_keys
from members.services.batches import locked_application, move
from members.services.receipts import next_receipt_number
from members.services.refusals import refusing
from members.services.scans import attach_scans
from members.wordings import PLEDGE_VERSION, PRIVACY_VERSION

DAYS_TO_CORRECT = 10  # how long an applicant has to answer; business days
CORRECTABLE = (
    ApplicationStatus.RECEIVED, ApplicationStatus.CHECKING, ApplicationStatus.RETURNED,
)  # fmt: skip
_NOT_COMPARED = ("application", "batch", "organization", "agreement_noted_by")


def take_application(
    *,
    application: MembershipApplication,
    contacts: Iterable[ApplicationContact] = (),
    scans: "Iterable[File[Any]]" = (),
    actor: User | None,
    at: datetime,
) -> MembershipApplication:
    """Take down what came by fax, phone, mail or paper, as far as it says something.

    `application` and `contacts` are unsaved. Empty columns stay empty: what is missing is asked for
    later. Who takes it down stands in for the agreement, when there is one.
    """
    today = timezone.localdate(at)
    with refusing():
        application.received_on = application.received_on or today
        _check_reception(application, today)
        application.status = ApplicationStatus.RECEIVED
        application.receipt_number = next_receipt_number(MembershipApplication, today)
        application.received_by = actor
        application.created_at = at
        application.due_on = application.due_on or add_business_days(today, DAYS_TO_CHECK)
        _note_agreement(application, actor, at)
        application.clean_fields(exclude=_NOT_COMPARED)
        application.save(force_insert=True)
        _write_contacts(application, list(contacts), [])
        _refresh(application)
        record(
            actor, "members.application.taken_down", application, at=at,
            channel=application.channel, received_on=application.received_on.isoformat(),
        )  # fmt: skip
        attach_scans(paper=application, uploads=scans, actor=actor, at=at)
    return application


def _check_reception(application: MembershipApplication, today: date) -> None:
    if application.channel == Reception.WEB:
        raise MembersError(_("The web form is filled in by the applicant. Choose another way."))
    if application.received_on is not None and application.received_on > today:
        raise ImpossibleDateError(_("The day of receipt lies in the future."))
    if not (application.name or application.email or application.phone):
        raise IncompleteError(_("Enter at least a name, a mailbox or a phone number."))


def _note_agreement(application: MembershipApplication, actor: User | None, at: datetime) -> None:
    """Who wrote the agreement down stands beside it; what was agreed to is today's wording."""
    if application.agreement not in {Agreement.WRITTEN, Agreement.ORAL}:
        return
    application.agreement_noted_by = actor
    application.agreed_at = at
    application.pledge_version = application.pledge_version or PLEDGE_VERSION
    application.privacy_version = application.privacy_version or PRIVACY_VERSION


def _write_contacts(
    application: MembershipApplication,
    written: Sequence[ApplicationContact],
    removed: Sequence[ApplicationContact],
) -> None:
    ApplicationContact.objects.filter(
        application=application, pk__in=[contact.pk for contact in removed]
    ).delete()
    last = application.contacts.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    for contact in written:
        contact.application = application
        if contact.pk is None:
            contact.position = position
            position += 1
        contact.clean_fields(exclude=["application"])
        contact.save()
    if application.contacts.count() > MOST_CONTACTS:
        raise MembersError(_("Five contacts at most."))


def _refresh(application: MembershipApplication) -> None:
    refresh_application_keys(application)
    application.save(update_fields=["search_text", "duplicate_key"])


# --- moves ---------------------------------------------------------------------------------------


def begin_checking(
    *, application: MembershipApplication, actor: User | None, at: datetime
) -> MembershipApplication:
    """Somebody looks at it: it is theirs, unless it was given to somebody before."""
    with refusing():
        application = locked_application(application)
        if application.status != ApplicationStatus.RECEIVED:
            raise _too_late(application)
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
            application=application,
            message=message,
            marked=list(dict.fromkeys(marked)),
            asked_by=actor,
            asked_at=at,
            before=snapshot_of(application),
        )
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
            raise _too_late(application)
        move(application, ApplicationStatus.CHECKING)
        application.due_on = add_business_days(timezone.localdate(at), DAYS_TO_CHECK)
        application.save(update_fields=["status", "due_on"])
        after = snapshot_of(application)
        for correction in application.corrections.filter(answered_at=None):
            correction.answered_at, correction.changes = at, differences(correction.before, after)
            correction.save(update_fields=["answered_at", "changes"])
        record(actor, "members.application.checking_resumed", application, at=at, note=note)
    return application


def _too_late(application: MembershipApplication) -> TooLateError:
    return TooLateError(
        _("%(name)s is “%(state)s” by now. Please look again.")
        % {"name": application, "state": application.get_status_display()}
    )


# --- what may be put right on the way ------------------------------------------------------------


def correct_application(
    *,
    application: MembershipApplication,
    values: Mapping[str, Any],
    contacts: Sequence[ApplicationContact] = (),
    removed: Sequence[ApplicationContact] = (),
    reason: str,
    actor: User | None,
    at: datetime,
) -> MembershipApplication:
    """The secretariat puts right what it was told or what is plainly a slip, and says why.

    `values` are the columns to write; `contacts` those that are new or changed.
    """
    with refusing():
        if not reason.strip():
            raise IncompleteError(_("Write why you change it and who told you."))
        application = locked_application(application)
        if application.status not in CORRECTABLE:
            raise _too_late(application)
        before = snapshot_of(application)
        for name, value in values.items():
            setattr(application, name, value)
        if application.received_on and application.received_on > timezone.localdate(at):
            raise ImpossibleDateError(_("The day of receipt lies in the future."))
        written = set(values)
        if "agreement" in values:
            _note_agreement(application, actor, at)
            written |= {"agreement_noted_by", "agreed_at", "pledge_version", "privacy_version"}
        application.clean_fields(exclude=_NOT_COMPARED)
        application.save(update_fields=sorted(written))
        _write_contacts(application, contacts, removed)
        _refresh(application)
        changed = differences(before, snapshot_of(application))
        if not changed and not values:
            raise NothingChangesError(_("Nothing was changed."))
        record(
            actor, "members.application.put_right", application, at=at, reason=reason,
            fields="、".join(label_of(name) for name in changed),
        )  # fmt: skip
    return application


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
        application.clean_fields(exclude=_NOT_COMPARED)
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
            raise _too_late(application)
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
