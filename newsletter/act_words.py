"""What the trail calls the acts of this app."""

from django.utils.translation import gettext_lazy as _

ACTS = {
    "newsletter.issue.prepared": _("prepared the draft of the week"),
    "newsletter.issue.recorded": _("recorded a back number"),
    "newsletter.issue.submitted": _("submitted the issue for approval"),
    "newsletter.issue.returned": _("returned the issue to the author"),
    "newsletter.issue.approved": _("approved the issue"),
    "newsletter.issue.scheduled": _("scheduled the issue"),
    "newsletter.issue.unscheduled": _("took the issue off the schedule"),
    "newsletter.issue.cancelled": _("cancelled the issue"),
    "newsletter.issue.stopped": _("stopped the delivery of the issue"),
    "newsletter.issue.continued": _("went on with the delivery of the issue"),
    "newsletter.issue.tested": _("sent a test of the issue"),
    "newsletter.issue.sending": _("began to deliver the issue"),
    "newsletter.issue.sent": _("finished the delivery of the issue"),
}
DETAILS = {
    "reason": _("reason"),
    "recipients": _("recipients"),
    "mailboxes": _("mailboxes"),
    "digest": _("digest of the text"),
    "author": _("author"),
    "send_at": _("send at"),
}
