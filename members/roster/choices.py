from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportStatus(models.TextChoices):
    """Where an uploaded list stands."""

    WAITING = "waiting", _("waiting to be checked")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("ready to be written")
    CONFIRMED = "confirmed", _("waiting to be written")
    WRITING = "writing", _("being written")
    DONE = "done", _("written")
    UNREADABLE = "unreadable", _("not readable")
    FAILED = "failed", _("ended by an error")
    CANCELLED = "cancelled", _("stopped")
    EXPIRED = "expired", _("expired")


# waiting and confirmed may be claimed; only the holder of the lease moves a row out of checking and
# writing; a list that no longer fits the members is checked again.
LAWFUL_MOVES: dict[ImportStatus, tuple[ImportStatus, ...]] = {
    ImportStatus.WAITING: (ImportStatus.CHECKING, ImportStatus.CANCELLED),
    ImportStatus.CHECKING: (
        ImportStatus.CHECKED,
        ImportStatus.UNREADABLE,
        ImportStatus.FAILED,
    ),
    ImportStatus.CHECKED: (
        ImportStatus.CONFIRMED,
        ImportStatus.CANCELLED,
        ImportStatus.EXPIRED,
    ),
    ImportStatus.CONFIRMED: (ImportStatus.WRITING,),
    ImportStatus.WRITING: (ImportStatus.DONE, ImportStatus.WAITING, ImportStatus.FAILED),
}
AT_WORK = (
    ImportStatus.WAITING,
    ImportStatus.CHECKING,
    ImportStatus.CONFIRMED,
    ImportStatus.WRITING,
)
CANCELLABLE = tuple(
    status for status, moves in LAWFUL_MOVES.items() if ImportStatus.CANCELLED in moves
)
