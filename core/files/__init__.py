"""Files that no address leads to: they are looked at from the inside, kept under random names and
served by checking views."""

from core.files.answering import answer_file
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
from core.files.storage import private_storage, random_name
from core.files.sweeping import sweep_files
from core.files.waiting import keep_for_later, kept_file, kept_name

__all__ = [
    "PAPERS",
    "PAPER_BYTES",
    "PAPER_ENDINGS",
    "SCANS",
    "SCAN_BYTES",
    "CheckedUpload",
    "FileRefusedError",
    "answer_file",
    "check_paper",
    "check_upload",
    "keep_for_later",
    "kept_file",
    "kept_name",
    "private_storage",
    "random_name",
    "sweep_files",
]
