"""The text of real files, and of files made to hurt. A program of its own reads them."""

import zipfile
from pathlib import Path

import pytest

from meetings.choices import Searchable
from meetings.extraction import extract
from meetings.extraction.outside import LONGEST_PIECE

FILES = Path(__file__).resolve().parents[2] / "meetings" / "demo" / "files"
OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, SLIDES, SHEETS = (
    f"{OFFICE}{kind}"
    for kind in ("wordprocessingml.document", "presentationml.presentation", "spreadsheetml.sheet")
)


@pytest.mark.parametrize(
    ("name", "content_type", "place", "words"),
    [
        ("sc1-examples.pdf", "application/pdf", "1ページ", "名前を聞かない場"),
        ("sc2-roles.docx", WORD, "", "庁内の連携の中心となる課"),
        ("sc2-towns.pptx", SLIDES, "スライド2", "中心の課を一つ決めた"),
        ("sc1-hearing.xlsx", SHEETS, "聞き取り結果", "3 任意団体 公園でのおしゃべり会"),
    ],
)
def test_text_and_where_it_stands(name, content_type, place, words):
    found = extract(FILES / name, content_type)
    assert found.state == Searchable.DONE
    assert place in {piece.place for piece in found.pieces}
    assert words in "".join(piece.text for piece in found.pieces).replace("\n", "")


def test_text_files_in_both_encodings_of_the_office(tmp_path):
    for number, encoding in enumerate(("utf-8-sig", "cp932")):
        file = tmp_path / f"{number}.csv"
        file.write_bytes("番号,団体\r\n1,表ソ能の会".encode(encoding))
        assert "表ソ能の会" in extract(file, "text/csv").pieces[0].text


def test_a_picture_of_a_page_has_no_text(tmp_path):
    file = tmp_path / "empty.txt"
    file.write_text(" \n\n")
    assert extract(file, "text/plain").state == Searchable.EMPTY


def test_a_locked_pdf_is_told_from_a_broken_one(tmp_path):
    locked = Path(__file__).with_name("locked.pdf")
    assert extract(locked, "application/pdf").state == Searchable.LOCKED
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing that holds together\n%%EOF\n")
    assert extract(broken, "application/pdf").state == Searchable.FAILED


def test_a_bomb_in_a_word_file_is_left_alone(tmp_path):
    bomb = tmp_path / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * 80_000_000 + b"</w>")
    assert extract(bomb, WORD).state == Searchable.FAILED


def test_entities_that_unfold_without_end_meet_the_limits(tmp_path):
    lines = ['<!DOCTYPE w [<!ENTITY a "ことばことばことばことば">']
    for old, new in zip("abcdef", "bcdefg", strict=True):
        lines.append(f'<!ENTITY {new} "{f"&{old};" * 40}">')
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    lines += ["]>", f'<w:p xmlns:w="{space}"><w:t>&g;</w:t></w:p>']
    laughing = tmp_path / "laughs.docx"
    with zipfile.ZipFile(laughing, "w") as archive:
        archive.writestr("word/document.xml", "".join(lines))
    assert extract(laughing, WORD).state == Searchable.FAILED


KILLED = "import os; os.kill(os.getpid(), 9)"
GREEDY = """
import sys
sys.path.insert(0, {folder!r})
import reader
reader.limit_ourselves()
print(len("x" * 2_000_000_000))
"""


@pytest.mark.parametrize("program", [KILLED, GREEDY], ids=["killed", "greedy"])
def test_the_reader_may_crash_and_nothing_else_does(tmp_path, program):
    crashing = tmp_path / "crash.py"
    crashing.write_text(program.format(folder=str(FILES.parents[1] / "extraction")))
    found = extract(FILES / "agenda.pdf", "application/pdf", program=crashing)
    assert (found.state, found.pieces) == (Searchable.FAILED, ())


def test_a_reader_that_never_ends_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("meetings.extraction.outside.PATIENCE_SECONDS", 0.5)
    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass")
    found = extract(FILES / "agenda.pdf", "application/pdf", program=endless)
    assert found.state == Searchable.FAILED


def test_a_long_page_comes_in_pieces_that_overlap(tmp_path):
    file = tmp_path / "long.txt"
    file.write_text("あ" * (LONGEST_PIECE - 2) + "さかいめ" + "い" * 100)
    pieces = extract(file, "text/plain").pieces
    assert len(pieces) == 2
    assert "さかいめ" in pieces[1].text
