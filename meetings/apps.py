from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

_READ = (
    "view_body", "view_seat", "view_meeting", "view_agendaitem", "view_invitation",
    "view_material", "view_materialversion", "view_materialopening",
    "view_minutes", "view_minutessection", "view_minutescheck", "view_minutesedition",
)  # fmt: skip
_RUN = (
    "add_meeting", "change_meeting", "add_agendaitem", "change_agendaitem", "delete_agendaitem",
    "change_invitation", "add_material", "change_material", "add_minutes", "change_minutes",
)  # fmt: skip
# Who sits where is decided by the secretariat's own staff.
_SEATS = ("add_body", "change_body", "add_seat", "change_seat")


class MeetingsConfig(AppConfig):
    name = "meetings"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Meetings and papers")
    role_grants = {
        "administrator": (*_READ, *_RUN, *_SEATS, "read_steering", "view_as_person"),
        "officer": (*_READ, *_RUN, *_SEATS, "read_steering", "view_as_person"),
        "contractor": (*_READ, *_RUN),
        "auditor": (*_READ, "read_steering"),
    }
