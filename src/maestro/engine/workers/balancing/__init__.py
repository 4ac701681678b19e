"""Balancing: which worker gets the next task; by turns, by tasks, by load, or by what was learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from maestro.engine.workers.balancing.base import Balancing, Load
from maestro.engine.workers.balancing.learned import LearnedSpeed
from maestro.engine.workers.balancing.least_connections import LeastConnections
from maestro.engine.workers.balancing.load import LeastLoad
from maestro.engine.workers.balancing.round_robin import RoundRobin

BALANCINGS: Mapping[str, Callable[[np.random.Generator], Balancing]] = {
    "learned": LearnedSpeed,
    "least_connections": lambda _: LeastConnections(),
    "load": lambda _: LeastLoad(),
    "round_robin": lambda _: RoundRobin(),
}
"""Every balancing by its name, made with a seeded generator."""

__all__ = ["BALANCINGS", "Balancing", "Load"]
