"""What the search finds: names at once, the text of files as soon as the worker has read them."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import structlog
from django.db import transaction

from core.japan.text import fold
from meetings.choices import Searchable
from meetings.extraction import Piece, extract
from meetings.models import Material, MaterialVersion, Meeting, Minutes, MinutesEdition, Passage
from meetings.pairs import vector

NAMES, TEXT = 0, 1  # Passage.depth
MOST_AT_ONCE = 20

log = structlog.get_logger(__name__)


def index_names(material: Material) -> None:
    """Label, title, tags and the name of the file; call it where one of them is written."""
    name = material.current.name if material.current else ""
    words = [material.label, material.title, *material.tags, name]
    with transaction.atomic():
        Passage.objects.filter(material=material, depth=NAMES).delete()
        _keep([Piece("", " ".join(filter(None, words)))], NAMES, material=material)


def forget_text(material: Material) -> None:
    """A file was replaced: what stood in the one before is found no more, at once."""
    Passage.objects.filter(material=material, depth=TEXT).delete()


def index_meeting(meeting: Meeting) -> None:
    """Theme, place and agenda of a meeting; never the words beside the online address."""
    agenda = [f"{row.title} {row.note}".strip() for row in meeting.agenda.all()]
    names = " ".join(filter(None, [meeting.body.name, meeting.title]))
    with transaction.atomic():
        Passage.objects.filter(meeting=meeting).delete()
        _keep([Piece("", names)], NAMES, meeting=meeting)
        _keep([Piece("", "\n".join(filter(None, [*agenda, meeting.place])))], TEXT, meeting=meeting)


def index_minutes(minutes: Minutes, edition: MinutesEdition) -> None:
    """The newest edition as readers have it: what is withheld is not kept here at all."""
    sections = [row for row in edition.content["sections"] if not row.get("withheld")]
    with transaction.atomic():
        Passage.objects.filter(minutes=minutes).delete()
        _keep([Piece("", str(minutes.get_form_display()))], NAMES, minutes=minutes)
        pieces = [
            Piece(row["heading"][:60], f"{row['heading']}\n{row['text']}") for row in sections
        ]
        _keep(pieces, TEXT, minutes=minutes)


def read_waiting(*, at: datetime) -> int:
    """Duty of the tick: read the text of new files, the oldest first. Returns how many.

    Twice at the same time does the work twice and writes it once.
    """
    waiting = MaterialVersion.objects.filter(searchable=Searchable.WAITING).order_by("pk")
    versions = list(waiting.select_related("material")[:MOST_AT_ONCE])
    for version in versions:
        _read(version)
    return len(versions)


def _read(version: MaterialVersion) -> None:
    place = Path(version.file.path)
    if not place.exists():
        log.error("paper_without_file", version=version.pk)
    found = extract(place, version.content_type)
    with transaction.atomic():
        # Compare and set: whoever was quicker has written it.
        still = MaterialVersion.objects.filter(pk=version.pk, searchable=Searchable.WAITING)
        if not still.update(searchable=found.state):
            return
        material = Material.objects.select_for_update(no_key=True).get(pk=version.material_id)
        if material.current_id == version.pk:
            Passage.objects.filter(material=material, depth=TEXT).delete()
            _keep(found.pieces, TEXT, material=material)


def _keep(pieces: Iterable[Piece], depth: int, **thing: object) -> None:
    rows = []
    for position, piece in enumerate(pieces):
        folded = fold(piece.text)
        if folded:
            rows.append(
                Passage(
                    position=position, depth=depth, place=piece.place, text=piece.text,
                    folded=folded, pairs=vector(folded), **thing,
                )
            )  # fmt: skip
    Passage.objects.bulk_create(rows, batch_size=500)
