"""Real small files in the formats that the office gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.files.base import ContentFile

from accounts.models import User
from meetings.choices import Audience, MaterialKind
from meetings.models import Body, Material, Meeting
from meetings.services.materials import add_material

FILES = Path(__file__).with_name("files")


@dataclass(frozen=True)
class Paper:
    """A file of `files/` as a paper: its label, its title and who may open it."""

    file: str
    label: str
    title: str
    audience: Audience = Audience.BODY
    kind: MaterialKind = MaterialKind.PAPER
    tags: tuple[str, ...] = ()


def put_up(
    body: Body, meeting: Meeting | None, papers: Sequence[Paper], actor: User, at: datetime
) -> list[Material]:
    """Put papers before a meeting (or before the body alone), out at once."""
    return [
        add_material(
            body=body, meeting=meeting, file=file_of(paper.file, paper.title), label=paper.label,
            title=paper.title, kind=paper.kind, audience=paper.audience, tags=paper.tags,
            publish_at=at, actor=actor, at=at,
        )
        for paper in papers
    ]  # fmt: skip


def file_of(name: str, title: str) -> "ContentFile[bytes]":
    """The file as if it had been sent under its title."""
    return ContentFile((FILES / name).read_bytes(), name=f"{title}{Path(name).suffix}")
