"""What may be put before a meeting: known by its bytes, under a name that keeps its promise."""

import io
import struct
import tracemalloc
import zipfile

import pytest
from django.core.files.base import ContentFile, File

from core.files import PAPER_BYTES, FileRefusedError, check_paper
from tests.factories.files import jpeg, pdf, png, tiff
from tests.factories.office import MAINS, contents, office, package

MEGABYTE = 1024 * 1024
OPEN = "application/vnd.openxmlformats-officedocument"


def check(data, name="資料1.pdf"):
    return check_paper(ContentFile(data, name=name))


@pytest.mark.parametrize(
    ("data", "name", "content_type"),
    [
        (pdf(), "次第.pdf", "application/pdf"),
        (office("docx"), "資料1.docx", f"{OPEN}.wordprocessingml.document"),
        (office("xlsx"), "資料2-1.xlsx", f"{OPEN}.spreadsheetml.sheet"),
        (office("pptx"), "説明.PPTX", f"{OPEN}.presentationml.presentation"),
        (png(), "写真.png", "image/png"),
        (jpeg(), "写真.JPG", "image/jpeg"),
        ("団体,人数\n見本,3\n".encode(), "名簿.csv", "text/csv"),
        ("団体,人数\r\n見本,3\r\n".encode("cp932"), "名簿.csv", "text/csv"),
        ("団体\t人数\n".encode("utf-16"), "名簿.csv", "text/csv"),
        ("議事要旨\n1 開会\n".encode("euc_jp"), "要旨.txt", "text/plain"),
        ("議事要旨".encode("iso-2022-jp"), "要旨.txt", "text/plain"),
        ("<議題>\n1 開会".encode(), "要旨.txt", "text/plain"),
    ],
)
def test_a_paper_is_known_by_its_bytes(data, name, content_type):
    checked = check(data, name)
    assert (checked.content_type, checked.size, checked.name) == (content_type, len(data), name)
    assert not checked.locked


def test_a_locked_pdf_is_taken_and_marked():
    assert check(pdf(b"<</Encrypt 5 0 R>>")).locked


def lying_size(data: bytes, size: int) -> bytes:
    """A package whose table says that its first part unfolds to `size`."""
    place = data.index(b"PK\x01\x02")
    return data[: place + 24] + struct.pack("<L", size) + data[place + 28 :]


def twice() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", contents())
        archive.writestr("[content_types].XML", contents("xlsx"))
    return buffer.getvalue()


MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
PROGRAM = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
HIDDEN = PROGRAM.replace("vba", "&#118;b&#97;")
LAUGHS = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">]>' + contents().partition("?>")[2]
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
HOSTILE = {
    "docx cut in the middle": (office()[:300], "資料1.docx", "壊れて"),
    "docx without its end": (office()[:-5], "資料1.docx", "壊れて"),
    "docx with a program": (office(parts={"word/vbaProject.bin": b"x"}), "a.docx", "マクロ"),
    "docx with a program under another name": (
        office(parts={"word/x.bin": b"x"}, types=contents(extra=PROGRAM)), "a.docx", "マクロ"),
    "docx with a program spelt another way": (
        office(types=contents(extra=HIDDEN)), "a.docx", "マクロ"),
    "docm called docx": (office(types=contents(main=MACRO)), "a.docx", "マクロ"),
    "xlsx with an old macro sheet": (
        office("xlsx", {"xl/macrosheets/sheet1.xml": "<x/>"}), "a.xlsx", "マクロ"),
    "docx that unfolds to a gigabyte": (
        lying_size(office(), 1100 * MEGABYTE), "a.docx", "ふくらみます"),
    "docx of one letter, seventy million times": (
        office(parts={"word/media/a.xml": b"a" * 70_000_000}), "a.docx", "ふくらみます"),
    "docx with a list of contents that grows": (office(types=LAUGHS), "a.docx", "壊れて"),
    "docx with two lists of contents": (twice(), "a.docx", "壊れて"),
    "docx with a way out": (office(parts={"../../etc/cron.d/x": "x"}), "a.docx", "壊れて"),
    "docx of two kinds": (
        office(types=contents(extra=f'<Override PartName="/x" ContentType="{MAINS["xlsx"][1]}"/>')),
        "a.docx", "圧縮"),
    "docx in a way of packing that Word does not know": (
        package({"[Content_Types].xml": contents()}, zipfile.ZIP_LZMA), "a.docx", "壊れて"),
    "an ordinary zip": (package({"a.txt": "x"}), "資料.zip", "圧縮"),
    "an ordinary zip called docx": (package({"a.txt": "x"}), "資料.docx", "壊れて"),
    "doc": (OLD, "資料.doc", "古い形式"),
    "docx with a password": (OLD, "資料.docx", "古い形式"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "図.svg", "SVG"),
    "svg called png": (b'<?xml version="1.0"?><svg/>', "図.png", "SVG"),
    "html": (b"<!doctype html><script>x()</script>", "資料.html", "SVG"),
    "html called txt": (b"<html><script>x()</script>", "資料.txt", "SVG"),
    "html behind words, called csv": (b"a,b\n<script src=//x></script>", "a.csv", "PDF"),
    "text that is none": (b"a\x00b", "a.txt", "PDF"),
    "text that no way of writing knows": (b"\xff\xfe\x00\xd8\x41\x00", "a.txt", "PDF"),
    "text under no name": ("議事".encode(), "", "PDF"),
    "tiff": (tiff(), "a.tif", "PDF・JPEG・PNG・Word"),
    "nothing": (b"", "a.pdf", "空"),
    "pdf cut in the middle": (pdf()[:60], "a.pdf", "壊れて"),
    "pdf with a zip behind": (pdf() + package({"a": "b"}), "a.pdf", "別のファイル"),
    "docx that is a pdf too": (b"PK\x03\x04" + pdf() + office(), "a.docx", "別のファイル"),
    "pdf called html": (pdf(), "a.pdf\x00.html", r"\.html.*PDF"),
    "pdf called docx": (pdf(), "a.docx", r"\.docx.*PDF"),
    "docx called pdf": (office(), "a.pdf", r"\.pdf.*Word"),
    "xlsx called docx": (office("xlsx"), "a.docx", r"\.docx.*Excel"),
    "pdf called exe, turned round": (pdf(), "a\u202efdp.exe", r"\.exe.*PDF"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_paper_is_refused_with_a_sentence(name):
    data, called, word = HOSTILE[name]
    with pytest.raises(FileRefusedError, match=word):
        check(data, called)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../資料1.pdf", "資料1.pdf"),
        ("..\\資料1.pdf", "資料1.pdf"),
        ("資料1\r\nSet-Cookie: a=b.pdf", "資料1 Set-Cookie_ a=b.pdf"),
        ("あ" * 83 + ".pdf", "あ" * 76 + ".pdf"),
        ("資料1.第2版", "資料1.第2版.pdf"),
        ("資料1\x00.pdf", "資料1.pdf"),
    ],
)
def test_the_name_is_made_harmless(sent, kept):
    file = ContentFile(pdf())
    file.name = sent
    assert check_paper(file).name == kept
    assert len(kept.encode()) <= 255


def big_pdf(folder, size):
    """A file of so many bytes of which only the ends are written down."""
    path = folder / "big.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        file.truncate(size - 7)
        file.seek(0, 2)
        file.write(b"\n%%EOF\n")
    return path


def test_fifty_megabytes_are_never_in_memory_at_once(tmp_path):
    """Negative control: `file.read()` alone is already fifty."""
    with big_pdf(tmp_path, PAPER_BYTES).open("rb") as stored:
        tracemalloc.start()
        try:
            assert check_paper(File(stored, name="big.pdf")).size == PAPER_BYTES
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 4 * MEGABYTE


def test_what_is_bigger_is_refused_without_being_read(tmp_path):
    with (
        big_pdf(tmp_path, 200 * MEGABYTE).open("rb") as stored,
        pytest.raises(FileRefusedError, match="50"),
    ):
        check_paper(File(stored, name="big.pdf"))
