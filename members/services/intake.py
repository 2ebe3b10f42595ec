"""Papers on the desk: an application taken down, and put right, by the secretariat itself."""

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
from members.errors import (
    ImpossibleDateError,
    IncompleteError,
    MembersError,
    NothingChangesError,
    TooLateError,
)
from members.models import ApplicationContact, MembershipApplication
from members.queries.applications import MOST_CONTACTS, differences, label_of, snapshot_of
from members.services.applying import DAYS_TO_CHECK, refresh_application_keys
from members.services.batches import locked_application
from members.services.receipts import next_receipt_number
from members.services.refusals import refusing
from members.services.scans import attach_scans
from members.wordings import PLEDGE_VERSION, PRIVACY_VERSION

CORRECTABLE = (
    ApplicationStatus.RECEIVED, ApplicationStatus.CHECKING, ApplicationStatus.RETURNED,
)  # fmt: skip
NOT_COMPARED = ("application", "batch", "organization", "agreement_noted_by")
_AGREEMENT = ("agreement_noted_by", "agreed_at", "pledge_version", "privacy_version")


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
        application.clean_fields(exclude=NOT_COMPARED)
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
            raise too_late(application)
        before = snapshot_of(application)
        _write_values(application, values, actor, at)
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


def _write_values(
    application: MembershipApplication, values: Mapping[str, Any], actor: User | None, at: datetime
) -> None:
    for name, value in values.items():
        setattr(application, name, value)
    if application.received_on and application.received_on > timezone.localdate(at):
        raise ImpossibleDateError(_("The day of receipt lies in the future."))
    written = list(values)
    if "agreement" in values:
        _note_agreement(application, actor, at)
        written += _AGREEMENT
    application.clean_fields(exclude=NOT_COMPARED)
    application.save(update_fields=written)


def too_late(application: MembershipApplication) -> TooLateError:
    """Somebody was quicker: what it is by now, to be raised."""
    return TooLateError(
        _("%(name)s is “%(state)s” by now. Please look again.")
        % {"name": application, "state": application.get_status_display()}
    )
