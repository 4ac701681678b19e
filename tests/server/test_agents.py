"""Agent routes: what an agent may do and has proved, and how a person holds it."""

from __future__ import annotations

from datetime import timedelta
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


def test_cycles_that_were_missed_are_not_announced_as_next(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    system.loop.run_cycle(NOON - timedelta(days=16))
    agent = client.get("/api/v1/agents", headers=signed_in_as("viewer")).json()["items"][0]
    assert agent["next_cycle_at"] == "2026-03-07T12:00:00Z"


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


def test_an_agent_that_is_out_of_service_says_why_and_a_manager_puts_it_back(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    handle = system.agents["replenishment"]
    handle.state, handle.last_error = "quarantined", "The forecast service is down."
    page = client.get(URL, headers=signed_in_as("viewer")).json()
    assert (page["state"], page["last_error"]) == ("quarantined", "The forecast service is down.")
    assert client.post(f"{URL}/release", headers=signed_in_as("analyst")).status_code == 403
    assert client.post(f"{URL}/release", headers=signed_in_as("manager")).json()["state"] == "running"
    entry = system.audit.list().items[0]
    assert (entry.actor, entry.action) == ("person:manager@example.com", "agent.released")
    assert (entry.subject, entry.details) == ("replenishment", {"error": "The forecast service is down."})


def test_only_an_agent_that_is_out_of_service_is_put_back(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    assert client.post(f"{URL}/release", headers=headers).status_code == 409
    assert client.post("/api/v1/agents/nobody/release", headers=headers).status_code == 404
    assert "agent.released" not in {entry.action for entry in system.audit.list().items}


def test_a_release_sent_twice_happens_once(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    system.agents["replenishment"].state = "quarantined"
    headers = signed_in_as("manager") | {"Idempotency-Key": "once"}
    first = client.post(f"{URL}/release", headers=headers)
    again = client.post(f"{URL}/release", headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()


class TestTheSwitchOfAllAgents:
    def test_it_stops_every_agent_until_all_go_on(
        self, client: TestClient, signed_in_as: SignInAs, system: SmallSystem
    ) -> None:
        headers = signed_in_as("manager")
        assert client.get("/api/v1/agents", headers=headers).json()["stopped"] is False
        listed = client.post("/api/v1/agents/stop", headers=headers).json()
        assert (listed["stopped"], listed["items"][0]["stopped"]) == (True, True)
        assert system.loop.run_cycle(NOON).blocked == PRODUCTS
        page = client.get(URL, headers=headers).json()
        assert (page["all_stopped"], page["level"], page["history"]) == (True, "advise", [])
        listed = client.post("/api/v1/agents/resume", headers=headers).json()
        assert (listed["stopped"], listed["items"][0]["stopped"]) == (False, False)
        assert system.loop.run_cycle(NOON + timedelta(days=7)).waiting == PRODUCTS

    def test_it_is_written_down_and_told_once(
        self, client: TestClient, signed_in_as: SignInAs, system: SmallSystem
    ) -> None:
        told: list[Any] = []
        system.events.subscribe(lambda kind, payload: told.append((kind, payload["name"], payload["kind"])))
        for verb in ("stop", "stop", "resume", "resume"):
            answer = client.post(f"/api/v1/agents/{verb}", headers=signed_in_as("manager"))
            assert answer.status_code == 200
        written = [(entry.actor, entry.action, entry.subject) for entry in system.audit.list().items]
        assert [each for each in written if each[1] in {"agent.stopped", "agent.resumed"}] == [
            ("person:manager@example.com", "agent.resumed", "*"),
            ("person:manager@example.com", "agent.stopped", "*"),
        ]
        assert told == [("agent", "replenishment", "stopped"), ("agent", "replenishment", "resumed")]

    def test_only_a_manager_may_use_it(self, client: TestClient, signed_in_as: SignInAs) -> None:
        for verb in ("stop", "resume"):
            refused = client.post(f"/api/v1/agents/{verb}", headers=signed_in_as("analyst"))
            assert refused.status_code == 403

    def test_no_agent_goes_on_alone_while_all_are_stopped(
        self, client: TestClient, signed_in_as: SignInAs
    ) -> None:
        headers = signed_in_as("manager")
        client.post("/api/v1/agents/stop", headers=headers)
        assert client.patch(URL, headers=headers, json={"stopped": False}).status_code == 409

    def test_an_agent_that_was_stopped_itself_stays_stopped(
        self, client: TestClient, signed_in_as: SignInAs
    ) -> None:
        headers = signed_in_as("manager")
        client.patch(URL, headers=headers, json={"stopped": True})
        client.post("/api/v1/agents/stop", headers=headers)
        listed = client.post("/api/v1/agents/resume", headers=headers).json()
        assert (listed["stopped"], listed["items"][0]["stopped"]) == (False, True)
