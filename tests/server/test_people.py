"""People: owners invite, change and remove; everybody cares for the own account."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from .conftest import PASSWORD, SignInAs, SmallSystem


def invite(client: TestClient, headers: dict[str, str], **changes: Any) -> Any:
    body = {"email": "kim@example.com", "name": "Kim", "role": "manager", "language": "ko"} | changes
    return client.post("/api/v1/people", headers=headers, json=body)


def test_an_invited_person_signs_in_by_the_link(
    client: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("owner")
    answer = invite(client, headers)
    assert answer.status_code == 201
    token = answer.json()["sign_in_link"].split("token=")[1]
    signed = client.post("/api/v1/auth/link", json={"token": token}).json()
    assert signed["person"]["role"] == "manager"
    people = client.get("/api/v1/people", headers=headers).json()
    assert [person["email"] for person in people["items"]] == ["kim@example.com", "owner@example.com"]
    assert people["items"][0]["last_sign_in_at"] == "2026-03-02T12:00:00Z"
    logged = system.audit.list().items[0]
    assert (logged.actor, logged.action, logged.subject) == (
        "person:owner@example.com",
        "person.added",
        "kim@example.com",
    )
    assert system.audit.verify().ok


def test_a_person_invited_with_a_password_needs_no_link(client: TestClient, signed_in_as: SignInAs) -> None:
    answer = invite(client, signed_in_as("owner"), password=PASSWORD)
    assert answer.json()["sign_in_link"] is None
    signed = client.post("/api/v1/auth/sign-in", json={"email": "kim@example.com", "password": PASSWORD})
    assert signed.status_code == 200


def test_an_address_has_one_account(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("owner")
    invite(client, headers)
    again = invite(client, headers, email="KIM@example.com")
    assert again.status_code == 409
    assert again.json()["remedy"]


@pytest.mark.parametrize(
    "changes", [{"email": "kim"}, {"email": "a b@c"}, {"role": "king"}, {"name": ""}, {"password": "short"}]
)
def test_a_bad_invitation_is_refused(
    client: TestClient, signed_in_as: SignInAs, changes: dict[str, str]
) -> None:
    assert invite(client, signed_in_as("owner"), **changes).status_code == 422


def test_the_last_owner_can_neither_leave_nor_be_lowered(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("owner")
    assert client.delete("/api/v1/people/1", headers=headers).status_code == 409
    assert client.patch("/api/v1/people/1", headers=headers, json={"role": "viewer"}).status_code == 409


def test_a_removed_person_is_out_at_once(client: TestClient, signed_in_as: SignInAs) -> None:
    headers, gone = signed_in_as("owner"), signed_in_as("viewer")
    assert client.get("/api/v1/me", headers=gone).status_code == 200
    assert client.delete("/api/v1/people/2", headers=headers).status_code == 204
    assert client.get("/api/v1/me", headers=gone).status_code == 401
    assert client.delete("/api/v1/people/2", headers=headers).status_code == 404
    assert client.patch("/api/v1/people/2", headers=headers, json={}).status_code == 404


def test_an_owner_can_make_a_new_link_for_somebody(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("owner")
    signed_in_as("viewer")
    answer = client.patch("/api/v1/people/2", headers=headers, json={"new_link": True, "name": "Vi"})
    assert answer.json()["name"] == "Vi"
    assert "/sign-in?token=" in answer.json()["sign_in_link"]


def test_a_person_sets_a_first_password_and_later_needs_it_to_change_it(
    api: FastAPI, client: TestClient, signed_in_as: SignInAs
) -> None:
    headers = signed_in_as("viewer")
    elsewhere = signed_in_as("viewer")
    first = client.patch("/api/v1/me", headers=headers, json={"password": {"new": PASSWORD}})
    assert first.status_code == 200
    assert first.json()["has_password"] is True
    assert client.get("/api/v1/me", headers=elsewhere).status_code == 401, "other sessions end"
    signed = client.post("/api/v1/auth/sign-in", json={"email": "viewer@example.com", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {signed.json()['access_token']}"}
    wrong = {"password": {"current": "guess guess", "new": "another long one"}}
    assert client.patch("/api/v1/me", headers=headers, json=wrong).status_code == 422
    right = {"password": {"current": PASSWORD, "new": "another long one"}}
    assert client.patch("/api/v1/me", headers=headers, json=right).status_code == 200


def test_a_person_chooses_name_and_language(client: TestClient, signed_in_as: SignInAs) -> None:
    headers = signed_in_as("viewer")
    answer = client.patch("/api/v1/me", headers=headers, json={"name": "지우", "language": "ko"})
    assert (answer.json()["name"], answer.json()["language"]) == ("지우", "ko")
    assert client.get("/api/v1/me", headers=headers).json()["name"] == "지우"
    assert client.patch("/api/v1/me", headers=headers, json={"role": "owner"}).status_code == 422
