"""Papers put up, replaced, edited, put in order, withdrawn. Rights are asked before, by the door.

`file` is what came with a form or was kept for later; it is looked at from the inside here once
more, so nothing comes in beside that look. FileRefusedError and FieldsRefusedError carry sentences.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.files.base import File
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit.acts import record
from core.files import check_paper
from core.japan.text import clean_line
from meetings.choices import Audience, MaterialKind
from meetings.errors import FieldsRefusedError, MeetingsError, TooLateError
from meetings.labels import audience_label
from meetings.models import Body, Material, MaterialVersion, Meeting
from meetings.services.indexing import index_names
from meetings.services.paper_fields import EDITABLE, clean_paper, comparable, paper_values
from meetings.services.refusals import refusing
from meetings.services.versions import keep_version
from members.services.editing import fingerprints, own_changes

LONGEST_REASON = 300


def add_material(
    *,
    body: Body,
    meeting: Meeting | None = None,
    file: "File[Any]",
    title: str,
    label: str = "",
    kind: str = MaterialKind.PAPER,
    audience: str = Audience.BODY,
    publish_at: datetime | None = None,
    tags: Sequence[str] = (),
    comment: str = "",
    position: int | None = None,
    actor: User | None,
    at: datetime,
) -> Material:
    """A paper with its first version, behind those that are there unless `position` says where.

    `publish_at=None` is a draft, `publish_at=at` is out at once.
    """
    checked = check_paper(file)
    values = clean_paper(
        values={
            "label": label, "title": title, "kind": kind, "audience": audience,
            "publish_at": publish_at, "tags": tags, "comment": comment,
        },
        at=at,
    )  # fmt: skip
    with refusing():
        _lock_list(body, meeting)
        if position is None:
            position = _last_position(body, meeting) + 1
        material = Material.objects.create(
            body=body, meeting=meeting, position=position, created_by=actor, created_at=at,
            **values,
        )  # fmt: skip
        keep_version(material=material, file=file, checked=checked, number=1, actor=actor, at=at)
        _tell(material, "added", actor, at, filename=checked.name, audience=_audience(material))
    return material


def replace_material(
    *,
    material: Material,
    file: "File[Any]",
    reason: str,
    seen: int | None = None,
    actor: User | None,
    at: datetime,
) -> MaterialVersion:
    """差替: the address stays, the file is another. The earlier ones stay for those who run it.

    `seen` is the number of the version that the editor had before them: refused when it is no
    longer the last one.
    """
    checked = check_paper(file)
    reason = _reason(reason, _("Write why the file is replaced: readers see it."))
    with refusing():
        material = _locked(material)
        last = material.current
        if seen is not None and (last is None or last.number != seen):
            raise TooLateError(
                _("Somebody replaced this file in the meantime. Please look at it first.")
            )
        if last is not None and last.sha256 == checked.sha256:
            raise FieldsRefusedError({"file": _("This is the same file as before.")})
        newest = material.versions.aggregate(newest=Max("number"))["newest"] or 0
        version = keep_version(
            material=material, file=file, checked=checked, number=newest + 1,
            reason=reason if newest else "", actor=actor, at=at,
        )  # fmt: skip
        _tell(
            material, "replaced", actor, at,
            filename=version.name, version=version.number, reason=reason,
        )  # fmt: skip
    return version


def edit_material(
    *,
    material: Material,
    values: Mapping[str, Any],
    seen: Mapping[str, str] | None = None,
    actor: User | None,
    at: datetime,
) -> Material:
    """Other words, another audience or time. `values` are some of EDITABLE.

    `seen` is `fingerprints_of(material)` as the form showed it: what a colleague changed meanwhile
    stays; EditConflictError when both changed the same.
    """
    with refusing():
        material = _locked(material)
        wanted = clean_paper(values=values, at=at)
        changed = own_changes(comparable(wanted), comparable(paper_values(material)), seen)
        if not changed:
            return material
        was = _audience(material)
        for name in changed:
            setattr(material, name, wanted[name])
        material.save(update_fields=list(changed))
        index_names(material)
        detail = {"was": was, "audience": _audience(material)} if "audience" in changed else {}
        _tell(material, "edited", actor, at, fields=_labels(changed), **detail)
    return material


def fingerprints_of(material: Material) -> dict[str, str]:
    """What a form remembers of the paper it shows."""
    return fingerprints(comparable(paper_values(material)))


def withdraw_material(
    *, material: Material, reason: str, actor: User | None, at: datetime
) -> Material:
    """Nobody but those who run the body opens it any more, from this moment on."""
    reason = _reason(reason, _("Write why the paper is withdrawn."))
    with refusing():
        material = _locked(material)
        if material.withdrawn_at is not None:
            raise TooLateError(_("This paper has been withdrawn already."))
        material.withdrawn_at, material.withdrawn_reason = at, reason
        material.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        _tell(material, "withdrawn", actor, at, reason=reason)
    return material


def restore_material(*, material: Material, actor: User | None, at: datetime) -> Material:
    """A withdrawn paper is put up again as it was."""
    with refusing():
        material = _locked(material)
        if material.withdrawn_at is None:
            raise TooLateError(_("This paper is not withdrawn any more."))
        material.withdrawn_at, material.withdrawn_reason = None, ""
        material.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        _tell(material, "restored", actor, at)
    return material


def reorder_materials(
    *,
    body: Body,
    meeting: Meeting | None = None,
    order: Sequence[int],
    actor: User | None,
    at: datetime,
) -> None:
    """Put the papers of a meeting, or those of the body without one, into this order of keys.

    TooLateError when papers have come or gone since the list was shown.
    """
    with refusing():
        _lock_list(body, meeting)
        papers = {paper.pk: paper for paper in _papers(body, meeting)}
        if set(order) != set(papers) or len(order) != len(papers):
            raise TooLateError(_("The list has changed in the meantime. Please look again."))
        _number([papers[key] for key in order])
        record(actor, "meetings.material.reordered", meeting or body, at=at)


def move_material(
    *,
    material: Material,
    among: QuerySet[Material],
    step: int,
    actor: User | None,
    at: datetime,
) -> None:
    """One place up (`step=-1`) or down (`step=1`) among those that the mover has before them.

    The paper changes places with the next of these; what lies between, seen by others, stays.
    """
    with refusing():
        _lock_list(material.body, material.meeting)
        papers = list(_papers(material.body, material.meeting))
        shown = set(among.values_list("pk", flat=True)) | {material.pk}
        places = [place for place, paper in enumerate(papers) if paper.pk in shown]
        mine = [papers[place].pk for place in places].index(material.pk)
        if not 0 <= mine + step < len(places):
            return
        here, there = places[mine], places[mine + step]
        papers[here], papers[there] = papers[there], papers[here]
        _number(papers)
        record(actor, "meetings.material.reordered", material.meeting or material.body, at=at)


def _papers(body: Body, meeting: Meeting | None) -> QuerySet[Material]:
    return Material.objects.filter(body=body, meeting=meeting).order_by("position", "pk")


def _lock_list(body: Body, meeting: Meeting | None) -> None:
    """Acts on one list of papers happen one after the other."""
    if meeting is None:
        Body.objects.select_for_update(no_key=True).get(pk=body.pk)
        return
    found = Meeting.objects.select_for_update(no_key=True, of=("self",)).get(pk=meeting.pk)
    if found.body_id != body.pk:
        raise MeetingsError(_("The meeting is one of another body."))


def _locked(material: Material) -> Material:
    """The paper as it is now; acts on one paper happen one after the other."""
    return (
        Material.objects.select_for_update(no_key=True, of=("self",))
        .select_related("current", "body", "meeting")
        .get(pk=material.pk)
    )


def _last_position(body: Body, meeting: Meeting | None) -> int:
    return _papers(body, meeting).aggregate(last=Max("position"))["last"] or 0


def _number(papers: Sequence[Material]) -> None:
    moved = []
    for position, paper in enumerate(papers, start=1):
        if paper.position != position:
            paper.position = position
            moved.append(paper)
    Material.objects.bulk_update(moved, ["position"])


def _reason(text: str, plea: str) -> str:
    text = clean_line(text)
    if not text:
        raise FieldsRefusedError({"reason": plea})
    if len(text) > LONGEST_REASON:
        raise FieldsRefusedError(
            {"reason": _("Please keep the reason within %(n)s letters.") % {"n": LONGEST_REASON}}
        )
    return text


def _audience(material: Material) -> str:
    return audience_label(material.audience, material.body.kind)


def _labels(names: Mapping[str, Any]) -> str:
    fields = {field.name: str(field.verbose_name) for field in Material._meta.fields}
    return "、".join(fields[name] for name in EDITABLE if name in names)


def _tell(material: Material, what: str, actor: User | None, at: datetime, **detail: Any) -> None:
    record(actor, f"meetings.material.{what}", material, at=at, body=material.body.name, **detail)
