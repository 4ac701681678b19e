"""Incident routes: the list, one with its causes and timeline, a person's verdict, breakers, playbooks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from maestro.engine.recovery import incident_words
from maestro.engine.recovery.incident import Outcome, Severity, Symptom
from maestro.engine.recovery.root_cause import Cause
from maestro.engine.words import Words
from maestro.errors import TemporaryError

from .conftest import NOON, SignInAs, SmallSystem

INCIDENTS = "/api/v1/incidents"


@pytest.fixture
def opened(system: SmallSystem) -> list[str]:
    """Three incidents; the last is the youngest."""
    ids = []
    for number, component in enumerate(("database", "supplier", "worker-7")):
        symptom = Symptom(f"{component} latency", 2.5, 0.1, NOON)
        words = incident_words.opened(component, "slow")
        at = NOON + timedelta(minutes=number)
        incident, _ = system.recovery.incidents.open(
            component, "slow", Severity.HIGH, [symptom], words, at=at
        )
        ids.append(incident.id)
    return ids


def test_incidents_are_listed_newest_first_in_pages(
    client: TestClient, signed_in_as: SignInAs, opened: list[str]
) -> None:
    headers = signed_in_as("viewer")
    first = client.get(f"{INCIDENTS}?limit=2", headers=headers).json()
    rest = client.get(f"{INCIDENTS}?limit=2&cursor={first['next_cursor']}", headers=headers).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == opened[::-1]
    assert (first["total"], rest["next_cursor"]) == (3, None)
    assert first["items"][0]["title"]["en"].startswith("worker-7")


def test_incidents_are_filtered_by_status_and_words(
    client: TestClient, signed_in_as: SignInAs, opened: list[str], system: SmallSystem
) -> None:
    headers = signed_in_as("viewer")
    system.recovery.incidents.resolve(opened[0])
    assert client.get(f"{INCIDENTS}?status=resolved", headers=headers).json()["total"] == 1
    assert client.get(f"{INCIDENTS}?status=resolved&status=open", headers=headers).json()["total"] == 3
    assert client.get(f"{INCIDENTS}?q=SUPPLIER", headers=headers).json()["items"][0]["id"] == opened[1]
    assert client.get(f"{INCIDENTS}?q=느립니다", headers=headers).json()["total"] == 3
    assert client.get(f"{INCIDENTS}?q=%25", headers=headers).json()["total"] == 0


def test_an_incident_is_told_with_causes_timeline_and_what_was_tried(
    client: TestClient, signed_in_as: SignInAs, opened: list[str], system: SmallSystem
) -> None:
    store, incident = system.recovery.incidents, opened[0]
    evidence = (Words("It was changed.", "바뀌었습니다."),)
    symptom = Symptom("database latency", 2.5, 0.1, NOON)
    store.suspect(incident, [Cause("disk", 0.9, evidence, "slow")], [symptom])
    number = store.action_started(incident, "restart", "database", "reroute")
    store.action_ended(number, Outcome.NO_EFFECT)
    seen = client.get(f"{INCIDENTS}/{incident}", headers=signed_in_as("viewer")).json()
    assert (seen["causes"][0]["component"], seen["causes"][0]["probability"]) == ("disk", 0.9)
    assert seen["actions"][0]["outcome"] == "no_effect"
    assert seen["timeline"][0]["kind"] == "opened"
    assert seen["symptoms"][0]["value"] == 2.5
    assert client.get(f"{INCIDENTS}/999", headers=signed_in_as("viewer")).status_code == 404


def test_a_person_looks_after_an_incident_and_closes_it(
    client: TestClient, signed_in_as: SignInAs, opened: list[str], system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    seen = client.post(f"{INCIDENTS}/{opened[0]}/acknowledge", json={"note": "mine"}, headers=headers).json()
    assert seen["acknowledged_by"] == "manager@example.com"
    closed = client.post(f"{INCIDENTS}/{opened[0]}/resolve", headers=headers).json()
    assert closed["status"] == "resolved"
    assert client.post(f"{INCIDENTS}/{opened[0]}/resolve", headers=headers).status_code == 409
    actions = [entry.action for entry in system.audit.list().items]
    assert actions[:2] == ["incident.resolved", "incident.acknowledged"]
    refused = client.post(f"{INCIDENTS}/{opened[1]}/resolve", headers=signed_in_as("viewer"))
    assert refused.status_code == 403


def test_a_breaker_is_shown_and_closed_by_hand(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    breaker = system.recovery.breakers["supplier"]
    for _ in range(10):
        breaker.check()
        breaker.failed(TemporaryError("no answer"))
    seen = client.get("/api/v1/breakers", headers=headers).json()["items"]
    assert [(each["name"], each["state"]) for each in seen] == [("supplier", "open")]
    assert seen[0]["failures"] == 10
    closed = client.post("/api/v1/breakers/supplier/reset", headers=headers).json()
    assert (closed["state"], closed["retry_at"]) == ("closed", None)
    assert client.post("/api/v1/breakers/nobody/reset", headers=headers).status_code == 404


def test_what_recovery_has_learned_is_told(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    playbooks = system.recovery.playbooks
    playbooks.learn("database/slow", "restart", worked=True, seconds=4.0)
    playbooks.learn("database/slow", "reroute", worked=False, seconds=9.0)
    system.recovery.diary.flush_now()
    items = client.get("/api/v1/playbooks", headers=signed_in_as("viewer")).json()["items"]
    assert items[0]["incident_kind"] == "database/slow"
    assert [(each["action"], each["successes"]) for each in items[0]["actions"]] == [
        ("restart", 1),
        ("reroute", 0),
    ]
