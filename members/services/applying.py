"""The acts of the applicant, from the first saved line to a retraction."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit.acts import record
from core.audit.context import Actor
from core.japan.calendar import add_business_days
from members.choices import (
    APPLICATION_MOVES,
    Agreement,
    ApplicationStatus,
    Category,
    Duty,
    Reception,
)
from members.emails.applying import (
    application_received,
    application_retracted,
    correction_received,
    link_to_application,
)
from members.errors import IncompleteError, MembersError, TooLateError
from members.keys import organization_keys
from members.models import ApplicationContact, MembershipApplication
from members.queries.applications import (
    ANSWER_FIELDS,
    CONTACT_FIELDS,
    MOST_CONTACTS,
    differences,
    label_of,
    missing_answers,
    snapshot_of,
)
from members.services.receipts import next_receipt_number
from members.services.refusals import refusing
from members.wordings import PLEDGE_VERSION, PRIVACY_VERSION

DRAFTS_KEPT = timedelta(days=60)
DAYS_TO_CHECK = 10  # what the office asks of itself; business days
_FORGOTTEN_AT_ONCE = 200

IN_APPLICANTS_HANDS = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)


def start_application(
    *, email: str, category: Category | str, at: datetime
) -> MembershipApplication:
    """A draft, and the letter with the link to it."""
    with refusing():
        application = MembershipApplication(
            email=email, category=category, channel=Reception.WEB, saved_at=at, created_at=at
        )
        application.clean_fields()
        refresh_application_keys(application)
        application.save(force_insert=True)
        ApplicationContact.objects.create(application=application, email=email, newsletter=True)
        link_to_application(application, at=at)
    return application


def save_answers(
    *,
    application: MembershipApplication,
    answers: Mapping[str, Any],
    contacts: Sequence[Mapping[str, Any]] | None,
    at: datetime,
) -> MembershipApplication:
    """Keep some answers, and all contacts unless they are None. What is not named stays.

    Refused when the application is no longer in the applicant's hands.
    """
    with refusing():
        application = _in_hands(application)
        named = [name for name in ANSWER_FIELDS if name in answers]
        for name in named:
            setattr(application, name, answers[name])
        application.clean_fields(exclude=_all_but(named))
        if contacts is not None:
            _write_contacts(application, contacts)
        refresh_application_keys(application)
        application.saved_at = at
        application.save(update_fields=[*named, "search_text", "duplicate_key", "saved_at"])
    return application


def submit_application(
    *,
    application: MembershipApplication,
    at: datetime,
    pledge_version: str = PLEDGE_VERSION,
    privacy_version: str = PRIVACY_VERSION,
) -> MembershipApplication:
    """Hand the application in, agreeing to the texts of these versions.

    One receipt and one letter, however often it is sent: what is already handed in is given back
    as it is.
    """
    with refusing():
        application = _locked(application)
        if application.status != ApplicationStatus.DRAFT:
            return application
        if (pledge_version, privacy_version) != (PLEDGE_VERSION, PRIVACY_VERSION):
            raise MembersError(_("The text has changed. Please read it again and agree to it."))
        _refuse_gaps(missing_answers(snapshot_of(application)))
        today = timezone.localdate(at)
        application.receipt_number = next_receipt_number(MembershipApplication, today)
        application.received_on = today
        application.due_on = add_business_days(today, DAYS_TO_CHECK)
        application.pledge_version = pledge_version
        application.privacy_version = privacy_version
        application.agreement = Agreement.ONLINE
        application.agreed_at = at
        application.status = ApplicationStatus.RECEIVED
        refresh_application_keys(application)
        application.save()
        record(
            None, "members.application.received", application, at=at,
            receipt_number=application.receipt_number, channel=application.channel,
            category=application.category,
        )  # fmt: skip
        application_received(application, at=at)
    return application


def answer_correction(*, application: MembershipApplication, at: datetime) -> MembershipApplication:
    """Send a returned application back to the secretariat, with what was changed since.

    Sent twice, or taken up by the secretariat in the meantime, it is given back as it is.
    """
    with refusing():
        application = _locked(application)
        if application.status != ApplicationStatus.RETURNED:
            return application
        correction = application.corrections.filter(answered_at=None).latest("asked_at", "id")
        now = snapshot_of(application)
        # Paper may have left things open; what was there must not get lost.
        open_before = missing_answers(correction.before) if correction.before else []
        _refuse_gaps([name for name in missing_answers(now) if name not in open_before])
        correction.changes = differences(correction.before, now)
        correction.answered_at = at
        correction.save(update_fields=["changes", "answered_at"])
        application.status = ApplicationStatus.CHECKING
        application.due_on = add_business_days(timezone.localdate(at), DAYS_TO_CHECK)
        application.save(update_fields=["status", "due_on"])
        record(
            None, "members.application.corrected", application, at=at,
            fields=[label_of(name) for name in correction.changes],
        )  # fmt: skip
        correction_received(application, correction, at=at)
    return application


def retract_application(
    *, application: MembershipApplication, actor: Actor | None, at: datetime, note: str = ""
) -> MembershipApplication:
    """Take the application back: by its link, or by the secretariat for who telephoned."""
    with refusing():
        application = _locked(application)
        if application.status == ApplicationStatus.RETRACTED:
            return application
        if (
            ApplicationStatus.RETRACTED
            not in APPLICATION_MOVES[ApplicationStatus(application.status)]
        ):
            raise TooLateError(_("This application can no longer be retracted."))
        application.status = ApplicationStatus.RETRACTED
        application.batch = None
        application.decided_at = at
        application.save(update_fields=["status", "batch", "decided_at"])
        record(
            actor,
            "members.application.retracted",
            application,
            at=at,
            **({"note": note} if note else {}),
        )
        application_retracted(application, at=at)
    return application


def forget_old_drafts(*, at: datetime) -> int:
    """Delete drafts that nobody has touched for sixty days. Returns how many."""
    forgotten = 0
    with transaction.atomic():
        # Who is just saving one holds its row: that draft is passed over, and is young again.
        drafts = MembershipApplication.objects.select_for_update(skip_locked=True).filter(
            status=ApplicationStatus.DRAFT, saved_at__lt=at - DRAFTS_KEPT
        )
        for draft in drafts.order_by("pk")[:_FORGOTTEN_AT_ONCE]:
            draft.delete()
            forgotten += 1
    return forgotten


def refresh_application_keys(application: MembershipApplication) -> None:
    """Put fresh keys for search and for the hunt for duplicates on the object; saves nothing.

    Call it before saving a name, a number or contacts that are already stored.
    """
    people = application.contacts.all() if application.pk else ()
    keys = organization_keys(
        name=application.name,
        name_kana=application.name_kana,
        display_name=application.display_name,
        others=[
            application.name_english,
            application.receipt_number or "",
            application.corporate_number,
            application.local_government_code,
            application.representative_name,
            application.email,
            *(text for person in people for text in _words(person)),
        ],
    )
    application.search_text = keys.search_text
    application.duplicate_key = keys.duplicate_key


def _words(person: ApplicationContact) -> tuple[str, str, str]:
    return (person.name, person.name_kana, person.email)


def _locked(application: MembershipApplication) -> MembershipApplication:
    """The row as it is now. A draft that was forgotten in the meantime is gone."""
    rows = MembershipApplication.objects.select_for_update(no_key=True)
    found = rows.filter(pk=application.pk).first()
    if found is None:
        raise TooLateError(_("This draft was deleted. Please start again."))
    return found


def _in_hands(application: MembershipApplication) -> MembershipApplication:
    found = _locked(application)
    if found.status not in IN_APPLICANTS_HANDS:
        raise TooLateError(
            _("The application is with the secretariat and cannot be changed here now.")
        )
    return found


def _refuse_gaps(missing: Sequence[str]) -> None:
    if missing:
        labels = "、".join(label_of(name) for name in missing)
        raise IncompleteError(_("Still to be filled in: %(fields)s.") % {"fields": labels})


def _all_but(named: Sequence[str]) -> set[str]:
    return {column.name for column in MembershipApplication._meta.fields} - set(named)


def _write_contacts(
    application: MembershipApplication, contacts: Sequence[Mapping[str, Any]]
) -> None:
    """Row by row in their order: a row is written over, so that the trail shows what changed.

    What is not said of a person is empty: nothing of who stood there before stays behind.
    """
    if len(contacts) > MOST_CONTACTS:
        raise MembersError(_("Up to five contacts can be named."))
    rows = list(application.contacts.all())
    for position, values in enumerate(contacts):
        row = rows[position] if position < len(rows) else ApplicationContact()
        row.application, row.position = application, position
        blank = ApplicationContact(duty=Duty.DEPUTY)
        for name in CONTACT_FIELDS:
            setattr(row, name, values.get(name, getattr(blank, name)))
        if position == 0:
            row.duty = Duty.PRIMARY
        row.clean_fields()
        row.save()
    for row in rows[len(contacts) :]:
        row.delete()
