"""The acts on members: one verb per business act, each with actor and moment, each in the trail."""

from members.services.contacts import Contact, add_contact, end_contact
from members.services.handover import cancel_handover, hand_over_person
from members.services.memberships import (
    change_category,
    correct_periods,
    end_membership,
    next_number,
    rejoin,
)
from members.services.organizations import register_organization, rename_organization
from members.services.search import refresh_people, refresh_search_text

__all__ = [
    "Contact",
    "add_contact",
    "cancel_handover",
    "change_category",
    "correct_periods",
    "end_contact",
    "end_membership",
    "hand_over_person",
    "next_number",
    "refresh_people",
    "refresh_search_text",
    "register_organization",
    "rejoin",
    "rename_organization",
]
