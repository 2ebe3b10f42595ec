"""Reads that span models and lower apps. Nothing here writes."""

from members.queries.contacts import (
    ContactSummary,
    contact_summaries,
    members_without_contact,
    newsletter_addresses_on,
)
from members.queries.counts import (
    Counts,
    breakdown_on,
    counts_by_category,
    history_counts,
    prefecture_counts,
)

__all__ = [
    "ContactSummary",
    "Counts",
    "breakdown_on",
    "contact_summaries",
    "counts_by_category",
    "history_counts",
    "members_without_contact",
    "newsletter_addresses_on",
    "prefecture_counts",
]
