"""Events: tells every listener what just happened to decisions, agents and the shop, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from maestro.telemetry import get_logger

Listener = Callable[[str, Mapping[str, Any]], None]
"""Called with a kind ("decision", "agent", "cycle", "stock", ...) and plain JSON."""


class EventHub:
    """Announces to all that subscribed; a listener that breaks is logged and hinders nobody."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Listen from now on; call what is returned to stop listening."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def announce(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Tell everyone, in the order in which they subscribed."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            try:
                listener(kind, payload)
            except Exception:
                get_logger("events").exception("a listener failed", kind=kind)
