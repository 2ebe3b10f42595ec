from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_READ = (
    "view_organization", "view_organizationname", "view_organizationlink", "view_membership",
    "view_person", "view_affiliation",
    "view_membershipapplication", "view_applicationcontact", "view_correction",
    "view_decisionbatch", "view_decision", "view_changerequest", "view_withdrawal", "view_scan",
    "view_confirmationround", "view_confirmation",
)  # fmt: skip
_WRITE = (
    "add_organization", "change_organization", "add_organizationname", "change_organizationname",
    "add_organizationlink", "change_organizationlink", "add_membership", "change_membership",
    "add_person", "change_person", "add_affiliation", "change_affiliation",
    "add_membershipapplication", "change_membershipapplication", "add_applicationcontact",
    "change_applicationcontact", "add_scan", "add_changerequest", "change_changerequest",
    "add_withdrawal", "change_withdrawal", "add_decisionbatch", "change_decisionbatch",
    "add_confirmationround", "change_confirmationround", "change_confirmation",
)  # fmt: skip

# Taking in, ending and moving members are decisions: they stay with the secretariat's own staff.
_DECIDE = (
    "add_organization", "add_membership", "change_membership", "decide_membershipapplication",
    "decide_changerequest", "decide_withdrawal", "add_decisionbatch", "change_decisionbatch",
    "add_confirmationround", "change_confirmationround",
)  # fmt: skip
_DECISIONS = tuple(grant for grant in _DECIDE if grant.startswith("decide_"))


class MembersConfig(AppConfig):
    name = "members"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Members")
    role_grants = {
        "administrator": (*_READ, *_WRITE, *_DECISIONS, "import_members", "export_members"),
        "officer": (*_READ, *_WRITE, *_DECISIONS, "import_members", "export_members"),
        "contractor": (*_READ, *(grant for grant in _WRITE if grant not in _DECIDE)),
        "auditor": _READ,
    }
    act_words = {
        "members.organization.registered": _("Organization registered"),
        "members.organization.renamed": _("New name entered"),
        "members.organization.category_changed": _("Category changed"),
        "members.organization.membership_ended": _("Membership ended"),
        "members.organization.rejoined": _("Taken in again"),
        "members.organization.periods_corrected": _("Membership periods corrected"),
        "members.contact.added": _("Contact entered"),
        "members.contact.ended": _("Contact ended"),
        "members.contact.handed_over": _("Contact handed over"),
        "members.roster.imported": _("Member list imported"),
        "members.roster.exported": _("Member list taken out"),
        "members.roster.import_cancelled": _("Import of the member list cancelled"),
    }

    def ready(self) -> None:
        from members import receivers  # noqa: PLC0415 -- app registry

        receivers.connect()
