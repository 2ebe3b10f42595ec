"""What has happened to the members since June 2022, for the demo platform. All of it is made up.

Every line goes through the service that the real thing goes through. Twice changes nothing.
"""

from datetime import datetime

from accounts.models import User
from members.demo.applications import seed_applications
from members.demo.history import seed_history
from members.demo.wishes import seed_wishes
from members.models import MembershipApplication


def seed(actor: User, at: datetime) -> None:
    """Fill the years after the demo list; nothing when that has been done before."""
    if MembershipApplication.objects.exists():
        return
    seed_history(actor, at)
    seed_wishes(actor, at)
    seed_applications(actor, at)
