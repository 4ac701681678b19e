"""Forecasting base: the history that goes in, the forecast that comes out, what a model must offer."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import version as installed_version
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from maestro import __version__
from maestro.errors import InputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Panel:
    """History of many series over the same regular periods.

    Args:
        ids: one name a series; unique.
        values: what happened, [n_series, n_periods], in the caller's unit; NaN where unknown, and before a
            series began.
        start: date of the first period.
        season_length: periods after which the pattern repeats: 7 for daily sales, 12 for monthly, 1 for none.
        available: False where the product was out of stock, same shape as values: demand there was cut
            short, so it is masked and never read as zero demand. None means always available.
    """

    ids: tuple[str, ...]
    values: Floats
    start: date
    season_length: int = 7
    available: Bools | None = None
    observed: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.ndim != 2 or len(values) != len(self.ids):
            raise InputError(
                f"The history has shape {values.shape} for {len(self.ids)} series.",
                remedy="Pass one row a series and one column a period.",
            )
        if len(set(self.ids)) != len(self.ids):
            raise InputError("Two series carry the same name.", remedy="Give every series its own id.")
        if self.season_length < 1:
            raise InputError(
                f"A season of {self.season_length} periods makes no sense.",
                remedy="Use 1 where nothing repeats, 7 for daily sales.",
            )
        if np.isinf(values).any():
            raise InputError("The history holds an infinite value.", remedy="Use NaN for an unknown value.")
        mask = None if self.available is None else np.array(self.available, dtype=bool)
        if mask is not None and mask.shape != values.shape:
            raise InputError(
                f"The stock mask has shape {mask.shape}, the history {values.shape}.",
                remedy="Give both the same shape.",
            )
        observed = values if mask is None else np.where(mask, values, np.nan)
        for array in (values, observed, mask):
            if array is not None:
                array.setflags(write=False)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "available", mask)
        object.__setattr__(self, "observed", observed)

    @property
    def n_periods(self) -> int:
        """Number of periods of history."""
        return int(self.values.shape[1])

    @property
    def non_negative(self) -> bool:
        """Whether no value was ever below zero, as with demand; the forecast then stays so too."""
        return not bool((self.values < 0).any())

    def until(self, period: int) -> Panel:
        """The same series as they were known after the first `period` periods."""
        mask = None if self.available is None else self.available[:, :period]
        return replace(self, values=self.values[:, :period], available=mask)

    def select(self, rows: Sequence[int] | NDArray[np.intp]) -> Panel:
        """The series at these row numbers, in this order."""
        rows = np.asarray(rows, dtype=np.intp)
        mask = None if self.available is None else self.available[rows]
        return replace(self, ids=tuple(self.ids[i] for i in rows), values=self.values[rows], available=mask)

    def check(self, horizon: int) -> None:
        """Refuse what cannot be forecast at all.

        Raises:
            InputError: no series, no period, a series without one known value, or a horizon below one.
        """
        if horizon < 1:
            raise InputError(
                f"A horizon of {horizon} periods makes no sense.", remedy="Ask for at least one period."
            )
        if not self.ids:
            raise InputError("There is no series to forecast.", remedy="Import sales first.")
        empty = np.flatnonzero(np.isnan(self.observed).all(axis=1))
        if len(empty):
            names = [self.ids[row] for row in empty]
            raise InputError(
                f"{len(names)} series have no known value in their history: {', '.join(names[:5])}.",
                remedy="Import their sales, or leave them out until the first period on sale is known.",
            )


@dataclass(frozen=True, eq=False)
class Points:
    """Expected values of the coming periods, without an interval.

    Args:
        mean: [n_series, horizon], in the unit of the history.
        model: the name of the model that spoke for each series.
    """

    mean: Floats
    model: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Forecast:
    """Expected values of the coming periods with an interval.

    Args:
        ids: one name a series, in the order of the panel.
        mean: expected value, [n_series, horizon]; at least 0 where the history was.
        lower: lower end of the interval, same shape.
        upper: upper end of the interval, same shape.
        level: share of single outcomes meant to fall between lower and upper.
        model: the model behind each series.
        version: the same string whenever seed, data and code are the same.
    """

    ids: tuple[str, ...]
    mean: Floats
    lower: Floats
    upper: Floats
    level: float
    model: tuple[str, ...]
    version: str


@runtime_checkable
class Forecaster(Protocol):
    """What an agent asks: expected values with an interval at a level."""

    @property
    def name(self) -> str:
        """Name shown to people, with the parameters that matter."""
        ...

    def forecast(self, panel: Panel, horizon: int, *, level: float = 0.8) -> Forecast:
        """Forecast the `horizon` periods after the panel.

        Raises:
            InputError: the panel holds nothing to learn from.
        """
        ...


class PointModel(ABC):
    """A model of expected values; `conformal.ConformalForecaster` puts the interval around it."""

    name: str

    def __repr__(self) -> str:
        """Class and every setting, nested models included: what a forecast's version is made from."""
        return f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in vars(self).items())})"

    @abstractmethod
    def points(self, panel: Panel, horizon: int) -> Points:
        """Expected values of the `horizon` periods after the panel, from the panel alone."""

    def backtest(self, panel: Panel, horizon: int, origins: Sequence[int]) -> Floats:
        """What it would have said after these numbers of periods, [n_origins, n_series, horizon].

        No value at or after an origin may touch its forecast. Series without a known value by then get NaN.
        """
        said = np.full((len(origins), len(panel.ids), horizon), np.nan)
        for row, origin in zip(said, origins, strict=True):
            past = panel.until(origin)
            known = np.flatnonzero(~np.isnan(past.observed).all(axis=1))
            if len(known):
                row[known] = self.points(past.select(known), horizon).mean
        return said

    def study(self, panel: Panel, horizon: int, origins: Sequence[int]) -> tuple[Points, Floats]:
        """Points and backtest in one go, for models that need the second for the first."""
        return self.points(panel, horizon), self.backtest(panel, horizon, origins)


def keep_sign(mean: Floats, panel: Panel) -> Floats:
    """Expected values, raised to zero where the whole history was never below it."""
    return np.maximum(mean, 0.0) if panel.non_negative else mean


def content_version(panel: Panel, *settings: object) -> str:
    """Short fingerprint of data, settings and code: equal inputs give equal strings, on any machine."""
    digest = hashlib.sha256()
    for package in ("statsforecast", "lightgbm"):
        digest.update(installed_version(package).encode())
    digest.update(__version__.encode())
    digest.update(repr((panel.ids, panel.start.isoformat(), panel.season_length, settings)).encode())
    digest.update(np.ascontiguousarray(panel.observed, dtype="<f8").tobytes())
    return digest.hexdigest()[:16]
