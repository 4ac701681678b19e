"""Playbook: learns which action works in which situation, from measured outcomes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import CursorResult, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from maestro.database import Database
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.root_cause import AFTER_A_CHANGE
from maestro.engine.tables import EngineBase

POOLED_TRIES = 2.0
"""Weight, in tries, of what the same action did in similar situations."""

_DRAWS = 400


class PlaybookRow(EngineBase):
    """What one action has done in one situation, over all processes and restarts."""

    __tablename__ = "engine_playbooks"

    situation: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    successes: Mapped[int]
    seconds: Mapped[float]
    recovery_s: Mapped[float]


@dataclass(frozen=True)
class Experience:
    """What an action has done.

    Args:
        tries: how often it was tried.
        successes: how often the health checks confirmed it.
        seconds: seconds that all tries took, until confirmed or given up.
        recovery_s: seconds that the successful tries took.
    """

    tries: int = 0
    successes: int = 0
    seconds: float = 0.0
    recovery_s: float = 0.0

    def __add__(self, other: Experience) -> Experience:
        return Experience(
            self.tries + other.tries,
            self.successes + other.successes,
            self.seconds + other.seconds,
            self.recovery_s + other.recovery_s,
        )


def situation_of(component_kind: str, sign: str) -> str:
    """The name of a situation: the kind of component, and the figure or kind of incident that stands out."""
    return f"{component_kind}/{sign}"


class Playbooks:
    """Actions by situation, chosen by Thompson sampling (Thompson, 1933; Chapelle and Li, 2011).

    A situation knows how often an action worked in it and how long a try takes. What it did in similar
    situations counts as a prior of two tries: on the same kind of component, or on any where both came after
    a change.

    Args:
        records: the engine's records, shared by all processes.
        generator: seeded source of the draws.
        diary: writes what is learned.
    """

    def __init__(self, records: Database, generator: np.random.Generator, diary: Diary) -> None:
        self._records = records
        self._generator = generator
        self._diary = diary
        self._known: dict[tuple[str, str], Experience] = {}

    def refresh(self) -> None:
        """Read what all processes have learned."""
        with self._records.reader() as session:
            rows = session.scalars(select(PlaybookRow)).all()
        self._known = {
            (row.situation, row.action): Experience(row.tries, row.successes, row.seconds, row.recovery_s)
            for row in rows
        }

    def experience(self, situation: str, action: str) -> Experience:
        """What an action has done in a situation."""
        return self._known.get((situation, action), Experience())

    def chance(self, situation: str, action: str) -> float:
        """Expected probability that an action works in a situation."""
        worked, failed = self._beliefs(situation, action)
        return worked / (worked + failed)

    def draw(self, situation: str, action: str, generator: np.random.Generator | None = None) -> float:
        """A probability that an action works, drawn from what is believed of it."""
        return float((generator or self._generator).beta(*self._beliefs(situation, action)))

    def seconds(self, situation: str, action: str, expected_s: float) -> float:
        """Seconds that a try of an action takes; `expected_s` counts as two tries."""
        known = self.experience(situation, action)
        return (known.seconds + 2.0 * expected_s) / (known.tries + 2.0)

    def learn(self, situation: str, action: str, *, worked: bool, seconds: float) -> None:
        """An action has been tried.

        Args:
            situation, action: what was tried where.
            worked: whether the health checks confirmed it.
            seconds: how long it took until they did, or until it was given up.
        """
        self._add(situation, action, Experience(1, int(worked), seconds, seconds if worked else 0.0))

    def withdraw(self, situation: str, action: str, seconds: float) -> None:
        """A success was none: the trouble came back."""
        if self.experience(situation, action).successes:
            self._add(situation, action, Experience(0, -1, 0.0, -seconds))

    def listing(self) -> list[dict[str, Any]]:
        """All playbooks for the server: each situation with its actions, the most promising first."""
        self.refresh()
        situations: dict[str, list[str]] = {}
        for situation, action in sorted(self._known):
            situations.setdefault(situation, []).append(action)
        return [
            {"incident_kind": situation, "actions": self._actions(situation, actions)}
            for situation, actions in situations.items()
        ]

    def _actions(self, situation: str, actions: list[str]) -> list[dict[str, Any]]:
        best = self._best(situation, actions)
        rows = []
        for action in actions:
            known = self.experience(situation, action)
            rows.append(
                {
                    "action": action,
                    "tries": known.tries,
                    "successes": known.successes,
                    "mean_recovery_s": round(known.recovery_s / known.successes, 3)
                    if known.successes
                    else None,
                    "probability_best": round(best[action], 3),
                }
            )
        return sorted(rows, key=lambda row: -best[str(row["action"])])

    def _best(self, situation: str, actions: list[str]) -> Mapping[str, float]:
        """How often each action comes out first when beliefs are drawn; the same for the same records."""
        generator = np.random.default_rng(zlib.crc32(situation.encode()))
        values = np.array(
            [
                generator.beta(*self._beliefs(situation, action), size=_DRAWS)
                / self.seconds(situation, action, 5.0)
                for action in actions
            ]
        )
        firsts = np.bincount(values.argmax(axis=0), minlength=len(actions)) / _DRAWS
        return dict(zip(actions, firsts.tolist(), strict=True))

    def _beliefs(self, situation: str, action: str) -> tuple[float, float]:
        """Both parameters of the Beta distribution of an action's success."""
        pooled = Experience()
        for (other, name), known in self._known.items():
            if name == action and other != situation and _similar(situation, other):
                pooled += known
        mean = (pooled.successes + 1.0) / (pooled.tries + 2.0)
        own = self.experience(situation, action)
        worked = own.successes + POOLED_TRIES * mean
        return worked, own.tries - own.successes + POOLED_TRIES * (1.0 - mean)

    def _add(self, situation: str, action: str, more: Experience) -> None:
        key = (situation, action)
        self._known[key] = self.experience(situation, action) + more
        self._diary.write(lambda: self._save(situation, action, more))

    def _save(self, situation: str, action: str, more: Experience) -> None:
        mine = (PlaybookRow.situation == situation) & (PlaybookRow.action == action)
        statement = (
            update(PlaybookRow)
            .where(mine)
            .values(
                tries=PlaybookRow.tries + more.tries,
                successes=PlaybookRow.successes + more.successes,
                seconds=PlaybookRow.seconds + more.seconds,
                recovery_s=PlaybookRow.recovery_s + more.recovery_s,
            )
        )
        for _ in range(2):
            with self._records.session() as session:
                result = session.execute(statement)
                assert isinstance(result, CursorResult)
                if result.rowcount:
                    return
            try:
                with self._records.session() as session:
                    session.execute(
                        insert(PlaybookRow).values(situation=situation, action=action, **vars(more))
                    )
                    return
            except IntegrityError:
                continue


def _similar(one: str, other: str) -> bool:
    changed = one.endswith(AFTER_A_CHANGE)
    if changed != other.endswith(AFTER_A_CHANGE):
        return False
    return changed or one.partition("/")[0] == other.partition("/")[0]
