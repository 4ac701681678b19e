"""Timetable: the moments at which something is due: every so many seconds, or daily at a time of a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from maestro.errors import ConfigurationError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Timetable(Protocol):
    """When ticks are; the same moments after every restart."""

    def latest(self, now: datetime) -> datetime:
        """The last tick at or before `now`."""
        ...

    def next(self, now: datetime) -> datetime:
        """The first tick after `now`."""
        ...


@dataclass(frozen=True)
class Every:
    """A tick every `seconds` whole seconds, counted from the start of 1970 in UTC.

    Raises:
        ConfigurationError: less than one second, or no whole number of them.
    """

    seconds: int

    def __post_init__(self) -> None:
        if self.seconds < 1 or self.seconds != int(self.seconds):
            raise ConfigurationError(
                f"A schedule cannot tick every {self.seconds} seconds.",
                remedy="Use a whole number of 1 or more.",
            )

    def latest(self, now: datetime) -> datetime:
        return _EPOCH + (now - _EPOCH) // timedelta(seconds=self.seconds) * timedelta(seconds=self.seconds)

    def next(self, now: datetime) -> datetime:
        return self.latest(now) + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Daily:
    """A tick a day at a time of a place: Daily("06:30", zone="Asia/Seoul").

    Raises:
        ConfigurationError: the time or the zone is not known.
    """

    at: str
    zone: str = "UTC"

    def __post_init__(self) -> None:
        try:
            moment = time.fromisoformat(self.at)
            ZoneInfo(self.zone)
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise ConfigurationError(
                f"A schedule cannot tick daily at {self.at!r} in {self.zone!r}.",
                remedy="Use a time like 06:30 and a zone like Europe/London.",
            ) from error
        if moment.tzinfo is not None or moment.microsecond:
            raise ConfigurationError(
                f"A schedule cannot tick daily at {self.at!r}.",
                remedy="Use a time like 06:30 and name the zone.",
            )

    def latest(self, now: datetime) -> datetime:
        today = self._tick(now, 0)
        return today if today <= now else self._tick(now, -1)

    def next(self, now: datetime) -> datetime:
        today = self._tick(now, 0)
        return today if today > now else self._tick(now, 1)

    def _tick(self, now: datetime, days: int) -> datetime:
        zone = ZoneInfo(self.zone)
        day = now.astimezone(zone).date() + timedelta(days=days)
        return datetime.combine(day, time.fromisoformat(self.at), tzinfo=zone).astimezone(UTC)
