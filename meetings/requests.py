"""Whose eyes a request looks with, and who it really is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from members.models import Person

VIEWING_LASTS = timedelta(minutes=30)
_KEY = "viewing_as"

_View = TypeVar("_View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Viewing:
    """A member of staff looks at the site as `person` does, until `until`."""

    staff: User
    person: Person
    until: datetime


@dataclass(frozen=True)
class Eyes:
    """`user`: who it is (nobody: a stranger). `seen_as`: with whose eyes, if not their own."""

    user: User | None
    seen_as: User | None = None


def begin_viewing(request: HttpRequest, person: Person, at: datetime) -> None:
    """In this session, once `start_viewing` has allowed it."""
    until = at + VIEWING_LASTS
    request.session[_KEY] = {"person": person.pk, "until": until.timestamp()}


def is_viewing(request: HttpRequest) -> bool:
    return _KEY in request.session


def leave_viewing(request: HttpRequest) -> int | None:
    """Back to one's own eyes. The key of the person that was looked at, if there was one."""
    kept = request.session.pop(_KEY, None)
    return kept["person"] if kept else None


def kept_viewing(request: HttpRequest, staff: User) -> Viewing | None:
    """None when the time is over, or the right of either of the two."""
    kept = request.session[_KEY]
    now = timezone.now()
    until = datetime.fromtimestamp(kept["until"], tz=UTC)
    if now >= until or not staff.has_perm("meetings.view_as_person"):
        return None
    seen = User.objects.able_to_log_in(timezone.localdate(now)).filter(is_staff=False)
    person = Person.objects.filter(pk=kept["person"], user__in=seen).select_related("user").first()
    return Viewing(staff, person, until) if person else None


def viewing_of(request: HttpRequest) -> Viewing | None:
    return getattr(request, "viewing", None)


def eyes_of(request: HttpRequest) -> Eyes:
    """For the log of openings."""
    user = request.user if isinstance(request.user, User) else None
    viewing = viewing_of(request)
    return Eyes(viewing.staff, user) if viewing else Eyes(user)


def own_eyes_only(view: _View) -> _View:
    """Marks a page of personal secrets, for example an address with a key in it.

    It is not shown to staff who look with the person's eyes.
    """
    view.own_eyes_only = True  # type: ignore[attr-defined] # read by meetings.middleware
    return view
