"""Agent: a named role at work, with its own inbox, its abilities, and turns of its loop when they are due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from maestro.agents.bus import Bus, Handler
from maestro.agents.message import Message
from maestro.clock import Clock
from maestro.errors import ConflictError, InputError, PermanentError

RunCycle = Callable[[datetime], object]
"""One turn of the loop for its due moment; synchronous, called in a thread of its own."""


class State(StrEnum):
    """Where an agent is in its life."""

    CREATED = "created"
    STARTING = "starting"
    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    QUARANTINED = "quarantined"


class Agent:
    """Runs its loop on time and answers messages in between; a supervisor starts it, and restarts it.

    Due moments are counted from the first, so that a turn is the same whenever it actually runs. Turns missed
    while the process was down are not made up for: the latest one due stands for them all.

    Args:
        name: unique on the bus.
        bus: where its inbox is.
        clock: the time.
        run_cycle: one turn of the loop; None for an agent that only answers.
        every: time from one due moment to the next.
        first_at: the first due moment; now when None.
        abilities: what it does when asked, by action.
        topics: events that it listens to; each needs an ability of the event's action.
    """

    def __init__(
        self,
        name: str,
        *,
        bus: Bus,
        clock: Clock,
        run_cycle: RunCycle | None = None,
        every: timedelta = timedelta(days=1),
        first_at: datetime | None = None,
        abilities: Mapping[str, Handler] | None = None,
        topics: tuple[str, ...] = (),
    ) -> None:
        if every <= timedelta(0):
            raise InputError("An agent's turns need a positive time between them.")
        self.name = name
        self.state = State.CREATED
        self.last_error = ""
        self.turns = 0
        self.last_cycle_at: datetime | None = None
        self.next_cycle_at = first_at or clock.now()
        self._bus = bus
        self._clock = clock
        self._run_cycle = run_cycle
        self._every = every
        self._abilities: dict[str, Handler] = {"status": self._status, **(abilities or {})}
        self._topics = topics
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop`; whatever its loop raises ends it and is for the supervisor to judge.

        Raises:
            ConflictError: it is already at work, or in quarantine.
        """
        if self.state in {State.STARTING, State.RUNNING, State.QUARANTINED}:
            raise ConflictError(f"{self.name} is {self.state} and cannot be started.")
        self.state = State.STARTING
        self._stopping.clear()
        try:
            await self._bus.register(self.name, self._handle)
            for topic in self._topics:
                await self._bus.subscribe(self.name, topic)
            self.state = State.RUNNING
            await self._turns()
            self._ended()
        except asyncio.CancelledError:
            self.state = State.STOPPED
            raise
        except Exception as error:
            self.state = State.FAILED
            self.last_error = str(error)
            raise
        finally:
            await self._bus.unregister(self.name)

    def stop(self) -> None:
        """Ask it to end; a turn that has begun is finished first."""
        self._stopping.set()

    def quarantine(self) -> None:
        """End it, and keep it from being started before its supervisor releases it."""
        self.state = State.QUARANTINED
        self.stop()

    def _ended(self) -> None:
        if self.state is State.RUNNING:
            self.state = State.STOPPED

    async def _turns(self) -> None:
        while not self._stopping.is_set():
            if self._run_cycle is None:
                await self._stopping.wait()
                return
            if not await self._wait_until(self.next_cycle_at):
                return
            due = self._latest_due()
            await asyncio.to_thread(self._run_cycle, due)
            self.turns += 1
            self.last_cycle_at = due
            self.next_cycle_at = due + self._every

    def _latest_due(self) -> datetime:
        missed = (self._clock.now() - self.next_cycle_at) // self._every
        return self.next_cycle_at + max(missed, 0) * self._every

    async def _wait_until(self, moment: datetime) -> bool:
        """Whether the moment came before the agent was stopped."""
        timer = asyncio.ensure_future(self._sleep_until(moment))
        stopped = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({timer, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return not self._stopping.is_set()
        finally:
            timer.cancel()
            stopped.cancel()

    async def _sleep_until(self, moment: datetime) -> None:
        while (left := (moment - self._clock.now()).total_seconds()) > 0:
            await self._clock.sleep(left)

    async def _handle(self, message: Message) -> Mapping[str, Any] | None:
        ability = self._abilities.get(message.action)
        if ability is None:
            raise PermanentError(f"{self.name} cannot {message.action}.")
        return await ability(message)

    async def _status(self, _message: Message) -> Mapping[str, Any]:
        return {"name": self.name, "state": str(self.state), "turns": self.turns}
