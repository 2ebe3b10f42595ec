from core.errors import DomainError


class MeetingsError(DomainError):
    """A refusal of this app. `str(error)` is the sentence for the person in front of the screen."""
