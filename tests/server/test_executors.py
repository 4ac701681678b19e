"""Executor routes: who works on runs, and asking one to leave in order."""

from __future__ import annotations

from collections.abc import Mapping

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
    registry.join("three", "shop-3", 103, 5.0, [])
    drained = client.post(f"{EXECUTORS}/one/drain", headers=headers)
    assert drained.json()["state"] == "draining"
    assert system.audit.list().items[0].action == "executor.draining"
    assert client.post(f"{EXECUTORS}/two/drain", headers=headers).status_code == 409
    assert client.post(f"{EXECUTORS}/four/drain", headers=headers).status_code == 404
    assert client.post(f"{EXECUTORS}/one/drain", headers=signed_in_as("analyst")).status_code == 403


def test_the_last_live_executor_leaves_only_when_forced(
    client: TestClient, signed_in_as: SignInAs, registry: ExecutorRegistry
) -> None:
    headers = signed_in_as("manager")
    refused = client.post(f"{EXECUTORS}/one/drain", json={}, headers=headers)
    assert refused.status_code == 409
    assert "no other live executor" in refused.json()["detail"]
    assert "force" in refused.json()["remedy"]
    assert states(client, headers) == {"one": ("live", "work"), "two": ("lost", "none")}
    forced = client.post(f"{EXECUTORS}/one/drain", json={"force": True}, headers=headers)
    assert forced.json()["state"] == "draining"


def test_the_executor_that_serves_the_page_says_what_stops_with_it(
    client: TestClient, signed_in_as: SignInAs, registry: ExecutorRegistry, system: SmallSystem
) -> None:
    headers, here = signed_in_as("manager"), system.engine.executor_id
    registry.join(here, "shop-3", 103, 5.0, [])
    assert states(client, headers)[here] == ("live", "page")
    refused = client.post(f"{EXECUTORS}/{here}/drain", headers=headers)
    assert refused.status_code == 409
    assert "The other executors go on" in refused.json()["detail"]
    client.post(f"{EXECUTORS}/one/drain", headers=headers)
    assert states(client, headers) == {
        here: ("live", "product"),
        "one": ("draining", "none"),
        "two": ("lost", "none"),
    }
    refused = client.post(f"{EXECUTORS}/{here}/drain", headers=headers)
    assert "the product stops" in refused.json()["detail"]


def states(client: TestClient, headers: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    items = client.get(EXECUTORS, headers=headers).json()["items"]
    return {each["id"]: (each["state"], each["lost_with_it"]) for each in items}
