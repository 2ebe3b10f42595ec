"""What the trail calls the acts of this app."""

from django.utils.translation import gettext_lazy as _

ACTS = {
    "core.changeset.reverted": _("took a change set back"),
}
DETAILS = {
    "went_back": _("rows that went back"),
    "stayed": _("rows that stayed"),
}
