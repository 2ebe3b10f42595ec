from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Accounts")
    role_grants = {
        "administrator": ("view_user", "add_user", "change_user"),
        "officer": ("view_user",),
        "auditor": ("view_user",),
    }
