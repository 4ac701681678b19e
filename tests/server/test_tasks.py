"""Task routes: the backlog with its reasons, what is foreseen, and a manager who changes what goes first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from maestro.engine.graph import Graph
from maestro.engine.step import step

from .conftest import BASE, NOON, SignInAs, SmallSystem

TASKS = "/api/v1/tasks"


@pytest.fixture
async def web(api: FastAPI, system: SmallSystem) -> AsyncIterator[httpx2.AsyncClient]:
    """A client in the same event loop as the running engine; nothing is admitted yet."""

    def add(number: int) -> int:
        return number + 1

    system.engine.register(Graph("sum", [step(add)]))
    await system.engine.launch()
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=api), base_url=BASE) as client:
        yield client
    await system.scheduler.stop()
    await system.engine.shutdown(drain_s=0.1)


async def submit(web: httpx2.AsyncClient, headers: dict[str, str], number: int, **more: Any) -> Any:
    body = {"workflow": "sum", "inputs": {"number": number}, **more}
    answer = await web.post(TASKS, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_task_is_put_in_and_its_place_explained(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    deadline = (NOON + timedelta(hours=1)).isoformat()
    task = await submit(web, headers, 1, deadline=deadline, value=5)
    assert (task["status"], task["kind"], task["value"]) == ("waiting", "sum", 5.0)
    assert task["priority"] == pytest.approx(sum(each["contribution"] for each in task["factors"]))
    assert {"urgency", "value", "age"} <= {each["name"] for each in task["factors"]}
    assert task["explanation"]["en"].startswith("Number 1 of 1.")
    assert (await web.get(f"{TASKS}/{task['id']}", headers=headers)).json()["id"] == task["id"]
    entry = system.audit.list().items[0]
    assert (entry.action, entry.details["value"]) == ("task.submitted", 5.0)
    assert "inputs" not in entry.details
    wrong = await web.post(TASKS, json={"workflow": "nope"}, headers=headers)
    assert wrong.status_code == 404
    refused = await web.post(TASKS, json={"workflow": "sum"}, headers=signed_in_as("viewer"))
    assert refused.status_code == 403


async def test_the_same_key_puts_one_task_in(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = {**signed_in_as("manager"), "Idempotency-Key": "order-17"}
    first, again = await submit(web, headers, 1), await submit(web, headers, 1)
    assert first["id"] == again["id"]
    assert (await web.get(TASKS, headers=headers)).json()["total"] == 1


async def test_a_manager_changes_what_goes_first(web: httpx2.AsyncClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager")
    tasks = [await submit(web, headers, number) for number in range(3)]
    last = tasks[-1]["id"]
    boosted = await web.patch(f"{TASKS}/{last}", json={"boost": 1.0}, headers=headers)
    assert boosted.json()["boost"] == 1.0
    first = (await web.get(f"{TASKS}?limit=2&status=waiting", headers=headers)).json()
    assert (first["items"][0]["id"], first["total"]) == (last, 3)
    rest = await web.get(f"{TASKS}?limit=2&cursor={first['next_cursor']}", headers=headers)
    assert (len(rest.json()["items"]), rest.json()["next_cursor"]) == (1, None)
    assert (await web.get(f"{TASKS}?q=nothing", headers=headers)).json()["total"] == 0
    assert (await web.patch(f"{TASKS}/nope", json={"boost": 1}, headers=headers)).status_code == 404
    assert (await web.patch(f"{TASKS}/{last}", json={"boost": 2}, headers=headers)).status_code == 422


async def test_a_task_is_taken_out(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    told: list[tuple[str, Any]] = []
    system.events.subscribe(lambda kind, data: told.append((kind, data["status"])))
    task = await submit(web, headers, 1)
    cancelled = await web.post(f"{TASKS}/{task['id']}/cancel", headers=headers)
    assert cancelled.json()["status"] == "cancelled"
    assert told == [("task", "waiting"), ("task", "cancelled")]
    assert (await web.post(f"{TASKS}/{task['id']}/cancel", headers=headers)).status_code == 409
    assert system.audit.list().items[0].action == "task.cancelled"


async def test_what_is_foreseen_of_the_backlog_is_told(
    web: httpx2.AsyncClient, signed_in_as: SignInAs
) -> None:
    headers = signed_in_as("manager")
    await submit(web, headers, 1)
    foreseen = (await web.get(f"{TASKS}/forecast", headers=headers)).json()
    assert (foreseen["backlog_s"], foreseen["shortage"]) == (None, None)
    assert (foreseen["slots"], foreseen["at_work"], foreseen["pausing"]) == (8, 0, 0)
    assert (foreseen["bottleneck"], foreseen["proposed_order"]) == (None, [])


async def test_an_admitted_task_names_its_run(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    task = await submit(web, headers, 1)
    await system.scheduler.start()
    run_id = f"task-{task['id']}"
    for _ in range(200):
        seen = (await web.get(f"{TASKS}/{task['id']}", headers=headers)).json()
        if seen["status"] == "done":
            break
        await system.wall.advance(seconds=1)
    assert (seen["status"], seen["run_id"]) == ("done", run_id)
    assert await system.engine.wait(run_id) == {"add": 2}
