"""What the trail calls the acts of this app."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: Mapping[str, str | Promise] = {
    "meetings.body.set_up": _("set up a body"),
    "meetings.body.dissolved": _("recorded the end of a body"),
    "meetings.seat.given": _("gave a seat"),
    "meetings.seat.ended": _("set the end of a seat"),
    "meetings.seat.taken_back": _("took a booked seat back"),
    "meetings.seat.named": _("changed the named person of a seat"),
    "meetings.seat.office_given": _("changed the office of a seat"),
    "meetings.seat.role_changed": _("changed the role of a seat"),
    "meetings.seat.replaced": _("recorded who serves the remainder of a term"),
    "meetings.seat.transferred": _("moved a seat to the organization that is left"),
    "meetings.viewing.started": _("began to look with the eyes of a member"),
    "meetings.viewing.ended": _("stopped looking with the eyes of a member"),
    "meetings.material.added": _("put a paper up"),
    "meetings.material.replaced": _("replaced the file of a paper"),
    "meetings.material.edited": _("changed what is said of a paper"),
    "meetings.material.withdrawn": _("withdrew a paper"),
    "meetings.material.restored": _("put a withdrawn paper up again"),
    "meetings.material.reordered": _("changed the order of papers"),
}
DETAILS: Mapping[str, str | Promise] = {
    "body": _("body"),
    "office": _("office"),
    "role": _("role"),
    "basis": _("legal basis"),
    "kind": _("kind"),
    "audience": _("who may open it"),
    "was": _("before"),
    "version": _("version"),
}
