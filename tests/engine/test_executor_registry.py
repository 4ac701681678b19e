"""Executor registry: who is there, and that of two who want the same only one gets it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.executor_registry import ExecutorInfo, ExecutorRegistry, ExecutorState
from maestro.engine.tables import create_tables
from maestro.errors import ConflictError, NotFoundError

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(START)


@pytest.fixture
def registry(journal_url: str, clock: VirtualClock) -> Iterator[ExecutorRegistry]:
    records = Database.open(journal_url)
    create_tables(records)
    yield ExecutorRegistry(records, clock)
    records.close()


def join(registry: ExecutorRegistry, *names: str) -> None:
    for name in names:
        registry.join(name, "shop", 7, 3.0, {"replenish@2", "replenish@1"}, machine="m")


def seen(registry: ExecutorRegistry, name: str) -> ExecutorInfo:
    return next(each for each in registry.list() if each.id == name)


async def test_an_executor_is_seen_with_what_it_knows_and_how_it_fares(
    registry: ExecutorRegistry, clock: VirtualClock
) -> None:
    join(registry, "a")
    await clock.advance(seconds=1)
    assert registry.beat("a", runs=4) is ExecutorState.LIVE

    assert registry.list() == [
        ExecutorInfo(
            id="a",
            host="shop",
            pid=7,
            state=ExecutorState.LIVE,
            started_at=START,
            heartbeat_at=datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC),
            beats=1,
            lease_s=3.0,
            workflows=("replenish@1", "replenish@2"),
            runs=4,
            claimed_by=None,
            taken_over_by=None,
            settled=False,
            machine="m",
        )
    ]


def test_one_who_is_asked_to_drain_hears_of_it_at_its_heartbeat(registry: ExecutorRegistry) -> None:
    join(registry, "a")
    registry.ask_to_drain("a")
    assert registry.beat("a", runs=1) is ExecutorState.DRAINING
    assert registry.leave("a")
    assert seen(registry, "a").state is ExecutorState.GONE
    with pytest.raises(ConflictError):
        registry.ask_to_drain("a")
    with pytest.raises(NotFoundError):
        registry.ask_to_drain("nobody")


def test_only_one_declares_another_lost_and_the_lost_one_hears_of_it(registry: ExecutorRegistry) -> None:
    join(registry, "dead", "a", "b")
    dead = seen(registry, "dead")

    assert registry.declare_lost(dead, by="a")
    assert not registry.declare_lost(dead, by="b")

    assert seen(registry, "dead").state is ExecutorState.LOST
    assert seen(registry, "dead").claimed_by == "a"
    assert registry.beat("dead", runs=1) is None
    assert not registry.leave("dead")


def test_a_heartbeat_in_the_last_moment_saves_its_executor(registry: ExecutorRegistry) -> None:
    join(registry, "slow", "a")
    believed_dead = seen(registry, "slow")
    registry.beat("slow", runs=0)
    assert not registry.declare_lost(believed_dead, by="a")
    assert seen(registry, "slow").state is ExecutorState.LIVE


def test_a_claim_is_held_by_one_until_it_is_given_back(registry: ExecutorRegistry) -> None:
    join(registry, "left", "a", "b")
    registry.leave("left")

    free = seen(registry, "left")
    assert registry.claim(free, by="a")
    assert not registry.claim(free, by="b")
    assert not registry.release("left", "b", settled=True, took_over=True)
    assert registry.release("left", "a", settled=False, took_over=True)

    after = seen(registry, "left")
    assert (after.claimed_by, after.taken_over_by, after.settled) == (None, "a", False)


def test_the_claim_of_a_dead_holder_goes_to_one_successor(registry: ExecutorRegistry) -> None:
    join(registry, "left", "dead", "b", "c")
    registry.leave("left")
    assert registry.claim(seen(registry, "left"), by="dead")

    stale = seen(registry, "left")
    assert registry.claim(stale, by="b")
    assert not registry.claim(stale, by="c")


def test_nobody_claims_the_runs_of_one_who_is_there(registry: ExecutorRegistry) -> None:
    join(registry, "here", "a")
    assert not registry.claim(seen(registry, "here"), by="a")


async def test_those_that_left_nothing_are_forgotten_in_time(
    registry: ExecutorRegistry, clock: VirtualClock
) -> None:
    join(registry, "settled", "left")
    for name, settled in (("settled", True), ("left", False)):
        registry.leave(name)
        registry.claim(seen(registry, name), by="x")
        registry.release(name, "x", settled=settled, took_over=False)
    await clock.advance(days=8)
    join(registry, "new")
    assert {each.id for each in registry.list()} == {"left", "new"}


def test_the_silence_of_an_executor_is_measured_by_the_database(registry: ExecutorRegistry) -> None:
    join(registry, "a")
    time.sleep(0.3)
    assert 0.2 < seen(registry, "a").silent_s < 10.0
    registry.beat("a", runs=0)
    assert -0.01 <= seen(registry, "a").silent_s < 0.25
