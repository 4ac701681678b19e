"""Executor routes: who works on runs, and asking one to leave in order."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from maestro.engine.executor_registry import ExecutorRegistry

from .conftest import SignInAs, SmallSystem

EXECUTORS = "/api/v1/executors"


@pytest.fixture
def registry(system: SmallSystem) -> ExecutorRegistry:
    """Two executors, of which one was lost."""
    found = ExecutorRegistry(system.engine.records, system.wall)
    found.join("one", "shop-1", 101, 5.0, ["replenish@1", "replenish@2"])
    found.join("two", "shop-2", 102, 5.0, ["replenish@1"])
    found.declare_lost(found.list()[1], "one")
    return found


def test_executors_are_listed(client: TestClient, signed_in_as: SignInAs, registry: ExecutorRegistry) -> None:
    items = client.get(EXECUTORS, headers=signed_in_as("viewer")).json()["items"]
    assert {(each["id"], each["state"], each["host"]) for each in items} == {
        ("one", "live", "shop-1"),
        ("two", "lost", "shop-2"),
    }
    assert items[0]["workflows"] == ["replenish@1", "replenish@2"]


def test_a_manager_asks_an_executor_to_leave(
    client: TestClient, signed_in_as: SignInAs, registry: ExecutorRegistry, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    drained = client.post(f"{EXECUTORS}/one/drain", headers=headers)
    assert drained.json()["state"] == "draining"
    assert system.audit.list().items[0].action == "executor.draining"
    assert client.post(f"{EXECUTORS}/two/drain", headers=headers).status_code == 409
    assert client.post(f"{EXECUTORS}/three/drain", headers=headers).status_code == 404
    assert client.post(f"{EXECUTORS}/one/drain", headers=signed_in_as("analyst")).status_code == 403
