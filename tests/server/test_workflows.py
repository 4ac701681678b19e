"""Workflow routes: runs with their steps, cancelled and resumed by a manager."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from maestro.engine.graph import Graph
from maestro.engine.step import step
from maestro.engine.wait import wait_for_approval

from .conftest import BASE, SignInAs, SmallSystem


@pytest.fixture
async def web(api: FastAPI, system: SmallSystem) -> AsyncIterator[httpx2.AsyncClient]:
    """A client in the same event loop as the running engine."""

    def add(number: int) -> int:
        return number + 1

    async def wait(add: int) -> int:
        await asyncio.sleep(30 if add > 100 else 0)
        return add * 2

    def same(numbers: list[int]) -> list[int]:
        return numbers

    system.engine.register(Graph("sum", [step(add), step(wait)]))

    async def charge(amount: int) -> int:
        return amount

    system.engine.register(
        Graph("pay", [step(charge, undo=lambda result: None), wait_for_approval("ask", after=["charge"])])
    )
    system.engine.register(Graph("same", [step(same)]))
    await system.engine.launch()
    transport = httpx2.ASGITransport(app=api)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client
    await system.engine.shutdown(drain_s=0.1)


async def get(web: httpx2.AsyncClient, path: str, headers: dict[str, str]) -> Any:
    answer = await web.get(f"/api/v1/workflows{path}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_runs_are_listed_in_pages_and_read_with_their_steps(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("viewer")
    for number in range(3):
        run_id = await system.engine.start("sum", {"number": number}, run_id=f"run-{number}")
        assert await system.engine.wait(run_id) == {"wait": (number + 1) * 2}
    first = await get(web, "?limit=2&status=succeeded", headers)
    rest = await get(web, f"?limit=2&cursor={first['next_cursor']}", headers)
    assert [run["id"] for run in first["items"] + rest["items"]] == ["run-2", "run-1", "run-0"]
    assert (first["total"], rest["next_cursor"]) == (3, None)
    assert first["items"][0]["progress"] == {"done": 2, "total": 2}
    run = await get(web, "/run-1", headers)
    assert run["inputs"] == {"number": 1}
    assert [(each["name"], each["status"], each["parents"]) for each in run["steps"]] == [
        ("add", "succeeded", []),
        ("wait", "succeeded", ["add"]),
    ]
    assert run["steps"][0]["attempts"][0]["error"] is None
    assert (run["steps"][0]["inputs"], run["steps"][0]["output"]) == ({"number": 1}, 2)
    assert run["critical_path"] == ["add", "wait"]
    assert run["progress"] == {"done": 2, "total": 2}
    assert run["can"] == {"cancel": False, "undo": False, "resume": False, "restart": True}
    assert (run["result"], run["restarted_from"]) == ({"wait": 4}, None)
    assert 0 <= run["steps"][0]["begins_s"] <= run["steps"][0]["ends_s"] <= run["steps"][1]["begins_s"]
    missing = await web.get("/api/v1/workflows/nope", headers=headers)
    assert missing.status_code == 404


async def test_a_manager_cancels_and_resumes_a_run(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    await system.engine.start("sum", {"number": 500}, run_id="long")
    cancelled = await web.post("/api/v1/workflows/long/cancel", headers=headers)
    assert cancelled.json()["status"] == "cancelled"
    assert (await web.post("/api/v1/workflows/long/cancel", headers=headers)).status_code == 409
    resumed = await web.post("/api/v1/workflows/long/resume", headers=headers)
    assert resumed.json()["status"] in {"queued", "running"}
    assert system.audit.list().items[0].action == "workflow.resumed"
    assert (await web.post("/api/v1/workflows/long/cancel", headers=headers)).status_code == 200


async def test_a_manager_cancels_a_run_and_has_what_it_did_taken_back(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    await system.engine.start("pay", {"amount": 500}, run_id="costly")
    async with asyncio.timeout(60):
        while (run := await get(web, "/costly", headers))["steps"][0]["status"] != "succeeded":
            await asyncio.sleep(0.01)
    assert run["can"]["undo"]
    path = "/api/v1/workflows/costly/cancel"
    assert (await web.post(path, json={"undo": True}, headers=headers)).status_code == 200
    assert system.audit.list().items[0].details == {"undo": True}
    async with asyncio.timeout(60):
        while (run := await get(web, "/costly", headers))["status"] != "failed":
            await asyncio.sleep(0.01)
    assert run["steps"][0]["status"] == "undone"
    assert [each["error"] for each in run["steps"][0]["undo"]] == [None]
    assert not run["can"]["resume"]


async def test_runs_of_several_statuses_are_listed_together(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("viewer")
    await system.engine.wait(await system.engine.start("sum", {"number": 1}, run_id="quick"))
    await system.engine.start("sum", {"number": 500}, run_id="long")
    await system.engine.cancel("long")
    await system.engine.wait(await system.engine.start("sum", {"number": 2}, run_id="last"))
    both = await get(web, "?status=succeeded&status=cancelled&limit=2", headers)
    assert {run["id"] for run in both["items"]} <= {"quick", "long", "last"}
    assert (len(both["items"]), both["total"]) == (2, 3)
    assert (await get(web, "?q=lo", headers))["items"][0]["id"] == "long"
    assert [run["id"] for run in (await get(web, "?q=ONG", headers))["items"]] == ["long"]
    assert (await get(web, "?q=ong&status=succeeded&limit=5", headers))["items"] == []
    assert (await get(web, "?name=other", headers))["total"] == 0
    assert (await web.get("/api/v1/workflows?status=lost", headers=headers)).status_code == 422


async def test_known_workflows_are_listed_with_their_steps_and_runs(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    await system.engine.wait(await system.engine.start("sum", {"number": 1}))
    items = (await get(web, "/definitions", signed_in_as("viewer")))["items"]
    found = {each["name"]: each for each in items}["sum"]
    assert found["versions"] == ["1"]
    assert found["inputs"] == [{"name": "number", "required": True}]
    assert [(each["name"], each["parents"], each["retries"]) for each in found["steps"]] == [
        ("add", [], 3),
        ("wait", ["add"], 3),
    ]
    assert found["counts"]["succeeded"] == 1


async def test_a_manager_runs_an_ended_run_again_from_a_step(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    await system.engine.wait(await system.engine.start("sum", {"number": 1}, run_id="first"))
    path = "/api/v1/workflows/first/restart"
    again = (await web.post(path, json={"from_step": "wait"}, headers=headers)).json()
    assert again["id"] != "first"
    assert again["restarted_from"] == "first"
    assert await system.engine.wait(again["id"]) == {"wait": 4}
    assert system.audit.list().items[0].details == {"from": "first", "step": "wait"}
    assert (await web.post(path, json={"from_step": "nope"}, headers=headers)).status_code == 404


async def test_long_values_are_cut_unless_they_are_asked_for_whole(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("viewer")
    numbers = list(range(1_000))
    await system.engine.wait(await system.engine.start("same", {"numbers": numbers}, run_id="long"))
    brief, whole = await get(web, "/long", headers), await get(web, "/long?full=true", headers)
    assert (len(brief["inputs"]["numbers"]), brief["cut"]) == (100, True)
    assert (len(brief["steps"][0]["output"]), brief["steps"][0]["cut"]) == (100, True)
    assert (whole["inputs"]["numbers"], whole["cut"]) == (numbers, False)
    assert (whole["steps"][0]["output"], whole["steps"][0]["cut"]) == (numbers, False)


async def test_without_an_engine_runs_can_be_asked_for_later(api: FastAPI, signed_in_as: SignInAs) -> None:
    transport = httpx2.ASGITransport(app=api)
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        answer = await client.get("/api/v1/workflows", headers=signed_in_as("viewer"))
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
