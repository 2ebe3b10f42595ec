"""Files that no address leads to: they are kept under random names and served by checking views."""

from core.files.storage import private_storage, random_name

__all__ = ["private_storage", "random_name"]
