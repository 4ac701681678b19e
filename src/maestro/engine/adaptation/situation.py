"""Situation: what is known of a step before it begins, as names and numbers that a learner can weigh."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maestro.engine.observation import StepAhead, StepOutcome

FAST_HALF_LIFE, SLOW_HALF_LIFE = 3.0, 50.0
FAST_PRIOR, SLOW_PRIOR = 1.0, 4.0
PRIOR_RATE = 0.1
CODES = 64
UNKNOWN = -np.inf

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Situation:
    """A step that is about to begin.

    Args:
        names: what it is and where it goes, by kind: step, where, worker, dependency, route ...
        numbers: how much of it and around it: size, load, memory ...; only their order counts.
        at: the moment, on the engine's clock.
        rested: whether what has failed lately is thought to be again as it mostly is.
    """

    names: Mapping[str, str]
    numbers: Mapping[str, float]
    at: datetime
    rested: bool = False

    def elsewhere(self, **names: str) -> Situation:
        """The same step with other names: on another worker, in another place."""
        return replace(self, names={**self.names, **names})


def situation_ahead(ahead: StepAhead, at: datetime, senses: Mapping[str, float] | None = None) -> Situation:
    """What is known of a step ahead.

    A feature called `kind=name` (as `dependency=bank`) is a name; every other one is a number.

    Args:
        ahead: the step.
        at: the present moment on the engine's clock.
        senses: what else is known at the moment, named like features.
    """
    names, numbers = _told({**ahead.features, **(senses or {})})
    given = {"workflow": ahead.workflow, "step": f"{ahead.workflow}/{ahead.step}", "where": ahead.where}
    return Situation(given | names, {"size": float(ahead.size), **numbers}, at)


def situation_behind(outcome: StepOutcome) -> Situation:
    """What had been known of a step that has ended, where nobody asked before it began."""
    names, numbers = _told(outcome.features)
    step = f"{outcome.workflow}/{outcome.step}"
    given = {"workflow": outcome.workflow, "step": step, "worker": outcome.worker}
    return Situation(given | names, {"size": float(outcome.size), **numbers}, outcome.started_at)


def _told(features: Mapping[str, float]) -> tuple[dict[str, str], dict[str, float]]:
    names, numbers = {}, {}
    for key, value in features.items():
        kind, is_name, name = key.partition("=")
        if is_name:
            names[kind] = name
        else:
            numbers[key] = float(value)
    return names, numbers


@dataclass
class Record:
    """How often something has failed: lately, over the longer run, and when last."""

    fast: float = 0.0
    fast_weight: float = 0.0
    slow: float = 0.0
    slow_weight: float = 0.0
    last_failure: datetime | None = None

    def see(self, failed: bool, at: datetime) -> None:
        """Take in one more outcome; older ones weigh less."""
        fast, slow = 0.5 ** (1.0 / FAST_HALF_LIFE), 0.5 ** (1.0 / SLOW_HALF_LIFE)
        self.fast, self.fast_weight = self.fast * fast + failed, self.fast_weight * fast + 1.0
        self.slow, self.slow_weight = self.slow * slow + failed, self.slow_weight * slow + 1.0
        if failed:
            self.last_failure = at

    def numbers(self, kind: str, at: datetime, *, rested: bool) -> dict[str, float]:
        """Both rates, drawn towards a usual one while there is little, and seconds since the last failure."""
        lately = (self.fast + FAST_PRIOR * PRIOR_RATE) / (self.fast_weight + FAST_PRIOR)
        so_far = (self.slow + SLOW_PRIOR * PRIOR_RATE) / (self.slow_weight + SLOW_PRIOR)
        found = {f"lately {kind}": so_far if rested else lately, f"so far {kind}": so_far}
        if self.last_failure is not None:
            found[f"quiet {kind}"] = max(0.0, (at - self.last_failure).total_seconds())
        return found


class Columns:
    """Turns situations into rows of numbers, with what has failed lately beside what is said of each.

    A column is a kind of name, as a whole number below 64, or a number. New columns join at the right end.
    """

    def __init__(self) -> None:
        self.named: Flags = np.zeros(0, dtype=bool)
        self._columns: dict[str, int] = {}
        self._codes: dict[str, dict[str, int]] = {}
        self._records: dict[str, Record] = {}

    def row(self, situation: Situation) -> Floats:
        """One number a column; minus infinity where a number is not known."""
        at = situation.at
        numbers = {**situation.numbers, "hour": at.hour + at.minute / 60.0}
        codes = {}
        for kind, name in situation.names.items():
            known = self._codes.setdefault(kind, {})
            codes[f"{kind}="] = known.setdefault(name, len(known) % CODES)
            record = self._records.get(f"{kind}={name}")
            if record is not None:
                numbers |= record.numbers(kind, at, rested=situation.rested)
        self._admit(codes, numbers)
        row = np.where(self.named, 0.0, UNKNOWN)
        for key, value in (codes | numbers).items():
            row[self._columns[key]] = value
        row[np.isnan(row)] = UNKNOWN
        return row

    def see(self, situation: Situation, failed: bool) -> None:
        """Take in how a step ended that began in this situation."""
        for kind, name in situation.names.items():
            self._records.setdefault(f"{kind}={name}", Record()).see(failed, situation.at)

    def _admit(self, codes: Mapping[str, float], numbers: Mapping[str, float]) -> None:
        for keys, named in ((codes, True), (numbers, False)):
            for key in keys:
                if key not in self._columns:
                    self._columns[key] = len(self._columns)
                    self.named = np.append(self.named, named)

    def state(self) -> dict[str, Any]:
        """All that was learned, as plain data."""
        records = {
            key: [one.fast, one.fast_weight, one.slow, one.slow_weight, _text(one.last_failure)]
            for key, one in self._records.items()
        }
        return {"columns": list(self._columns), "codes": self._codes, "records": records}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._columns = {key: number for number, key in enumerate(state["columns"])}
        self.named = np.array([key.endswith("=") for key in self._columns], dtype=bool)
        self._codes = {kind: dict(codes) for kind, codes in state["codes"].items()}
        self._records = {
            key: Record(fast, fast_weight, slow, slow_weight, datetime.fromisoformat(last) if last else None)
            for key, (fast, fast_weight, slow, slow_weight, last) in state["records"].items()
        }


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
