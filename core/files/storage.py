import secrets
from pathlib import PurePath
from typing import Any

from django.core.files.storage import FileSystemStorage, Storage
from django.utils.deconstruct import deconstructible


def private_storage() -> Storage:
    """Where protected files lie: under MEDIA_ROOT, which no web server publishes."""
    return FileSystemStorage(base_url=None)


@deconstructible
class random_name:  # noqa: N801 -- stands where Django takes a function
    """`upload_to`: a folder and a random name. What the sender called the file is a column."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __call__(self, instance: Any, filename: str) -> str:
        name = secrets.token_hex(16)
        return str(PurePath(self.folder) / name[:2] / name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, random_name) and other.folder == self.folder

    def __hash__(self) -> int:
        return hash(self.folder)
