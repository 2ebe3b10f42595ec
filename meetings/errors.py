"""Refusals of this app. `str(error)` is the sentence for the person in front of the screen."""

from collections.abc import Mapping

from core.errors import DomainError


class MeetingsError(DomainError):
    """A rule about bodies, meetings and papers says no."""


class FieldsRefusedError(MeetingsError):
    """Single values are wrong: `by_field` has a sentence for each."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        super().__init__(" ".join(by_field.values()))
        self.by_field = dict(by_field)


class TooLateError(MeetingsError):
    """Somebody else was quicker: the thing is in another state by now."""
