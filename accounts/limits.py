"""How often something may be tried, counted where the login limits are: in a table, by all."""

from allauth.core.internal.ratelimit import consume
from django.http import HttpRequest


def is_within_limit(
    request: HttpRequest, action: str, rates: str, *, key: str | None = None
) -> bool:
    """Count one more try and say whether it is still allowed.

    `rates` are those of the login library: "30/1h/ip" for where it comes from, "3/1h/key" for what
    it is about.
    """
    used = consume(request, app="platform", action=action, config={action: rates}, key=key)
    return used is not None
