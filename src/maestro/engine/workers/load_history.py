"""Load history: how busy a worker was in each of the last minutes, for the heat map."""

from __future__ import annotations

from datetime import datetime, timedelta

MINUTES = 60
_MINUTE = timedelta(minutes=1)


class LoadHistory:
    """The busy share of one worker, exact to the change, kept for an hour.

    Args:
        now: when the worker joined.
    """

    def __init__(self, now: datetime) -> None:
        self._joined = self._at = now
        self._share = 0.0
        self._seconds: dict[datetime, float] = {}

    def note(self, now: datetime, share: float) -> None:
        """From now on this share of the slots is busy, 0 to 1."""
        self._count_until(now)
        self._share = share

    def row(self, minutes: list[datetime], now: datetime) -> list[float | None]:
        """The busy share in each of these minutes, as far as the worker was there; None where it was not."""
        self._count_until(now)
        return [self._share_of(minute, now) for minute in minutes]

    def _share_of(self, minute: datetime, now: datetime) -> float | None:
        if minute + _MINUTE <= self._joined:
            return None
        there_s = (min(now, minute + _MINUTE) - max(minute, self._joined)).total_seconds()
        return min(1.0, self._seconds.get(minute, 0.0) / max(there_s, 1e-9))

    def _count_until(self, now: datetime) -> None:
        oldest = minute_of(now) - MINUTES * _MINUTE
        at = max(self._at, oldest)
        while self._share and at < now:
            minute = minute_of(at)
            end = min(now, minute + _MINUTE)
            self._seconds[minute] = self._seconds.get(minute, 0.0) + self._share * (end - at).total_seconds()
            at = end
        self._at = max(self._at, now)
        for minute in [each for each in self._seconds if each < oldest]:
            del self._seconds[minute]


def minute_of(moment: datetime) -> datetime:
    """The minute in which a moment lies."""
    return moment.replace(second=0, microsecond=0)


def minutes_until(now: datetime) -> list[datetime]:
    """The beginnings of the last minutes, the present one last."""
    return [minute_of(now) - ago * _MINUTE for ago in range(MINUTES - 1, -1, -1)]
