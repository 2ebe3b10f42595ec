from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingConfig(AppConfig):
    name = "mailing"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Mail")
    role_grants = {
        "administrator": (
            "view_address", "change_address", "view_message", "stop_message", "view_envelope",
            "resend_envelope",
            "view_consent", "view_senderidentity", "add_senderidentity", "change_senderidentity",
        ),
        "officer": (
            "view_address", "change_address", "view_message", "stop_message", "view_envelope",
            "resend_envelope",
            "view_consent", "view_senderidentity",
        ),
        "contractor": ("view_address", "view_message", "view_envelope", "view_consent"),
        "auditor": (
            "view_address", "view_message", "view_envelope", "view_consent", "view_senderidentity",
        ),
    }  # fmt: skip
