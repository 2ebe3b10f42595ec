"""Organisations, their memberships, and the people who stand for them."""

from members.models.application import ApplicationContact, Correction, MembershipApplication
from members.models.confirmation import Confirmation, ConfirmationRound
from members.models.decision import Decision, DecisionBatch
from members.models.membership import GivenNumber, Membership
from members.models.organization import (
    Organization,
    OrganizationLink,
    OrganizationName,
    new_slug,
)
from members.models.person import Affiliation, Person
from members.models.scan import Scan
from members.models.wish import ChangeRequest, Withdrawal
from members.roster.models import RosterImport

__all__ = [
    "Affiliation",
    "ApplicationContact",
    "ChangeRequest",
    "Confirmation",
    "ConfirmationRound",
    "Correction",
    "Decision",
    "DecisionBatch",
    "GivenNumber",
    "Membership",
    "MembershipApplication",
    "Organization",
    "OrganizationLink",
    "OrganizationName",
    "Person",
    "RosterImport",
    "Scan",
    "Withdrawal",
    "new_slug",
]
