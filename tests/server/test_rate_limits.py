"""Rate limits: too many requests are told to wait."""

from __future__ import annotations

from fastapi.testclient import TestClient

from maestro.server.app import create_app

from .conftest import BASE, OpenSystem


def test_an_address_that_asks_too_often_waits(open_system: OpenSystem) -> None:
    client = TestClient(create_app(open_system(requests_per_minute=3)), base_url=BASE)
    answers = [client.get("/api/v1/health") for _ in range(5)]
    assert 429 in {answer.status_code for answer in answers}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["x-frame-options"] == "DENY"


def test_each_person_has_a_count_of_their_own(open_system: OpenSystem) -> None:
    api = create_app(open_system(requests_per_minute=3))
    client = TestClient(api, base_url=BASE)
    desk = api.state.authentication
    headers = []
    for name in ("a", "b"):
        person = desk.accounts.add(
            email=f"{name}@example.com", name=name, role="viewer", language="en", password=None
        )
        signed = desk.sign_in_with_link(desk.sessions.new_link(person.id))
        headers.append({"Authorization": f"Bearer {signed.access_token}"})
    while client.get("/api/v1/me", headers=headers[0]).status_code == 200:
        pass
    assert client.get("/api/v1/me", headers=headers[1]).status_code == 200
