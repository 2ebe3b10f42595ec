from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

from newsletter.choices import IssueStatus

if TYPE_CHECKING:
    from newsletter.models import Issue  # noqa: F401 -- quoted base


class IssueQuerySet(models.QuerySet["Issue"]):
    def public(self, at: datetime) -> Self:
        """Issues of the archive: what went out stays readable by anyone.

        From the first letter on, because each letter names the page; not while it is stopped.
        """
        leaving = models.Q(status=IssueStatus.SENDING) | models.Q(
            status=IssueStatus.SCHEDULED, send_at__lte=at
        )
        going = leaving & models.Q(message__isnull=False, message__paused_at=None)
        return self.filter(models.Q(status=IssueStatus.SENT) | going)

    def due(self, at: datetime) -> Self:
        """Scheduled issues whose hour has come."""
        return self.filter(status=IssueStatus.SCHEDULED, send_at__lte=at)

    def waiting(self) -> Self:
        """Issues somebody has to act on."""
        return self.filter(
            status__in=[IssueStatus.DRAFT, IssueStatus.SUBMITTED, IssueStatus.APPROVED]
        )
