"""Organisations, their memberships, and the people who stand for them."""

from members.models.membership import Membership
from members.models.organization import (
    Organization,
    OrganizationLink,
    OrganizationName,
    new_slug,
)
from members.models.person import Affiliation, Person
from members.roster.models import RosterImport

__all__ = [
    "Affiliation",
    "Membership",
    "Organization",
    "OrganizationLink",
    "OrganizationName",
    "Person",
    "RosterImport",
    "new_slug",
]
