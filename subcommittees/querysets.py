from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models

from core.periods import holds_on
from meetings.readers import Reader
from members.models import Organization
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

    def visible_to(self, reader: Reader) -> Self:
        """Those that were put to the people who run the subcommittee."""
        body = "subcommittee__body"
        return self.filter(reader.run(audience=f"{body}__audience", body=body))

    def acted_for_by(self, user: Any, day: date) -> Self:
        """Those of organisations for which `user` may speak on `day`."""
        return self.filter(organization__in=Organization.objects.acted_for_by(user, day))
