"""Shortage: whether more tasks than fit at once will wait in the next hours, from the backlog and past days.

On top of what waits now, the coming hours of each of the last days are worked through again. A single burst
foretells nothing: arrivals count from two whole days on, and half of the days must come to a shortage.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from maestro.engine.scheduling.priority import Floats
from maestro.engine.words import Words

HOURS = 6
"""How far it looks ahead."""
_DAYS = 14
_LEAST_DAYS = 2
_DELAY_S = 900.0
"""Work that would take all slots this long may wait without being a shortage."""


@dataclass(frozen=True)
class Shortage:
    """Too few tasks are worked at once.

    Args:
        at: the hour at whose end more work waits than may.
        needed: tasks at once with which it would be worked off by then.
        available: tasks that are worked at once.
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


def past_hours(arrivals: Sequence[tuple[datetime, float]], now: datetime, hours: int = HOURS) -> Floats:
    """The work that arrived in the same hours of each of the last days, in seconds.

    Args:
        arrivals: moment and expected seconds of work of each task, of the last two weeks or less.
        now: the moment from which hours are counted.
        hours: how many.

    Returns:
        Shape (days, hours), yesterday first; no row for a day before the first arrival.
    """
    first = min((moment for moment, _ in arrivals), default=now)
    days = min(_DAYS, (now - first) // timedelta(days=1))
    work = np.zeros((days, hours))
    for moment, seconds in arrivals:
        since_s = (moment - now).total_seconds() % 86_400.0
        ago = math.ceil((now - moment) / timedelta(days=1)) - 1
        hour = int(since_s // 3_600)
        if 0 <= ago < days and hour < hours:
            work[ago, hour] += seconds
    return work


def predict_shortage(
    arrivals: Sequence[tuple[datetime, float]],
    *,
    backlog_s: float,
    slots: int,
    now: datetime,
    hours: int = HOURS,
) -> Shortage | None:
    """The first of the next hours at whose end more work waits than may; None where there is none.

    Args:
        arrivals: see `past_hours`.
        backlog_s: expected work that waits now, in seconds.
        slots: how many tasks are worked at once.
        now: the moment.
        hours: how far to look ahead.
    """
    days = past_hours(arrivals, now, hours)
    if len(days) < _LEAST_DAYS:
        days = np.zeros((1, hours))
    left, most_s = np.full(len(days), backlog_s), slots * _DELAY_S
    for hour in range(1, hours + 1):
        left = np.maximum(left + days[:, hour - 1] - slots * 3_600.0, 0.0)
        if 2 * int((left > most_s).sum()) > len(days):
            total_s = backlog_s + float(np.median(days[:, :hour].sum(axis=1)))
            needed = max(slots + 1, math.ceil(total_s / (3_600.0 * hour)))
            there = backlog_s - hour * slots * 3_600.0 > most_s
            words = _words(hour, needed, slots, 0 if there else len(days))
            return Shortage(now + timedelta(hours=hour), needed, slots, words)
    return None


def _words(hour: int, needed: int, slots: int, days: int) -> Words:
    """In words; `days` are those from whose hours it is foretold, 0 where what waits now is enough for it."""
    plural = "hour" if hour == 1 else "hours"
    some = f"{slots} task{'' if slots == 1 else 's'} at once"
    if days == 0:
        return Words(
            f"In {hour} {plural} more work will still wait than {some} get through; {needed} at once would.",
            f"{hour}시간 뒤에도 동시에 처리하는 작업 {slots}개로 감당할 수 없는 일이 남습니다. "
            f"{needed}개가 필요합니다.",
        )
    return Words(
        f"As on most of the last {days} days, within {hour} {plural} more work will come than {some} get "
        f"through; {needed} at once would.",
        f"지난 {days}일 대부분이 그랬듯이 {hour}시간 안에 동시에 처리하는 작업 {slots}개로 감당할 수 없는 "
        f"일이 들어옵니다. {needed}개가 필요합니다.",
    )
