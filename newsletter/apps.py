from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_EDIT = ("view_issue", "add_issue", "change_issue", "view_issueitem", "add_issueitem",
         "change_issueitem", "delete_issueitem", "view_approval")  # fmt: skip


class NewsletterConfig(AppConfig):
    name = "newsletter"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Mail magazine")
    role_grants = {
        "administrator": (*_EDIT, "approve_issue", "schedule_issue", "stop_issue"),
        "officer": (*_EDIT, "approve_issue", "schedule_issue", "stop_issue"),
        "contractor": (*_EDIT, "stop_issue"),
        "auditor": ("view_issue", "view_issueitem", "view_approval"),
    }
