"""One transaction around an act; what the database refuses comes out as a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from meetings.errors import MeetingsError

_SENTENCES = {
    "one_seat_at_a_time": lambda: _(
        "The organization has a seat in this body at that time already."
    ),
    "one_chair_at_a_time": lambda: _("The body has a chair at that time already."),
    "seat_period_forward": lambda: _("The period must end after it begins."),
    "body_period_forward": lambda: _("The period must end after it begins."),
    "one_assembly_one_committee": lambda: _("There is one of this kind already."),
    "meetings_body_slug_key": lambda: _("This address part is in use already."),
}


@contextmanager
def refusing() -> Iterator[None]:
    """All or nothing. Raises MeetingsError for what fields or constraints do not allow."""
    try:
        with transaction.atomic():
            yield
    except ValidationError as error:
        raise MeetingsError(" ".join(error.messages)) from error
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        sentence = _SENTENCES.get(getattr(diagnosis, "constraint_name", None) or "")
        if sentence is None:
            raise
        raise MeetingsError(sentence()) from error
