from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Records")
    role_grants = {
        "administrator": ("view_change", "view_act", "view_changeset", "revert_changeset"),
        "officer": ("view_changeset", "revert_changeset"),
        "auditor": ("view_change", "view_act", "view_changeset"),
    }

    def ready(self) -> None:
        from core.audit.context import stamp_new_connection  # noqa: PLC0415 -- app registry

        connection_created.connect(stamp_new_connection, dispatch_uid="core.audit.stamp")
