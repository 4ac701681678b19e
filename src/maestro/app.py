"""App: wires database, engine, agents and packs into one running system, and lets its days pass."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from typing import Any

from maestro import migrations
from maestro.agents.agent import Agent, State
from maestro.agents.audit_log import AuditLog
from maestro.agents.autonomy_store import AutonomyStore
from maestro.agents.bus import InProcessBus
from maestro.agents.decision_store import DecisionStore
from maestro.agents.events import EventHub
from maestro.agents.loop import Cycle, DecisionLoop
from maestro.agents.message import Message
from maestro.agents.moment import moment_of, moment_text
from maestro.agents.supervisor import Supervisor
from maestro.agents.track_record import Level
from maestro.clock import AcceleratedClock, Clock, RealClock
from maestro.database import Database
from maestro.engine.adaptation.advisor import LearningAdvisor
from maestro.engine.executor_registry import ExecutorRegistry
from maestro.engine.graph import Graph
from maestro.engine.loading import load_graphs
from maestro.engine.memory import MemoryControl
from maestro.engine.recovery.assembly import SelfHealing
from maestro.engine.runtime import Runtime
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.engine.scheduling.scheduler import Scheduler
from maestro.engine.step import step
from maestro.engine.workers.base import Pool
from maestro.engine.workflow import Engine
from maestro.errors import ConfigurationError, MaestroError, NotFoundError
from maestro.housekeeping import HOUSEKEEPING, RecentChanges, housekeeping, parts
from maestro.packs.base import AgentSpec, Foundation, Pack, World
from maestro.settings import Settings
from maestro.telemetry import Metrics, get_logger

REVIEW = "decision-cycle"
"""Name of the workflow that runs one cycle of one agent."""

LONGEST_CYCLE_S = 3600.0
"""Seconds of life after which a cycle is given up."""

CYCLE_VALUE = 5.0
"""What a cycle of an agent is worth to the scheduler; housekeeping is worth 1."""

CYCLE_DUE = timedelta(hours=1)
"""How long after its moment a cycle of a real shop should be done."""

HOUSEKEEPING_EVERY_S = 6 * 3600.0
"""Seconds of life from one housekeeping to the next; the first comes soon after the start."""

HOUSEKEEPING_FIRST_S = 20.0

Progress = Callable[[str], None]

_log = get_logger("app")


class AgentHandle:
    """One agent in the running system: what its pack declares, its loop, and its life on the bus."""

    def __init__(self, spec: AgentSpec, loop: DecisionLoop, agent: Agent) -> None:
        self.spec = spec
        self.loop = loop
        self.agent = agent
        self.failures = 0
        self.last_cycle_at: datetime | None = None

    @property
    def name(self) -> str:
        """Its name, unique in the system."""
        return self.spec.role.name

    @property
    def state(self) -> str:
        """Where it is in its life: created, starting, running, stopped, failed or quarantined."""
        return str(self.agent.state)

    @property
    def last_error(self) -> str:
        """What broke its last cycle that failed; empty where none did."""
        return self.agent.last_error


class App:
    """The running system. Open it, let it live, close it.

    Example:
        app = App.open(Settings.load())
        asyncio.run(app.live(days=30))
        app.close()
    """

    def __init__(self, settings: Settings, wall: Clock, database: Database, world: World) -> None:
        self.settings = settings
        self.wall = wall
        self.database = database
        self.world = world
        self.clock: Clock = world.clock
        self.events = EventHub()
        self.metrics = Metrics()
        self.changes = RecentChanges(wall)
        self.audit = AuditLog(database, self.clock, self.changes.note)
        self.decisions = DecisionStore(database)
        self.autonomy = AutonomyStore(database, self.audit)
        start = settings.agents.starting_level if world.simulated else settings.agents.live_starting_level
        self.bus = InProcessBus(wall)
        self.supervisor = Supervisor(wall, settings.agents, self.events.announce)
        self.agents: Mapping[str, AgentHandle] = {
            spec.role.name: self._handle(spec, Level.named(start)) for spec in world.agents
        }
        own = [graph for place in settings.engine.workflows for graph in load_graphs(place)]
        self.runtime = Runtime(
            settings,
            [
                *own,
                Graph(REVIEW, self._steps(), inputs=("agent", "cycle")),
                housekeeping(database, self.audit, self._forget_old_runs),
            ],
            wall,
            parts=parts(database, lambda: self.agents, self.changes),
            on_event=self.events.announce,
        )
        self._stopping = asyncio.Event()

    @classmethod
    def open(
        cls, settings: Settings, *, wall: Clock | None = None, progress: Progress = lambda _: None
    ) -> App:
        """Open the database, bring its tables up to date and open the pack's world.

        Args:
            settings: all settings.
            wall: the time of people and machines; the real clock unless a test brings another.
            progress: told in words what is being done.

        Raises:
            InputError: the database or the data folder cannot be used; says why.
        """
        wall = wall or RealClock()
        database = Database.open(settings.database_url, settings.database)
        try:
            database.check()
            progress("Bringing the tables up to date ...")
            migrations.upgrade(database)
            world = _pack().open(Foundation(database, wall, settings), progress)
            return cls(settings, wall, database, world)
        except BaseException:
            database.close()
            raise

    @property
    def engine(self) -> Engine:
        """Works the runs."""
        return self.runtime.engine

    @property
    def pool(self) -> Pool:
        """The workers."""
        return self.runtime.pool

    @property
    def executors(self) -> ExecutorRegistry:
        """The processes that work on runs."""
        return self.runtime.executors

    @property
    def scheduler(self) -> Scheduler:
        """The backlog, and who goes next."""
        return self.runtime.scheduler

    @property
    def estimates(self) -> EtaBook:
        """How long steps and runs take."""
        return self.runtime.estimates

    @property
    def adaptation(self) -> LearningAdvisor:
        """What workflows learn from their own runs."""
        return self.runtime.adaptation

    @property
    def recovery(self) -> SelfHealing:
        """Health, incidents, breakers and playbooks."""
        return self.runtime.recovery

    @property
    def memory(self) -> MemoryControl:
        """Memory of this process."""
        return self.runtime.memory

    def agent(self, name: str) -> AgentHandle:
        """The agent of that name.

        Raises:
            NotFoundError: there is none.
        """
        try:
            return self.agents[name]
        except KeyError:
            known = ", ".join(self.agents)
            raise NotFoundError(f"There is no agent {name}.", remedy=f"Use one of: {known}.") from None

    async def live(self, *, days: int | None = None) -> None:
        """Let time pass, until `stop` or for `days` days: every cycle that is due, then the day itself."""
        await self.runtime.launch()
        for handle in self.agents.values():
            self.supervisor.start(handle.agent)
        while any(  # noqa: ASYNC110 - an agent's first state has no event
            handle.agent.state is State.CREATED for handle in self.agents.values()
        ):
            await asyncio.sleep(0)
        keeping_house = asyncio.create_task(self._keep_house())
        leaving = asyncio.create_task(self._stop_when_drained())
        try:
            passed = 0
            while not self._stopping.is_set() and (days is None or passed < days):
                moment = self.world.next_moment()
                await asyncio.to_thread(self.world.let_day_come, moment)
                if not await self._wait_until(moment):
                    break
                await self._one_day(moment)
                passed += 1
        finally:
            for each in (keeping_house, leaving):
                each.cancel()
            await asyncio.gather(keeping_house, leaving, return_exceptions=True)
            await self.supervisor.stop()
            await self.runtime.shutdown()
            await asyncio.to_thread(self.world.stop_time)

    async def stop(self) -> None:
        """Ask `live` to end after the work in hand."""
        self._stopping.set()

    def close(self) -> None:
        """Close the databases."""
        self.runtime.close()
        self.database.close()

    def release(self, name: str) -> None:
        """Let an agent out of quarantine; call it on the event loop that `live` runs on.

        Raises:
            NotFoundError: there is no such agent.
            ConflictError: it is at work.
        """
        handle = self.agent(name)
        self.supervisor.release(name)
        handle.failures = 0

    async def run_cycle(self, name: str, moment: datetime) -> None:
        """Have an agent run its cycle for `moment`; the same moment again is the same run.

        A cycle that fails is tried again with the next one; an agent that keeps failing is quarantined.
        """
        handle = self.agent(name)
        data = {"at": moment_text(moment)}
        try:
            await self.bus.command("scheduler", name, "run_cycle", data, timeout_s=LONGEST_CYCLE_S)
        except MaestroError as error:
            handle.failures += 1
            handle.agent.last_error = error.message
            _log.error("cycle failed", agent=name, at=data["at"], error=str(error), failures=handle.failures)
            if handle.failures > self.settings.agents.max_restarts:
                handle.agent.quarantine()
            self.events.announce("agent", {"name": name, "state": handle.state, "error": error.message})
            return
        handle.failures = 0
        handle.last_cycle_at = moment

    async def _keep_house(self) -> None:
        await self.wall.sleep(HOUSEKEEPING_FIRST_S)
        while True:
            with contextlib.suppress(MaestroError):
                await asyncio.to_thread(self.scheduler.desk.submit, HOUSEKEEPING, {})
            await self.wall.sleep(HOUSEKEEPING_EVERY_S)

    async def _stop_when_drained(self) -> None:
        await self.runtime.left()
        self._stopping.set()

    async def _forget_old_runs(self) -> int:
        return await self.runtime.forget_old_runs()

    async def _one_day(self, moment: datetime) -> None:
        """Work the day that opens at `moment`; time is held inside it, so it never runs ahead of the work."""
        for name in self.world.due(moment):
            handle = self.agents[name]
            if handle.agent.state is not State.QUARANTINED:
                handle.loop.guard_by(handle.spec.guardrails())
                await self.run_cycle(name, moment)
        changed = await asyncio.to_thread(self.world.pass_day, moment)
        if changed:
            self.events.announce("stock", dict(changed))

    async def _wait_until(self, moment: datetime) -> bool:
        """Wait for the shop's clock; False when the system is stopping."""
        sleeping = asyncio.ensure_future(_sleep_until(self.clock, moment))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({sleeping, stopping}, return_when=asyncio.FIRST_COMPLETED)
        for task in (sleeping, stopping):
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        return not self._stopping.is_set()

    def _handle(self, spec: AgentSpec, start: Level) -> AgentHandle:
        name = spec.role.name

        async def run_cycle(message: Message) -> Mapping[str, Any]:
            cycle = Cycle.starting(moment_of(message.data["at"]))
            inputs = {"agent": name, "cycle": cycle.to_dict()}
            task = await asyncio.to_thread(
                self.scheduler.desk.submit,
                REVIEW,
                inputs,
                deadline=self._due_at(),
                value=CYCLE_VALUE,
                task_id=f"{name}:{cycle.name}",
            )
            return await self.scheduler.result(task.task.id)

        loop = DecisionLoop(
            spec.role,
            store=self.decisions,
            guardrails=spec.guardrails(),
            autonomy_store=self.autonomy,
            audit=self.audit,
            clock=self.clock,
            metrics=self.metrics,
            on_event=self.events.announce,
            starting_level=start,
        )
        agent = Agent(name, bus=self.bus, clock=self.wall, abilities={"run_cycle": run_cycle})
        return AgentHandle(spec, loop, agent)

    def _due_at(self) -> datetime | None:
        """When a cycle that begins now should be done; a simulated shop waits for it however long."""
        return None if self.world.simulated else self.wall.now() + CYCLE_DUE

    def _steps(self) -> list[Any]:
        """One cycle as a graph: each part of the loop is a step, recorded and resumed by itself."""

        def loop(agent: str) -> DecisionLoop:
            return self.agent(agent).loop

        def observe(agent: str, cycle: dict[str, str]) -> dict[str, Any]:
            return loop(agent).observe(Cycle.from_dict(cycle))

        def propose(agent: str, cycle: dict[str, str], observe: dict[str, Any]) -> dict[str, Any]:
            return observe | loop(agent).propose(Cycle.from_dict(cycle))

        def simulate(agent: str, cycle: dict[str, str], propose: dict[str, Any]) -> dict[str, Any]:
            return propose | loop(agent).simulate(Cycle.from_dict(cycle))

        def guard(agent: str, cycle: dict[str, str], simulate: dict[str, Any]) -> dict[str, Any]:
            return simulate | loop(agent).guard(Cycle.from_dict(cycle))

        def act(agent: str, cycle: dict[str, str], guard: dict[str, Any]) -> dict[str, Any]:
            return guard | loop(agent).act(Cycle.from_dict(cycle))

        def measure(agent: str, cycle: dict[str, str], act: dict[str, Any]) -> dict[str, Any]:
            return act | loop(agent).measure(Cycle.from_dict(cycle))

        def learn(agent: str, cycle: dict[str, str], measure: dict[str, Any]) -> dict[str, Any]:
            return measure | loop(agent).learn(Cycle.from_dict(cycle), measure["ids"])

        def report(agent: str, cycle: dict[str, str], learn: dict[str, Any]) -> dict[str, Any]:
            return loop(agent).report(Cycle.from_dict(cycle), [learn]).to_dict()

        steps = (observe, propose, simulate, guard, act, measure, learn, report)
        return [step(each, retries=2) for each in steps]


async def _sleep_until(clock: Clock, moment: datetime) -> None:
    if isinstance(clock, AcceleratedClock):
        await clock.sleep_until(moment)
    else:
        await clock.sleep(max(0.0, (moment - clock.now()).total_seconds()))


def _pack() -> Pack:
    found = {entry.name: entry for entry in entry_points(group="maestro.packs")}
    if "retail" not in found:
        raise ConfigurationError(
            "The retail pack is not installed.", remedy="Install Maestro again: pip install maestro."
        )
    pack: Pack = found["retail"].load()
    return pack
