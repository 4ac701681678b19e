"""Worker routes: the pool with its load, how tasks are dealt out, and workers that join and leave."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from maestro.engine.workers import Task

from .conftest import BASE, SignInAs, SmallSystem

WORKERS = "/api/v1/workers"


@pytest.fixture
async def web(api: FastAPI, system: SmallSystem) -> AsyncIterator[httpx2.AsyncClient]:
    """A client in the same event loop as the running pool."""
    await system.pool.start()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=api), base_url=BASE) as client:
        yield client
    await system.pool.stop(0.0)


async def test_workers_are_shown_with_their_load(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    assert await system.pool.run(Task("a", lambda: 7, {})) == 7
    seen = (await web.get(WORKERS, headers=signed_in_as("viewer"))).json()
    assert [(each["name"], each["kind"], each["state"]) for each in seen["items"]] == [
        ("thread-1", "thread", "idle"),
        ("thread-2", "thread", "idle"),
    ]
    assert sum(each["done"] for each in seen["items"]) == 1
    assert seen["balancing"] == "learned"
    assert [row["worker"] for row in seen["heat"]["rows"]] == ["thread-1", "thread-2"]
    assert len(seen["heat"]["rows"][0]["busy"]) == len(seen["heat"]["minutes"])
    assert seen["shortage"] is None


async def test_workers_join_and_leave(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    added = await web.post(WORKERS, json={"slots": 2}, headers=headers)
    assert [each["name"] for each in added.json()["items"]] == [
        "thread-1",
        "thread-2",
        "thread-3",
        "thread-4",
    ]
    left = await web.delete(f"{WORKERS}/thread-1", headers=headers)
    assert len(left.json()["items"]) == 3
    assert (left.json()["address"], left.json()["emptied"], left.json()["trouble"]) == ("", False, None)
    assert (await web.delete(f"{WORKERS}/thread-1", headers=headers)).status_code == 404
    actions = [entry.action for entry in system.audit.list().items]
    assert actions[:2] == ["worker.removed", "workers.added"]


async def test_a_pool_that_was_emptied_by_hand_says_so(
    web: httpx2.AsyncClient, signed_in_as: SignInAs
) -> None:
    headers = signed_in_as("manager")
    for name in ("thread-1", "thread-2"):
        left = (await web.delete(f"{WORKERS}/{name}", headers=headers)).json()
    assert (left["items"], left["emptied"], left["patience_s"]) == ([], True, 30.0)


async def test_tasks_are_dealt_out_by_another_rule(web: httpx2.AsyncClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager")
    changed = await web.patch(WORKERS, json={"balancing": "round_robin"}, headers=headers)
    assert changed.json()["balancing"] == "round_robin"
    assert (await web.patch(WORKERS, json={"balancing": "by hat"}, headers=headers)).status_code == 422
    refused = await web.patch(WORKERS, json={"balancing": "load"}, headers=signed_in_as("viewer"))
    assert refused.status_code == 403


async def test_a_process_without_workers_says_so(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "pool", None)
    assert (await web.get(WORKERS, headers=signed_in_as("viewer"))).json()["items"] == []
    assert (await web.post(WORKERS, json={}, headers=signed_in_as("manager"))).status_code == 409
