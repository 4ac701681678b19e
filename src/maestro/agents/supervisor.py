"""Supervisor: starts agents, restarts them after failures with growing patience, then quarantines them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from maestro.agents.agent import Agent, State
from maestro.agents.events import Listener
from maestro.agents.journal import tell_nobody
from maestro.clock import Clock
from maestro.errors import ConflictError, NotFoundError, TemporaryError
from maestro.settings import AgentSettings
from maestro.telemetry import get_logger

LONGEST_BACKOFF_S = 3600.0


class Supervisor:
    """Keeps agents at work.

    After each failure in a row it waits twice as long, by the injected clock; a finished turn ends the row.

    Args:
        clock: the time.
        settings: first backoff, and failures in a row after which an agent is quarantined.
        on_event: told of every change of an agent's state.
    """

    def __init__(self, clock: Clock, settings: AgentSettings, on_event: Listener = tell_nobody) -> None:
        self._clock = clock
        self._settings = settings
        self._on_event = on_event
        self._agents: dict[str, Agent] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def agents(self) -> Mapping[str, Agent]:
        """Every agent under this supervisor, by name."""
        return dict(self._agents)

    def start(self, agent: Agent) -> None:
        """Put an agent to work and watch over it.

        Raises:
            ConflictError: an agent of that name is already watched over.
        """
        if agent.name in self._agents:
            raise ConflictError(f"There is already an agent {agent.name}.")
        self._agents[agent.name] = agent
        self._watch(agent)

    def release(self, name: str) -> None:
        """A person starts a stopped or quarantined agent again.

        Raises:
            NotFoundError: there is no such agent.
            ConflictError: it is still at work.
        """
        agent = self._agents.get(name)
        if agent is None:
            raise NotFoundError(f"There is no agent {name}.")
        if not self._tasks[name].done():
            raise ConflictError(
                f"{name} is {agent.state}.", remedy="Only an agent that has ended is started again."
            )
        agent.state = State.STOPPED
        self._watch(agent)

    async def stop(self) -> None:
        """End every agent; turns that have begun are finished."""
        for agent in self._agents.values():
            agent.stop()
        for name, task in self._tasks.items():
            if self._agents[name].state is not State.RUNNING:
                task.cancel()  # it waits for its start, which need not come
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def _watch(self, agent: Agent) -> None:
        self._tasks[agent.name] = asyncio.create_task(self._keep(agent), name=f"supervisor of {agent.name}")

    async def _keep(self, agent: Agent) -> None:
        failures, turns = 0, agent.turns
        while True:
            try:
                self._tell(agent, State.RUNNING)
                await agent.run()
            except Exception as error:  # whatever breaks an agent, its supervisor goes on
                get_logger("agents").exception("agent failed", agent=agent.name)
                failures = 1 if agent.turns > turns else failures + 1
                turns = agent.turns
                if failures > self._settings.max_restarts:
                    agent.quarantine()
                    self._tell(agent, agent.state)
                    return
                self._tell(agent, agent.state)
                await self._clock.sleep(self._patience(failures, error))
            else:
                self._tell(agent, agent.state)
                return

    def _patience(self, failures: int, error: Exception) -> float:
        asked = error.delay_s if isinstance(error, TemporaryError) else 0.0
        backoff = self._settings.restart_backoff_s * 2.0 ** (failures - 1)
        return min(max(backoff, asked), LONGEST_BACKOFF_S)

    def _tell(self, agent: Agent, state: State) -> None:
        payload: dict[str, Any] = {"name": agent.name, "kind": "state", "state": str(state)}
        if state in {State.FAILED, State.QUARANTINED}:
            payload["error"] = agent.last_error
        self._on_event("agent", payload)
