"""The embedded Redis: one socket, one owner."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis as Client

from platform_site.embedded.child import ServiceError
from platform_site.embedded.redis import Redis


@pytest.fixture
def redis(run_dir: Path) -> Iterator[Redis]:
    server = Redis(run_dir)
    server.start()
    yield server
    server.stop()


def test_it_answers_on_its_socket_only(redis: Redis) -> None:
    with Client.from_url(redis.url) as client:
        assert client.ping()
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("save") == {"save": ""}
    assert redis.socket.stat().st_mode & 0o777 == 0o700


def test_a_second_server_cannot_take_the_socket_over(redis: Redis, run_dir: Path) -> None:
    with Client.from_url(redis.url) as client:
        client.set("owner", "first")
        with pytest.raises(ServiceError, match="別のプロセス"):
            Redis(run_dir).start()
        assert client.get("owner") == b"first"


def test_it_starts_again_over_the_socket_of_a_killed_one(redis: Redis) -> None:
    with Client.from_url(redis.url) as client:
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
    assert redis.child is not None
    redis.child.wait()
    assert redis.socket.exists()
    with Client.from_url(redis.start()) as client:
        assert client.ping()


def test_stopping_twice_is_harmless(redis: Redis) -> None:
    redis.stop()
    redis.stop()
    assert not redis.socket.exists()
