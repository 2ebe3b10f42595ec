"""Run as a program: `reader.py FILE TYPE` prints the text of one file as JSON and nothing else.

It knows nothing of the site, opens no connection, and lets itself be ended: memory, time and what
it may write are limited before the file is touched (setrlimit). Exit codes: 0 read, 3 locked with a
password, 4 cannot be read.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

MEMORY = 768 * 1024 * 1024
SECONDS = 30
MOST_LETTERS = 600_000
MOST_PAGES = 2_000
MOST_XML = 64 * 1024 * 1024  # of one part, unpacked: what a zip bomb would exceed
MOST_XML_TOGETHER = 256 * 1024 * 1024
LOCKED, UNREADABLE = 3, 4

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_WORD_PARTS = tuple(
    f"word/{part}" for part in ("document", "footnotes", "endnotes", "header", "footer")
)
_PASSWORD = 4  # FPDF_ERR_PASSWORD

Place = tuple[str, str]  # where in the file, and the text there


class LockedError(Exception):
    pass


def read(path: str, content_type: str) -> Iterator[Place]:
    """Place and text, in the order of the file. Raises LockedError, or anything else."""
    if content_type == "application/pdf":
        yield from _pdf(path)
    elif content_type == f"{_OFFICE}wordprocessingml.document":
        yield from _word(path)
    elif content_type == f"{_OFFICE}presentationml.presentation":
        yield from _slides(path)
    elif content_type == f"{_OFFICE}spreadsheetml.sheet":
        yield from _sheets(path)
    elif content_type.startswith("text/"):
        yield "", _plain(path)


def _pdf(path: str) -> Iterator[Place]:
    import pypdfium2  # noqa: PLC0415 -- only the kind of file at hand is paid for

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise LockedError from error
        raise
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        text = page.get_textpage().get_text_bounded()
        yield f"{number + 1}ページ", text
        page.close()


def _word(path: str) -> Iterator[Place]:
    """Paragraphs of the document, its notes, heads and feet, text boxes included."""
    with zipfile.ZipFile(path) as archive:
        names = [
            name
            for name in archive.namelist()
            if name.startswith(_WORD_PARTS) and name.endswith(".xml")
        ]  # fmt: skip
        for name in sorted(names, key=lambda name: (not name.endswith("document.xml"), name)):
            yield "", _text_of(archive, name, f"{_WORD}t", f"{_WORD}p")


def _slides(path: str) -> Iterator[Place]:
    with zipfile.ZipFile(path) as archive:
        names = [
            name for name in archive.namelist()
            if name.startswith("ppt/slides/slide") and name.endswith(".xml")
        ]  # fmt: skip
        for name in sorted(names, key=_number):
            yield (
                f"スライド{_number(name)}",
                _text_of(archive, name, f"{_DRAWING}t", f"{_DRAWING}p"),
            )


def _number(name: str) -> int:
    digits = "".join(filter(str.isdigit, name.rpartition("/")[2]))
    return int(digits or 0)


def _text_of(archive: zipfile.ZipFile, name: str, text: str, paragraph: str) -> str:
    if archive.getinfo(name).file_size > MOST_XML:
        raise ValueError(name)
    if sum(info.file_size for info in archive.infolist()) > MOST_XML_TOGETHER:
        raise ValueError("too much in it")
    found: list[str] = []
    with archive.open(name) as part:
        # Entities that unfold without end meet the limits of this program.
        for _event, element in ElementTree.iterparse(part):  # noqa: S314
            if element.tag == text and element.text:
                found.append(element.text)
            elif element.tag == paragraph:
                found.append("\n")
                element.clear()
    return "".join(found)


def _sheets(path: str) -> Iterator[Place]:
    import python_calamine  # noqa: PLC0415 -- as above

    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > MOST_XML_TOGETHER:
            raise ValueError("too much in it")
    book = python_calamine.CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        lines = (
            " ".join(_cell(cell) for cell in row if cell not in ("", None))
            for row in book.get_sheet_by_name(name).iter_rows()
        )
        yield name, "\n".join(line for line in lines if line)


def _cell(value: object) -> str:
    """As the sheet shows it: Excel keeps 3 as 3.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _plain(path: str) -> str:
    with open(path, "rb") as file:
        data = file.read(4 * MOST_LETTERS)
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


def limit_ourselves() -> None:
    """No more memory, time or files than reading one document takes."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(path: str, content_type: str) -> int:
    limit_ourselves()
    pieces: list[Place] = []
    left = MOST_LETTERS
    try:
        for place, text in read(path, content_type):
            # Lone surrogates, which some PDFs hold, are no text.
            clean = text.encode("utf-8", "ignore").decode("utf-8").replace("\x00", "")
            pieces.append((place, clean[:left]))
            left -= len(clean)
            if left <= 0:
                break
    except LockedError:
        return LOCKED
    except Exception as error:  # a broken file is what this program is for
        sys.stderr.write(type(error).__name__)
        return UNREADABLE
    sys.stdout.write(json.dumps(pieces, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
