"""A body as those who run it see it."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from meetings.queries.workroom import OPEN, OVER, meetings_at_work, waiting_in
from meetings.views.workroom.running import page, running_body

MEETINGS_A_PAGE = 20


@require_safe
def home(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits, the meetings to come, and those that are over."""
    own = running_body(request, slug)
    known = meetings_at_work(own.body)
    coming = list(known.filter(status__in=OPEN).order_by("starts_at", "pk"))
    over = Paginator(known.filter(status__in=OVER), MEETINGS_A_PAGE).get_page(
        request.GET.get("page")
    )
    for meeting in [*coming, *over]:
        meeting.body = own.body
    context = {
        "coming": coming,
        "over": over,
        "waiting": waiting_in([*coming, *over], own.at),
        "active": own.body.valid_until is None or own.body.valid_until > own.day,
    }
    return page(own, "run/home", context)
