"""Bodies in pictures."""

from meetings.charts.terms import Bar, Lane, Mark, Terms, terms

__all__ = ["Bar", "Lane", "Mark", "Terms", "terms"]
