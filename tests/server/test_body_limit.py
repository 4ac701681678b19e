"""Body limit: large bodies are refused early, announced or not."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.testclient import TestClient

from maestro.server.body_limit import LARGEST_BODY

URL = "/api/v1/auth/sign-in"


def test_an_announced_large_body_is_not_read(client: TestClient) -> None:
    answer = client.post(URL, content=b" " * (LARGEST_BODY + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unannounced_large_body_is_cut_off(client: TestClient) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    answer = client.post(URL, content=chunks(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_malformed_length_is_refused(client: TestClient) -> None:
    answer = client.post(URL, content=b"{}", headers={"Content-Length": "-5"})
    assert answer.status_code == 413


def test_an_ordinary_body_passes(client: TestClient) -> None:
    assert client.post(URL, content=b"{").status_code == 422
