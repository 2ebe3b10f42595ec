from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

if TYPE_CHECKING:
    from members.models import Affiliation, Membership, Organization, Person  # noqa: F401 -- quoted bases


def holds_on(day: date) -> Q:
    """Half-open periods: from ≤ day < until."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active_on(self, day: date) -> Self:
        return self.filter(holds_on(day))


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def active_on(self, day: date) -> Self:
        return self.filter(holds_on(day))


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def _memberships(self) -> MembershipQuerySet:
        return self.model._meta.get_field("memberships").related_model.objects.filter(
            organization=OuterRef("pk")
        )

    def active_on(self, day: date) -> Self:
        """Organisations that are members on `day`, in any category."""
        return self.filter(Exists(self._memberships().active_on(day)))


class PersonQuerySet(models.QuerySet["Person"]):
    pass
