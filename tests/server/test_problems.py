"""Problems: each error of Maestro leaves with its status, its remedy and a request id."""

from __future__ import annotations

import sqlite3

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from maestro.errors import (
    ConflictError,
    InputError,
    MaestroError,
    NotFoundError,
    PermanentError,
    PolicyError,
    TemporaryError,
)
from maestro.server.problems import answer_with_problems


def answer_to(error: Exception) -> TestClient:
    api = FastAPI()
    answer_with_problems(api)

    @api.get("/")
    def fail() -> None:
        raise error

    return TestClient(api, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (NotFoundError("gone", remedy="look"), 404, "not-found"),
        (ConflictError("moved", remedy="reload"), 409, "conflict"),
        (InputError("wrong", remedy="correct it"), 422, "input"),
        (PolicyError("forbidden", remedy="ask"), 403, "not-allowed"),
        (PermanentError("broken", remedy="none"), 500, "internal"),
        (ValueError("secret detail"), 500, "internal"),
    ],
)
def test_an_error_becomes_a_problem(error: Exception, status: int, kind: str) -> None:
    answer = answer_to(error).get("/")
    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == f"urn:maestro:problem:{kind}"
    assert body["title"]
    if isinstance(error, MaestroError):
        assert (body["detail"], body["remedy"]) == (error.message, error.remedy)
    else:
        assert "secret detail" not in answer.text


def test_a_temporary_error_says_when_to_come_again() -> None:
    answer = answer_to(TemporaryError("busy", delay_s=2.5)).get("/")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "3"


def test_a_full_disk_is_not_the_requests_fault() -> None:
    error = InputError("The disk is full; nothing was written.", remedy="Free some space.")
    error.__cause__ = OperationalError("insert", {}, sqlite3.OperationalError("database or disk is full"))
    answer = answer_to(error).get("/")
    assert answer.status_code == 503
    assert answer.json()["remedy"] == "Free some space."


def test_a_busy_database_is_tried_again() -> None:
    error = OperationalError("select", {}, sqlite3.OperationalError("database is locked"))
    answer = answer_to(error).get("/")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


def test_wrong_fields_are_named(client: TestClient) -> None:
    answer = client.post("/api/v1/auth/sign-in", json={"email": 5})
    assert answer.status_code == 422
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {"body.email", "body.password"}


def test_an_unknown_path_and_a_wrong_method_are_problems(client: TestClient) -> None:
    assert client.get("/api/v1/nowhere").json()["status"] == 404
    wrong = client.delete("/api/v1/health")
    assert wrong.status_code == 405
    assert wrong.headers["content-type"] == "application/problem+json"
