"""Who may do what: every route is closed to strangers, and every write to viewers."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from maestro.server.app import build_api
from maestro.server.permissions import OPEN_ROUTES, deny_unless_allowed, routes_with_roles

from .conftest import SignInAs

ROUTES = [
    (method, re.sub(r"\{[^}]*\}", "1", path), role)
    for method, path, role in routes_with_roles(build_api())
    if (method, path) not in OPEN_ROUTES
]
OWN_ACCOUNT = ("PATCH", "/api/v1/me")


def test_only_the_named_routes_are_open() -> None:
    found = {(method, path) for method, path, role in routes_with_roles(build_api()) if role is None}
    assert found == OPEN_ROUTES


def test_a_stranger_is_refused_everywhere(client: TestClient) -> None:
    assert len(ROUTES) >= 35
    for method, path, _ in ROUTES:
        answer = client.request(method, path)
        assert answer.status_code == 401, f"{method} {path} asks for no token"
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_viewer_can_write_nowhere_but_on_the_own_account(
    client: TestClient, signed_in_as: SignInAs
) -> None:
    headers = signed_in_as("viewer")
    writes = [
        (method, path) for method, path, _ in ROUTES if method != "GET" and (method, path) != OWN_ACCOUNT
    ]
    assert len(writes) >= 4
    for method, path in writes:
        answer = client.request(method, path, headers=headers, json={})
        assert answer.status_code == 403, f"{method} {path} lets a viewer write"


def test_each_role_may_what_the_roles_below_it_may(client: TestClient, signed_in_as: SignInAs) -> None:
    answers = {
        role: client.get("/api/v1/people", headers=signed_in_as(role)).status_code
        for role in ("viewer", "analyst", "manager", "owner")
    }
    assert answers == {"viewer": 403, "analyst": 403, "manager": 403, "owner": 200}
    assert client.get("/api/v1/clock", headers=signed_in_as("owner")).status_code == 200


def test_a_route_that_names_no_role_does_not_start() -> None:
    api = FastAPI()
    api.add_api_route("/api/v1/secret", lambda: {})
    with pytest.raises(RuntimeError, match="GET /api/v1/secret names no role"):
        deny_unless_allowed(api)
