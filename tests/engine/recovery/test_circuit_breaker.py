"""Circuit breaker: when it opens, whom it lets through, and that all processes see the same one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.recovery.breaker_state import BreakerState, admitted, counted
from maestro.engine.recovery.circuit_breaker import BreakerOpenError, Breakers, CircuitBreaker
from maestro.engine.tables import create_tables
from maestro.errors import PermanentError
from maestro.settings import RecoverySettings

SETTINGS = RecoverySettings(breaker_minimum_calls=4, breaker_open_s=10, breaker_probes=2)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/shared.db"
    server: str = request.getfixturevalue("postgres_url")
    return server


@pytest.fixture
def pair(url: str, clock: VirtualClock) -> Iterator[tuple[Breakers, Breakers]]:
    """The breakers of two processes on the same records."""
    databases = [Database.open(url), Database.open(url)]
    create_tables(databases[0])
    yield Breakers(databases[0], clock, SETTINGS), Breakers(databases[1], clock, SETTINGS)
    for database in databases:
        database.close()


def fail(breaker: CircuitBreaker, times: int, error: Exception | None = None) -> None:
    for _ in range(times):
        breaker.check()
        breaker.failed(error or OSError("lost"))


async def test_failures_of_two_processes_count_together_and_open_it_for_both(
    pair: tuple[Breakers, Breakers], clock: VirtualClock
) -> None:
    here, there = pair[0]["supplier"], pair[1]["supplier"]
    fail(here, 2)
    fail(there, 2)
    await clock.advance(seconds=1)
    assert {here.state.name, there.state.name} == {"supplier"}
    await clock.advance(seconds=1)
    for breaker in (here, there):
        with pytest.raises(BreakerOpenError) as refused:
            breaker.check()
        assert 0 < refused.value.delay_s <= 10
    assert [state.state for state in pair[0].all()] == ["open"]


async def test_probes_are_limited_over_all_processes_and_close_it_when_they_succeed(
    pair: tuple[Breakers, Breakers], clock: VirtualClock
) -> None:
    here, there = pair[0]["supplier"], pair[1]["supplier"]
    fail(here, 4)
    await clock.advance(seconds=10)
    here.check()
    there.check()
    with pytest.raises(BreakerOpenError):
        here.check()
    with pytest.raises(BreakerOpenError):
        there.check()
    here.succeeded()
    there.succeeded()
    await clock.advance(seconds=1)
    assert (here.state.state, there.state.state) == ("closed", "closed")


async def test_a_probe_that_fails_opens_it_again_for_longer(
    pair: tuple[Breakers, Breakers], clock: VirtualClock
) -> None:
    here, there = pair[0]["supplier"], pair[1]["supplier"]
    fail(here, 4)
    await clock.advance(seconds=10)
    fail(here, 1)
    await clock.advance(seconds=11)
    with pytest.raises(BreakerOpenError):
        there.check()
    await clock.advance(seconds=9)
    there.check()
    assert there.state.state == "half_open"


async def test_probes_of_a_process_that_died_are_given_anew(
    pair: tuple[Breakers, Breakers], clock: VirtualClock
) -> None:
    here, there = pair[0]["supplier"], pair[1]["supplier"]
    fail(here, 4)
    await clock.advance(seconds=10)
    here.check()
    here.check()
    await clock.advance(seconds=10)
    there.check()
    assert there.state.probes == 1


def test_a_person_may_reset_it(pair: tuple[Breakers, Breakers]) -> None:
    fail(pair[0]["supplier"], 4)
    assert pair[1].reset("supplier").state == "closed"
    assert pair[1]["supplier"].state.failures == 0


def test_a_separate_process_finds_it_open(url: str, clock: VirtualClock) -> None:
    database = Database.open(url)
    create_tables(database)
    fail(Breakers(database, clock, SETTINGS)["supplier"], 4)
    database.close()
    program = (
        "from datetime import UTC, datetime\n"
        "from maestro.clock import VirtualClock\n"
        "from maestro.database import Database\n"
        "from maestro.engine.recovery.circuit_breaker import BreakerOpenError, Breakers\n"
        "from maestro.settings import RecoverySettings\n"
        f"database = Database.open({url!r})\n"
        "clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))\n"
        "try:\n"
        "    Breakers(database, clock, RecoverySettings())['supplier'].check()\n"
        "except BreakerOpenError:\n"
        "    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["refused"], done.stderr


async def test_answers_that_refuse_the_request_do_not_open_it(records: Database, clock: VirtualClock) -> None:
    breaker = Breakers(records, clock, SETTINGS)["supplier"]
    fail(breaker, 10, PermanentError("no such article"))
    await clock.advance(seconds=1)
    assert breaker.state.state == "closed"


async def test_few_failures_among_many_calls_do_not_open_it(records: Database, clock: VirtualClock) -> None:
    breaker = Breakers(records, clock, SETTINGS)["supplier"]
    for number in range(40):
        await clock.advance(seconds=0.2)
        with breaker.guard():
            pass
        if number % 4 == 0:
            fail(breaker, 1)
    assert breaker.state.state == "closed"


async def test_old_failures_are_forgotten(records: Database, clock: VirtualClock) -> None:
    breaker = Breakers(records, clock, SETTINGS)["supplier"]
    fail(breaker, 3)
    await clock.advance(seconds=120)
    fail(breaker, 3)
    await clock.advance(seconds=1)
    assert breaker.state.state == "closed"


async def test_a_guarded_call_gives_its_value_or_its_error(records: Database, clock: VirtualClock) -> None:
    breakers = Breakers(records, clock, SETTINGS)

    async def answer() -> str:
        return "yes"

    async def lost() -> str:
        raise OSError("lost")

    assert await breakers["supplier"].call(answer) == "yes"
    for _ in range(3):
        with pytest.raises(OSError, match="lost"):
            await breakers["supplier"].call(lost)
    with pytest.raises(BreakerOpenError, match="supplier is open"):
        await breakers["supplier"].call(answer)
    assert breakers.recent_failures(breakers["supplier"].state) == 3
    breakers.forget("supplier")
    assert breakers.all() == []


async def test_a_breaker_works_alone_while_the_records_are_out_of_reach(
    tmp_path: Path, clock: VirtualClock
) -> None:
    without_tables = Database.open(f"sqlite:///{tmp_path}/empty.db")
    breaker = Breakers(without_tables, clock, SETTINGS)["supplier"]
    fail(breaker, 4)
    with pytest.raises(BreakerOpenError):
        breaker.check()
    await clock.advance(seconds=10)
    for _ in range(2):
        breaker.check()
        breaker.succeeded()
    assert breaker.state.state == "closed"
    without_tables.close()


@settings(deadline=None, max_examples=60)
@given(outcomes=st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=60))
def test_a_call_passes_only_when_closed_or_as_one_of_the_probes(outcomes: list[tuple[bool, int]]) -> None:
    clock = VirtualClock(datetime(2026, 1, 1, tzinfo=UTC))
    state = BreakerState("any")
    for ok, seconds in outcomes:
        clock.set(clock.now() + timedelta(seconds=seconds))
        before = state
        state, allowed = admitted(state, clock.now(), SETTINGS)
        if before.state == "half_open" and state.state == "half_open" and allowed:
            assert state.probes <= SETTINGS.breaker_probes
        if before.state == "open" and before.retry_at is not None and clock.now() < before.retry_at:
            assert not allowed
        if allowed:
            state = counted(state, 1, 0 if ok else 1, clock.now(), SETTINGS)
        assert state.failures <= state.calls
