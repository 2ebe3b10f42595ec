"""A mail server that fails on demand, and one round of delivery against it."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from bench.sink import Sink
from mailing.delivery.round import Round


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    with Sink(keep=True) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


@pytest.fixture
def deliver(settings) -> Callable[..., Counter[str]]:
    """Run one round; `timeout` is the patience with the mail server in seconds."""

    def run(*, connections: int = 3, seconds: float = 20, timeout: float = 5, **options):
        settings.SMTP_TIMEOUT_SECONDS = timeout
        return Round(connections=connections, seconds=seconds, **options).run()

    return run
