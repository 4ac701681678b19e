"""Live connection: authenticated, numbered, resumed after a drop, and never held up by a slow client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.testclient import WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from maestro.server import live
from maestro.server.live import LiveHub

from .conftest import BASE, NOON, SignInAs, SmallSystem

URL = "ws://127.0.0.1:8321/api/v1/live"


@pytest.fixture
def running(api: FastAPI) -> Iterator[TestClient]:
    """The server with its background work."""
    with TestClient(api, base_url=BASE) as client:
        yield client


def hello(session: WebSocketTestSession, headers: dict[str, str], since: int | None = None) -> Any:
    token = headers["Authorization"].removeprefix("Bearer ")
    session.send_json({"type": "hello", "version": 1, "token": token, "since": since})
    return session.receive_json()


def test_events_arrive_numbered_in_order(
    running: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    with running.websocket_connect(URL) as session:
        welcome = hello(session, signed_in_as("viewer"))
        assert (welcome["v"], welcome["type"], welcome["resumed"]) == (1, "welcome", False)
        system.loop.run_cycle(NOON)
        messages = [session.receive_json() for _ in range(12)]
    assert [message["seq"] for message in messages] == list(
        range(welcome["seq"] + 1, welcome["seq"] + 1 + len(messages))
    )
    decision = next(message for message in messages if message["type"] == "decision")
    assert decision["data"]["subject"]["id"].startswith("SKU-")


def test_a_client_that_was_away_gets_what_it_missed(
    running: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    headers = signed_in_as("viewer")
    with running.websocket_connect(URL) as session:
        hello(session, headers)
        system.events.announce("stock", {"n": 1})
        last = session.receive_json()["seq"]
    system.events.announce("stock", {"n": 2})
    system.events.announce("stock", {"n": 3})
    with running.websocket_connect(URL) as session:
        welcome = hello(session, headers, since=last)
        assert welcome["resumed"] is True
        assert welcome["seq"] == last + 2
        missed = [session.receive_json() for _ in range(2)]
        assert [message["data"]["n"] for message in missed] == [2, 3]
        system.events.announce("stock", {"n": 4})
        assert session.receive_json()["seq"] == last + 3


@pytest.mark.parametrize("since", [5, 10**15])
def test_a_client_that_was_away_too_long_fetches_anew(
    running: TestClient, signed_in_as: SignInAs, since: int
) -> None:
    with running.websocket_connect(URL) as session:
        welcome = hello(session, signed_in_as("viewer"), since=since)
        assert welcome["resumed"] is False
        assert session.receive_json() == {"v": 1, "type": "reset", "seq": welcome["seq"]}


def test_a_ping_is_answered(running: TestClient, signed_in_as: SignInAs) -> None:
    with running.websocket_connect(URL) as session:
        hello(session, signed_in_as("viewer"))
        session.send_json({"type": "ping"})
        assert session.receive_json() == {"type": "pong"}


def test_the_time_comes_every_second(
    running: TestClient, signed_in_as: SignInAs, system: SmallSystem
) -> None:
    with running.websocket_connect(URL) as session:
        welcome = hello(session, signed_in_as("viewer"))
        assert running.portal is not None
        running.portal.call(lambda: system.wall.advance(seconds=2))
        message = session.receive_json()
    assert message["type"] == "clock"
    assert message["seq"] == welcome["seq"], "the time is no event of its own"
    assert message["data"]["now"].startswith("2026-03-02T12:")
    assert message["data"]["paused"] is True


@pytest.mark.parametrize(
    "first",
    [
        {"type": "hello", "version": 1, "token": "forged"},
        {"type": "hello", "version": 2, "token": "x"},
        {"type": "subscribe"},
        ["hello"],
    ],
)
def test_a_stranger_is_cut_off(running: TestClient, first: Any) -> None:
    with running.websocket_connect(URL) as session:
        session.send_text(json.dumps(first))
        with pytest.raises(WebSocketDisconnect) as cut:
            session.receive_json()
    assert cut.value.code == 4401


def test_a_silent_client_is_cut_off(running: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HELLO_WITHIN_S", 0.05)
    with running.websocket_connect(URL) as session, pytest.raises(WebSocketDisconnect) as cut:
        session.receive_json()
    assert cut.value.code == 4401


def test_another_sites_page_is_refused(running: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as cut,
        running.websocket_connect(URL, headers={"Origin": "https://evil.example"}),
    ):
        pass
    assert cut.value.code == 4403


def test_a_foreign_host_name_and_an_unknown_path_are_refused(running: TestClient) -> None:
    for path, headers in ((URL, {"Host": "evil.example"}), ("ws://127.0.0.1:8321/elsewhere", {})):
        with (
            pytest.raises(WebSocketDisconnect),
            running.websocket_connect(path, headers=headers),
        ):
            pass


def test_a_person_whose_rights_end_is_cut_off(
    running: TestClient, api: FastAPI, signed_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RIGHTS_CHECKED_EVERY_S", 0.05)
    headers = signed_in_as("viewer")
    with running.websocket_connect(URL) as session:
        hello(session, headers)
        desk = api.state.authentication
        desk.accounts.remove(desk.accounts.everyone()[0].id)
        desk.forget(1)
        with pytest.raises(WebSocketDisconnect) as cut:
            session.receive_json()
    assert cut.value.code == 4401


def test_the_server_pings(
    running: TestClient, signed_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PING_EVERY_S", 0.05)
    with running.websocket_connect(URL) as session:
        hello(session, signed_in_as("viewer"))
        assert session.receive_json() == {"type": "ping"}


def test_too_many_clients_are_turned_away(
    running: TestClient, signed_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_CONNECTIONS", 0)
    with running.websocket_connect(URL) as session, pytest.raises(WebSocketDisconnect) as cut:
        session.receive_json()
    assert cut.value.code == 4429


async def test_a_slow_client_is_marked_and_holds_nobody_up(system: SmallSystem) -> None:
    hub = LiveHub(wall_clock=system.wall, metrics=system.metrics, picture_of_time=dict)
    running = asyncio.create_task(hub.run(system.events))
    await asyncio.sleep(0)
    slow, _ = hub.join(None)
    for number in range(live.QUEUED_EVENTS + 1):
        system.events.announce("stock", {"n": number})
    await asyncio.sleep(0)
    assert slow.too_slow.is_set()
    quick, _ = hub.join(None)
    system.events.announce("stock", {"n": -1})
    await asyncio.sleep(0)
    assert json.loads(quick.waiting.get_nowait())["data"] == {"n": -1}
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    system.events.announce("stock", {})
    assert quick.waiting.empty(), "a stopped hub tells nobody"
