from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models

from core.periods import holds_on
from meetings.readers import Reader
from subcommittees.choices import ParticipationStatus

if TYPE_CHECKING:
    from subcommittees.models import (  # noqa: F401 -- quoted bases
        ParticipationRequest,
        Subcommittee,
    )


class SubcommitteeQuerySet(models.QuerySet["Subcommittee"]):
    def visible_to(self, reader: Reader) -> Self:
        """Those whose existence this person may know of."""
        return self.filter(
            reader.allowed(audience="body__audience") | reader.run(audience="body__audience")
        )

    def active_on(self, day: date) -> Self:
        return self.filter(holds_on(day, prefix="body__"))


class ParticipationQuerySet(models.QuerySet["ParticipationRequest"]):
    def open(self) -> Self:
        return self.filter(status=ParticipationStatus.RECEIVED)
