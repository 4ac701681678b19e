"""Heartbeat: a thread that tells the others that this process lives, however busy its event loop is."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from maestro.engine.executor_registry import ExecutorRegistry, ExecutorState
from maestro.engine.lease import Lease
from maestro.errors import MaestroError
from maestro.settings import ExecutorSettings
from maestro.telemetry import get_logger

STALLED_LEASES = 10.0
"""An event loop that stood still for so many leases counts as dead: its process beats no more."""

LONGEST_GOODBYE_S = 2.0
"""A beat that hangs for longer than this, because the network is cut, is left to end alone."""

_log = get_logger("engine.heartbeat")


class Heartbeat:
    """The heartbeat of one executor, from its joining to its leaving.

    Args:
        executor_id: whose.
        registry: where it is written.
        settings: how often it beats, and how long a beat gives the right to work.
        monotonic: seconds since some moment, never going back.
        runs: how many runs the executor works on at present.
    """

    def __init__(
        self,
        executor_id: str,
        registry: ExecutorRegistry,
        settings: ExecutorSettings,
        monotonic: Callable[[], float],
        runs: Callable[[], int],
    ) -> None:
        self.executor_id = executor_id
        self.asked_to_drain = False
        self._registry = registry
        self._heartbeat_s = settings.heartbeat_s
        self._longest_stall_s = STALLED_LEASES * settings.lease_s
        self._monotonic = monotonic
        self._runs = runs
        self._lease = Lease(settings.lease_s, monotonic)
        self._alive_at = monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_beating, name="maestro-heartbeat", daemon=True)

    def begin(self) -> None:
        """Beat once, then go on in a thread until `end`."""
        self.beat()
        self._thread.start()

    def end(self) -> None:
        """Beat no more; the right to work ends."""
        self._ended.set()
        self._lease.end()
        if self._thread.is_alive():
            self._thread.join(LONGEST_GOODBYE_S)

    def holds(self) -> bool:
        """Whether this executor may work: nobody can have taken over its runs yet."""
        return self._lease.holds()

    def alive(self) -> None:
        """The event loop says that it is not stuck."""
        self._alive_at = self._monotonic()

    def beat(self) -> None:
        """Beat once. What goes wrong is logged: the lease then runs out by itself."""
        sent_at = self._monotonic()
        try:
            state = self._registry.beat(self.executor_id, self._runs())
        except (SQLAlchemyError, MaestroError) as error:
            _log.warning("heartbeat not written", executor=self.executor_id, error=str(error))
            return
        if state is None:
            self._lease.end()
            self._ended.set()
            return
        self._lease.renew(sent_at)
        self.asked_to_drain = state is ExecutorState.DRAINING

    def _keep_beating(self) -> None:
        while not self._ended.wait(self._heartbeat_s):
            if self._monotonic() - self._alive_at < self._longest_stall_s:
                self.beat()
