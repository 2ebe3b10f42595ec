from django.db import models
from django.utils.translation import gettext_lazy as _


class IssueStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("waiting for approval")
    APPROVED = "approved", _("approved")
    SCHEDULED = "scheduled", _("scheduled")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    CANCELLED = "cancelled", _("cancelled")


LAWFUL_MOVES: dict[IssueStatus, tuple[IssueStatus, ...]] = {
    IssueStatus.DRAFT: (IssueStatus.SUBMITTED, IssueStatus.CANCELLED),
    IssueStatus.SUBMITTED: (IssueStatus.DRAFT, IssueStatus.APPROVED),
    IssueStatus.APPROVED: (IssueStatus.DRAFT, IssueStatus.SCHEDULED),
    IssueStatus.SCHEDULED: (IssueStatus.APPROVED, IssueStatus.SENDING, IssueStatus.CANCELLED),
    IssueStatus.SENDING: (IssueStatus.SENT,),
    IssueStatus.SENT: (),
    IssueStatus.CANCELLED: (),
}


class Section(models.TextChoices):
    """Sections of an issue, in the order they are printed."""

    SECRETARIAT = "1", _("from the secretariat")
    MEMBERS = "2", _("from the members")
    GOVERNMENT = "3", _("from the state and local governments")
    MEETINGS = "4", _("subcommittees and workshops")
    VISITS = "5", _("visit reports")
    CHANGES = "6", _("new members and new names")
    AFTERWORD = "9", _("afterword")
