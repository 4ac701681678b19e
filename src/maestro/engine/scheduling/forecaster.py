"""Forecaster: how long something of a kind will take, with an interval, learned online from what it took.

The logarithm of the length is a ridge regression on the features, one for each kind; so is the size of its
errors. The interval comes from the quantiles of the kind's recent scaled errors, or of all kinds where it has
few, at levels that adaptive conformal inference moves until they hold what they say. The first length of a
kind is a guess from all others; how far such guesses were off says nothing of kinds that are known, and is
kept apart. Nothing is told that lies ten times beyond all that was seen.

Sources: Gibbs and Candès, Adaptive Conformal Inference Under Distribution Shift (2021); Lei and others,
Distribution-Free Predictive Inference for Regression (2018), for the scaled errors; Duan, Smearing Estimate
(1983), for the mean; Hill (1975), for tails beyond what was seen.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL = 0.8
"""Share of cases that an interval is to hold."""
_STEP = 0.02
"""How fast the levels follow what happens; gamma of Gibbs and Candès."""
_MEMORY = 400
"""Errors of a kind that are remembered."""
_POOLED = 1000
"""Errors that are remembered over all kinds."""
_ENOUGH = 25
"""Errors of a kind from which its own quantiles are used."""
_FADE = 0.999
"""Weight of an observation once another has come; half is forgotten after about 700."""
_RIDGE = 1.0
_LEVEL_RIDGE = 0.05
"""Kinds differ far more from each other than the lengths of one kind do."""
_MOST_FEATURES = 10
_SHORTEST_S = 1e-3
_BEYOND = math.log(10.0)
"""Logarithm of how far beyond the longest and the shortest that were seen a length may be foreseen."""
_SCALES = (-4.0, 1.0)
"""Logarithms between which the typical error of a logarithm is taken to lie."""

LEAST_SEEN = 3
"""Lengths of a kind that must have been seen before an interval says anything."""


@dataclass(frozen=True)
class Interval:
    """Seconds: the mean, the bounds between which 80 % of cases lie, and the median.

    Sums of work rest on the mean. A person is told the median: a few very long cases can lift the mean out
    of the bounds.
    """

    mean: float
    low: float
    high: float
    median: float

    def shape(self) -> dict[str, float]:
        """As the API sends it."""
        return {"median": self.median, "low": self.low, "high": self.high}

    def times(self, factor: float) -> Interval:
        """So many times as long."""
        return Interval(self.mean * factor, self.low * factor, self.high * factor, self.median * factor)

    def plus(self, seconds: float) -> Interval:
        """So many seconds more."""
        return Interval(self.mean + seconds, self.low + seconds, self.high + seconds, self.median + seconds)

    def at_least(self, seconds: float) -> Interval:
        """The same, where less than this is out of the question."""
        return Interval(*(max(seconds, each) for each in (self.mean, self.low, self.high, self.median)))


class _Line:
    """Ridge regression over a growing set of named features, with fading memory."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._gram = np.zeros((1, 1))
        self._moment = np.zeros(1)
        self._centre = np.zeros(1)
        self._weight = 0.0
        self._solved: Floats | None = None

    def row(self, features: Mapping[str, float], *, grow: bool = False) -> Floats:
        """Constant and features in their places; what is not told takes its mean so far."""
        if grow:
            for name, value in features.items():
                if name not in self._names and len(self._names) < _MOST_FEATURES:
                    self._grow(name, value)
        row: Floats = self._gram[0] / self._weight if self._weight else np.zeros(len(self._moment))
        row[0] = 1.0
        for name, place in self._names.items():
            told = features.get(name)
            if told is not None:
                row[place] = told
        return row

    def _grow(self, name: str, value: float) -> None:
        """Make room for a feature; all that came before counts as having had this value."""
        size = len(self._moment) + 1
        gram = np.zeros((size, size))
        gram[:-1, :-1] = self._gram
        gram[-1, :-1] = gram[:-1, -1] = self._gram[0] * value
        gram[-1, -1] = self._weight * value * value
        self._gram, self._names[name] = gram, size - 1
        self._moment = np.append(self._moment, self._moment[0] * value)
        self._centre = np.append(self._centre, 0.0)
        self._solved = None

    def predict(self, features: Mapping[str, float]) -> float:
        if self._weight == 0.0:
            return 0.0
        if self._solved is None:
            self._solve()
        assert self._solved is not None
        row = self.row(features) - self._centre
        row[0] = 1.0
        return float(row @ self._solved)

    def _solve(self) -> None:
        """Centre the features, so that the penalty shrinks slopes and leaves the level nearly free."""
        size = len(self._moment)
        self._centre = self._gram[0] / self._weight
        shift = np.eye(size)
        shift[1:, 0] = -self._centre[1:]
        gram = shift @ self._gram @ shift.T
        penalty = np.full(size, _RIDGE)
        penalty[0] = _LEVEL_RIDGE
        self._solved = np.asarray(np.linalg.solve(gram + np.diag(penalty), shift @ self._moment), np.float64)

    def learn(self, features: Mapping[str, float], value: float) -> None:
        row = self.row(features, grow=True)
        self._gram = self._gram * _FADE + np.outer(row, row)
        self._moment = self._moment * _FADE + row * value
        self._weight = self._weight * _FADE + 1.0
        self._solved = None


@dataclass
class _Range:
    """Logarithms between which a length may be foreseen."""

    least: float
    most: float

    def take(self, length: float) -> None:
        self.least, self.most = min(self.least, length - _BEYOND), max(self.most, length + _BEYOND)

    def held(self, lengths: Floats) -> Floats:
        return np.asarray(np.exp(np.clip(lengths, self.least, self.most)), np.float64)


@dataclass
class _Errors:
    """Scaled errors of what was told, and the levels at which their quantiles hold what they say."""

    recent: deque[float]
    below: float = (1 - LEVEL) / 2
    above: float = (1 - LEVEL) / 2
    ordered: Floats | None = None

    def take(self, error: float) -> None:
        self.recent.append(error)
        self.ordered = None

    def move(self, seconds: float, told: Interval) -> None:
        tail = (1 - LEVEL) / 2
        self.below = _within(self.below + _STEP * (tail - (seconds < told.low)), 0.0, 0.5)
        self.above = _within(self.above + _STEP * (tail - (seconds > told.high)), 0.0, 0.5)

    def in_order(self) -> Floats:
        if len(self.recent) < _FEWEST:
            return _UNKNOWN
        if self.ordered is None:
            self.ordered = np.sort(np.asarray(self.recent))
        return self.ordered


@dataclass
class _Kind:
    """What is known of one kind."""

    range: _Range
    line: _Line = field(default_factory=_Line)
    spread: _Line = field(default_factory=_Line)
    errors: _Errors = field(default_factory=lambda: _Errors(deque(maxlen=_MEMORY)))
    seen: int = 0


class Forecaster:
    """Learns lengths of time by kind and features, and says how sure it is.

    Args:
        prior_s: what to say of a length of which nothing is known, in seconds.
        shared: features that mean the same to every kind; others are learned for each kind apart.

    Example:
        forecaster = Forecaster()
        forecaster.observe("import", {"rows": 8.1}, 42.0)
        forecaster.predict("import", {"rows": 8.3})  # Interval(mean=..., low=..., high=...)
    """

    def __init__(self, prior_s: float = 60.0, shared: Collection[str] = ("size",)) -> None:
        self._shared = frozenset(shared)
        self._prior = math.log(prior_s)
        self._all = _Line()
        self._range = _Range(self._prior - _BEYOND, self._prior + _BEYOND)
        self._spread = _Line()
        self._pooled = _Errors(deque(maxlen=_POOLED))
        self._firsts = _Errors(deque(maxlen=_POOLED))
        self._kinds: dict[str, _Kind] = {}
        self._count = 0

    @property
    def count(self) -> int:
        """Observations so far."""
        return self._count

    def knows(self, kind: str) -> bool:
        """Whether the kind was seen often enough for what is told of it to mean anything."""
        known = self._kinds.get(kind)
        return known is not None and known.seen >= LEAST_SEEN

    def predict(self, kind: str, features: Mapping[str, float]) -> Interval:
        """Seconds that something of this kind will take, before it begins."""
        centre, scale = self._centre(kind, features)
        errors = self._errors(kind).in_order()
        low, high = self._bounds(kind)
        places = np.array([low, high, errors[len(errors) // 2]])
        held = self._range_of(kind).held
        low_s, high_s, middle = (float(each) for each in held(centre + scale * places))
        mean = float(held(centre + scale * errors).mean())
        return Interval(max(mean, low_s), low_s, high_s, _within(middle, low_s, high_s))

    def lengths(self, kind: str, features: Mapping[str, float], elapsed_s: float = 0.0) -> Floats:
        """Equally likely lengths still to go, in order, in seconds, for what began `elapsed_s` ago."""
        centre, scale = self._centre(kind, features)
        whole = self._range_of(kind).held(centre + scale * self._errors(kind).in_order())
        if elapsed_s <= _SHORTEST_S:
            return whole
        longer = whole[whole > elapsed_s] - elapsed_s
        if len(longer) < _FEWEST:
            further = np.minimum(self._tail(kind) * scale * _EXPONENTIAL, _BEYOND)
            longer = np.asarray(elapsed_s * np.expm1(further), np.float64)
        return longer

    def remaining(self, kind: str, features: Mapping[str, float], elapsed_s: float) -> Interval:
        """Seconds still to go for something that has been going on for `elapsed_s` already."""
        if elapsed_s <= _SHORTEST_S:
            return self.predict(kind, features)
        longer = self.lengths(kind, features, elapsed_s)
        last = len(longer) - 1
        places = (int(last * (1 - LEVEL) / 2), last // 2, math.ceil(last * (1 + LEVEL) / 2))
        low, middle, high = (float(longer[each]) for each in places)
        return Interval(max(float(longer.mean()), low), low, high, middle)

    def observe(
        self, kind: str, features: Mapping[str, float], seconds: float, told: Interval | None = None
    ) -> None:
        """Learn from a length that has come to its end.

        Args:
            kind: what it was.
            features: what was known of it beforehand.
            seconds: how long it took.
            told: the interval given beforehand; the levels move by it. None for what is said of it now.
        """
        seconds = max(seconds, _SHORTEST_S)
        length = math.log(seconds)
        centre, scale = self._centre(kind, features)
        known = self._kinds.get(kind)
        if known is None:
            known = self._kinds[kind] = _Kind(_Range(length, length))
            self._firsts.take(length - centre)
        else:
            told = told or self.predict(kind, features)
            for each in (known.errors, self._pooled):
                each.move(seconds, told)
                each.take((length - centre) / scale)
            off = math.log(abs(length - centre) + 0.05)
            known.spread.learn(features, off)
            self._spread.learn({}, off)
        for held in (known.range, self._range):
            held.take(length)
        self._all.learn(self._common(features), length - self._prior)
        known.line.learn(features, length - self._prior)
        known.seen += 1
        self._count += 1

    def _centre(self, kind: str, features: Mapping[str, float]) -> tuple[float, float]:
        """Centre and scale of the logarithm of the length."""
        known = self._kinds.get(kind)
        if known is None:
            return self._prior + self._all.predict(self._common(features)), 1.0
        own = len(known.errors.recent) >= _ENOUGH
        spread = known.spread.predict(features) if own else self._spread.predict({})
        return self._prior + known.line.predict(features), math.exp(_within(spread, *_SCALES))

    def _common(self, features: Mapping[str, float]) -> dict[str, float]:
        return {name: value for name, value in features.items() if name in self._shared}

    def _range_of(self, kind: str) -> _Range:
        known = self._kinds.get(kind)
        return self._range if known is None else known.range

    def _errors(self, kind: str) -> _Errors:
        """Errors of the kind where there are enough, else of all kinds; of first guesses where it is new."""
        known = self._kinds.get(kind)
        if known is None:
            return self._firsts
        return known.errors if len(known.errors.recent) >= _ENOUGH else self._pooled

    def _bounds(self, kind: str) -> tuple[float, float]:
        errors = self._errors(kind).in_order()
        known = self._kinds.get(kind)
        levels = self._firsts if known is None else known.errors
        count = len(errors)
        # the quantile of n + 1 exchangeable errors, the unseen one included
        low = max(0, math.floor(levels.below * (count + 1)) - 1)
        high = min(count - 1, math.ceil((1 - levels.above) * (count + 1)) - 1)
        return float(errors[low]), float(errors[high])

    def _tail(self, kind: str) -> float:
        """Mean excess of the largest tenth of scaled errors over its threshold: how heavy the tail is."""
        errors = self._errors(kind).in_order()
        top = errors[-max(2, len(errors) // 10) :]
        return max(0.05, float(np.mean(top - top[0])))


def _within(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


_FEWEST = 5
"""So few errors tell nothing."""
_UNKNOWN: Floats = np.linspace(-3.0, 3.0, 41)
_EXPONENTIAL: Floats = -np.log1p(-(np.arange(200) + 0.5) / 200)
