"""Lease: how a process knows that the others still believe in it, and which of the others are dead."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from maestro.engine.executor_registry import ExecutorInfo


class Lease:
    """The right to work, renewed by every heartbeat that the database acknowledged.

    It runs from the moment at which the heartbeat was sent, so it always ends here before it ends for an
    observer, who counts from the moment at which he saw it (Gray and Cheriton, "Leases", SOSP 1989). Once it
    has run out no heartbeat brings it back: what was refused meanwhile would be left undone.

    Args:
        lease_s: seconds that a heartbeat lasts.
        monotonic: seconds since some moment, never going back; each machine may have its own.
    """

    def __init__(self, lease_s: float, monotonic: Callable[[], float]) -> None:
        self._lease_s = lease_s
        self._monotonic = monotonic
        self._until = float("-inf")
        self._begun = False

    def renew(self, sent_at: float) -> None:
        """A heartbeat sent at `sent_at`, by the same clock, was acknowledged."""
        if not self._begun or self.holds():
            self._begun = True
            self._until = sent_at + self._lease_s

    def end(self) -> None:
        """The others have taken the right away."""
        self._begun = True
        self._until = float("-inf")

    def holds(self) -> bool:
        """Whether nobody can have taken over yet."""
        return self._monotonic() < self._until


class Watch:
    """Watches the heartbeats of others, and says whose have stood still for the length of their lease.

    For a watcher whose own lease has held all the time: it was awake, and the database answered it. One whose
    lease has run out needs a new watch, for then it may have been frozen and missed what the others did.

    Args:
        monotonic: seconds since some moment, never going back.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._looked_at: float | None = None
        self._still: dict[str, tuple[int, float]] = {}

    def pause(self) -> None:
        """The database did not answer: until the next look nobody's time passes."""
        self._looked_at = None

    def look(self, executors: Iterable[ExecutorInfo]) -> list[ExecutorInfo]:
        """Those of the executors that are dead: present by name, but silent for longer than their lease."""
        now = self._monotonic()
        passed_s = 0.0 if self._looked_at is None else now - self._looked_at
        self._looked_at = now
        still: dict[str, tuple[int, float]] = {}
        dead = []
        for each in executors:
            if not each.state.present:
                continue
            beats, silent_s = self._still.get(each.id, (-1, 0.0))
            silent_s = silent_s + passed_s if beats == each.beats else 0.0
            still[each.id] = (each.beats, silent_s)
            # half a lease here, the whole by the database: a newcomer need not wait the whole again
            if silent_s >= each.lease_s or min(2 * silent_s, each.silent_s) >= each.lease_s:
                dead.append(each)
        self._still = still
        return dead
