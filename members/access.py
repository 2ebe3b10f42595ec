"""Who may do what for an organisation, asked of today's affiliations at request time."""

from datetime import date

from accounts.models import User
from members.models import Organization


def can_act_for(user: User, organization: Organization, day: date) -> bool:
    """Whether the person stands for this organisation, a member on `day`, in a speaking duty."""
    return Organization.objects.acted_for_by(user, day).filter(pk=organization.pk).exists()
