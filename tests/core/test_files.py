"""What may come in as a scan, and how it goes out again."""

import io
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import TimestampSigner
from django.db.models.fields.files import FieldFile
from django.http import Http404

from core.files import (
    SCANS,
    FileRefusedError,
    answer_file,
    check_upload,
    keep_for_later,
    kept_file,
    private_storage,
    sweep_files,
)
from core.files.names import LONGEST_NAME
from core.files.waiting import sweep_waiting
from members.models import Scan
from tests.factories.files import jpeg, pdf, png, tiff

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def check(data, name="申込書.pdf", max_bytes=1000_000, allowed=SCANS):
    return check_upload(ContentFile(data, name=name), allowed=allowed, max_bytes=max_bytes)


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (pdf(), "application/pdf"),
        (pdf(version=b"2.0"), "application/pdf"),
        (png(), "image/png"),
        (jpeg(), "image/jpeg"),
        (jpeg(comment=b"<x:xmpmeta>scanner</x:xmpmeta>"), "image/jpeg"),
        (jpeg() + b"\x00" * 400, "image/jpeg"),  # telephones put more behind the picture
        (tiff(), "image/tiff"),
        (tiff(">"), "image/tiff"),
    ],
)
def test_a_scan_is_known_by_its_bytes_whatever_it_is_called(data, content_type):
    checked = check(data, name="受信.bin")
    assert (checked.content_type, checked.size) == (content_type, len(data))
    assert len(checked.sha256) == 64


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return buffer.getvalue()


def bigger(data):
    return data + b"\x00" * 1_000_000


HOSTILE = {
    "empty": (b"", "空"),
    "zip": (zipped(), "圧縮"),
    "docx under another name": (zipped(), "圧縮"),
    "old office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "Office"),
    "rich text": (rb"{\rtf1\ansi x}", "Office"),
    "rar": (b"Rar!\x1a\x07\x00", "圧縮"),
    "seven zip": (b"7z\xbc\xaf\x27\x1c", "圧縮"),
    "gzip": (b"\x1f\x8b\x08\x00", "圧縮"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
    "svg behind a declaration": (b'<?xml version="1.0"?>\n<svg/>', "SVG"),
    "html": (b"<!DOCTYPE html><script>alert(1)</script>", "SVG"),
    "html behind blanks and a mark": (b"\xef\xbb\xbf \n<html>", "SVG"),
    "heic": (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "HEIC"),
    "gif": (b"GIF89a" + b"\x00" * 20, "PDF・JPEG・PNG・TIFF"),
    "webp": (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "PDF・JPEG・PNG・TIFF"),
    "program": (b"MZ\x90\x00" + b"\x00" * 200, "PDF・JPEG・PNG・TIFF"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "PDF・JPEG・PNG・TIFF"),
    "text": ("申込書".encode(), "PDF・JPEG・PNG・TIFF"),
    "nothing but zeros": (b"\x00" * 500, "PDF・JPEG・PNG・TIFF"),
    "pdf cut off": (pdf()[:40], "壊れて"),
    "pdf with a false version": (b"%PDF-9.9\n%%EOF", "壊れて"),
    "pdf behind other bytes": (b"GIF89a" + pdf(), "PDF・JPEG・PNG・TIFF"),
    "locked pdf": (pdf(b"<</Encrypt 5 0 R>>"), "パスワード"),
    "locked pdf, in place": (pdf(b"/Encrypt<</Filter/Standard>>"), "パスワード"),
    "pdf and html": (pdf(b"<script>alert(1)</script>"), "別のファイル"),
    "pdf and zip": (pdf() + zipped(), "別のファイル"),
    "jpeg and zip": (jpeg() + zipped(), "別のファイル"),
    "jpeg and pdf": (jpeg(comment=pdf()), "別のファイル"),
    "jpeg and html": (jpeg(comment=b"<HTML><body onload=x()>"), "別のファイル"),
    "png and zip": (png() + zipped(), "別のファイル"),
    "jpeg cut off": (jpeg()[:12], "壊れて"),
    "jpeg without a frame": (b"\xff\xd8\xff\xfe\x00\x04ab\xff\xd9", "壊れて"),
    "jpeg without an end": (jpeg()[:-2], "壊れて"),
    "jpeg without a size": (jpeg(0, 0), "壊れて"),
    "png cut off": (png()[:-8], "壊れて"),
    "png that fills the memory": (png(60_000, 60_000), "壊れて"),
    "png mark alone": (b"\x89PNG\r\n\x1a\n", "壊れて"),
    "tiff mark alone": (b"II*\x00", "壊れて"),
    "tiff whose table lies outside": (b"II*\x00\xff\xff\xff\x7f" + b"\x00" * 20, "壊れて"),
    "tiff without a picture": (tiff(tags=(315,)), "壊れて"),
    "tiff with half a table": (tiff()[:30], "壊れて"),
    "tiff without entries": (tiff(tags=()), "壊れて"),
    "too big": (bigger(pdf()), "大きすぎ"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_file_is_refused_with_a_sentence(name):
    data, word = HOSTILE[name]
    with pytest.raises(FileRefusedError, match=word):
        check(data)


def test_only_the_kinds_asked_for_are_taken():
    with pytest.raises(FileRefusedError, match="PDF"):
        check(png(), allowed=["application/pdf"])


def test_the_file_stands_at_its_beginning_afterwards():
    file = ContentFile(pdf(), name="a.pdf")
    file.read(10)
    check_upload(file, allowed=SCANS, max_bytes=1000)
    assert file.tell() == 0


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("令和8年度 入会申込書(控).pdf", "令和8年度 入会申込書(控).pdf"),
        ("髙橋﨑 塚.PDF", "髙橋﨑 塚.PDF"),  # letters stay as they are
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\scan\\FAX 0001.pdf", "FAX 0001.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("a\r\nContent-Type: text/html.pdf", "html.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("申込.html", "申込.html.pdf"),
        ('a"b;c<d>.pdf', "a_b;c_d_.pdf"),
        ("CON.pdf", "_CON.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("", "scan.pdf"),
        ("...", "scan.pdf"),
    ],
)
def test_the_name_is_made_harmless_and_stays_readable(sent, kept):
    file = ContentFile(pdf())
    file.name = sent
    assert check_upload(file, allowed=SCANS, max_bytes=1000).name == kept


def test_a_long_japanese_name_keeps_its_ending():
    file = ContentFile(pdf())
    file.name = "申" * 5000 + ".pdf"
    name = check_upload(file, allowed=SCANS, max_bytes=1000).name
    assert name.endswith("申.pdf")
    assert len(name) <= LONGEST_NAME
    assert SimpleUploadedFile(name, b"").name


# --- out again -----------------------------------------------------------------------------------


def stored(name="scans/ab/abc", data=b"%PDF-1.7 x"):
    private_storage().save(name, ContentFile(data))
    return FieldFile(Scan(), Scan._meta.get_field("file"), name)


def test_the_answer_is_a_download_that_no_browser_runs_or_keeps():
    response = answer_file(file=stored(), name="入会申込 書.pdf", content_type="application/pdf")
    assert b"".join(response.streaming_content) == b"%PDF-1.7 x"
    response.file_to_stream.close()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E5%85%A5%E4%BC%9A%E7%94%B3%E8%BE%BC%20%E6%9B%B8.pdf"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert "sandbox" in response["Content-Security-Policy"]


def test_the_web_server_may_send_the_bytes(settings):
    settings.FILES_ACCEL_PREFIX = "/protected/"
    response = answer_file(
        file=stored("scans/ab/a b"), name="a.pdf", content_type="application/pdf"
    )
    assert response["X-Accel-Redirect"] == "/protected/scans/ab/a%20b"
    assert response.content == b""
    assert response["Content-Type"] == "application/pdf"


def test_a_file_that_is_gone_is_not_found():
    file = stored()
    private_storage().delete(file.name)
    with pytest.raises(Http404):
        answer_file(file=file, name="a.pdf", content_type="application/pdf")


# --- kept for a form that comes back -------------------------------------------------------


def test_a_kept_file_comes_back_to_its_owner_only():
    ticket = keep_for_later(ContentFile(b"abc", name="申込.pdf"), owner="7")
    file = kept_file(ticket, owner="7")
    assert (file.read(), file.name) == (b"abc", "申込.pdf")
    file.close()
    assert kept_file(ticket, owner="8") is None


@pytest.mark.parametrize("ticket", ["", "x", "a:b:c", "😀", "a" * 10_000, "\x00"])
def test_a_false_ticket_gives_nothing(ticket):
    assert kept_file(ticket, owner="7") is None


def test_a_ticket_for_something_else_gives_nothing():
    other = TimestampSigner(salt="elsewhere").sign_object(["scans/ab/abc", "a", "7"])
    stored()
    assert kept_file(other, owner="7") is None


def test_a_ticket_whose_file_was_swept_gives_nothing(folder):
    ticket = keep_for_later(ContentFile(b"abc", name="a.pdf"), owner="7")
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
    assert kept_file(ticket, owner="7") is None


def test_what_nobody_came_back_for_goes_when_its_ticket_has_run_out(folder):
    ticket = keep_for_later(ContentFile(b"abc", name="a.pdf"), owner="7")
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    os.utime(path, (AT.timestamp(), AT.timestamp()))
    assert sweep_waiting(at=AT + timedelta(hours=24)) == 0
    assert path.exists()
    aged(folder, "scans/aa/lost", timedelta(days=9))
    assert sweep_waiting(at=AT + timedelta(hours=24, seconds=1)) == 1
    assert kept_file(ticket, owner="7") is None
    assert (folder / "scans/aa/lost").exists()
    assert sweep_waiting(at=AT + timedelta(days=9)) == 0


# --- left behind ---------------------------------------------------------------------------


def aged(folder: Path, name: str, age: timedelta) -> None:
    private_storage().save(name, ContentFile(b"x"))
    moment = (AT - age).timestamp()
    os.utime(folder / name, (moment, moment))


def test_only_old_files_without_a_record_are_removed(folder):
    aged(folder, "scans/aa/known", timedelta(days=9))
    aged(folder, "scans/bb/lost", timedelta(days=9))
    aged(folder, "scans/cc/young", timedelta(hours=23))
    aged(folder, "others/dd/foreign", timedelta(days=9))
    removed = sweep_files(
        private_storage(), "scans", known=lambda names: {"scans/aa/known"} & set(names), at=AT
    )
    assert removed == 1
    left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert left == {"scans/aa/known", "scans/cc/young", "others/dd/foreign"}


def test_nothing_to_sweep_where_nothing_was_ever_kept():
    assert sweep_files(private_storage(), "scans", known=lambda names: names, at=AT) == 0
