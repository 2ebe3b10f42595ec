"""One platform for all of this folder: its servers are stopped and started by the tests."""

from collections.abc import Iterator

import pytest

from platform_site.embedded.child import Child
from platform_site.embedded.smtp import Catcher
from tests.resilience.platform import Platform


@pytest.fixture(scope="package")
def platform() -> Iterator[Platform]:
    made = Platform()
    try:
        made.start()
        made.web()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="package")
def worker(platform: Platform) -> Child:
    return platform.worker()


@pytest.fixture
def box(platform: Platform, tmp_path) -> Iterator[Catcher]:
    catcher = Catcher(tmp_path / "mail", port=platform.smtp_port)
    catcher.start()
    yield catcher
    catcher.stop()
