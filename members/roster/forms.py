"""The two forms of the list: which file comes in, and as what it goes out."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from core.shell.fields import DateInput
from members.roster.errors import UnreadableFileError
from members.roster.files import check_size

FORMAT_CHOICES = (
    ("xlsx", _("Excel (.xlsx)")),
    ("csv", _("CSV for Excel (UTF-8)")),
    ("csv-cp932", _("CSV for old programs (Shift_JIS)")),
)
# Before the platform was founded there was no list; a slip of the finger is no question.
FIRST_DAY = date(2022, 2, 25)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Member list"),
        help_text=_("Excel (.xlsx) or CSV, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        try:
            check_size(file.size or 0)
        except UnreadableFileError as error:
            raise ValidationError(str(error)) from error
        return file


class ExportForm(forms.Form):
    as_of = forms.DateField(
        label=_("As of"),
        help_text=_("Members, names and contacts of that day."),
        widget=DateInput(),
    )
    form = forms.ChoiceField(label=_("Format"), choices=FORMAT_CHOICES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class ReasonForm(forms.Form):
    """Why the list is taken in; nobody must say."""

    reason = forms.CharField(max_length=300, required=False)
