from members.forms.acts import NewContactForm, RenameForm
from members.forms.booking import (
    CancelChangeForm,
    CancelEndForm,
    CancelEntryForm,
    booked_words,
)
from members.forms.contacts import AffiliationForm, EndContactForm, HandOverForm
from members.forms.filing import FileWithdrawalForm, WithdrawalNoteForm
from members.forms.leaving import (
    AcceptWithdrawalForm,
    AnswerWithdrawalForm,
    ExpelForm,
    RefuseWithdrawalForm,
    RetractWithdrawalForm,
    ReturnWithdrawalForm,
)
from members.forms.links import LinkForm
from members.forms.memberships import ChangeCategoryForm, EndMembershipForm, RejoinForm
from members.forms.merging import MergeForm, SplitForm
from members.forms.organization import OrganizationForm, RegisterForm
from members.forms.periods import PeriodForm, PeriodFormSet

__all__ = [
    "AcceptWithdrawalForm",
    "AffiliationForm",
    "AnswerWithdrawalForm",
    "CancelChangeForm",
    "CancelEndForm",
    "CancelEntryForm",
    "ChangeCategoryForm",
    "EndContactForm",
    "EndMembershipForm",
    "ExpelForm",
    "FileWithdrawalForm",
    "HandOverForm",
    "LinkForm",
    "MergeForm",
    "NewContactForm",
    "OrganizationForm",
    "PeriodForm",
    "PeriodFormSet",
    "RefuseWithdrawalForm",
    "RegisterForm",
    "RejoinForm",
    "RenameForm",
    "RetractWithdrawalForm",
    "ReturnWithdrawalForm",
    "SplitForm",
    "WithdrawalNoteForm",
    "booked_words",
]
