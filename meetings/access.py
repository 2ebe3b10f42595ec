"""Who may do what with a body, asked of today's seats at request time."""

from meetings.models import Body
from meetings.readers import Reader


def can_run(reader: Reader, body: Body) -> bool:
    """Call meetings, put papers up, write minutes, decide who joins."""
    return reader.runs(body.pk, body.kind)
