"""Security headers, the host check and the policy on inline styles."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from maestro.server.app import create_app
from maestro.server.security_headers import host_is_ours
from maestro.settings import ServerSettings

from .conftest import BASE, OpenSystem


def test_every_response_carries_the_headers_errors_too(client: TestClient) -> None:
    for path in ("/", "/api/v1/health", "/api/v1/me", "/api/v1/nowhere"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in headers["permissions-policy"]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy
    assert client.get("/api/v1/health").headers["cache-control"] == "no-store"


def test_each_response_has_its_own_nonce(client: TestClient) -> None:
    policies = [client.get("/api/v1/health").headers["content-security-policy"] for _ in range(2)]
    nonces = [re.findall(r"'nonce-([^']+)'", policy) for policy in policies]
    assert nonces[0] != nonces[1]
    assert all(len(nonce) >= 20 for nonce in nonces[0])


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "localhost.evil:8321"])
def test_a_foreign_host_name_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/api/v1/health", headers={"Host": host})
    assert answer.status_code == 400
    assert "MAESTRO_SERVER__PUBLIC_URL" in answer.json()["remedy"]


@pytest.mark.parametrize("host", ["localhost:8321", "127.0.0.1", "[::1]:8321", "192.168.1.7:8321"])
def test_loopback_and_plain_addresses_are_ours(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/health", headers={"Host": host}).status_code == 200


def test_the_public_name_is_ours_where_it_is_set(open_system: OpenSystem) -> None:
    check = host_is_ours(ServerSettings(public_url="https://Shop.example/"))
    assert check("shop.example")
    assert not check("other.example")
    api = create_app(open_system(public_url="https://shop.example"))
    assert TestClient(api, base_url="https://shop.example").get("/api/v1/health").status_code == 200


def test_a_request_may_bring_its_id_and_gets_one_otherwise(client: TestClient) -> None:
    assert client.get("/api/v1/health", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = client.get("/api/v1/health", headers={"X-Request-Id": "no\tgood <id>"}).headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}", made)
    refused = client.get("/api/v1/me", headers={"X-Request-Id": "abc-2"}).json()
    assert refused["request_id"] == "abc-2"


def test_requests_are_counted_by_route_not_by_address(client: TestClient) -> None:
    client.get("/api/v1/decisions/d_1")
    client.get("/api/v1/decisions/d_2")
    client.get("/wp-login.php")
    text = client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert text.status_code == 401, "a proxied request is not from this machine"
    local = TestClient(client.app, base_url=BASE, client=("127.0.0.1", 5000)).get("/metrics").text
    assert (
        'maestro_http_requests_total{method="GET",route="/decisions/{decision_id}",status="401"} 2.0' in local
    )
    assert "wp-login" not in local


def test_metrics_can_be_turned_off(client: TestClient) -> None:
    running = client.app.state.system  # type: ignore[attr-defined]  # Starlette types any ASGI app
    quiet = running.settings.telemetry.model_copy(update={"metrics": False})
    running.settings = running.settings.model_copy(update={"telemetry": quiet})
    local = TestClient(client.app, base_url=BASE, client=("127.0.0.1", 5000))
    assert local.get("/metrics").status_code == 404
