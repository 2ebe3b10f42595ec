"""Putting papers up: files, what is said of each, and when they are out."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.files import PAPER_BYTES, PAPERS, FileRefusedError, check_paper
from core.files.kinds import KINDS
from core.japan.text import clean_line
from meetings.choices import MaterialKind
from meetings.forms.moments import SplitMomentField
from meetings.models import Material
from meetings.services.materials import fingerprints_of
from meetings.services.paper_fields import (
    LONGEST_COMMENT,
    LONGEST_LABEL,
    LONGEST_TAG,
    LONGEST_TITLE,
    MOST_TAGS,
    comparable,
)
from members.forms.typed import LineField, ProseField, say_what_is_missing
from members.services.editing import fingerprint

MOST_FILES = 20
MEGABYTES = PAPER_BYTES // (1024 * 1024)
LONGEST_REASON = 300
_TAKEN = [kind for kind in KINDS if kind.content_type in PAPERS]
ACCEPTED = ",".join(ending for kind in _TAKEN for ending in kind.endings)
KINDS_TAKEN = "・".join(str(kind.label) for kind in _TAKEN)
_BETWEEN_TAGS = re.compile(r"[、,;\uff0c\uff1b]+")
_SALT = "meetings paper seen"


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesForm(forms.Form):
    """Files at once. Each is looked at from the inside; those that are fine are in `good`."""

    uploads = forms.Field(
        label=gettext_lazy("Files"),
        required=False,
        widget=ManyFiles(attrs={"accept": ACCEPTED}),
    )

    def __init__(self, *args: Any, room: int = MOST_FILES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.room = room
        self.good: list[File[Any]] = []

    def clean_uploads(self) -> "list[File[Any]]":
        given = [file for file in self.files.getlist("uploads") if file]
        refused = []
        for file in given[: self.room]:
            try:
                check_paper(file)
            except FileRefusedError as error:
                refused.append(f"{clean_line(file.name or '')}: {error}")
            else:
                self.good.append(file)
        if len(given) > self.room:
            refused.append(_("%(n)s files at most at a time.") % {"n": MOST_FILES})
        if refused:
            raise ValidationError(refused)
        return self.good


class TagsField(LineField):
    """Words with 、 between them."""

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override] # a list of what was one line
        line = super().clean(value)
        tags = [tag.strip() for tag in _BETWEEN_TAGS.split(line)]
        found = list(dict.fromkeys(filter(None, tags)))
        if len(found) > MOST_TAGS:
            raise ValidationError(_("%(n)s tags at most.") % {"n": MOST_TAGS})
        if any(len(tag) > LONGEST_TAG for tag in found):
            raise ValidationError(_("%(n)s letters at most for a tag.") % {"n": LONGEST_TAG})
        return found


class PaperForm(forms.Form):
    """What is said of one paper. `offered`: audiences with how many people each opens it to."""

    label = LineField(
        label=gettext_lazy("Label"), max_length=LONGEST_LABEL, required=False,
        help_text=gettext_lazy("For example 次第, 資料1, 資料2-1, 参考資料1."),
        widget=forms.TextInput(attrs={"class": "input--13"}),
    )  # fmt: skip
    title = LineField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    audience = forms.ChoiceField(label=gettext_lazy("Who may open it"))
    tags = TagsField(
        label=gettext_lazy("Tags"), required=False,
        help_text=gettext_lazy("Words to find it by, with 、 between them."),
    )  # fmt: skip
    comment = ProseField(
        label=gettext_lazy("Note for those who run the body"), max_length=LONGEST_COMMENT,
        required=False, help_text=gettext_lazy("Readers do not see it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audience = self.fields["audience"]
        if isinstance(audience, forms.ChoiceField):
            audience.choices = list(offered)
        say_what_is_missing(self)

    @property
    def details(self) -> list[forms.BoundField]:
        """What most papers do without."""
        return [self["tags"], self["comment"]]

    @property
    def details_open(self) -> bool:
        """Whether something stands there, or is wrong there."""
        return any(field.errors or field.value() for field in self.details)


class NewPaperForm(PaperForm):
    """One of several, with the ticket of the file that was kept; `number` among them."""

    number = 0

    ticket = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The name of the file has filled it in already.
        self.fields["label"].help_text = ""


class PublishForm(forms.Form):
    """When papers are out; `kept` is how it stands now, for papers that have a time already."""

    KEEP, NOW, AT, DRAFT = "keep", "now", "at", "draft"

    when = forms.ChoiceField(
        label=gettext_lazy("When it is published"), widget=forms.RadioSelect, initial=NOW
    )
    publish_at = SplitMomentField(
        label=gettext_lazy("Day and time of publication"), required=False,
        help_text=gettext_lazy(
            "Only when you set a day and time. Japan's time. Example: 2027, 4, 1, 10 and 00."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, now: datetime, kept: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        choices = [
            (self.NOW, _("At once")),
            (self.AT, _("At a day and time")),
            (self.DRAFT, _("Not yet: only those who run the body see it")),
        ]
        when = self.fields["when"]
        if isinstance(when, forms.ChoiceField):
            when.choices = [(self.KEEP, kept), *choices] if kept else choices
        if kept:
            when.initial = self.KEEP

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("when") != self.AT:
            self.errors.pop("publish_at", None)
            return values
        moment = values.get("publish_at")
        if moment is None and "publish_at" not in self.errors:
            self.add_error("publish_at", str(self.fields["publish_at"].error_messages["required"]))
        elif moment is not None and moment <= self.now:
            self.add_error("publish_at", _("This time is past. Choose “At once” instead."))
        return values

    @property
    def moment(self) -> datetime | None:
        """Of a valid form: when the papers are out; None for a draft."""
        when = self.cleaned_data["when"]
        at: datetime | None = self.cleaned_data.get("publish_at")
        return self.now if when == self.NOW else at if when == self.AT else None


class KindForm(forms.Form):
    """Of papers that belong to no meeting."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=MaterialKind.choices, initial=MaterialKind.OUTPUT,
        widget=forms.Select(attrs={"class": "select--auto"}),
    )  # fmt: skip


class EditPaperForm(PaperForm):
    """A paper as it stands, written over. A colleague's change is noticed on saving."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, material: Material, **kwargs: Any) -> None:
        standing = {name: getattr(material, name) for name in self.named()}
        kwargs["initial"] = {**standing, "seen": _snapshot(material)}
        super().__init__(*args, **kwargs)

    @classmethod
    def named(cls) -> list[str]:
        return list(PaperForm.base_fields)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.named()}

    def seen_then(self) -> Mapping[str, str]:
        try:
            found = signing.loads(self.cleaned_data.get("seen") or "", salt=_SALT)
        except signing.BadSignature:
            return {}
        return found if isinstance(found, dict) else {}

    def meet(self, material: Material, told: Mapping[str, str]) -> None:
        """Show the form again after a clash: own words stay, a sentence stands at each field.

        What only the colleague changed shows the colleague's value.
        """
        before = self.seen_then()
        data = self.data.copy()  # type: ignore[attr-defined] # a QueryDict, as every posted form
        for name, value in comparable(self.values()).items():
            if fingerprint(value) == before.get(name):
                data[name] = self.fields[name].prepare_value(getattr(material, name))
        data["seen"] = _snapshot(material)
        self.data = data
        for name, sentence in told.items():
            self.add_error(name if name in self.fields else None, sentence)


def _snapshot(material: Material) -> str:
    return signing.dumps(fingerprints_of(material), salt=_SALT)


class ReplaceForm(FilesForm):
    """Another file under the same address."""

    reason = LineField(
        label=gettext_lazy("Reason for replacing"), max_length=LONGEST_REASON,
        help_text=gettext_lazy("Readers see it. For example: the number of cases was corrected."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, room=1, **kwargs)
        self.fields["uploads"].label = _("New file")
        self.fields["uploads"].widget.attrs.pop("multiple")
        self.order_fields(["uploads", "reason"])
        say_what_is_missing(self)

    def has_seen(self, version: int | None) -> None:
        """The page that comes back shows this version; the next try knows it."""
        data = self.data.copy()  # type: ignore[attr-defined] # a QueryDict, as every posted form
        data["version"] = version or ""
        self.data = data


class WithdrawForm(forms.Form):
    reason = LineField(
        label=gettext_lazy("Reason for withdrawing"), max_length=LONGEST_REASON,
        help_text=gettext_lazy("Those who run the body see it, and so does the secretariat."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)
