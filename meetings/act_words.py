"""What the trail calls the acts of this app."""

from collections.abc import Mapping

from django.utils.functional import Promise

ACTS: Mapping[str, str | Promise] = {}
DETAILS: Mapping[str, str | Promise] = {}
