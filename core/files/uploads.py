"""Uploads on their way in: a huge one costs its sender time, and not us a disk."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from core.files.checking import MEGABYTE, PAPER_BYTES

# More than any form takes, so that what is cut here is refused there as too big.
MOST_OF_A_FILE = PAPER_BYTES + MEGABYTE
MOST_OF_A_REQUEST = 20 * PAPER_BYTES


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """As Django's, but what goes beyond the biggest file we take is not written down."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.written = 0
        self.whole: list[UploadedFile[Any]] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > MOST_OF_A_FILE + self.chunk_size:
            return
        self.written += len(raw_data)
        if self.written > MOST_OF_A_REQUEST:
            for file in (*self.whole, self.file):
                file.close()
            raise RequestDataTooBig
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        file = super().file_complete(file_size)
        if file is not None:
            self.whole.append(file)
        return file
