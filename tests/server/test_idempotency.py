"""Idempotency: one key, one write."""

from __future__ import annotations

import asyncio

import pytest
from fastapi.testclient import TestClient
from starlette.responses import Response

from maestro.errors import ConflictError, InputError
from maestro.server.accounts import Account
from maestro.server.idempotency import IdempotentRequests

from .conftest import OpenSystem, SignInAs, SmallSystem

SELL = "/api/v1/stock/sell"
SALE = {"product_id": 1, "location_id": 1, "quantity": 5, "reference": "till"}


def test_a_sale_sent_twice_sells_once(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager") | {"Idempotency-Key": "till-77"}
    first, second = (client.post(SELL, headers=headers, json=SALE) for _ in range(2))
    assert first.json()["balance"] == 45
    assert second.json() == first.json()
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"


def test_a_key_is_for_one_request_only(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager") | {"Idempotency-Key": "till-78"}
    client.post(SELL, headers=headers, json=SALE)
    other = client.post(SELL, headers=headers, json=SALE | {"quantity": 6})
    assert other.status_code == 422
    assert client.post(SELL, headers=headers | {"Idempotency-Key": "x" * 101}, json=SALE).status_code == 422


def test_a_write_that_failed_may_be_tried_again_under_its_key(
    client: TestClient, signed_in_as: SignInAs
) -> None:
    headers = signed_in_as("manager") | {"Idempotency-Key": "till-79"}
    too_many = SALE | {"quantity": 51}
    assert client.post(SELL, headers=headers, json=too_many).status_code == 409
    more = {"product_id": 1, "location_id": 1, "quantity": 10, "reason": "found"}
    assert client.post("/api/v1/stock/adjust", headers=signed_in_as("manager"), json=more).status_code == 200
    assert client.post(SELL, headers=headers, json=too_many).json()["balance"] == 9


def test_two_people_may_use_the_same_key(client: TestClient, signed_in_as: SignInAs) -> None:
    for role, balance in (("manager", 45), ("owner", 40)):
        headers = signed_in_as(role) | {"Idempotency-Key": "till-80"}
        assert client.post(SELL, headers=headers, json=SALE).json()["balance"] == balance


def test_a_stranger_learns_nothing_from_a_key(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("manager") | {"Idempotency-Key": "till-81"}
    client.post(SELL, headers=headers, json=SALE)
    assert client.post(SELL, headers={"Idempotency-Key": "till-81"}, json=SALE).status_code == 401


def test_a_key_in_use_is_a_conflict_until_its_process_is_given_up(
    system: SmallSystem, client: TestClient, signed_in_as: SignInAs
) -> None:
    signed_in_as("manager")
    requests = IdempotentRequests(system.database, system.wall)
    assert requests.begin(1, "k", "same") is None
    with pytest.raises(ConflictError, match="still being worked on"):
        requests.begin(1, "k", "same")
    asyncio.run(system.wall.advance(minutes=6))
    assert requests.begin(1, "k", "same") is None
    requests.keep(1, "k", Response(b"{}", 200, media_type="application/json"))
    again = requests.begin(1, "k", "same")
    assert again is not None
    assert again.body == b"{}"
    with pytest.raises(InputError):
        requests.begin(1, "k", "other")
    asyncio.run(system.wall.advance(hours=25))
    assert requests.begin(1, "k", "other") is None


def test_keys_work_the_same_on_postgresql(open_system: OpenSystem, postgres_url: str) -> None:
    system = open_system(postgres_url)
    from_database = IdempotentRequests(system.database, system.wall)
    with system.database.session() as session:
        session.add(Account(email="a@b", name="A", role="owner", language="en", created_at=system.wall.now()))
    assert from_database.begin(1, "k", "same") is None
    with pytest.raises(ConflictError):
        from_database.begin(1, "k", "same")
    from_database.release(1, "k")
    assert from_database.begin(1, "k", "same") is None
