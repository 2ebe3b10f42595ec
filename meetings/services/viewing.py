"""Staff look at the site with a member's eyes: both ends of it stand in the trail."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from meetings.errors import MeetingsError
from members.models import Person


@transaction.atomic
def start_viewing(*, person: Person, actor: User, at: datetime) -> User:
    """The account whose eyes they are. Nobody gets more rights than their own by it."""
    user = person.user
    if user is None or not user.is_valid_on(timezone.localdate(at)):
        raise MeetingsError(_("This person has no login: they see what everybody sees."))
    if user.is_staff:
        raise MeetingsError(_("The secretariat's own people are not looked at in this way."))
    record(actor, "meetings.viewing.started", person, at=at)
    return user


@transaction.atomic
def end_viewing(*, person_key: int, actor: User, at: datetime) -> None:
    """Somebody pressed the button. Else it ends by itself, half an hour after the beginning."""
    record(actor, "meetings.viewing.ended", Person.objects.get(pk=person_key), at=at)
