"""For whom is somebody acting? The address says it, today's affiliations allow it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import user_of
from core.errors import DomainError
from members.choices import Category
from members.errors import TooLateError
from members.models import Organization
from members.queries.colleagues import Colleague, colleagues_of
from members.queries.standing import organizations_of


@dataclass(frozen=True)
class Acting:
    """One request for one organisation."""

    user: User
    organization: Organization
    others: tuple[Organization, ...]
    """Those the person might act for instead."""
    at: datetime

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)

    @property
    def category_label(self) -> str:
        """Of the organisation on this day."""
        return str(Category(getattr(self.organization, "category", "")).label)

    def colleague(self, public_id: object) -> Colleague:
        """Somebody who stands for this organisation now or soon. Raises Http404."""
        for found in colleagues_of(self.organization, self.day):
            if found.person.public_id == public_id:
                return found
        raise Http404


def acting(request: HttpRequest, slug: str) -> Acting:
    """Raises Http404 alike for what is not there, is not yours, is not yours yet or any more."""
    now = timezone.now()
    user = user_of(request)
    own = organizations_of(user, timezone.localdate(now))
    chosen = next((organization for organization in own if organization.slug == slug), None)
    if chosen is None:
        raise Http404
    return Acting(user, chosen, tuple(one for one in own if one.pk != chosen.pk), now)


def page(
    request: HttpRequest, on_behalf: Acting, template: str, context: Mapping[str, Any]
) -> HttpResponse:
    known = {
        "acting": on_behalf,
        "organization": on_behalf.organization,
        "today": on_behalf.day,
        **context,
    }
    return render(request, f"members/my/{template}.html", known)


def sentence_of(refusal: DomainError) -> str:
    """What a member reads of a refusal: of the secretariat's people nobody is named."""
    if isinstance(refusal, TooLateError):
        return _("Somebody was quicker: this has moved on already. Please look again.")
    return str(refusal)
