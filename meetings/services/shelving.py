"""Several papers put up together: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _

from accounts.models import User
from meetings.choices import Audience, MaterialKind
from meetings.errors import TooLateError
from meetings.models import Body, Material, Meeting
from meetings.services.materials import add_material
from meetings.services.refusals import refusing


@dataclass(frozen=True)
class NewPaper:
    """A file with what is said of it."""

    file: "File[Any]"
    title: str
    label: str = ""
    audience: str = Audience.BODY
    tags: tuple[str, ...] = ()
    comment: str = ""


def put_up_papers(
    *,
    body: Body,
    meeting: Meeting | None,
    papers: Sequence[NewPaper],
    kind: str = MaterialKind.PAPER,
    publish_at: datetime | None,
    actor: User | None,
    at: datetime,
) -> list[Material]:
    """In this order, behind the papers that lie there.

    TooLateError when the same file already lies there under the same name: a button pressed twice.
    """
    with refusing():
        _lock(body, meeting)
        made = [
            add_material(
                body=body, meeting=meeting, kind=kind, publish_at=publish_at,
                file=paper.file, label=paper.label, title=paper.title, audience=paper.audience,
                tags=paper.tags, comment=paper.comment, actor=actor, at=at,
            )
            for paper in papers
        ]  # fmt: skip
        _refuse_twice(body, meeting, made)
    return made


def _lock(body: Body, meeting: Meeting | None) -> None:
    if meeting is None:
        Body.objects.select_for_update(no_key=True).get(pk=body.pk)
    else:
        Meeting.objects.select_for_update(no_key=True, of=("self",)).get(pk=meeting.pk)


def _refuse_twice(body: Body, meeting: Meeting | None, made: Sequence[Material]) -> None:
    known = Material.objects.filter(body=body, meeting=meeting, withdrawn_at=None)
    rows = known.values_list("pk", "label", "title", "current__sha256")
    mine = {paper.pk for paper in made}
    before = {(label, title, sha) for pk, label, title, sha in rows if pk not in mine}
    for pk, label, title, sha in rows:
        if pk in mine and (label, title, sha) in before:
            name = f"{label} {title}".strip()
            raise TooLateError(
                _("“%(name)s” lies there already with the same file.") % {"name": name}
            )
