"""Wait routes and signals: a person sees what is asked, answers, and the run goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from maestro.engine import Graph, wait_for, wait_for_approval, wait_for_event

from .conftest import BASE, SignInAs, SmallSystem

WORKFLOWS = "/api/v1/workflows"


def order(release: dict[str, Any], delivered: dict[str, Any]) -> list[Any]:
    """What both waits came to."""
    return [release["approved"], release["by"], delivered["payload"]]


@pytest.fixture
async def web(api: FastAPI, system: SmallSystem) -> AsyncIterator[httpx2.AsyncClient]:
    """A client beside a run that waits for an approval, an event and a day."""
    asked = [
        wait_for_approval("release", words="Release the order?"),
        wait_for_event("delivered", topic="truck"),
        wait_for("day", 86_400),
    ]
    system.engine.register(Graph("delivery", [*asked, order]))
    await system.engine.launch()
    await system.engine.start("delivery", {}, run_id="run")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=api), base_url=BASE) as client:
        while len(await system.engine.waits()) < 3:
            await asyncio.sleep(0.01)
        yield client
    await system.engine.shutdown(drain_s=0.1)


async def test_what_runs_wait_for_is_listed(web: httpx2.AsyncClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("viewer")
    page = (await web.get("/api/v1/waits", headers=headers)).json()
    assert {(each["kind"], each["topic"]) for each in page["items"]} == {
        ("approval", "release"),
        ("event", "truck"),
    }
    words = {each["kind"]: each["words"]["en"] for each in page["items"]}
    assert words == {"approval": "Release the order?", "event": "It waits until “truck” happens."}
    assert page["total"] == 2
    run = (await web.get(f"{WORKFLOWS}/run", headers=headers)).json()
    waits = {step["name"]: step["wait"] for step in run["steps"] if step["wait"]}
    assert waits["release"] == {"kind": "approval", "topic": "release", "until": None}
    assert waits["day"]["until"] is not None
    assert run["status"] == "waiting"


async def test_an_answer_lets_the_run_go_on(
    web: httpx2.AsyncClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers, signals = signed_in_as("manager"), f"{WORKFLOWS}/run/signals"
    vague = await web.post(f"{signals}/release", json={"payload": "yes"}, headers=headers)
    assert vague.status_code == 422
    assert '{"payload": {"approved": true}}' in vague.json()["remedy"]
    yes = {"payload": {"approved": True, "note": "in stock"}}
    answered = await web.post(f"{signals}/release", json=yes, headers=headers)
    assert (answered.status_code, answered.json()["note"]) == (200, None)
    entry = system.audit.list().items[0]
    assert (entry.action, entry.details) == ("workflow.signalled", {"topic": "release"})
    assert (await web.post(f"{signals}/truck", json={"payload": 7}, headers=headers)).status_code == 200
    for _ in range(200):
        run = (await web.get(f"{WORKFLOWS}/run", headers=headers)).json()
        output = {step["name"]: step["output"] for step in run["steps"]}["order"]
        if output:
            break
        await asyncio.sleep(0.02)
    assert output == [True, "manager@example.com", 7]
    again = await web.post(f"{signals}/release", json=yes, headers=headers)
    assert again.status_code == 409
    assert (await web.post(f"{signals}/truck", json=yes, headers=signed_in_as("viewer"))).status_code == 403


async def test_an_event_that_nobody_waits_for_now_is_kept_and_that_is_said(
    web: httpx2.AsyncClient, signed_in_as: SignInAs
) -> None:
    headers = signed_in_as("manager")
    answer = await web.post(f"{WORKFLOWS}/run/signals/trukc", json={"payload": 7}, headers=headers)
    assert answer.status_code == 200
    note = answer.json()["note"]
    assert "Nobody waits for “trukc” now; it is kept" in note["en"]
    assert "What it waits for: release, truck." in note["en"]
    assert "trukc" in note["ko"]
    assert "보관합니다" in note["ko"]
