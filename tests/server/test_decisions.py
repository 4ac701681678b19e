"""Decision routes: list, read, approve, reject, undo, many at once, export."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from maestro.agents.track_record import Level
from maestro.packs.retail.entities import PurchaseOrder
from maestro.server.app import create_app

from .conftest import BASE, NOON, PRODUCTS, OpenSystem, SignInAs, SmallSystem

ROOT = "/api/v1/decisions"


@pytest.fixture
def waiting(system: SmallSystem) -> list[str]:
    """Ids of decisions that wait for a person, the best first."""
    system.loop.run_cycle(NOON)
    return [summary.id for summary in system.decisions.list().items]


def get(client: TestClient, path: str, headers: dict[str, str], **query: Any) -> Any:
    answer = client.get(path, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_pages_hold_every_decision_once(
    client: TestClient, signed_in_as: SignInAs, waiting: list[str]
) -> None:
    headers = signed_in_as("viewer")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = get(client, ROOT, headers, **query)
        assert page["total"] == PRODUCTS
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == waiting


def test_filters_narrow_the_list(client: TestClient, signed_in_as: SignInAs, waiting: list[str]) -> None:
    headers = signed_in_as("viewer")
    assert get(client, ROOT, headers, q="차 3")["total"] == 1
    assert get(client, ROOT, headers, subject="SKU-2@SEOUL")["total"] == 1
    assert get(client, ROOT, headers, status=["waiting", "executed"])["total"] == PRODUCTS
    assert get(client, ROOT, headers, status="executed")["total"] == 0
    assert get(client, ROOT, headers, agent="nobody")["total"] == 0
    assert get(client, ROOT, headers, since="2026-03-03T00:00:00Z")["total"] == 0


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 201},
        {"cursor": "??"},
        {"sort": "colour"},
        {"status": "gone"},
        {"since": "2026-01-01"},
    ],
)
def test_a_list_that_cannot_be_is_refused(
    client: TestClient, signed_in_as: SignInAs, query: dict[str, Any]
) -> None:
    answer = client.get(ROOT, headers=signed_in_as("viewer"), params=query)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_decision_shows_why_and_what_may_be_done(
    client: TestClient, signed_in_as: SignInAs, waiting: list[str]
) -> None:
    body = get(client, f"{ROOT}/{waiting[0]}", signed_in_as("viewer"))
    assert body["status"] == "waiting"
    assert body["can"] == {"approve": True, "reject": True, "undo": False}
    assert body["reason"]["ko"] == "금요일에 떨어집니다."
    assert body["summary"] == body["action"]["summary"]
    assert [event["event"] for event in body["timeline"]] == ["proposed", "waiting"]
    assert {result["guard"] for result in body["guards"]} >= {"kill_switch"}
    assert body["evidence"]["forecast"][0]["mean"] == 4.0


def test_an_unknown_decision_is_not_found(client: TestClient, signed_in_as: SignInAs) -> None:
    assert client.get(f"{ROOT}/d_nope", headers=signed_in_as("viewer")).status_code == 404


def test_an_approval_acts_at_once_and_names_the_person(
    client: TestClient, signed_in_as: SignInAs, waiting: list[str], system: SmallSystem
) -> None:
    headers = signed_in_as("manager")
    body = client.post(f"{ROOT}/{waiting[0]}/approve", headers=headers, json={"note": "fine"}).json()
    assert body["status"] == "executed"
    assert body["allowed_by"] == "person:manager@example.com"
    with system.database.reader() as session:
        assert session.get_one(PurchaseOrder, body["outcome"]["order_id"]).status == "sent"
    again = client.post(f"{ROOT}/{waiting[0]}/approve", headers=headers)
    assert again.status_code == 409
    assert again.json()["remedy"]


def test_the_same_key_approves_once_and_answers_the_same(
    client: TestClient, signed_in_as: SignInAs, waiting: list[str]
) -> None:
    headers = signed_in_as("manager") | {"Idempotency-Key": "k-1"}
    first = client.post(f"{ROOT}/{waiting[0]}/approve", headers=headers)
    second = client.post(f"{ROOT}/{waiting[0]}/approve", headers=headers)
    assert second.status_code == 200
    assert second.json() == first.json()
    assert second.headers["idempotent-replayed"] == "true"


def test_a_rejected_decision_orders_nothing(
    client: TestClient, signed_in_as: SignInAs, waiting: list[str]
) -> None:
    headers = signed_in_as("manager")
    body = client.post(f"{ROOT}/{waiting[1]}/reject", headers=headers, json={"note": "no room"}).json()
    assert body["status"] == "rejected"
    assert "no room" in body["timeline"][-1]["words"]["en"]
    assert client.get("/api/v1/orders", headers=headers).json()["total"] == 0


def test_an_undone_decision_cancels_its_order(
    client: TestClient, signed_in_as: SignInAs, waiting: list[str]
) -> None:
    headers = signed_in_as("manager")
    client.post(f"{ROOT}/{waiting[0]}/approve", headers=headers)
    body = client.post(f"{ROOT}/{waiting[0]}/undo", headers=headers, json={"note": "mistake"}).json()
    assert body["status"] == "undone"
    assert client.get("/api/v1/orders", headers=headers).json()["items"][0]["status"] == "cancelled"


def test_many_are_decided_and_each_failure_is_told(
    client: TestClient, signed_in_as: SignInAs, waiting: list[str]
) -> None:
    headers = signed_in_as("manager")
    client.post(f"{ROOT}/{waiting[0]}/reject", headers=headers)
    ids = [waiting[0], waiting[1], waiting[1], "d_nope"]
    body = client.post(f"{ROOT}/bulk", headers=headers, json={"ids": ids, "action": "approve"}).json()
    assert body["done"] == [waiting[1]]
    assert [failure["id"] for failure in body["failed"]] == [waiting[0], "d_nope"]


def test_an_analyst_exports_a_table_for_spreadsheets(
    client: TestClient, signed_in_as: SignInAs, waiting: list[str]
) -> None:
    assert client.get(f"{ROOT}/export.csv", headers=signed_in_as("viewer")).status_code == 403
    answer = client.get(f"{ROOT}/export.csv", headers=signed_in_as("analyst"), params={"q": "tea"})
    lines = answer.text.removeprefix("\ufeff").splitlines()
    assert answer.headers["content-type"].startswith("text/csv")
    assert lines[0].startswith("id,created_at,agent,subject")
    assert len(lines) == PRODUCTS + 1


def test_measured_decisions_show_their_gain(open_system: OpenSystem) -> None:
    system = open_system(level=Level.FULL)
    system.loop.run_cycle(NOON)
    system.loop.run_cycle(NOON + timedelta(days=8))
    measured = [item for item in system.decisions.list(sort="-gain").items if item.measured]
    assert len(measured) == PRODUCTS
    client = TestClient(create_app(system), base_url=BASE)
    assert client.get(ROOT).status_code == 401


def test_a_decision_of_an_agent_that_is_gone_cannot_be_moved(
    api: FastAPI, client: TestClient, signed_in_as: SignInAs, waiting: list[str], system: SmallSystem
) -> None:
    system.agents.clear()
    answer = client.post(f"{ROOT}/{waiting[0]}/approve", headers=signed_in_as("manager"))
    assert answer.status_code == 404
