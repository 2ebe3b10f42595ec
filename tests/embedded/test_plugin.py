"""What every other test stands on."""

import os

import psycopg
from redis import Redis


def test_the_run_has_its_own_postgres_with_pinned_collation() -> None:
    query = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'platform'"
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        assert connection.execute(query).fetchone() == ("b", "C.UTF-8")


def test_each_worker_has_its_own_redis_database() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1")
    expected = int(worker.removeprefix("gw")) + 1
    with Redis.from_url(os.environ["REDIS_URL"]) as client:
        assert client.ping()
        assert client.connection_pool.connection_kwargs.get("db", 0) == expected
