"""Short folders: a socket path may have 107 bytes, and pytest's own folders are long."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_site.embedded import places
from platform_site.embedded.child import humble_account


@pytest.fixture
def run_dir() -> Iterator[Path]:
    account = humble_account()
    folder = Path(tempfile.mkdtemp(prefix="kodoku-t-", dir=places.open_base(account)))
    yield places.make_private(folder, enter=account)
    shutil.rmtree(folder, ignore_errors=True)
