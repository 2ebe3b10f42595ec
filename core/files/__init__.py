"""Files that no address leads to: they are looked at from the inside, kept under random names and
served by checking views."""

from core.files.answering import answer_file, as_download
from core.files.checking import (
    PAPER_BYTES,
    PAPER_ENDINGS,
    PAPERS,
    SCAN_BYTES,
    SCANS,
    CheckedUpload,
    FileRefusedError,
    check_paper,
    check_upload,
)
from core.files.names import file_name
from core.files.ranges import begins_later
from core.files.storage import private_storage, random_name
from core.files.sweeping import is_time_to_sweep, sweep_files
from core.files.waiting import keep_for_later, kept_file, kept_name
from core.files.zipping import ZIP_BYTES, ZipEntry, zip_length, zip_stream

__all__ = [
    "PAPERS",
    "PAPER_BYTES",
    "PAPER_ENDINGS",
    "SCANS",
    "SCAN_BYTES",
    "ZIP_BYTES",
    "CheckedUpload",
    "FileRefusedError",
    "ZipEntry",
    "answer_file",
    "as_download",
    "begins_later",
    "check_paper",
    "check_upload",
    "file_name",
    "is_time_to_sweep",
    "keep_for_later",
    "kept_file",
    "kept_name",
    "private_storage",
    "random_name",
    "sweep_files",
    "zip_length",
    "zip_stream",
]
