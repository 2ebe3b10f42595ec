"""What a member answers for itself, as it stands."""

from typing import Any

from members.models import Organization

# In the order of the form. `mailbox` is told as an e-mail address.
DIRECT_FIELDS = (
    "phone", "fax", "mailbox", "url", "postal_code", "prefecture", "address", "summary", "fields",
    "targets", "regions", "public_fields",
)  # fmt: skip
_SETS = frozenset({"fields", "targets", "regions", "public_fields"})


def profile_of(organization: Organization) -> dict[str, Any]:
    """The values of DIRECT_FIELDS; one query when the mailbox is not fetched yet."""
    values = {name: getattr(organization, name) for name in DIRECT_FIELDS if name != "mailbox"}
    values |= {name: sorted(values[name]) for name in _SETS}
    mailbox = organization.mailbox
    return {**values, "mailbox": mailbox.email if mailbox else ""}
