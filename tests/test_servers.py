"""The servers that tests stand on: a real PostgreSQL and a real Redis, started by the tests themselves."""

from __future__ import annotations

import redis

from maestro.database import Database


def test_postgresql_answers_and_each_test_has_a_database_of_its_own(postgres_url: str) -> None:
    database = Database.open(postgres_url)
    database.check()
    assert database.dialect == "postgresql"
    database.close()


def test_redis_keeps_a_stream(redis_url: str) -> None:
    client = redis.Redis.from_url(redis_url)
    client.xadd("messages", {"action": "review"})
    assert client.xlen("messages") == 1
    client.close()
