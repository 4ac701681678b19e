"""Health: asks every component how it is, round after round, and remembers the figures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from maestro.clock import Clock
from maestro.engine.recovery.signals import Signals
from maestro.engine.words import Words
from maestro.errors import MaestroError

LATENCY = "latency_s"
ERRORS = "error_rate"


class HealthState(StrEnum):
    """How a component is: as it should be, working badly, or not working."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    FAILING = "failing"


@dataclass(frozen=True)
class Reading:
    """What a health check found.

    Args:
        state: how the component is.
        kind: what is wrong, in one word (unreachable, slow, errors, full, stuck, overloaded ...); names the
            kind of incident; empty where it is healthy.
        words: one sentence for a person.
        metrics: figures by name. `latency_s` and `error_rate` travel from a component to those that
            depend on it; all others are taken as the component's own.
        needs_person: whether only a person can end it; a person is then called at once, and nothing is tried.
        cause: what is wrong, in words, where the check knows it for certain: its own component is to blame
            then, whatever else is unusual.
    """

    state: HealthState = HealthState.HEALTHY
    kind: str = ""
    words: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    needs_person: bool = False
    cause: Words | None = None

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return self.state is HealthState.HEALTHY


class HealthCheck(Protocol):
    """Finds out how one component is. Whatever it raises means that the component is failing."""

    @property
    def component(self) -> str:
        """Which component it is about."""
        ...

    async def check(self) -> Reading:
        """How the component is now."""
        ...


@dataclass(frozen=True)
class Condition:
    """How a component is, over rounds.

    Args:
        component: which.
        reading: what the last round found.
        since: when it left health, or came back to it.
        rounds: rounds in a row in which it was healthy, or in which it was not.
        checked_at: when the last round was.
    """

    component: str
    reading: Reading
    since: datetime
    rounds: int
    checked_at: datetime


class Health:
    """All health checks of one process.

    Args:
        clock: the wall clock.
        timeout_s: seconds after which a check that gives no answer counts as failing.
        signals: remembers the figures; root causes are found in them.
    """

    def __init__(self, clock: Clock, timeout_s: float, signals: Signals | None = None) -> None:
        self.signals = signals or Signals()
        self.conditions: dict[str, Condition] = {}
        self._clock = clock
        self._timeout_s = timeout_s
        self._checks: list[HealthCheck] = []

    def add(self, *checks: HealthCheck) -> None:
        """Watch more; several checks may be about one component, and the worst speaks for it."""
        self._checks.extend(checks)

    async def round(self) -> Mapping[str, Condition]:
        """Ask every check once, all at the same time, and return how the components are."""
        now = self._clock.now()
        readings = await self._ask_all()
        worst: dict[str, Reading] = {}
        for check, reading in zip(self._checks, readings, strict=True):
            for metric, value in reading.metrics.items():
                self.signals.add(check.component, metric, now, value)
            before = worst.get(check.component)
            worst[check.component] = reading if before is None else _worse(before, reading)
        for component, reading in worst.items():
            self.conditions[component] = self._condition(component, reading, now)
        return self.conditions

    def condition(self, components: Iterable[str]) -> HealthState:
        """The worst state among these components; unknown ones count as healthy."""
        order = list(HealthState)
        known = [self.conditions[name].reading.state for name in components if name in self.conditions]
        return max(known, key=order.index, default=HealthState.HEALTHY)

    async def _ask_all(self) -> list[Reading]:
        """The answers of all checks, in their order; one timer for the round, for they begin together."""
        asked = [asyncio.ensure_future(check.check()) for check in self._checks]
        everybody: asyncio.Future[Any] = asyncio.gather(*asked, return_exceptions=True)
        timer: asyncio.Future[Any] = asyncio.ensure_future(self._clock.sleep(self._timeout_s))
        try:
            await asyncio.wait([everybody, timer], return_when=asyncio.FIRST_COMPLETED)
            return [self._answer(each) for each in asked]
        finally:
            timer.cancel()
            everybody.cancel()
            await asyncio.gather(everybody, return_exceptions=True)

    def _answer(self, asked: asyncio.Future[Reading]) -> Reading:
        if not asked.done():
            words = f"No answer within {self._timeout_s:g} s."
            return Reading(HealthState.FAILING, "unreachable", words, {LATENCY: self._timeout_s, ERRORS: 1.0})
        error = asked.exception()
        if error is None:
            return asked.result()
        words = error.message if isinstance(error, MaestroError) else f"{type(error).__name__}: {error}"
        return Reading(HealthState.FAILING, "unreachable", words, {ERRORS: 1.0})

    def _condition(self, component: str, reading: Reading, now: datetime) -> Condition:
        before = self.conditions.get(component)
        same = before is not None and before.reading.healthy == reading.healthy
        return Condition(
            component,
            reading,
            since=before.since if before is not None and same else now,
            rounds=before.rounds + 1 if before is not None and same else 1,
            checked_at=now,
        )


def _worse(one: Reading, other: Reading) -> Reading:
    order = list(HealthState)
    worse = other if order.index(other.state) > order.index(one.state) else one
    return replace(worse, metrics={**one.metrics, **other.metrics})
