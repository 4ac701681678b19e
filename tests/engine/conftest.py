"""Fixtures of the engine's tests: a launcher of engines on a fresh journal, on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from maestro.clock import Clock, RealClock
from maestro.engine import Engine, Graph
from maestro.engine.attempt import Patience
from maestro.settings import EngineSettings

Launcher = Callable[..., Awaitable[Engine]]


class HurriedClock(RealClock):
    """Real time, but nobody has to wait; remembers how long they would have."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/journal/engine.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def journal_url(request: pytest.FixtureRequest) -> str:
    """A fresh journal on each kind of database."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def wait_clock() -> HurriedClock:
    return HurriedClock()


@pytest.fixture
def waits(wait_clock: HurriedClock) -> list[float]:
    """Seconds that failed attempts would have waited, in order."""
    return wait_clock.waits


@pytest.fixture
def patience(wait_clock: HurriedClock) -> Patience:
    return Patience(RealClock(), wait_clock, timeout_s=30.0, seed=7)


@pytest.fixture
async def launch(sqlite_url: str, wait_clock: HurriedClock) -> AsyncIterator[Launcher]:
    """Launch an engine that knows the given workflows; shut down at the end of the test."""
    launched: list[Engine] = []

    async def launcher(
        *graphs: Graph,
        url: str = sqlite_url,
        clock: Clock | None = None,
        settings: EngineSettings | None = None,
        **options: Any,
    ) -> Engine:
        chosen = settings or EngineSettings(queue_polling_s=0.05, watch_s=0.05)
        engine = Engine(url, chosen, clock or RealClock(), wait_clock=wait_clock, **options)
        for graph in graphs:
            engine.register(graph)
        launched.append(engine)
        await engine.launch()
        return engine

    yield launcher
    for engine in launched:
        await engine.shutdown(drain_s=0)
