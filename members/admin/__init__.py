from members.admin.affiliation import AffiliationAdmin
from members.admin.application import ApplicationAdmin
from members.admin.batch import BatchAdmin
from members.admin.membership import MembershipAdmin
from members.admin.organization import OrganizationAdmin
from members.admin.person import PersonAdmin
from members.admin.withdrawal import WithdrawalAdmin

__all__ = [
    "AffiliationAdmin",
    "ApplicationAdmin",
    "BatchAdmin",
    "MembershipAdmin",
    "OrganizationAdmin",
    "PersonAdmin",
    "WithdrawalAdmin",
]
