"""Memory optimizer: tunes garbage collection, and gives memory up as pressure rises, by a strategy."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import psutil

from maestro.clock import Clock
from maestro.engine.memory.monitor import Sample
from maestro.engine.memory.pressure import HIGH_FROM, Pressure, calm
from maestro.engine.words import Words
from maestro.errors import TemporaryError
from maestro.telemetry import get_logger

REPEAT_S = 30.0
"""Seconds after which relief is given again while the pressure stays the same."""

_ACTIONS_KEPT = 100

_log = get_logger("engine.memory")


class Strategy(StrEnum):
    """How much speed is traded for memory."""

    CONSERVATIVE = "conservative"
    """Leaves garbage collection as Python has it and gives up little, late."""
    BALANCED = "balanced"
    """Collects garbage less often while there is room, and gives up what is kept for speed step by step."""
    AGGRESSIVE = "aggressive"
    """Collects garbage seldom while there is room, and gives up much, early."""


@dataclass(frozen=True)
class Relief:
    """What is done at a level of pressure.

    Args:
        caches_keep: share of what caches hold that stays.
        pools_keep: share of what pools keep ready that stays.
        generation: garbage is collected up to this generation; None for not at all.
        give_back: whether the allocator is asked to return freed memory to the system.
    """

    caches_keep: float
    pools_keep: float
    generation: int | None
    give_back: bool = False


RELIEF: Mapping[Strategy, Mapping[Pressure, Relief]] = {
    Strategy.CONSERVATIVE: {
        Pressure.LOW: Relief(1.0, 1.0, None),
        Pressure.MEDIUM: Relief(1.0, 0.5, 1),
        Pressure.HIGH: Relief(0.75, 0.0, 2),
        Pressure.CRITICAL: Relief(0.5, 0.0, 2, give_back=True),
    },
    Strategy.BALANCED: {
        Pressure.LOW: Relief(1.0, 0.5, 1),
        Pressure.MEDIUM: Relief(0.75, 0.25, 2),
        Pressure.HIGH: Relief(0.5, 0.0, 2, give_back=True),
        Pressure.CRITICAL: Relief(0.0, 0.0, 2, give_back=True),
    },
    Strategy.AGGRESSIVE: {
        Pressure.LOW: Relief(0.75, 0.0, 2, give_back=True),
        Pressure.MEDIUM: Relief(0.5, 0.0, 2, give_back=True),
        Pressure.HIGH: Relief(0.25, 0.0, 2, give_back=True),
        Pressure.CRITICAL: Relief(0.0, 0.0, 2, give_back=True),
    },
}
"""What each strategy does at each level; low relief is given from 70 % on, nothing below."""

THRESHOLDS: Mapping[Strategy, tuple[int, int, int] | None] = {
    Strategy.CONSERVATIVE: None,
    Strategy.BALANCED: (20_000, 10, 10),
    Strategy.AGGRESSIVE: (100_000, 10, 10),
}
"""Thresholds of garbage collection (see `gc.set_threshold`) while there is room; None leaves Python's own."""


@dataclass(frozen=True)
class Action:
    """Something that was done, in words, and the bytes by which the process shrank meanwhile."""

    at: datetime
    words: Words
    freed_bytes: int


class Trimmable(Protocol):
    """A cache or a pool: gives up all but `keep` (0 to 1) of what it holds, and says how many bytes."""

    def trim(self, keep: float) -> int: ...


class MemoryOptimizer:
    """Acts on samples of the monitor; `begin` tunes the collector and `end` leaves it as it was.

    Args:
        strategy: how much speed is traded for memory.
        clock: the wall clock.
        held: gives the bytes that this process holds.
        caches: the caches there are now.
        pools: the pools there are now.
        on_refusal: told True when new work must be refused, and False when it may be taken again.
    """

    def __init__(
        self,
        strategy: Strategy,
        clock: Clock,
        *,
        held: Callable[[], int],
        caches: Callable[[], Iterable[Trimmable]],
        pools: Callable[[], Iterable[Trimmable]],
        on_refusal: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._strategy = strategy
        self._clock = clock
        self._held = held
        self._caches = caches
        self._pools = pools
        self._on_refusal = on_refusal
        self._actions: deque[Action] = deque(maxlen=_ACTIONS_KEPT)
        self._pythons_own: tuple[int, int, int] | None = None
        self._refusing = False
        self._last: tuple[Pressure, datetime] | None = None

    @property
    def strategy(self) -> Strategy:
        return self._strategy

    @property
    def actions(self) -> list[Action]:
        """What was done lately, latest first."""
        return list(reversed(self._actions))

    @property
    def refusing(self) -> bool:
        """Whether no new work is taken: from critical pressure on, until it is below high again."""
        return self._refusing

    def check_room(self) -> None:
        """Prove that new work may be taken.

        Raises:
            TemporaryError: the memory is nearly used up.
        """
        if self._refusing:
            raise TemporaryError(
                "Memory is nearly used up, so no new work is taken.",
                delay_s=REPEAT_S,
                remedy="Try again later, or give Maestro more memory.",
            )

    def begin(self) -> None:
        """Leave what the start has built out of collections for good, and tune them to the strategy."""
        if self._pythons_own is None:
            self._pythons_own = gc.get_threshold()
            if THRESHOLDS[self._strategy] is not None:
                gc.collect()
                gc.freeze()
        self._tune(tight=False)

    def end(self) -> None:
        """Leave the collector as it was found."""
        if self._pythons_own is not None:
            gc.set_threshold(*self._pythons_own)
            gc.unfreeze()
            self._pythons_own = None

    def use(self, strategy: Strategy) -> None:
        """Trade by another strategy from now on."""
        self._strategy = strategy
        self._last = None
        self._tune(tight=False)
        self._note(0, f"Strategy is now {strategy}.", f"전략을 {_KOREAN[strategy]}(으)로 바꿨습니다.")

    def react(self, sample: Sample) -> Action | None:
        """Do what the strategy does at this pressure; None where there was nothing to do.

        At the same level it is done again after half a minute, at a higher one at once.
        """
        self._refuse_or_admit(sample)
        if calm(sample.share):
            self._tune(tight=False)
            self._last = None
            return None
        self._tune(tight=sample.pressure is not Pressure.LOW)
        if self._done_lately(sample):
            return None
        self._last = (sample.pressure, sample.at)
        return self.relieve(sample.pressure)

    def relieve(self, pressure: Pressure | None = None) -> Action | None:
        """Give up what the strategy gives up at this pressure, now; None where that is nothing.

        Args:
            pressure: the pressure that asks for it; None where a person does, who gets as much as at high.
        """
        relief = RELIEF[self._strategy][pressure or Pressure.HIGH]
        if relief == Relief(1.0, 1.0, None):
            return None
        before = self._held()
        cached = sum(each.trim(relief.caches_keep) for each in self._caches())
        pooled = sum(each.trim(relief.pools_keep) for each in self._pools())
        found = gc.collect(relief.generation) if relief.generation is not None else 0
        if relief.give_back:
            _return_to_system()
        freed = max(0, before - self._held())
        asked = str(pressure or "a person")
        _log.info("memory relieved", asked=asked, caches=cached, pools=pooled, freed_bytes=freed)
        english, korean = _OCCASIONS[pressure]
        return self._note(
            freed,
            f"{english}: {_mb(cached)} out of caches, {_mb(pooled)} out of pools, "
            f"{found} unreachable objects.",
            f"{korean} 캐시 {_mb(cached)}, 풀 {_mb(pooled)}, 쓰지 않는 객체 {found}개를 정리했습니다.",
        )

    def _refuse_or_admit(self, sample: Sample) -> None:
        if not self._refusing and sample.pressure is Pressure.CRITICAL:
            self._refusing = True
            self._note(0, "New work is refused.", "새 작업을 받지 않습니다.")
        elif self._refusing and sample.share < HIGH_FROM:
            self._refusing = False
            self._note(0, "New work is taken again.", "새 작업을 다시 받습니다.")
        else:
            return
        _log.warning("memory and new work", refusing=self._refusing, share=round(sample.share, 3))
        self._on_refusal(self._refusing)

    def _done_lately(self, sample: Sample) -> bool:
        if self._last is None:
            return False
        level, at = self._last
        levels = list(Pressure)
        risen = levels.index(sample.pressure) > levels.index(level)
        return not risen and sample.at - at < timedelta(seconds=REPEAT_S)

    def _tune(self, *, tight: bool) -> None:
        """Collect seldom while there is room; as often as Python does of itself where there is none."""
        if self._pythons_own is not None:
            wanted = self._pythons_own if tight else THRESHOLDS[self._strategy] or self._pythons_own
            if gc.get_threshold() != wanted:
                gc.set_threshold(*wanted)

    def _note(self, freed: int, english: str, korean: str) -> Action:
        action = Action(self._clock.now(), Words(english, korean), freed)
        self._actions.append(action)
        return action


_OCCASIONS: Mapping[Pressure | None, tuple[str, str]] = {
    None: ("On request", "요청에 따라"),
    Pressure.LOW: ("At low pressure", "낮은 압박에서"),
    Pressure.MEDIUM: ("At medium pressure", "중간 압박에서"),
    Pressure.HIGH: ("At high pressure", "높은 압박에서"),
    Pressure.CRITICAL: ("At critical pressure", "위험한 압박에서"),
}

_KOREAN: Mapping[Strategy, str] = {
    Strategy.CONSERVATIVE: "보수",
    Strategy.BALANCED: "균형",
    Strategy.AGGRESSIVE: "적극",
}


def _return_to_system() -> None:
    # Exists where the C library can do it: glibc, macOS and Windows.
    trim: Callable[[], object] | None = getattr(psutil, "heap_trim", None)
    if trim is not None:
        trim()


def _mb(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
