from core.errors import DomainError


class UnreadableFileError(DomainError):
    """The file cannot be read as a member list; nothing was looked up and nothing written."""


class RosterRefusedError(DomainError):
    """The list was read, but cannot be written as it stands."""


class RosterChangedError(RosterRefusedError):
    """The members have changed since somebody looked at the preview."""
