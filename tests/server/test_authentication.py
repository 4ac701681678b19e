"""Signing in, staying signed in and signing out, over HTTP."""

from __future__ import annotations

import asyncio

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from maestro.server.app import create_app, sign_in_link

from .conftest import BASE, PASSWORD, OpenSystem, SmallSystem

COOKIE = "maestro_refresh"


@pytest.fixture
def owner(api: FastAPI) -> str:
    """The e-mail address of an owner who has a password."""
    desk = api.state.authentication
    desk.accounts.add(email="Jo@Example.com", name="Jo", role="owner", language="ko", password=PASSWORD)
    return "jo@example.com"


def sign_in(client: TestClient, email: str, password: str = PASSWORD) -> dict[str, str]:
    answer = client.post("/api/v1/auth/sign-in", json={"email": email, "password": password})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def wait(system: SmallSystem, **span: float) -> None:
    asyncio.run(system.wall.advance(**span))


def test_the_right_password_gives_a_short_lived_token_and_a_cookie_scripts_cannot_read(
    client: TestClient, owner: str
) -> None:
    answer = client.post("/api/v1/auth/sign-in", json={"email": " JO@example.com ", "password": PASSWORD})
    body = answer.json()
    assert answer.status_code == 200
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 15 * 60
    assert body["person"]["email"] == owner
    assert body["person"]["role"] == "owner"
    assert body["person"]["language"] == "ko"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/api/v1/auth" in cookie
    assert "secure" not in cookie
    me = client.get("/api/v1/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert me.json() == body["person"]


def test_the_cookie_is_secure_where_people_use_https(open_system: OpenSystem) -> None:
    api = create_app(open_system(public_url="https://shop.example"))
    client = TestClient(api, base_url="https://shop.example")
    link = sign_in_link(api.state.system, "https://shop.example")
    answer = client.post("/api/v1/auth/link", json={"token": link.split("token=")[1]})
    assert answer.status_code == 200
    assert "secure" in answer.headers["set-cookie"].lower()
    assert answer.headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("email", "password"), [("jo@example.com", "wrong"), ("nobody@example.com", PASSWORD)]
)
def test_a_wrong_guess_does_not_tell_what_was_wrong(
    client: TestClient, owner: str, email: str, password: str
) -> None:
    answer = client.post("/api/v1/auth/sign-in", json={"email": email, "password": password})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["detail"] == "The e-mail address or the password is wrong."


def test_a_person_without_a_password_cannot_sign_in_with_one(api: FastAPI, client: TestClient) -> None:
    api.state.authentication.accounts.first_owner("en")
    answer = client.post("/api/v1/auth/sign-in", json={"email": "owner@localhost", "password": ""})
    assert answer.status_code == 401


def test_guessing_is_slowed_down_for_the_address_and_for_the_account(
    open_system: OpenSystem,
) -> None:
    client = TestClient(create_app(open_system(sign_in_attempts_per_minute=3)), base_url=BASE)
    for _ in range(3):
        guess = {"email": "jo@example.com", "password": "guess"}
        assert client.post("/api/v1/auth/sign-in", json=guess).status_code == 401
    refused = client.post("/api/v1/auth/sign-in", json={"email": "x@example.com", "password": "guess"})
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_a_sign_in_link_works_once(client: TestClient, system: SmallSystem) -> None:
    link = sign_in_link(system, BASE)
    assert link.startswith(f"{BASE}/sign-in?token=")
    token = {"token": link.split("token=")[1]}
    first = client.post("/api/v1/auth/link", json=token)
    assert first.status_code == 200
    assert first.json()["person"]["has_password"] is False
    assert client.post("/api/v1/auth/link", json=token).status_code == 401


def test_a_sign_in_link_expires(client: TestClient, system: SmallSystem) -> None:
    token = {"token": sign_in_link(system, BASE).split("token=")[1]}
    wait(system, minutes=61)
    answer = client.post("/api/v1/auth/link", json=token)
    assert answer.status_code == 401
    assert "expired" in answer.json()["detail"]


def test_an_access_token_expires_and_the_cookie_renews_it(
    client: TestClient, owner: str, system: SmallSystem
) -> None:
    headers = sign_in(client, owner)
    wait(system, minutes=16)
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    renewed = client.post("/api/v1/auth/refresh")
    assert renewed.status_code == 200
    headers = {"Authorization": f"Bearer {renewed.json()['access_token']}"}
    assert client.get("/api/v1/me", headers=headers).status_code == 200


def test_a_refresh_token_changes_at_every_use(client: TestClient, owner: str) -> None:
    sign_in(client, owner)
    before = client.cookies[COOKIE]
    client.post("/api/v1/auth/refresh")
    assert client.cookies[COOKIE] != before


def test_a_stolen_refresh_token_ends_the_session_for_thief_and_owner(
    client: TestClient, owner: str, system: SmallSystem
) -> None:
    sign_in(client, owner)
    copied = client.cookies[COOKIE]
    headers = {"Authorization": f"Bearer {client.post('/api/v1/auth/refresh').json()['access_token']}"}
    wait(system, seconds=30)
    thief = TestClient(client.app, base_url=BASE, cookies={COOKIE: copied})
    assert thief.post("/api/v1/auth/refresh").status_code == 401
    assert client.post("/api/v1/auth/refresh").status_code == 401
    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_two_tabs_may_refresh_at_the_same_moment(client: TestClient, owner: str) -> None:
    sign_in(client, owner)
    other_tab = TestClient(client.app, base_url=BASE, cookies={COOKIE: client.cookies[COOKIE]})
    assert client.post("/api/v1/auth/refresh").status_code == 200
    second = other_tab.post("/api/v1/auth/refresh")
    assert second.status_code == 200
    assert "set-cookie" not in second.headers, "a thief would get no session of their own"
    assert client.post("/api/v1/auth/refresh").status_code == 200


def test_a_refresh_token_expires(client: TestClient, owner: str, system: SmallSystem) -> None:
    sign_in(client, owner)
    wait(system, days=15)
    assert client.post("/api/v1/auth/refresh").status_code == 401


def test_signing_out_voids_the_access_token_at_once(client: TestClient, owner: str) -> None:
    headers = sign_in(client, owner)
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    assert client.post("/api/v1/auth/sign-out").status_code == 204
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    assert client.post("/api/v1/auth/refresh").status_code == 401
    assert client.post("/api/v1/auth/sign-out").status_code == 204


@pytest.mark.parametrize("path", ["sign-in", "link", "refresh", "sign-out"])
def test_another_sites_page_cannot_sign_in_or_refresh(client: TestClient, owner: str, path: str) -> None:
    sign_in(client, owner)
    for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = client.post(f"/api/v1/auth/{path}", json={}, headers=foreign)
        assert answer.status_code == 403


def test_our_own_page_can_refresh(client: TestClient, owner: str) -> None:
    sign_in(client, owner)
    ours = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/auth/refresh", headers=ours).status_code == 200


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer x.y.z", "Basic am86cGFzcw==", "Bearer eyJhbGciOiJub25lIn0.e30."]
)
def test_a_damaged_or_unsigned_token_is_nobody(client: TestClient, value: str) -> None:
    assert client.get("/api/v1/me", headers={"Authorization": value}).status_code == 401


def test_a_changed_role_voids_tokens_issued_before(api: FastAPI, client: TestClient, owner: str) -> None:
    headers = sign_in(client, owner)
    desk = api.state.authentication
    other = desk.accounts.add(email="b@example.com", name="B", role="owner", language="en", password=None)
    invited = client.patch("/api/v1/people/1", json={"role": "viewer"}, headers=headers)
    assert invited.status_code == 200
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    assert other.role == "owner"
    assert client.post("/api/v1/auth/refresh").json()["person"]["role"] == "viewer"
