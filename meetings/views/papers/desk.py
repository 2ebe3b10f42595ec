"""The papers that are being put up. Between the steps their files wait on the server.

Each file comes back by its signed ticket in the form.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.base import File
from django.http import HttpRequest

from core.files import CheckedUpload, check_paper, keep_for_later, kept_file, kept_name
from meetings.choices import Audience, MaterialKind
from meetings.forms.guessing import guess, order_of
from meetings.forms.papers import MOST_FILES, FilesForm, KindForm, NewPaperForm, PublishForm
from meetings.services.shelving import NewPaper
from meetings.views.papers.shelf import Shelf

_ALL = "all"
_KEY = re.compile("p[0-9]{1,4}")

_STEPS = {"up": -1, "down": 1}


@dataclass
class Row:
    """One paper of the form: its number there, the file that waits, what is said of it."""

    key: str
    name: str
    form: NewPaperForm
    upload: CheckedUpload | None = None
    reach: str = ""


class Desk:
    """The papers that are being put up, as the form has brought them."""

    def __init__(self, request: HttpRequest, shelf: Shelf) -> None:
        self.shelf = shelf
        self.data = request.POST
        self.rows: list[Row] = []
        self.lost = 0
        for key in dict.fromkeys(self.data.getlist("rows")[:MOST_FILES]):
            if _KEY.fullmatch(key):
                self._bring(key)
        self.files = FilesForm(self.data, request.FILES, room=MOST_FILES - len(self.rows))
        self.publish = PublishForm(self.data, now=shelf.at, prefix=_ALL)
        self.kind = None if shelf.meeting else KindForm(self.data, prefix=_ALL)

    def _bring(self, key: str) -> None:
        ticket = self.data.get(f"{key}-ticket", "")
        name = kept_name(ticket, owner=self.shelf.owner)
        if name is None:
            self.lost += 1
        else:
            self.rows.append(Row(key, name, self._form(self.data, prefix=key)))

    def _form(self, *args: Any, **kwargs: Any) -> NewPaperForm:
        return NewPaperForm(*args, offered=self.shelf.offered(), **kwargs)

    def take_files(self) -> bool:
        """Keep the files that came and are fine, in their usual order. Whether there were any."""
        self.files.is_valid()
        guessed = [(guess(file.name or ""), file) for file in self.files.good]
        guessed.sort(key=lambda pair: order_of(pair[0][0]))
        free = max((int(row.key[1:]) for row in self.rows), default=0) + 1
        for number, ((label, title), file) in enumerate(guessed, start=free):
            given = {
                "label": label, "title": title, "audience": Audience.BODY,
                "ticket": keep_for_later(file, owner=self.shelf.owner),
            }  # fmt: skip
            form = self._form(initial=given, prefix=f"p{number}")
            self.rows.append(Row(f"p{number}", file.name or "", form))
        return bool(guessed)

    def arrange(self, step: str, key: str) -> None:
        """Up, down, or off the desk."""
        place = next((n for n, row in enumerate(self.rows) if row.key == key), None)
        if place is None:
            return
        row = self.rows.pop(place)
        if step in _STEPS:
            self.rows.insert(max(place + _STEPS[step], 0), row)

    def without_complaints(self) -> None:
        """Show what was typed and say nothing of what is still missing."""
        for row in self.rows:
            if row.form.is_bound:
                row.form = self._form(initial=_typed(row.form), prefix=row.key)
        self.publish = PublishForm(initial=_typed(self.publish), now=self.shelf.at, prefix=_ALL)
        if self.kind:
            self.kind = KindForm(initial=_typed(self.kind), prefix=_ALL)

    @property
    def forms(self) -> list[Any]:
        return [*(row.form for row in self.rows), self.publish, *([self.kind] if self.kind else [])]

    def is_valid(self) -> bool:
        said = [form.is_valid() for form in self.forms]
        return bool(self.rows) and all(said)

    @property
    def faulty(self) -> list[Any]:
        for number, row in enumerate(self.rows, start=1):
            row.form.number = number
        return [form for form in [*self.forms, self.files] if form.is_bound and form.errors]

    @contextmanager
    def opened(self) -> "Iterator[list[NewPaper]]":
        """The papers of a valid form with their files, open until the block ends."""
        with ExitStack() as stack:
            papers = []
            for row in self.rows:
                said = row.form.cleaned_data
                file = kept_file(said["ticket"], owner=self.shelf.owner)
                if file is not None:
                    papers.append(_paper(stack.enter_context(file), said))
            yield papers

    def look(self) -> None:
        """Kind and size of each file, and to whom it opens, for the last look."""
        with self.opened() as papers:
            for row, paper in zip(self.rows, papers, strict=True):
                row.upload = check_paper(paper.file)
                row.reach = self.shelf.sizes[Audience(paper.audience)].words

    @property
    def chosen_kind(self) -> str:
        return str(self.kind.cleaned_data["kind"]) if self.kind else MaterialKind.PAPER


def _typed(form: forms.BaseForm) -> dict[str, Any]:
    """What stands in the fields, whatever it is."""
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value}


def _paper(file: "File[Any]", said: dict[str, Any]) -> NewPaper:
    return NewPaper(
        file=file,
        title=said["title"],
        label=said["label"],
        audience=said["audience"],
        tags=tuple(said["tags"]),
        comment=said["comment"],
    )
