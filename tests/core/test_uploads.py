"""Files on their way in, as a browser sends them."""

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from core.files import FileRefusedError, check_upload, uploads
from tests.factories.files import pdf

BOUNDARY = "----boundary"


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Everything goes to disk, in chunks of 4 kB, and 10 kB are more than any form takes."""
    monkeypatch.setattr(settings, "FILE_UPLOAD_MAX_MEMORY_SIZE", 0)
    monkeypatch.setattr(uploads.BoundedUploadHandler, "chunk_size", 4096)
    monkeypatch.setattr(uploads, "MOST_OF_A_FILE", 10_000)
    monkeypatch.setattr(uploads, "MOST_OF_A_REQUEST", 40_000)


def send(*files):
    sent = [SimpleUploadedFile(f"{n}.pdf", data) for n, data in enumerate(files)]
    return RequestFactory().post("/", {"files": sent}).FILES.getlist("files")


def test_what_is_small_arrives_whole():
    (file,) = send(pdf())
    assert file.read() == pdf()
    file.close()


def test_what_is_huge_is_counted_and_not_kept_and_refused_as_too_big():
    (file,) = send(pdf() + b"x" * 1_000_000)
    with pytest.raises(FileRefusedError, match="大きすぎ"):
        check_upload(file, allowed=["application/pdf"], max_bytes=9_000)
    assert file.seek(0, 2) < 20_000
    file.close()


def test_many_files_at_once_have_an_end():
    with pytest.raises(RequestDataTooBig):
        send(*[pdf() + b"x" * 9_000] * 6)


@pytest.mark.parametrize("name", ["a.pdf\x00.html", "../../a.pdf", "a\r\nX-Evil: 1.pdf", "\x00"])
def test_a_name_made_to_mislead_is_harmless_when_it_arrives(name):
    body = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode() + pdf() + f"\r\n--{BOUNDARY}--\r\n".encode()  # fmt: skip
    request = RequestFactory().generic(
        "POST", "/", body, content_type=f"multipart/form-data; boundary={BOUNDARY}"
    )
    for file in request.FILES.getlist("files"):
        assert not set(file.name) & set("\x00\r\n/\\")
        file.close()
