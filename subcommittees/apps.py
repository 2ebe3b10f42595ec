from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_READ = ("view_subcommittee", "view_participationrequest")
_WRITE = ("add_subcommittee", "change_subcommittee", "decide_participationrequest")


class SubcommitteesConfig(AppConfig):
    name = "subcommittees"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Subcommittees")
    role_grants = {
        "administrator": (*_READ, *_WRITE),
        "officer": (*_READ, *_WRITE),
        "contractor": _READ,
        "auditor": _READ,
    }
