"""Shortage: whether there will be too few workers in the next hours, from the backlog and past arrivals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from maestro.engine.words import Words

HOURS = 6
"""How far it looks ahead."""
_DAYS = 14
_PRIOR_DAYS = 1.0
"""The mean over all hours counts as much as this many days of one hour's own arrivals."""
_CAREFUL = 0.84
"""Standard deviations above the mean: arrivals stay below that in 80 % of hours."""
_DELAY_S = 900.0
"""Work that would take the workers this long may wait without being a shortage."""


@dataclass(frozen=True)
class Shortage:
    """Too few workers.

    Args:
        at: the hour at whose end more work waits than may.
        needed: workers with which the backlog would be worked off by then.
        available: workers that there are.
        words: the same as a sentence.
    """

    at: datetime
    needed: int
    available: int
    words: Words

    def shape(self) -> dict[str, object]:
        """As the API sends it."""
        return {
            "at": self.at.isoformat(),
            "needed": self.needed,
            "available": self.available,
            "words": self.words.shape(),
        }


def arrivals_by_hour(
    arrivals: Sequence[tuple[datetime, float]], now: datetime
) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of the work that arrives in each hour of a day, in seconds.

    Args:
        arrivals: moment and expected seconds of work of each task, of the last two weeks or less.
        now: the moment; hours are counted backwards from it, so that the present one is whole.

    Returns:
        Twenty-four means and deviations; the first is for the hour that begins now.
    """
    first = min((moment for moment, _ in arrivals), default=now)
    known = max(1, min(_DAYS * 24, math.ceil((now - first).total_seconds() / 3_600)))
    days = math.ceil(known / 24)
    work, seen = np.zeros((days, 24)), np.zeros((days, 24), dtype=bool)
    for ago in range(known):
        seen[ago // 24, 23 - ago % 24] = True
    for moment, seconds in arrivals:
        ago = int((now - moment).total_seconds() // 3_600)
        if 0 <= ago < known:
            work[ago // 24, 23 - ago % 24] += seconds
    overall = float(work.sum()) / known
    means = (work.sum(axis=0) + _PRIOR_DAYS * overall) / (seen.sum(axis=0) + _PRIOR_DAYS)
    spread = float(np.sqrt(np.mean((work - means)[seen] ** 2)))
    return [float(each) for each in means], [spread] * 24


def predict_shortage(
    arrivals: Sequence[tuple[datetime, float]],
    *,
    backlog_s: float,
    workers: int,
    now: datetime,
    hours: int = HOURS,
) -> Shortage | None:
    """The first of the next hours at whose end more work waits than may; None where there is none.

    Args:
        arrivals: see `arrivals_by_hour`.
        backlog_s: expected work that waits now, in seconds.
        workers: how many tasks are worked at once.
        now: the moment.
        hours: how far to look ahead.
    """
    means, spreads = arrivals_by_hour(arrivals, now)
    left, total, variance = backlog_s, backlog_s, 0.0
    for hour in range(1, hours + 1):
        mean, spread = means[(hour - 1) % 24], spreads[(hour - 1) % 24]
        left = max(0.0, left + mean - workers * 3_600.0)
        variance += spread**2
        total += mean
        doubt = _CAREFUL * math.sqrt(variance)
        if left > 0 and left + doubt > workers * _DELAY_S:
            needed = max(workers + 1, math.ceil((total + doubt) / (3_600.0 * hour)))
            return Shortage(now + timedelta(hours=hour), needed, workers, _words(hour, needed, workers))
    return None


def _words(hour: int, needed: int, workers: int) -> Words:
    plural = "hour" if hour == 1 else "hours"
    return Words(
        f"In {hour} {plural} more work will wait than {workers} workers get through; {needed} would.",
        f"{hour}시간 뒤에는 작업자 {workers}명으로 감당할 수 없는 일이 쌓입니다. {needed}명이 필요합니다.",
    )
