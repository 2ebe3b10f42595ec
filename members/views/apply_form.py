"""The forms of one page of an application, and what is kept of them when the page is left."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from members.forms.application import AnswersForm
from members.forms.application_contacts import (
    COUNT,
    MOST_CONTACTS,
    ContactRows,
    with_one_more,
    without_row,
)
from members.models import MembershipApplication
from members.services.applying import save_answers

# Buttons of a page. Who breaks off, goes back or adds a row need not have filled in everything.
_UNFINISHED = {"pause", "back", "add", "remove"}
_STAYING = {"add", "remove"}


class FormPage:
    """The forms of one page: some answers, and the contacts where they stand on it."""

    def __init__(
        self,
        request: HttpRequest,
        application: MembershipApplication,
        only: Iterable[str],
        *,
        contacts: bool,
    ) -> None:
        self.application = application
        self.post = request.POST if request.method == "POST" else None
        pressed = set(self.post or ())
        self.unfinished = bool(_UNFINISHED & pressed)
        self.stays = bool(_STAYING & pressed)
        self.form = AnswersForm(self.post, application=application, only=only)
        self.rows = ContactRows(application, self._rows_data()) if contacts else None

    def _rows_data(self) -> Any:
        if self.post is None or not self.stays:
            return self.post
        if "add" in self.post:
            return with_one_more(self.post)
        number = self.post["remove"]
        return without_row(self.post, int(number) if number in set("2345") else 0)

    def save(self) -> bool:
        """Keep everything that is not wrong. True when nothing keeps the reader on this page."""
        self.form.full_clean()
        kept = self.form.kept()
        contacts = self.rows.kept() if self.rows else None
        if self.unfinished:
            self.form.forgive_missing()
            if self.rows:
                self.rows.forgive_missing()
        self.application = save_answers(
            application=self.application, answers=kept, contacts=contacts, at=timezone.now()
        )
        return not self.stays and not self.faulty

    @property
    def faulty(self) -> list[Any]:
        """The forms that say something is wrong, in the order of the page."""
        if self.post is None:
            return []
        rows = self.rows.shown_errors if self.rows else []
        return [form for form in (self.form, *rows) if form.errors]

    def context(self) -> dict[str, Any]:
        return {
            "application": self.application,
            "form": self.form,
            "rows": self.rows,
            "count_name": COUNT,
            "most_contacts": MOST_CONTACTS,
            "faulty": self.faulty,
            "error_total": sum(len(e) for form in self.faulty for e in form.errors.values()),
            "added": self.post is not None and "add" in self.post,
        }
