"""One transaction around an act; what the database refuses comes out as a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from members.errors import MembersError, refusal_of
from members.models import Organization


@contextmanager
def refusing() -> Iterator[None]:
    """All or nothing. Raises MembersError for what fields or constraints do not allow."""
    try:
        with transaction.atomic():
            yield
    except ValidationError as error:
        raise MembersError(" ".join(error.messages)) from error
    except IntegrityError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        raise refusal from error


def locked(organization: Organization) -> Organization:
    """The row as it is now; acts on one organisation happen one after the other."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
