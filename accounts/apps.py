from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

# To be read in the trail; none of them has a page of its own.
_TRAIL = (
    "view_rolemembership", "view_directpermission", "view_rolepermission", "view_secondfactor",
    "view_loginaddress",
)  # fmt: skip


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Accounts")
    role_grants = {
        "administrator": ("view_user", "add_user", "change_user", *_TRAIL),
        "officer": ("view_user",),
        "auditor": ("view_user", *_TRAIL),
    }

    def ready(self) -> None:
        from accounts import receivers  # noqa: PLC0415 -- app registry

        receivers.connect()
        # Not a domain signal: post_migrate is Django's own hook for permissions, which it makes
        # there itself, and the only moment at which they are known to exist.
        post_migrate.connect(_sync_roles, sender=self, dispatch_uid="accounts.sync_roles")


def _sync_roles(using: str, **kwargs: Any) -> None:
    from accounts.services import sync_roles  # noqa: PLC0415 -- app registry

    # Apps that migrate after this one have no permissions yet: make them now, as Django would.
    for config in apps.get_app_configs():
        if hasattr(config, "role_grants"):
            create_permissions(config, verbosity=0, using=using)
    sync_roles()
