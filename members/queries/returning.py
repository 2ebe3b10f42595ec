"""What an organisation was when it left, for the day it comes back."""

from datetime import date

from members.models import Affiliation, Membership, Organization
from members.querysets import AffiliationQuerySet


def last_period(organization: Organization) -> Membership | None:
    """Its latest membership period, if it ever had one."""
    return organization.memberships.order_by("-valid_from").first()


def former_contacts(organization: Organization) -> AffiliationQuerySet:
    """Who stood for it on its last day as a member."""
    last = last_period(organization)
    if last is None or last.valid_until is None:
        return Affiliation.objects.none()
    day: date = last.valid_until - date.resolution
    return (
        Affiliation.objects.active_on(day)
        .filter(organization=organization)
        .order_by("position", "pk")
    )
