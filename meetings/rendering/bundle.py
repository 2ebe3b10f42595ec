"""The papers of a meeting as one zip, in the order of the list: 01_次第.pdf, 02_資料1_名簿.pdf."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from core.files import ZipEntry, file_name, zip_length
from core.japan.calendar import TOKYO
from meetings.labels import meeting_name
from meetings.models import Body, Material, MaterialVersion, Meeting

_MISSING = "お読みください.txt"
_WORDS = "次のファイルは今ここに入れられませんでした。事務局へお知らせください。\r\n\r\n"


@dataclass(frozen=True)
class Bundle:
    entries: Sequence[ZipEntry]
    versions: Sequence[MaterialVersion]

    @property
    def length(self) -> int:
        return zip_length(self.entries)


def bundle_name(meeting: Meeting, body: Body) -> str:
    """分科会1 第2回会合 資料.zip."""
    return file_name(f"{meeting_name(meeting, body)} 資料", ".zip")


def bundle_of(papers: Iterable[Material]) -> Bundle:
    """Papers with their current files; of a file that is lost its name remains, in a note."""
    entries: list[ZipEntry] = []
    versions: list[MaterialVersion] = []
    lost: list[str] = []
    for paper in papers:
        version = paper.current
        if version is None:
            continue
        name = entry_name(len(entries) + len(lost) + 1, paper, version)
        if not _is_whole(version):
            lost.append(name)
            continue
        versions.append(version)
        entries.append(_entry(name, version))
    if lost and entries:
        entries.append(_note(lost, entries[0].written_at))
    return Bundle(entries, versions)


def entry_name(number: int, paper: Material, version: MaterialVersion) -> str:
    words = [f"{number:02}", paper.label]
    if paper.title != paper.label:
        words.append(paper.title.removeprefix(paper.label).strip())
    return file_name("_".join(filter(None, words)), PurePosixPath(version.name).suffix)


def _entry(name: str, version: MaterialVersion) -> ZipEntry:
    def opened() -> Any:
        return version.file.storage.open(str(version.file.name), "rb")

    return ZipEntry(name, version.size, opened, version.uploaded_at.astimezone(TOKYO))


def _is_whole(version: MaterialVersion) -> bool:
    try:
        return version.file.size == version.size
    except OSError:
        return False


def _note(lost: Sequence[str], at: datetime) -> ZipEntry:
    text = ("\ufeff" + _WORDS + "\r\n".join(lost) + "\r\n").encode()
    return ZipEntry(_MISSING, len(text), lambda: io.BytesIO(text), at)
