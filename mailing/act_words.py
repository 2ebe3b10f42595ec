"""What the trail calls the acts of this app."""

from django.utils.translation import gettext_lazy as _

from mailing.choices import Channel, Purpose

ACTS = {
    "mailing.consent.given": _("recorded a consent"),
    "mailing.consent.withdrawn": _("recorded the end of a consent"),
    "mailing.address.suspended": _("suspended a mailbox"),
    "mailing.address.reactivated": _("reopened a mailbox"),
    "mailing.message.paused": _("paused a delivery"),
    "mailing.message.resumed": _("went on with a delivery"),
    "mailing.message.cancelled": _("cancelled a delivery"),
    "mailing.envelope.resent": _("sent an uncertain mail again"),
    "mailing.envelope.marked_sent": _("took an uncertain mail as arrived"),
}
DETAILS = {
    "purpose": _("purpose"),
    "channel": _("channel"),
    "reason": _("reason"),
    "address": _("mailbox"),
    "stopped": _("mails not sent"),
}
VALUES = {**dict(Channel.choices), **dict(Purpose.choices)}
