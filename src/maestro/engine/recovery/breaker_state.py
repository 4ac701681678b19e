"""Breaker state: the rules of a circuit breaker, as pure functions from one state to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from maestro.settings import RecoverySettings

LONGEST_OPEN_S = 60.0

Transition = Callable[["BreakerState"], "BreakerState"]


@dataclass(frozen=True)
class BreakerState:
    """What all processes know of one breaker.

    Args:
        name: of the breaker, usually the component or the outside service it guards.
        state: closed lets calls through, open refuses them, half_open lets a few probes through.
        bucket: number of the window that is being counted.
        calls, failures: outcomes in this window.
        earlier_calls, earlier_failures: outcomes in the window before.
        opened_at: when it opened last.
        retry_at: when an open breaker lets the first probe through.
        openings: how often in a row it opened without closing.
        probes: probes let through since it became half open.
        probes_ok: how many of them succeeded.
        version: rises with each change; a change to an older version is refused.
    """

    name: str
    state: Literal["closed", "open", "half_open"] = "closed"
    bucket: int = 0
    calls: int = 0
    failures: int = 0
    earlier_calls: int = 0
    earlier_failures: int = 0
    opened_at: datetime | None = None
    retry_at: datetime | None = None
    openings: int = 0
    probes: int = 0
    probes_ok: int = 0
    version: int = 0


def recent(state: BreakerState, now: datetime, settings: RecoverySettings) -> tuple[float, float]:
    """Calls and failures in the window that ends now: the last fixed window counts by its overlap.

    Cloudflare's approximation of a sliding window ("How we built rate limiting", 2017): two counters
    instead of one row a call.
    """
    moved = _moved_on(state, now, settings)
    part = (now.timestamp() / settings.breaker_window_s) % 1.0
    return (
        moved.calls + moved.earlier_calls * (1 - part),
        moved.failures + moved.earlier_failures * (1 - part),
    )


def counted(
    state: BreakerState, calls: int, failures: int, now: datetime, settings: RecoverySettings
) -> BreakerState:
    """After `calls` more outcomes of which `failures` failed; outcomes that come after it opened are late."""
    if state.state == "open":
        return state
    if state.state == "half_open":
        return _probed(state, calls, failures, now, settings)
    moved = _moved_on(state, now, settings)
    moved = replace(moved, calls=moved.calls + calls, failures=moved.failures + failures)
    seen, failed = recent(moved, now, settings)
    enough = seen >= settings.breaker_minimum_calls
    if failures and enough and failed / seen >= settings.breaker_failure_rate:
        return _opened(moved, now, settings)
    return moved


def admitted(state: BreakerState, now: datetime, settings: RecoverySettings) -> tuple[BreakerState, bool]:
    """The next state, and whether a call may pass: all when closed, a few probes once the wait is over.

    A process that dies with a probe must not hold the breaker half open for ever: probes are given anew
    after the opening time.
    """
    if state.state == "closed":
        return state, True
    assert state.retry_at is not None
    over = now >= state.retry_at
    if state.state == "half_open" and not over:
        if state.probes < settings.breaker_probes:
            return replace(state, probes=state.probes + 1), True
        return state, False
    if not over:
        return state, False
    until = now + timedelta(seconds=settings.breaker_open_s)
    return replace(state, state="half_open", probes=1, probes_ok=0, retry_at=until), True


def closed(state: BreakerState) -> BreakerState:
    """As new: closed, with nothing counted."""
    return BreakerState(state.name, version=state.version)


def _probed(
    state: BreakerState, calls: int, failures: int, now: datetime, settings: RecoverySettings
) -> BreakerState:
    if failures:
        return _opened(state, now, settings)
    succeeded = state.probes_ok + calls
    if succeeded >= settings.breaker_probes:
        return closed(state)
    return replace(state, probes_ok=succeeded)


def _opened(state: BreakerState, now: datetime, settings: RecoverySettings) -> BreakerState:
    wait_s = min(LONGEST_OPEN_S, settings.breaker_open_s * 2.0**state.openings)
    return replace(
        state,
        state="open",
        opened_at=now,
        retry_at=now + timedelta(seconds=max(wait_s, settings.breaker_open_s)),
        openings=min(state.openings + 1, 16),
        probes=0,
        probes_ok=0,
    )


def _moved_on(state: BreakerState, now: datetime, settings: RecoverySettings) -> BreakerState:
    bucket = int(now.timestamp() // settings.breaker_window_s)
    if bucket == state.bucket:
        return state
    follows = bucket == state.bucket + 1
    return replace(
        state,
        bucket=bucket,
        calls=0,
        failures=0,
        earlier_calls=state.calls if follows else 0,
        earlier_failures=state.failures if follows else 0,
    )
