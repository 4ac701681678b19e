"""Prevention: acts before something breaks, on figures that head for a limit and on predicted failures."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from maestro.clock import Clock
from maestro.database import Database
from maestro.engine.recovery import incident_words, trend
from maestro.engine.recovery.action import Action
from maestro.engine.recovery.dependencies import Dependencies
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.playbook import Playbooks, situation_of
from maestro.engine.recovery.signals import Signals
from maestro.engine.tables import EngineBase
from maestro.engine.words import Words
from maestro.settings import RecoverySettings
from maestro.telemetry import get_logger

_log = get_logger("engine.recovery")

_PAUSE_S = 60.0


@dataclass(frozen=True)
class Limit:
    """A figure that must not reach a limit; it is acted upon where it heads there."""

    component: str
    metric: str
    limit: float


@dataclass(frozen=True)
class Prediction:
    """Somebody expects a component to fail.

    Args:
        component: which.
        probability: that it fails soon.
        sign: what the prediction rests on, in a word; playbooks learn by it.
    """

    component: str
    probability: float
    sign: str = "predicted"


class PreventionRow(EngineBase):
    """A preventive action, why it was taken, and whether the danger was over afterwards."""

    __tablename__ = "engine_preventions"

    id: Mapped[int] = mapped_column(primary_key=True)
    component: Mapped[str]
    action: Mapped[str]
    reason: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    helped: Mapped[bool | None]


@dataclass
class _Danger:
    component: str
    sign: str
    words: Words
    is_over: Callable[[], bool]


@dataclass
class _Step:
    danger: _Danger
    action: Action
    situation: str
    task: asyncio.Future[None]
    started_at: datetime
    ended_at: datetime | None = None


class Prevention:
    """Takes one gentle action on a component that is about to fail, and measures whether it helped.

    Only actions declared `preventive` are taken, one on a component at a time, and none on a component that
    has an incident. Which one is learned by the same playbooks.

    Args:
        limits: figures that must not reach a limit.
        signals: their recent values.
        actions: what may be done.
        dependencies: of what kind each component is.
        playbooks: what has helped.
        records: where preventive actions are recorded.
        diary: writes them.
        clock: the wall clock.
        settings: from which probability, and how far ahead.
        predictions: failures that somebody predicts; asked each round.
    """

    def __init__(
        self,
        *,
        limits: Sequence[Limit],
        signals: Signals,
        actions: Sequence[Action],
        dependencies: Dependencies,
        playbooks: Playbooks,
        records: Database,
        diary: Diary,
        clock: Clock,
        settings: RecoverySettings,
        predictions: Callable[[], Sequence[Prediction]] = lambda: (),
    ) -> None:
        self.steps: list[_Step] = []
        self._limits = limits
        self._signals = signals
        self._actions = [action for action in actions if action.preventive]
        self._dependencies = dependencies
        self._playbooks = playbooks
        self._records = records
        self._diary = diary
        self._clock = clock
        self._settings = settings
        self._predictions = predictions
        self._quiet_until: dict[str, datetime] = {}

    async def round(self, troubled: Collection[str]) -> None:
        """Judge what was done, then act on what is in danger and has no incident.

        Args:
            troubled: components with an incident; recovery looks after them.
        """
        for step in list(self.steps):
            self._judge(step)
        now = self._clock.now()
        for danger in self._dangers():
            name = danger.component
            busy = any(step.danger.component == name for step in self.steps)
            if name not in troubled and not busy and self._quiet_until.get(name, now) <= now:
                self._act(danger)

    def disturbed(self) -> set[str]:
        """Components that an action under way may make look unhealthy: its own, and all that need it."""
        names = {step.danger.component for step in self.steps}
        return names.union(*(self._dependencies.dependants(name) for name in names))

    async def stop(self) -> None:
        """Stop what is under way."""
        for step in self.steps:
            if not step.task.done():
                step.task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await step.task

    def listing(self, limit: int = 50) -> list[dict[str, Any]]:
        """The latest preventive actions for the server, newest first."""
        with self._records.reader() as session:
            rows = session.scalars(select(PreventionRow).order_by(PreventionRow.id.desc()).limit(limit))
            return [
                {
                    "component": row.component,
                    "action": row.action,
                    "reason": row.reason,
                    "started_at": row.started_at.isoformat(),
                    "ended_at": row.ended_at.isoformat() if row.ended_at else None,
                    "helped": row.helped,
                }
                for row in rows
            ]

    def _dangers(self) -> list[_Danger]:
        found = []
        for limit in self._limits:
            left_s = self._left_s(limit)
            if left_s is not None and left_s <= self._settings.prevention_horizon_s:
                words = incident_words.preventing(limit.metric, limit.limit, left_s)
                found.append(_Danger(limit.component, limit.metric, words, self._fell(limit)))
        for prediction in self._predictions():
            if prediction.probability >= self._settings.prevention_probability:
                words = incident_words.predicted(prediction.component, prediction.probability)
                found.append(
                    _Danger(prediction.component, prediction.sign, words, self._unlikely(prediction))
                )
        return found

    def _left_s(self, limit: Limit) -> float | None:
        times, values = self._signals.recent(limit.component, limit.metric, trend.WINDOW)
        return trend.seconds_to_limit(times, values, limit.limit)

    def _fell(self, limit: Limit) -> Callable[[], bool]:
        """Whether a figure has lost half of what brought it nearer to its limit."""
        _, values = self._signals.recent(limit.component, limit.metric, trend.WINDOW)
        before, start = self._level(limit), float(np.median(values[:3]))
        wanted = (before + start) / 2
        return lambda: self._level(limit) <= wanted if before > start else self._level(limit) >= wanted

    def _level(self, limit: Limit) -> float:
        _, values = self._signals.recent(limit.component, limit.metric, 3)
        return float(np.median(values))

    def _unlikely(self, prediction: Prediction) -> Callable[[], bool]:
        def is_over() -> bool:
            now = {(each.component, each.sign): each.probability for each in self._predictions()}
            key = (prediction.component, prediction.sign)
            return now.get(key, 0.0) < self._settings.prevention_probability

        return is_over

    def _act(self, danger: _Danger) -> None:
        kind = self._dependencies.kind(danger.component)
        situation = situation_of(kind, danger.sign)
        possible = [action for action in self._actions if kind in action.kinds]
        if not possible:
            return
        action = max(
            possible,
            key=lambda each: (
                self._playbooks.draw(situation, each.name)
                / self._playbooks.seconds(situation, each.name, each.expected_s)
            ),
        )
        task = asyncio.ensure_future(action.run(danger.component))
        self.steps.append(_Step(danger, action, situation, task, self._clock.now()))
        _log.info("prevention acts", component=danger.component, action=action.name)

    def _judge(self, step: _Step) -> None:
        now = self._clock.now()
        if not step.task.done():
            if (now - step.started_at).total_seconds() < step.action.timeout_s:
                return
            step.task.cancel()
            self._end(step, helped=False)
            return
        if step.task.cancelled() or step.task.exception() is not None:
            self._end(step, helped=False)
            return
        step.ended_at = step.ended_at or now
        if step.danger.is_over():
            self._end(step, helped=True)
        elif (now - step.ended_at).total_seconds() >= step.action.settle_s:
            self._end(step, helped=False)

    def _end(self, step: _Step, *, helped: bool) -> None:
        now = self._clock.now()
        seconds = (now - step.started_at).total_seconds()
        self._playbooks.learn(step.situation, step.action.name, worked=helped, seconds=seconds)
        self.steps.remove(step)
        if helped:
            self._quiet_until[step.danger.component] = now + timedelta(seconds=_PAUSE_S)
        self._diary.write(lambda: self._record(step, now, helped))

    def _record(self, step: _Step, ended_at: datetime, helped: bool) -> None:
        with self._records.session() as session:
            session.add(
                PreventionRow(
                    component=step.danger.component,
                    action=step.action.name,
                    reason=step.danger.words.shape(),
                    started_at=step.started_at,
                    ended_at=ended_at,
                    helped=helped,
                )
            )
