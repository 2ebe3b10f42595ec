"""The table at which minutes are written. Only those who run the body sit there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.requests import user_of
from meetings.access import audiences_for
from meetings.choices import Audience, MinutesStatus
from meetings.labels import audience_label
from meetings.models import Minutes
from meetings.queries import reader_of
from meetings.queries.rights import Size, preview
from meetings.services.minutes import BEING_WRITTEN, FINAL
from meetings.views.workroom.running import Running


@dataclass(frozen=True)
class Desk:
    """One request of somebody who writes these minutes."""

    own: Running
    minutes: Minutes

    @property
    def is_being_written(self) -> bool:
        return self.minutes.status in BEING_WRITTEN

    @property
    def is_final(self) -> bool:
        return self.minutes.status in FINAL

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The five states in their order, with how far these minutes have come."""
        order = list(MinutesStatus)
        here = order.index(MinutesStatus(self.minutes.status))
        return [
            {"number": n, "label": one.label, "current": n == here + 1, "done": n <= here}
            for n, one in enumerate(order, 1)
        ]

    @cached_property
    def sizes(self) -> dict[Audience, Size]:
        return preview(self.own.body, self.own.day)

    @property
    def reach(self) -> str:
        """公開、だれでも開けます."""
        return audience_words(self.own, self.sizes, self.minutes.audience)


def desk_of(request: HttpRequest, public_id: UUID) -> Desk:
    """Raises Http404 alike for what is not there and what is written by others."""
    now = timezone.now()
    user = user_of(request)
    reader = reader_of(user, timezone.localdate(now))
    found = get_object_or_404(
        Minutes.objects.run_by(reader).select_related("meeting__body"), public_id=public_id
    )
    meeting = found.meeting
    return Desk(Running(request, user, reader, meeting.body, now, meeting), found)


def audience_words(own: Running, sizes: Mapping[Audience, Size], audience: str) -> str:
    label = audience_label(audience, own.body.kind)
    return f"{label}、{sizes[Audience(audience)].words}"


def offered(own: Running, standing: str = "") -> list[tuple[str, str]]:
    """The audiences to choose from, each with how many people it opens the minutes to."""
    sizes = preview(own.body, own.day)
    found = list(audiences_for(own.reader, own.body))
    if standing and standing not in found:
        found.append(Audience(standing))
    return [(audience.value, audience_words(own, sizes, audience)) for audience in found]


def page(
    desk: Desk, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:  # fmt: skip
    own = desk.own
    known = {
        "desk": desk, "minutes": desk.minutes, "meeting": own.meeting, "body": own.body,
        "today": own.day, "now": own.at, **context,
    }  # fmt: skip
    return render(own.request, f"meetings/minutes/{template}.html", known, status=status)
