"""Bus: the in-process bus keeps every promise of the suite, and its dead letters."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from maestro.agents.bus import Bus, InProcessBus
from maestro.agents.message import Message
from maestro.clock import VirtualClock
from maestro.errors import TemporaryError
from maestro.testing.bus import BusSuite, until


class TestInProcessBus(BusSuite):
    async def open(self, clock: VirtualClock, inbox_size: int) -> Bus:
        return InProcessBus(clock, inbox_size=inbox_size)

    async def close(self, bus: Bus) -> None:
        assert isinstance(bus, InProcessBus)
        await bus.close()


async def test_a_request_given_up_before_it_was_begun_is_never_begun() -> None:
    clock = VirtualClock(datetime(2026, 1, 5, tzinfo=UTC))
    bus, gate, begun = InProcessBus(clock), asyncio.Event(), []

    async def work(message: Message) -> None:
        begun.append(message.action)
        await gate.wait()

    await bus.register("worker", work)
    first = asyncio.create_task(bus.command("ann", "worker", "first", {}, timeout_s=60))
    await asyncio.sleep(0)
    second = asyncio.create_task(bus.command("ann", "worker", "second", {}, timeout_s=5))
    await asyncio.sleep(0.01)
    assert bus.waiting("worker") == 1
    await clock.advance(seconds=5)
    with pytest.raises(TemporaryError):
        await second
    gate.set()
    await first
    await until(lambda: len(bus.dead_letters) == 1)
    assert begun == ["first"]
    message, reason = bus.dead_letters[0]
    assert (message.action, reason) == ("second", "its sender gave up waiting")
    assert bus.waiting("nobody") == 0
    await bus.close()
