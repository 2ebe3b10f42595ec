from members.admin.affiliation import AffiliationAdmin
from members.admin.application import ApplicationAdmin
from members.admin.batch import BatchAdmin
from members.admin.change_request import ChangeRequestAdmin
from members.admin.confirmation import ConfirmationRoundAdmin
from members.admin.membership import MembershipAdmin
from members.admin.organization import OrganizationAdmin
from members.admin.person import PersonAdmin
from members.admin.withdrawal import WithdrawalAdmin

__all__ = [
    "AffiliationAdmin",
    "ApplicationAdmin",
    "BatchAdmin",
    "ChangeRequestAdmin",
    "ConfirmationRoundAdmin",
    "MembershipAdmin",
    "OrganizationAdmin",
    "PersonAdmin",
    "WithdrawalAdmin",
]
