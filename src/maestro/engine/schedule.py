"""Schedule: starts a workflow at every tick of a timetable, by the injected clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from maestro.clock import Clock
from maestro.engine.graph import NAME
from maestro.engine.timetable import Timetable
from maestro.errors import ConfigurationError, NotFoundError
from maestro.telemetry import get_logger

_TICK = "%Y%m%dT%H%M%SZ"

_log = get_logger("engine.schedule")


@dataclass(frozen=True)
class Schedule:
    """A workflow that is started at every tick of a timetable."""

    name: str
    workflow: str
    timetable: Timetable
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def run_id(self, tick: datetime) -> str:
        """The run of a tick; always the same, so that a tick is never run twice."""
        return f"{self.name}@{tick.strftime(_TICK)}"

    def tick_of(self, run_id: str) -> datetime:
        """The tick that a run belongs to."""
        return datetime.strptime(run_id.rpartition("@")[2], _TICK).replace(tzinfo=UTC)


@dataclass(frozen=True)
class ScheduleInfo:
    """A schedule as others see it."""

    name: str
    workflow: str
    next_at: datetime


class Schedules:
    """The schedules of an engine, each followed by a task of its own while the engine is live.

    Args:
        clock: the clock whose time decides.
        last: gives the last tick of a schedule that was begun, or None.
        run: starts the run of a tick, or finds it when it was started already, and returns when it has ended.
    """

    def __init__(
        self,
        clock: Clock,
        last: Callable[[Schedule], Awaitable[datetime | None]],
        run: Callable[[Schedule, datetime], Awaitable[None]],
    ) -> None:
        self._clock = clock
        self._last = last
        self._run = run
        self._schedules: dict[str, Schedule] = {}
        self._followers: dict[str, asyncio.Task[None]] = {}
        self._live = False

    def add(self, schedule: Schedule) -> None:
        """Follow a schedule from now on, or from `begin` on where the engine is not live yet.

        Raises:
            ConfigurationError: the name is no word, or another schedule has it.
        """
        if not NAME.fullmatch(schedule.name) or schedule.name in self._schedules:
            raise ConfigurationError(
                f"A schedule cannot be called {schedule.name!r}.",
                remedy="Use letters, digits, '_', '-' and '.', and each name once.",
            )
        self._schedules[schedule.name] = schedule
        if self._live:
            self._follow(schedule)

    def remove(self, name: str) -> None:
        """Follow a schedule no longer.

        Raises:
            NotFoundError: no such schedule.
        """
        if self._schedules.pop(name, None) is None:
            raise NotFoundError(f"There is no schedule called {name}.", remedy="List the schedules.")
        follower = self._followers.pop(name, None)
        if follower is not None:
            follower.cancel()

    def list(self) -> list[ScheduleInfo]:
        """All schedules by name."""
        now = self._clock.now()
        return [
            ScheduleInfo(each.name, each.workflow, each.timetable.next(now))
            for _, each in sorted(self._schedules.items())
        ]

    def begin(self) -> None:
        """Follow every schedule."""
        self._live = True
        for schedule in self._schedules.values():
            self._follow(schedule)

    async def end(self) -> None:
        """Follow none; they stay known."""
        self._live = False
        followers = list(self._followers.values())
        self._followers.clear()
        for follower in followers:
            follower.cancel()
        await asyncio.gather(*followers, return_exceptions=True)

    def _follow(self, schedule: Schedule) -> None:
        self._followers[schedule.name] = asyncio.create_task(
            follow(schedule, self._clock, self._clock.now(), self._last, self._run)
        )


async def follow(
    schedule: Schedule,
    clock: Clock,
    since: datetime,
    last: Callable[[Schedule], Awaitable[datetime | None]],
    run: Callable[[Schedule, datetime], Awaitable[None]],
) -> None:
    """Run each tick of a schedule, for ever; one at a time.

    Of the ticks that were missed, because nothing ran or because the one before took long, only the latest is
    run. A schedule that never ran before begins with its first tick after `since`.

    Args:
        schedule: what to run and when.
        clock: the clock whose time decides.
        since: when the schedule was made.
        last: gives the last tick that was begun, or None.
        run: starts the run of a tick, or finds it when it was started already, and returns when it has ended.
    """
    done = await last(schedule)
    if done is None:
        done = schedule.timetable.latest(since)
    else:
        await _run_safely(schedule, done, run)
    while True:
        due = schedule.timetable.latest(clock.now())
        if due > done:
            await _run_safely(schedule, due, run)
            done = due
        else:
            now = clock.now()
            await clock.sleep(max(0.0, (schedule.timetable.next(now) - now).total_seconds()))


async def _run_safely(
    schedule: Schedule, tick: datetime, run: Callable[[Schedule, datetime], Awaitable[None]]
) -> None:
    try:
        await run(schedule, tick)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        _log.error("tick left out", schedule=schedule.name, tick=tick.isoformat(), error=str(error))
