"""The acts of the applicant, from the first saved line to a retraction."""

from members.keys import organization_keys
from members.models import ApplicationContact, MembershipApplication


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
