"""What the trail calls the acts of this app."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: Mapping[str, str | Promise] = {
    "subcommittees.subcommittee.set_up": _("set up a subcommittee"),
    "subcommittees.participation.asked": _("asked to take part in a subcommittee"),
    "subcommittees.participation.approved": _("let an organization take part in a subcommittee"),
    "subcommittees.participation.declined": _("declined a request to take part"),
    "subcommittees.participation.retracted": _("took a request to take part back"),
}
DETAILS: Mapping[str, str | Promise] = {"leads": _("leads")}
