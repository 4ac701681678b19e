"""Self-test: tries every part once, and says what does not work instead of failing itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from maestro.engine.memory import MemoryControl
from maestro.engine.self_test import SELF_TEST as SELF_TEST_WORKFLOW
from maestro.engine.self_test import self_test as self_test_workflow
from maestro.server import self_test

from .conftest import BASE, SignInAs, SmallSystem

SELF_TEST = "/api/v1/self-test"


@pytest.fixture
async def web(api: FastAPI, system: SmallSystem) -> AsyncIterator[httpx2.AsyncClient]:
    """A client in the same event loop as the running engine and its pool."""
    system.engine.register(self_test_workflow())
    await system.engine.launch()
    await system.pool.start()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=api), base_url=BASE) as client:
        yield client
    await system.pool.stop(0.0)
    await system.engine.shutdown(drain_s=0.1)


async def checks(web: httpx2.AsyncClient, headers: dict[str, str]) -> dict[str, Any]:
    answer = await web.post(SELF_TEST, headers=headers)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["ok"] is all(each["ok"] for each in found["checks"])
    return {each["name"]: each for each in found["checks"]}


async def test_every_part_of_a_healthy_system_works(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    found = await checks(web, signed_in_as("manager"))
    assert [name for name, _ in self_test.CHECKS] == list(found)
    assert all(each["ok"] for each in found.values()), found
    assert found["workers"]["words"]["en"] == "One of 2 workers answered."
    assert found["memory"]["words"]["en"] == "40% of the memory is used."
    assert all(each["seconds"] >= 0 for each in found.values())
    entry = system.audit.list().items[0]
    assert (entry.action, entry.details) == ("self_test.run", {"failed": []})
    assert len(await system.engine.list_runs(name=SELF_TEST_WORKFLOW)) == 1


async def test_what_does_not_work_is_named(
    web: httpx2.AsyncClient,
    signed_in_as: SignInAs,
    system: SmallSystem,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = system.settings.memory
    full = MemoryControl(settings, system.wall, free=lambda: 1, held=lambda: 999)
    monkeypatch.setattr(system, "memory", full)
    monkeypatch.setattr(self_test, "LEAST_FREE_BYTES", 1 << 62)
    monkeypatch.setattr(self_test, "LONGEST_STALL_S", -1.0)
    await system.pool.stop(0.0)
    await system.engine.shutdown(drain_s=0.1)
    found = await checks(web, signed_in_as("manager"))
    broken = {name for name, each in found.items() if not each["ok"]}
    assert broken == {"journal", "workers", "disk", "memory", "event_loop"}
    assert found["journal"]["words"]["en"].startswith("The engine")


async def test_a_part_that_does_not_answer_is_given_up(
    web: httpx2.AsyncClient,
    signed_in_as: SignInAs,
    system: SmallSystem,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(self_test, "LONGEST_CHECK_S", 0.2)
    await system.pool.remove("thread-1")
    await system.pool.remove("thread-2")
    found = await checks(web, signed_in_as("manager"))
    assert found["workers"]["words"]["en"] == "It did not answer in time."


async def test_a_process_without_workers_is_healthy_too(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "pool", None)
    assert (await checks(web, signed_in_as("manager")))["workers"]["ok"]
    assert (await web.post(SELF_TEST, headers=signed_in_as("viewer"))).status_code == 403
