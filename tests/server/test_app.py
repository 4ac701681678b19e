"""The whole server on a real socket: sign in, decide, watch it live, and a port that is taken."""

from __future__ import annotations

import json
import socket

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from maestro.server.app import create_app, sign_in_link

from .conftest import NOON, SmallSystem, served


def test_a_person_signs_in_decides_and_sees_it_happen(system: SmallSystem) -> None:
    system.loop.run_cycle(NOON)
    with served(create_app(system)) as address, httpx2.Client(base_url=address) as browser:
        token = sign_in_link(system, address).split("token=")[1]
        signed = browser.post("/api/v1/auth/link", json={"token": token}).json()
        assert browser.post("/api/v1/auth/refresh", headers={"Origin": address}).status_code == 200
        headers = {"Authorization": f"Bearer {signed['access_token']}"}
        with connect(f"{address.replace('http', 'ws')}/api/v1/live", origin=Origin(address)) as live:
            live.send(json.dumps({"type": "hello", "version": 1, "token": signed["access_token"]}))
            assert json.loads(live.recv(5))["type"] == "welcome"
            waiting = browser.get("/api/v1/decisions?status=waiting&limit=1", headers=headers).json()
            decision = waiting["items"][0]["id"]
            browser.post(f"/api/v1/decisions/{decision}/approve", headers=headers)
            seen = [json.loads(live.recv(5)) for _ in range(2)]
        assert {message["type"] for message in seen} <= {"decision", "clock"}
        assert any(message["data"].get("id") == decision for message in seen)


def test_a_forged_hello_is_closed_with_its_reason(api: FastAPI) -> None:
    with served(api) as address, connect(f"{address.replace('http', 'ws')}/api/v1/live") as live:
        live.send('{"type":"hello","version":1,"token":"forged"}')
        with pytest.raises(ConnectionClosed) as closed:
            live.recv(5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_a_port_that_is_taken_is_told_to_the_caller(api: FastAPI) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(api, port=port, log_config=None))
        with pytest.raises(SystemExit):
            server.run()
    assert not server.started
