"""Scans that come with a form: several at once, and none to be picked twice when it comes back."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.files import (
    SCAN_BYTES,
    SCANS,
    FileRefusedError,
    check_upload,
    keep_for_later,
    kept_file,
    kept_name,
)

KEPT = "kept"
MOST_FILES = 10


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ScansField(forms.FileField):
    """Each file is looked at from the inside; the name of the one that is refused is told."""

    widget = _ManyFiles(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.tif,.tiff"})

    def clean(self, data: Any, initial: Any = None) -> "list[File[Any]]":
        given = data if isinstance(data, list | tuple) else [data]
        files = [super(ScansField, self).clean(one, None) for one in given] if any(given) else []
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_FILES:
            raise ValidationError(_("Ten files at most at a time."))
        for file in files:
            try:
                check_upload(file, allowed=SCANS, max_bytes=SCAN_BYTES)
            except FileRefusedError as error:
                raise ValidationError(f"{file.name}: {error}") from error
        return files


def scans_field(*, required: bool) -> ScansField:
    return ScansField(
        label=gettext_lazy("Scans"),
        help_text=gettext_lazy(
            "PDF, JPEG, PNG or TIFF, 20 MB each. Only the secretariat reads it."
        ),
        required=required,
    )


class KeptFiles:
    """Files that came with an earlier sending of the same form, by their tickets."""

    def __init__(self, tickets: Iterable[str], owner: str) -> None:
        self.owner = owner
        found = ((ticket, kept_name(ticket, owner=owner)) for ticket in list(tickets)[:MOST_FILES])
        self.names = {ticket: name for ticket, name in found if name is not None}

    def add(self, files: "Iterable[File[Any]]") -> None:
        for file in files:
            self.names[keep_for_later(file, owner=self.owner)] = file.name or ""

    @contextmanager
    def opened(self) -> "Iterator[list[File[Any]]]":
        """All of them, open until the block ends."""
        with ExitStack() as stack:
            found = (kept_file(ticket, owner=self.owner) for ticket in self.names)
            yield [stack.enter_context(file) for file in found if file is not None]
