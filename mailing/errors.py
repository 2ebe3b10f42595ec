"""What the mail office refuses, in words for the person who asked."""

from core.errors import DomainError


class MailError(DomainError):
    """A letter, a recipient or a decision that cannot be taken."""
