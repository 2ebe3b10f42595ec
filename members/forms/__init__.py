from members.forms.acts import (
    ChangeCategoryForm,
    EndMembershipForm,
    NewContactForm,
    RejoinForm,
    RenameForm,
)
from members.forms.contacts import AffiliationForm, EndContactForm, HandOverForm
from members.forms.organization import OrganizationForm, RegisterForm
from members.forms.periods import PeriodForm, PeriodFormSet

__all__ = [
    "AffiliationForm",
    "ChangeCategoryForm",
    "EndContactForm",
    "EndMembershipForm",
    "HandOverForm",
    "NewContactForm",
    "OrganizationForm",
    "PeriodForm",
    "PeriodFormSet",
    "RegisterForm",
    "RejoinForm",
    "RenameForm",
]
