"""Memory routes: what is held, the history, and a manager's hold on strategy, watching and relief."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from .conftest import BASE, SignInAs, SmallSystem

MEMORY = "/api/v1/memory"


def test_memory_is_told_against_its_limit(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    cache = system.memory.cache("products")
    cache.put("a", "x" * 1000)
    cache.get("a")
    with system.memory.pool("forecast").buffer(100):
        pass
    seen = client.get(MEMORY, headers=signed_in_as("viewer")).json()
    assert (seen["rss_bytes"], seen["limit_bytes"], seen["percent"]) == (400_000_000, 1_000_000_000, 40.0)
    assert (seen["pressure"], seen["strategy"], seen["refusing"]) == ("low", "balanced", False)
    assert (seen["monitoring"], seen["tracing"], seen["top"], seen["actions"]) == (False, False, [], [])
    assert seen["caches"][0]["hits"] == 1
    assert seen["pools"][0]["name"] == "forecast"
    assert len(seen["gc"]["collections"]) == 3
    again = client.get(MEMORY, headers=signed_in_as("viewer")).json()
    assert [sample["percent"] for sample in again["history"]] == [40.0], "time stands still"


def test_a_manager_relieves_memory_and_changes_the_strategy(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    cache = system.memory.cache("products")
    for key in "abcd":
        cache.put(key, "x" * 1000)
    relieved = client.post(f"{MEMORY}/relieve", headers=headers).json()
    assert relieved["caches"][0]["items"] == 2
    assert relieved["actions"][0]["words"]["ko"].startswith("요청에 따라")
    changed = client.post(f"{MEMORY}/strategy", json={"strategy": "aggressive"}, headers=headers).json()
    assert changed["strategy"] == "aggressive"
    actions = [entry.action for entry in system.audit.list().items]
    assert actions[:2] == ["memory.strategy_changed", "memory.relieved"]


def test_a_traced_snapshot_names_places(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    traced = client.post(f"{MEMORY}/monitoring", json={"on": False, "tracing": True}, headers=headers)
    assert traced.json()["tracing"]
    hoard = [bytes(1000) for _ in range(1000)]
    snapshot = client.post(f"{MEMORY}/snapshot", headers=headers).json()
    assert snapshot["top"][0]["bytes"] > len(hoard)
    client.post(f"{MEMORY}/monitoring", json={"on": False, "tracing": False}, headers=headers)
    assert not tracemalloc.is_tracing()
    gc.collect()


async def test_watching_starts_and_stops(api: FastAPI, signed_in_as: SignInAs, system: SmallSystem) -> None:
    headers = signed_in_as("manager")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=api), base_url=BASE) as web:
        started = await web.post(f"{MEMORY}/monitoring", json={"on": True}, headers=headers)
        assert started.json()["monitoring"]
        await asyncio.sleep(0)
        stopped = await web.post(f"{MEMORY}/monitoring", json={"on": False}, headers=headers)
        assert not stopped.json()["monitoring"]


@pytest.mark.parametrize("deed", ["relieve", "snapshot"])
def test_a_viewer_only_reads(client: TestClient, signed_in_as: SignInAs, deed: str) -> None:
    assert client.post(f"{MEMORY}/{deed}", headers=signed_in_as("viewer")).status_code == 403
