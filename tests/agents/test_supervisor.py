"""Supervisor and agent: turns on time, messages in between, restarts with patience, quarantine in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maestro.agents.agent import Agent, State
from maestro.agents.bus import InProcessBus
from maestro.agents.message import Message
from maestro.agents.supervisor import Supervisor
from maestro.clock import VirtualClock
from maestro.errors import ConflictError, InputError, NotFoundError, PermanentError, TemporaryError
from maestro.settings import AgentSettings
from maestro.testing.bus import until

MONDAY = datetime(2026, 1, 5, 6, tzinfo=UTC)


@dataclass
class House:
    """A clock, a bus and a supervisor, with everything that the supervisor told."""

    clock: VirtualClock
    bus: InProcessBus
    supervisor: Supervisor
    told: list[Mapping[str, Any]] = field(default_factory=list)

    def agent(self, name: str = "keeper", **options: Any) -> Agent:
        return Agent(name, bus=self.bus, clock=self.clock, **options)

    def states(self) -> list[str]:
        return [str(payload["state"]) for payload in self.told]


@pytest.fixture
async def house(clock: VirtualClock) -> AsyncIterator[House]:
    told: list[Mapping[str, Any]] = []
    settings = AgentSettings(restart_backoff_s=10, max_restarts=2)
    supervisor = Supervisor(clock, settings, lambda kind, payload: told.append(payload))
    opened = House(clock, InProcessBus(clock), supervisor, told)
    yield opened
    await supervisor.stop()
    await opened.bus.close()


async def test_takes_a_turn_at_every_due_moment(house: House) -> None:
    turns: list[datetime] = []
    agent = house.agent(run_cycle=turns.append, every=timedelta(days=7))
    house.supervisor.start(agent)
    await until(lambda: len(turns) == 1)
    await house.clock.advance(days=7, hours=2)
    await until(lambda: len(turns) == 2)
    assert turns == [MONDAY, MONDAY + timedelta(days=7)]
    await until(lambda: agent.turns == 2)
    assert agent.last_cycle_at == turns[-1]
    assert agent.next_cycle_at == MONDAY + timedelta(days=14)
    assert agent.state is State.RUNNING


async def test_turns_missed_are_not_made_up_for(house: House) -> None:
    turns: list[datetime] = []
    first = MONDAY - timedelta(days=3, hours=1)
    house.supervisor.start(house.agent(run_cycle=turns.append, every=timedelta(days=1), first_at=first))
    await until(lambda: len(turns) == 1)
    assert turns == [MONDAY - timedelta(hours=1)]


async def test_answers_while_it_waits(house: House) -> None:
    async def greet(message: Message) -> Mapping[str, Any]:
        return {"hello": message.sender}

    agent = house.agent(abilities={"greet": greet}, topics=("news",))
    house.supervisor.start(agent)
    await until(lambda: agent.state is State.RUNNING)
    assert (await house.bus.request("ann", "keeper", "greet", {})).data == {"hello": "ann"}
    status = await house.bus.request("ann", "keeper", "status", {})
    assert status.data == {"name": "keeper", "state": "running", "turns": 0}
    assert await house.bus.publish("ann", "news", "greet", {}) == 1
    with pytest.raises(PermanentError, match="cannot sing"):
        await house.bus.request("ann", "keeper", "sing", {})


async def test_restarts_with_doubled_patience_and_then_quarantines(house: House) -> None:
    attempts: list[datetime] = []

    def fail(due: datetime) -> None:
        attempts.append(house.clock.now())
        raise RuntimeError("the sensor broke")

    agent = house.agent(run_cycle=fail)
    house.supervisor.start(agent)
    for seconds, failures in ((10, 1), (20, 2)):
        await until(lambda: len(attempts) == failures and agent.state is State.FAILED)  # noqa: B023
        await asyncio.sleep(0.02)
        await house.clock.advance(seconds=seconds - 1)
        assert len(attempts) == failures
        await house.clock.advance(seconds=1)
    await until(lambda: agent.state is State.QUARANTINED)
    assert [at - MONDAY for at in attempts] == [timedelta(seconds=s) for s in (0, 10, 30)]
    assert house.states() == ["running", "failed"] * 2 + ["running", "quarantined"]
    assert house.told[-1]["error"] == "the sensor broke"
    with pytest.raises(ConflictError, match="quarantined"):
        await agent.run()
    house.supervisor.release("keeper")
    await until(lambda: len(attempts) == 4)


async def test_a_turn_that_succeeds_ends_the_row_of_failures(house: House) -> None:
    outcomes = iter([True, False, True, False, True, False, True, False, True, True])
    taken: list[bool] = []

    def stumble(due: datetime) -> None:
        taken.append(next(outcomes))
        if not taken[-1]:
            raise TemporaryError("the line is busy", delay_s=30)

    agent = house.agent(run_cycle=stumble, every=timedelta(seconds=60))
    house.supervisor.start(agent)
    for _ in range(4000):
        if len(taken) >= 9:
            break
        await house.clock.advance(seconds=10)
        await asyncio.sleep(0.005)
    assert len(taken) >= 9
    assert "quarantined" not in house.states()


async def test_stays_in_quarantine_after_it_has_ended_until_it_is_released(house: House) -> None:
    agent = house.agent()
    house.supervisor.start(agent)
    await until(lambda: agent.state is State.RUNNING)
    agent.quarantine()
    await until(lambda: len(house.told) == 2)
    assert house.states() == ["running", "quarantined"]
    with pytest.raises(ConflictError, match="quarantined"):
        await agent.run()
    await asyncio.sleep(0)
    house.supervisor.release("keeper")
    await until(lambda: str(agent.state) == "running")


async def test_ends_when_asked_and_can_be_released_again(house: House) -> None:
    agent = house.agent()
    house.supervisor.start(agent)
    await until(lambda: agent.state is State.RUNNING)
    with pytest.raises(ConflictError):
        house.supervisor.start(house.agent())
    with pytest.raises(ConflictError):
        house.supervisor.release("keeper")
    with pytest.raises(NotFoundError):
        house.supervisor.release("nobody")
    agent.stop()
    await until(lambda: str(agent.state) == "stopped")
    await asyncio.sleep(0)
    house.supervisor.release("keeper")
    await until(lambda: agent.state is State.RUNNING)
    assert set(house.supervisor.agents) == {"keeper"}


async def test_stopping_the_house_waits_for_nobody_who_rests(house: House) -> None:
    def fail(due: datetime) -> None:
        raise RuntimeError("broken")

    failing, resting = (
        house.agent("failing", run_cycle=fail),
        house.agent("resting", run_cycle=lambda due: None),
    )
    house.supervisor.start(failing)
    house.supervisor.start(resting)
    await until(lambda: failing.state is State.FAILED and resting.turns == 1)
    await asyncio.wait_for(house.supervisor.stop(), timeout=2)
    assert resting.state is State.STOPPED


def test_turns_need_time_between_them(clock: VirtualClock) -> None:
    with pytest.raises(InputError):
        Agent("keeper", bus=InProcessBus(clock), clock=clock, every=timedelta(0))
