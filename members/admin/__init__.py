from members.admin.affiliation import AffiliationAdmin
from members.admin.membership import MembershipAdmin
from members.admin.organization import OrganizationAdmin
from members.admin.person import PersonAdmin

__all__ = ["AffiliationAdmin", "MembershipAdmin", "OrganizationAdmin", "PersonAdmin"]
