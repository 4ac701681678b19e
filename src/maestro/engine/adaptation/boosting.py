"""Boosting: a small forest of decision trees that renews itself, tree by tree, from the latest cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DEPTH = 4
BINS = 64
BASE_RATE = 0.3
ALL_NAMES = np.iinfo(np.uint64).max

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Growth:
    """How trees grow.

    Args:
        trees: how many stand at once.
        rate: share of what a tree finds that it may say.
        pull: how strongly a leaf of few cases is drawn to zero (the L2 penalty of its value).
        least: information (sum of p(1-p)) that a leaf needs.
        rows: share of the cases that a tree sees.
        columns: share of the columns that a tree sees.
    """

    trees: int = 60
    rate: float = 0.12
    pull: float = 6.0
    least: float = 1.0
    rows: float = 0.7
    columns: float = 0.6


@dataclass(frozen=True)
class Cases:
    """What trees learn from.

    Args:
        rows: cases x columns; minus infinity where a number is not known.
        bins: the same cases as bins: the name itself, or how many edges the number is not below.
        edges: per column, rising; empty for names.
        named: which columns hold names.
        yes: 1 where the case ended with a yes, else 0.
        weight: for how many such cases each stands.
    """

    rows: Floats
    bins: Ints
    edges: list[Floats]
    named: Flags
    yes: Floats
    weight: Floats


class Forest:
    """Gradient boosting of a yes or no whose oldest tree is ever replaced.

    Each new tree is fitted by Newton steps on histograms to what the others leave unexplained, as in
    Friedman, "Greedy Function Approximation", 2001, and Ke and others, "LightGBM", NIPS 2017 (sets of names
    are split by the order of their rates). Where the forest is full, the oldest tree is taken out first, so
    that it follows a changing world, and learning never takes longer than one tree.

    A column holds either numbers, divided at given edges, or names as whole numbers below 64.

    Args:
        growth: how trees grow.
        rng: which cases and columns each tree sees.
        base: log-odds of a yes before anything is learned.
    """

    def __init__(self, growth: Growth, rng: np.random.Generator, base: float = 0.0) -> None:
        nodes, leaves = 2**DEPTH - 1, 2**DEPTH
        self.growth, self._rng = growth, rng
        self.base = base
        self.column: Ints = np.zeros((0, nodes), dtype=np.int64)
        self.limit: Floats = np.zeros((0, nodes))
        self.names: NDArray[np.uint64] = np.zeros((0, nodes), dtype=np.uint64)
        self.leaf: Floats = np.zeros((0, leaves))
        self._places: tuple[Ints, ...] | None = None

    def score(self, rows: Floats, named: Flags) -> Floats:
        """Log-odds of a yes.

        Args:
            rows: cases x columns; minus infinity where a number is not known.
            named: which columns hold names.
        """
        total = np.full(len(rows), self.base)
        for tree in range(len(self.leaf)):
            total += self._say(tree, rows, named)
        return total

    def score_one(self, row: Floats, named: Flags) -> float:
        """Log-odds of a yes for one case; all trees at once."""
        if not len(self.leaf):
            return self.base
        if self._places is None:
            self._places = np.nonzero(named[self.column] & (self.names != ALL_NAMES))
        right = row[self.column] >= self.limit
        inside = self.names[self._places] >> row[self.column[self._places]].astype(np.uint64) & np.uint64(1)
        right[self._places] = inside == 0
        trees = np.arange(len(right))
        node = right[:, 0] + 1
        for _ in range(DEPTH - 1):
            node = 2 * node + 1 + right[trees, node]
        return self.base + float(self.leaf[trees, node - (2**DEPTH - 1)].sum())

    def renew(self, cases: Cases, score: Floats) -> Floats:
        """Replace the oldest tree, or add one while there is room.

        Args:
            cases: the latest ones.
            score: what the forest says of them now; the new scores are given back.
        """
        if len(self.leaf) >= self.growth.trees:
            score = score - self._say(0, cases.rows, cases.named)
            self.column, self.limit = self.column[1:], self.limit[1:]
            self.names, self.leaf = self.names[1:], self.leaf[1:]
        chance = _sigmoid(score)
        bend, slope = cases.weight * chance * (1.0 - chance), cases.weight * (cases.yes - chance)
        step = BASE_RATE * float(slope.sum() / (bend.sum() + self.growth.pull))
        self.base += step
        score = score + step
        self._grow(cases, _sigmoid(score))
        return score + self._say(len(self.leaf) - 1, cases.rows, cases.named)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All trees, oldest first, to be kept."""
        return {"column": self.column, "limit": self.limit, "names": self.names, "leaf": self.leaf}

    def restore(self, arrays: Mapping[str, NDArray[Any]], base: float) -> None:
        """Go on with kept trees."""
        self.column, self.limit = arrays["column"], arrays["limit"]
        self.names, self.leaf = arrays["names"], arrays["leaf"]
        self.base = base
        self._places = None

    def _grow(self, cases: Cases, chance: Floats) -> None:
        growth, width = self.growth, cases.bins.shape[1]
        chosen = np.flatnonzero(self._rng.random(len(chance)) < growth.rows)
        allowed: Flags = np.asarray(self._rng.random(width) < growth.columns)
        bins, slope = cases.bins[chosen], (cases.weight * (cases.yes - chance))[chosen]
        bend = (cases.weight * chance * (1.0 - chance))[chosen]
        tree = _Tree()
        node = np.zeros(len(bins), dtype=np.int64)
        for depth in range(DEPTH):
            first, count = 2**depth - 1, 2**depth
            keys = (bins + np.arange(width) * BINS + ((node - first) * width * BINS)[:, None]).ravel()
            slopes, bends = (
                _sums(keys, np.repeat(each, width), count * width * BINS).reshape(count, width, BINS)
                for each in (slope, bend)
            )
            splits = _best(slopes, bends, cases.named, allowed, growth)
            node = tree.split(first, splits, cases, bins, node)
        leaf = node - (2**DEPTH - 1)
        slopes, bends = (_sums(leaf, each, 2**DEPTH) for each in (slope, bend))
        self.column = np.vstack([self.column, tree.column])
        self.limit = np.vstack([self.limit, tree.limit])
        self.names = np.vstack([self.names, tree.names])
        self._places = None
        self.leaf = np.vstack([self.leaf, growth.rate * slopes / (bends + growth.pull)])

    def _say(self, tree: int, rows: Floats, named: Flags) -> Floats:
        which = np.full(len(rows), tree)
        node = np.zeros(len(rows), dtype=np.int64)
        cases = np.arange(len(rows))
        for _ in range(DEPTH):
            values = rows[cases, self.column[which, node]]
            node = 2 * node + 1 + self._right(which, node, values, named)
        found: Floats = self.leaf[tree, node - (2**DEPTH - 1)]
        return found

    def _right(self, tree: Ints, node: Ints, values: Floats, named: Flags) -> Flags:
        """Whether these values go right at these nodes of these trees."""
        by_name = named[self.column[tree, node]]
        name = np.where(by_name, values, 0.0).astype(np.uint64)
        outside = (self.names[tree, node] >> name) & np.uint64(1) == 0
        return np.where(by_name, outside, values >= self.limit[tree, node])


class _Tree:
    """A tree that grows level by level; a node that is not split sends everything left."""

    def __init__(self) -> None:
        self.column = np.zeros(2**DEPTH - 1, dtype=np.int64)
        self.limit = np.full(2**DEPTH - 1, np.inf)
        self.names = np.full(2**DEPTH - 1, ALL_NAMES, dtype=np.uint64)

    def split(
        self, first: int, splits: list[tuple[float, int, Flags]], cases: Cases, bins: Ints, node: Ints
    ) -> Ints:
        """Set the nodes of a level; gives the node of each case one level down."""
        goes_right = np.zeros(len(bins), dtype=bool)
        for here, (gain, column, left) in enumerate(splits, start=first):
            if gain <= 0.0:
                continue
            self.column[here] = column
            mine = node == here
            goes_right[mine] = ~left[bins[mine, column]]
            if cases.named[column]:
                self.names[here] = np.uint64(sum(1 << int(each) for each in np.flatnonzero(left)))
            else:
                edges = cases.edges[column]
                self.limit[here] = edges[min(int(np.count_nonzero(left)), len(edges)) - 1]
        return 2 * node + 1 + goes_right


def _best(
    slope: Floats, bend: Floats, named: Flags, allowed: Flags, growth: Growth
) -> list[tuple[float, int, Flags]]:
    """The best split of each node: its gain, its column and which bins go left.

    Args:
        slope: nodes x columns x bins: sums of what is left unexplained.
        bend: the same of p(1-p).
        named: which columns hold names; their bins are put in the order of their rates first.
        allowed: which columns this tree may use.
        growth: how strongly small leaves are held back.
    """
    order = np.broadcast_to(np.arange(BINS), slope.shape).copy()
    order[:, named] = np.argsort(slope[:, named] / (bend[:, named] + growth.pull), axis=2, kind="stable")
    left_slope = np.cumsum(np.take_along_axis(slope, order, 2), axis=2)
    left_bend = np.cumsum(np.take_along_axis(bend, order, 2), axis=2)
    all_slope, all_bend = left_slope[:, :, -1:], left_bend[:, :, -1:]
    right_slope, right_bend = all_slope - left_slope, all_bend - left_bend
    gain = (
        left_slope**2 / (left_bend + growth.pull)
        + right_slope**2 / (right_bend + growth.pull)
        - all_slope**2 / (all_bend + growth.pull)
    )
    gain[(left_bend < growth.least) | (right_bend < growth.least)] = 0.0
    gain[:, ~allowed] = 0.0
    flat = gain.reshape(len(gain), -1)
    found = []
    for node, place in enumerate(flat.argmax(axis=1)):
        column, last = divmod(int(place), BINS)
        left = np.zeros(BINS, dtype=bool)
        left[order[node, column, : last + 1]] = True
        found.append((float(flat[node, place]), column, left))
    return found


def _sums(keys: Ints, values: Floats, size: int) -> Floats:
    found: Floats = np.bincount(keys, values, size).astype(np.float64, copy=False)
    return found


def _sigmoid(x: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(x, -30.0, 30.0)))
    return found
