"""What the frame of every page knows."""

from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from mailing.models import SenderIdentity

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
        return (
            SenderIdentity.objects.filter(valid_from__lte=self.today)
            .exclude(valid_until__lte=self.today)
            .first()
        )


def site(request: HttpRequest) -> dict[str, Site]:
    # Not `site`: the login library uses that name for its own.
    return {"platform": Site()}
