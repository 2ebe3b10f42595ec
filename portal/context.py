"""What the frame of every page knows."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from mailing.models import SenderIdentity
from mailing.queries import sender_identity_on

SITE_NAME = "孤独・孤立対策官民連携プラットフォーム"


class Site:
    """Asks the database only when a page shows what it holds."""

    name = SITE_NAME

    @cached_property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def identity(self) -> SenderIdentity | None:
        """Who the secretariat is today."""
        return sender_identity_on(self.today)


def site(request: HttpRequest) -> dict[str, Site]:
    # Not `site`: the login library uses that name for its own.
    return {"platform": Site()}
