"""Bus suite: what every bus must do, wherever its messages travel; a new one subclasses it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from maestro.agents.bus import Bus
from maestro.agents.message import Message
from maestro.clock import VirtualClock
from maestro.errors import ConflictError, InputError, NotFoundError, PermanentError, TemporaryError

START = datetime(2026, 1, 5, 6, tzinfo=UTC)


async def until(condition: Any) -> None:
    """Wait, for ten seconds of life at most, until a condition holds."""
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came about")


class BusSuite:
    """Subclass it in a test module as `TestMyBus` and implement `open`."""

    async def open(self, clock: VirtualClock, inbox_size: int) -> Bus:
        """A fresh, empty bus."""
        raise NotImplementedError("the suite of a bus (Protocol maestro.agents.bus.Bus) opens it here")

    async def close(self, bus: Bus) -> None:
        """Close the bus."""
        raise NotImplementedError("the suite of a bus (Protocol maestro.agents.bus.Bus) closes it here")

    async def test_a_request_is_answered_under_its_correlation_id(self) -> None:
        bus = await self.open(VirtualClock(START), 10)

        async def double(message: Message) -> Mapping[str, Any]:
            return {"twice": 2 * message.data["number"]}

        await bus.register("calculator", double)
        answer = await bus.request("ann", "calculator", "double", {"number": 21}, correlation_id="c-1")
        assert (answer.type, answer.sender, answer.recipient) == ("response", "calculator", "ann")
        assert answer.data["twice"] == 42
        assert answer.correlation_id == "c-1"
        assert answer.timestamp == START
        await self.close(bus)

    async def test_a_command_is_acknowledged_once_it_is_done(self) -> None:
        bus, done = await self.open(VirtualClock(START), 10), []

        async def do(message: Message) -> None:
            await asyncio.sleep(0.01)
            done.append(message.action)

        await bus.register("worker", do)
        await bus.command("ann", "worker", "sweep", {})
        assert done == ["sweep"]
        await self.close(bus)

    async def test_what_the_recipient_raises_reaches_who_asked(self) -> None:
        bus = await self.open(VirtualClock(START), 10)

        async def refuse(message: Message) -> None:
            if message.action == "bug":
                raise ZeroDivisionError
            raise ConflictError("Already done.")

        await bus.register("worker", refuse)
        with pytest.raises(ConflictError, match=r"Already done\."):
            await bus.command("ann", "worker", "sweep", {})
        with pytest.raises(PermanentError, match="ZeroDivisionError"):
            await bus.request("ann", "worker", "bug", {})
        await self.close(bus)

    async def test_nobody_of_that_name(self) -> None:
        bus = await self.open(VirtualClock(START), 10)
        with pytest.raises(NotFoundError):
            await bus.request("ann", "nobody", "sweep", {})
        with pytest.raises(NotFoundError):
            await bus.subscribe("nobody", "stock")
        await self.close(bus)

    async def test_a_name_is_taken_once(self) -> None:
        bus = await self.open(VirtualClock(START), 10)

        async def ignore(_message: Message) -> None:
            return None

        await bus.register("worker", ignore)
        with pytest.raises(ConflictError):
            await bus.register("worker", ignore)
        await bus.unregister("worker")
        await bus.unregister("worker")
        await bus.register("worker", ignore)
        await self.close(bus)

    async def test_an_answer_that_does_not_come_in_time_is_told(self) -> None:
        clock = VirtualClock(START)
        bus = await self.open(clock, 10)

        async def hang(_message: Message) -> None:
            await asyncio.Event().wait()

        await bus.register("sleeper", hang)
        asked = asyncio.create_task(bus.request("ann", "sleeper", "wake", {}, timeout_s=30))
        await asyncio.sleep(0.02)
        await clock.advance(seconds=29)
        assert not asked.done()
        await clock.advance(seconds=1)
        with pytest.raises(TemporaryError, match="within 30 seconds"):
            await asked
        await self.close(bus)

    async def test_each_sender_is_heard_in_order(self) -> None:
        bus, heard = await self.open(VirtualClock(START), 1000), []

        async def listen(message: Message) -> None:
            await asyncio.sleep(0)
            heard.append((message.sender, message.data["number"]))

        await bus.register("listener", listen)
        await asyncio.gather(
            *(bus.command(sender, "listener", "say", {"number": n}) for n in range(100) for sender in "ab")
        )
        for sender in "ab":
            assert [number for who, number in heard if who == sender] == list(range(100))
        await self.close(bus)

    async def test_an_event_reaches_every_subscriber_of_its_topic_and_no_other(self) -> None:
        bus = await self.open(VirtualClock(START), 10)
        heard: list[str] = []
        for name in ("one", "two", "three"):

            async def listen(message: Message, name: str = name) -> None:
                heard.append(f"{name}:{message.recipient}:{message.action}")

            await bus.register(name, listen)
        await bus.subscribe("one", "stock")
        await bus.subscribe("two", "stock")
        await bus.subscribe("three", "prices")
        assert await bus.publish("shop", "stock", "sold_out", {"sku": "A"}) == 2
        assert await bus.publish("shop", "weather", "rain", {}) == 0
        await until(lambda: len(heard) == 2)
        assert sorted(heard) == ["one:stock:sold_out", "two:stock:sold_out"]
        await self.close(bus)

    async def test_a_listener_that_breaks_goes_on_listening(self) -> None:
        bus, heard = await self.open(VirtualClock(START), 10), []

        async def stumble(message: Message) -> None:
            if message.data["number"] == 1:
                raise ValueError("stumbled")
            heard.append(message.data["number"])

        await bus.register("listener", stumble)
        await bus.subscribe("listener", "numbers")
        for number in (1, 2):
            await bus.publish("ann", "numbers", "count", {"number": number})
        await until(lambda: heard == [2])
        await self.close(bus)

    async def test_a_full_inbox_refuses_and_says_so(self) -> None:
        bus, gate = await self.open(VirtualClock(START), 2), asyncio.Event()

        async def wait(_message: Message) -> None:
            await gate.wait()

        await bus.register("slow", wait)
        await bus.subscribe("slow", "news")
        asked = [asyncio.create_task(bus.command("ann", "slow", "do", {})) for _ in range(3)]
        await asyncio.sleep(0.02)
        asked.append(asyncio.create_task(bus.command("ann", "slow", "do", {})))
        refusal = (await asyncio.wait(asked, timeout=1, return_when=asyncio.FIRST_COMPLETED))[0].pop()
        assert "full" in str(refusal.exception())
        with pytest.raises(TemporaryError, match="full"):
            await bus.publish("ann", "news", "breaking", {})
        gate.set()
        results = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(result is None for result in results) >= 2
        await self.close(bus)

    async def test_who_leaves_lets_nobody_wait(self) -> None:
        bus = await self.open(VirtualClock(START), 10)

        async def hang(_message: Message) -> None:
            await asyncio.Event().wait()

        await bus.register("leaver", hang)
        asked = [asyncio.create_task(bus.request("ann", "leaver", "stay", {})) for _ in range(2)]
        await asyncio.sleep(0.02)
        await bus.unregister("leaver")
        for task in asked:
            with pytest.raises(TemporaryError, match="left the bus"):
                await task
        await self.close(bus)

    async def test_carries_nothing_but_plain_json(self) -> None:
        bus = await self.open(VirtualClock(START), 10)

        async def answer(_message: Message) -> Mapping[str, Any]:
            return {"value": object()}

        await bus.register("worker", answer)
        with pytest.raises(InputError):
            await bus.request("ann", "worker", "ask", {"value": float("nan")})
        with pytest.raises(InputError):
            await bus.request("ann", "worker", "ask", {})
        await self.close(bus)
