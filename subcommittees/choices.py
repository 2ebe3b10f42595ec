from django.db import models
from django.utils.translation import gettext_lazy as _


class WayIn(models.TextChoices):
    """How an organisation comes to take part."""

    OPEN_CALL = "open_call", _("open call")
    INVITATION = "invitation", _("by invitation")
    FREE = "free", _("free to join")


class ParticipationStatus(models.TextChoices):
    RECEIVED = "received", _("received")
    APPROVED = "approved", _("approved")
    DECLINED = "declined", _("declined")
    RETRACTED = "retracted", _("retracted")


PARTICIPATION_MOVES: dict[str, tuple[str, ...]] = {
    ParticipationStatus.RECEIVED: (
        ParticipationStatus.APPROVED,
        ParticipationStatus.DECLINED,
        ParticipationStatus.RETRACTED,
    ),
    ParticipationStatus.APPROVED: (),
    ParticipationStatus.DECLINED: (),
    ParticipationStatus.RETRACTED: (),
}
