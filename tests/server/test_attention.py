"""Attention: one answer counts and lists decisions, approvals and incidents that wait for a person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from maestro.engine import Graph, wait_for_approval, wait_for_event
from maestro.engine.recovery import incident_words
from maestro.engine.recovery.incident import Severity

from .conftest import BASE, NOON, PRODUCTS, SignInAs, SmallSystem

ATTENTION = "/api/v1/attention"


@pytest.fixture
async def web(api: FastAPI, system: SmallSystem) -> AsyncIterator[httpx2.AsyncClient]:
    """A client beside a running engine."""
    asked = [wait_for_approval("release", words="Release the order?"), wait_for_event("truck")]
    system.engine.register(Graph("delivery", asked))
    await system.engine.launch()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=api), base_url=BASE) as client:
        yield client
    await system.engine.shutdown(drain_s=0.1)


async def attention(web: httpx2.AsyncClient, headers: dict[str, str]) -> dict[str, Any]:
    answer = await web.get(ATTENTION, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def escalated(system: SmallSystem, component: str) -> str:
    """An incident that calls a person."""
    store = system.recovery.incidents
    incident, _ = store.open(
        component, "slow", Severity.HIGH, [], incident_words.opened(component, "slow"), at=NOON
    )
    store.escalate(incident.id, at=NOON)
    return incident.id


async def test_where_nothing_waits_all_counts_are_zero(
    web: httpx2.AsyncClient, signed_in_as: SignInAs
) -> None:
    nothing = {"count": 0, "items": []}
    assert await attention(web, signed_in_as("viewer")) == {
        "total": 0,
        "decisions": nothing,
        "approvals": nothing,
        "incidents": nothing,
    }


async def test_whatever_waits_for_a_person_is_counted_and_listed(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    await asyncio.to_thread(system.loop.run_cycle, NOON)
    await system.engine.start("delivery", {}, run_id="run")
    async with asyncio.timeout(60):
        while len(await system.engine.waits()) < 2:
            await asyncio.sleep(0.01)
    incident = escalated(system, "supplier")
    found = await attention(web, signed_in_as("viewer"))
    assert found["total"] == PRODUCTS + 1 + 1
    assert (found["decisions"]["count"], len(found["decisions"]["items"])) == (PRODUCTS, 5)
    (approval,) = found["approvals"]["items"]
    assert (approval["run_id"], approval["step"]) == ("run", "release"), "an event is no person's to settle"
    assert approval["words"]["en"] == "Release the order?"
    assert [each["id"] for each in found["incidents"]["items"]] == [incident]


async def test_what_a_person_has_settled_waits_no_more(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    await asyncio.to_thread(system.loop.run_cycle, NOON)
    await system.engine.start("delivery", {}, run_id="run")
    async with asyncio.timeout(60):
        while len(await system.engine.waits()) < 2:
            await asyncio.sleep(0.01)
    seen, closed = escalated(system, "supplier"), escalated(system, "database")
    first = (await attention(web, headers))["decisions"]["items"][0]["id"]
    for path, body in (
        (f"decisions/{first}/approve", {}),
        ("workflows/run/signals/release", {"payload": {"approved": True, "note": ""}}),
        (f"incidents/{seen}/acknowledge", {}),
        (f"incidents/{closed}/resolve", {}),
    ):
        assert (await web.post(f"/api/v1/{path}", json=body, headers=headers)).status_code == 200
    after = await attention(web, headers)
    counts = [after[kind]["count"] for kind in ("decisions", "approvals", "incidents")]
    assert counts == [PRODUCTS - 1, 0, 0]
    assert after["total"] == PRODUCTS - 1


async def test_an_open_incident_that_recovery_works_on_calls_nobody(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    system.recovery.incidents.open(
        "worker-1", "died", Severity.LOW, [], incident_words.opened("worker-1", "died"), at=NOON
    )
    assert (await attention(web, signed_in_as("viewer")))["total"] == 0
    assert (await web.get(ATTENTION)).status_code == 401
