"""Fixtures of the worker pools' tests: a pool of each local kind, stopped at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from maestro.clock import RealClock
from maestro.engine.workers import Task
from maestro.engine.workers.local_pool import LocalPool
from maestro.engine.workers.process_pool import ProcessPool
from maestro.engine.workers.thread_pool import ThreadPool

from .chores import append

Opener = Callable[..., Awaitable[LocalPool]]
KINDS: dict[str, type[LocalPool]] = {"thread": ThreadPool, "process": ProcessPool}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of local pool."""
    return str(request.param)


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let other processes import these tests' chores."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3]))


@pytest.fixture
async def open_pool(importable: None) -> AsyncIterator[Opener]:
    """Start a pool of a kind; stopped at the end of the test."""
    opened: list[LocalPool] = []

    async def opener(kind: str, slots: int = 2, **options: Any) -> LocalPool:
        if kind == "process":
            options["modules"] = ()
        pool = KINDS[kind](RealClock(), slots, **options)
        opened.append(pool)
        await pool.start()
        return pool

    yield opener
    for pool in opened:
        await pool.stop(drain_s=0)


async def until(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.01)


def chore(log: Path, text: str, seconds: float = 0.0, **options: Any) -> Task:
    """The task that appends a text to a log; its key is the text."""
    return Task(text, append, {"path": str(log), "text": text, "seconds": seconds}, **options)


def said(log: Path) -> str:
    """What was appended so far."""
    return log.read_text(encoding="utf-8") if log.exists() else ""
