"""What a member may put right at once, without asking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.audit.acts import record
from core.audit.context import Actor
from core.japan.contacts import normalize_email
from mailing.models import Address
from members.errors import MembersError
from members.models import Organization
from members.queries.profile import DIRECT_FIELDS, profile_of
from members.services.editing import own_changes
from members.services.refusals import locked, refusing
from members.services.search import refresh_search_text


def update_profile(
    *,
    organization: Organization,
    values: Mapping[str, Any],
    seen: Mapping[str, str] | None = None,
    actor: Actor | None,
    at: datetime,
) -> list[str]:
    """Write the plain attributes that the member itself answers for; returns which ones changed.

    `values` holds some of DIRECT_FIELDS, the mailbox as an e-mail address. `seen` are the
    fingerprints of what the form showed; raises EditConflictError when a colleague was quicker.
    """
    if unknown := set(values) - set(DIRECT_FIELDS):
        raise ValueError(f"not for the member alone to change: {sorted(unknown)}")
    with refusing():
        organization = locked(organization)
        changed = own_changes(values, profile_of(organization), seen)
        if not changed:
            return []
        for name, value in changed.items():
            setattr(organization, name, _mailbox(value) if name == "mailbox" else value)
        columns = {field.name for field in Organization._meta.concrete_fields}
        organization.clean_fields(exclude=columns - set(changed))
        organization.save(update_fields=list(changed))
        refresh_search_text([organization])
        fields = [name for name in DIRECT_FIELDS if name in changed]
        record(actor, "members.profile.updated", organization, at=at, fields=fields)
    return fields


def _mailbox(email: str) -> Address | None:
    if not email:
        return None
    try:
        return Address.objects.get_or_create(email=normalize_email(email))[0]
    except ValueError as error:
        raise MembersError(str(error)) from error
