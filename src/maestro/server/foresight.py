"""Foresight: what the scheduler foresees of the backlog, worked out anew at most every few seconds."""

from __future__ import annotations

from maestro.engine.scheduling.view import Forecast
from maestro.server.system import System

KEPT_S = 5.0
"""Seconds for which a forecast is good enough; with thousands of tasks it takes a third of a second."""


def foreseen(system: System) -> Forecast:
    """What the backlog comes to in the next hours."""
    kept = system.memory.cache("forecast", ttl_s=KEPT_S)
    found: Forecast = kept.get_or_load("backlog", system.scheduler.desk.forecast)
    return found
