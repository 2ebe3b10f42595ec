from core.errors import DomainError


class IssueError(DomainError):
    """The issue cannot take this step now; the sentence says why and what to do."""
