"""A download that goes on where it broke off, and many files as one."""

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.test import RequestFactory

from core.files import ZipEntry, answer_file, begins_later, private_storage, zip_length, zip_stream
from members.models import Scan

MEGABYTE = 1024 * 1024
DATA = b"0123456789"
AT = datetime(2026, 11, 24, 15, 30, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def ask(method="get", data=DATA, check_sum="abc", **headers):
    private_storage().save("papers/ab/abc", ContentFile(data))
    file = FieldFile(Scan(), Scan._meta.get_field("file"), "papers/ab/abc")
    request = getattr(RequestFactory(), method)("/", headers=headers)
    return answer_file(
        file=file, name="資料1.pdf", content_type="application/pdf", request=request,
        check_sum=check_sum,
    )  # fmt: skip


def close(response):
    """The file, as at the end of a request; `response.close()` would end the test's, too."""
    for closer in response._resource_closers:
        closer()


def told(response):
    body = response.getvalue() if response.streaming else response.content
    close(response)
    found = (response.status_code, body, response.get("Content-Range"), response["Content-Length"])
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    return found


@pytest.mark.parametrize(
    ("asked", "part", "place"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", DATA, "bytes 0-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=9-9", b"9", "bytes 9-9/10"),
    ],
)
def test_a_part_is_answered_with_that_part(asked, part, place):
    assert told(ask(Range=asked)) == (206, part, place, str(len(part)))


@pytest.mark.parametrize(
    "asked",
    [
        "", "bytes", "bytes=", "bytes=-", "bytes=5-3", "bytes=a-b", "bytes=0-1,3-4", "lines=1-2",
        "bytes=+1-2", "bytes=１-２", "bytes=1-2\x00", "bytes=" + "9" * 400 + "-",
    ],
)  # fmt: skip
def test_what_is_no_range_of_ours_gets_the_whole_file(asked):
    assert told(ask(Range=asked)) == (200, DATA, None, "10")


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_part_that_is_not_there_is_416(asked):
    assert told(ask(Range=asked)) == (416, b"", "bytes */10", "0")


def test_a_client_that_has_another_file_gets_all_of_this_one():
    assert told(ask(Range="bytes=4-", **{"If-Range": '"abc"'}))[0] == 206
    assert told(ask(Range="bytes=4-", **{"If-Range": '"old"'})) == (200, DATA, None, "10")
    assert told(ask(Range="bytes=4-", **{"If-Range": "Tue, 24 Nov 2026 00:00:00 GMT"}))[0] == 200
    assert told(ask(Range="bytes=4-", check_sum="", **{"If-Range": '""'}))[0] == 200


def test_head_tells_the_length_and_sends_nothing():
    response = ask("head", Range="bytes=0-3")
    assert told(response) == (200, b"", None, "10")
    assert response["ETag"] == '"abc"'


@pytest.mark.parametrize(
    ("asked", "later"),
    [("", False), ("bytes=0-", False), ("bytes=00-9", False), ("bytes=1-", True),
     ("bytes=-5", True), ("nonsense", False)],
)  # fmt: skip
def test_only_what_begins_in_the_middle_can_belong_to_an_earlier_opening(asked, later):
    assert begins_later({"Range": asked}) is later


def test_a_part_of_fifty_megabytes_is_sent_in_pieces():
    data = bytes(50 * MEGABYTE)
    response = ask(data=data, Range="bytes=1-")
    tracemalloc.start()
    try:
        sent = sum(len(chunk) for chunk in response.streaming_content)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        close(response)
    assert (sent, peak < MEGABYTE) == (50 * MEGABYTE - 1, True)


# --- zip -----------------------------------------------------------------------------------------


def entry(name, data, size=None):
    return ZipEntry(name, len(data) if size is None else size, lambda: io.BytesIO(data), AT)


def test_the_zip_is_as_long_as_told_and_every_program_reads_it():
    entries = [
        entry("01_次第.pdf", DATA),
        entry("02_資料1_髙橋.pdf", b""),
        entry("03.txt", b"x" * 70_000),
    ]
    data = b"".join(zip_stream(entries))
    assert len(data) == zip_length(entries)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [one.name for one in entries]
        assert archive.read("01_次第.pdf") == DATA
        assert archive.infolist()[0].date_time == (2026, 11, 24, 15, 30, 20)
        assert all(one.flag_bits & 0x8 == 0 for one in archive.infolist())  # read as a stream, too


def test_a_file_that_is_not_as_long_as_told_breaks_the_zip_off():
    with pytest.raises(zipfile.BadZipFile):
        list(zip_stream([entry("a.pdf", DATA, size=11)]))


def test_a_zip_of_fifty_megabytes_is_written_in_pieces(tmp_path):
    path = tmp_path / "big"
    with path.open("wb") as file:
        file.truncate(50 * MEGABYTE)
    big = ZipEntry("a.pdf", 50 * MEGABYTE, lambda: path.open("rb"), AT)
    tracemalloc.start()
    try:
        sent = sum(map(len, zip_stream([big])))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (sent, peak < MEGABYTE) == (zip_length([big]), True)
