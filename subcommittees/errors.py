from core.errors import DomainError


class SubcommitteesError(DomainError):
    """A refusal of this app. `str(error)` is the sentence for the person in front of the screen."""


class TooLateError(SubcommitteesError):
    """Somebody else was quicker: the thing is in another state by now."""
