"""Agent routes: what an agent may do and has proved, and how a person holds it."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from .conftest import NOON, PRODUCTS, SignInAs, SmallSystem

URL = "/api/v1/agents/replenishment"


def test_an_agent_shows_its_level_proof_and_next_cycle(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    system.loop.run_cycle(NOON)
    body = client.get("/api/v1/agents", headers=signed_in_as("viewer")).json()
    agent = body["items"][0]
    assert (agent["name"], agent["level"], agent["cap"]) == ("replenishment", "advise", "full")
    assert (agent["decisions"], agent["waiting"], agent["coverage"]) == (PRODUCTS, PRODUCTS, None)
    assert agent["evidence"]["towards"] == "bounded"
    assert agent["evidence"]["words"]["ko"]
    assert agent["last_cycle_at"] == "2026-03-02T12:00:00Z"
    assert agent["next_cycle_at"] == "2026-03-09T12:00:00Z"


def test_its_page_tells_limits_and_history(client: TestClient, signed_in_as: SignInAs) -> None:
    page = client.get(URL, headers=signed_in_as("viewer")).json()
    assert page["purpose"]["en"] == "Replenishment"
    assert page["history"] == []
    assert page["gains"] == []
    assert page["max_loss_per_cycle"] == 60.0
    assert {guard["guard"] for guard in page["guardrails"]} == {"kill_switch"}
    assert client.get("/api/v1/agents/nobody", headers=signed_in_as("viewer")).status_code == 404


@pytest.mark.parametrize(
    ("change", "shown", "kind"),
    [
        ({"stopped": True}, {"stopped": True}, "stopped"),
        ({"cap": "shadow"}, {"cap": "shadow", "level": "shadow"}, "capped"),
        ({"level": "full"}, {"level": "full"}, "set"),
        ({"pin": "bounded"}, {"pinned": True, "level": "bounded"}, "pinned"),
        ({"cap": None}, {"cap": "full"}, "capped"),
    ],
)
def test_a_manager_holds_an_agent(
    client: TestClient, signed_in_as: SignInAs, change: dict[str, Any], shown: dict[str, Any], kind: str
) -> None:
    page = client.patch(URL, headers=signed_in_as("manager"), json=change).json()
    assert {name: page[name] for name in shown} == shown
    assert (page["history"][0]["kind"], page["history"][0]["actor"]) == (kind, "manager@example.com")
    assert page["history"][0]["from"] == "advise"


def test_every_hold_is_written_down(client: TestClient, signed_in_as: SignInAs, system: SmallSystem) -> None:
    client.patch(URL, headers=signed_in_as("manager"), json={"stopped": True})
    entry = system.audit.list().items[0]
    assert (entry.actor, entry.action) == ("person:manager@example.com", "agent.stopped")


def test_what_was_held_is_let_go(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager")
    client.patch(URL, headers=headers, json={"pin": "shadow", "stopped": True})
    page = client.patch(URL, headers=headers, json={"pin": None, "stopped": False}).json()
    assert (page["pinned"], page["stopped"]) == (False, False)
    same = client.patch(URL, headers=headers, json={"pin": None, "stopped": False}).json()
    assert len(same["history"]) == len(page["history"]), "nothing changes twice"


def test_an_impossible_hold_is_refused(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager")
    assert client.patch(URL, headers=headers, json={"cap": "shadow", "level": "full"}).status_code == 409
    assert client.patch(URL, headers=headers, json={"level": "king"}).status_code == 422
    assert client.patch(URL, headers=headers, json={"guardrails": {"no_such": 5}}).status_code == 404
    assert client.patch(URL, headers=headers, json={"colour": 1}).status_code == 422
