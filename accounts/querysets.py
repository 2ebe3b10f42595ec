from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import User  # noqa: F401 -- quoted base


class UserQuerySet(models.QuerySet["User"]):
    def able_to_log_in(self, day: date) -> Self:
        """Active accounts whose last day, if any, has not passed on `day`."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), is_active=True)

    def staff(self) -> Self:
        return self.filter(is_staff=True)
