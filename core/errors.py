"""Refusals that a person can read. Every app derives its own."""


class DomainError(Exception):
    """A business rule says no.

    `str(error)` is a full sentence in Japanese (through gettext) that may be shown to the person
    who asked.
    """
