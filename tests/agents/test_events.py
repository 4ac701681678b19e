"""Tests of events: listeners hear in order, may leave, and never disturb each other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

from maestro.agents.events import EventHub


def test_everyone_hears_in_the_order_of_subscribing() -> None:
    hub, heard = EventHub(), list[tuple[str, str, Mapping[str, Any]]]()
    hub.subscribe(lambda kind, payload: heard.append(("first", kind, payload)))
    hub.subscribe(lambda kind, payload: heard.append(("second", kind, payload)))
    hub.announce("decision", {"id": "d_1"})
    assert heard == [("first", "decision", {"id": "d_1"}), ("second", "decision", {"id": "d_1"})]


def test_who_stopped_listening_hears_nothing_more() -> None:
    hub, heard = EventHub(), list[str]()
    stop = hub.subscribe(lambda kind, _: heard.append(kind))
    hub.announce("agent", {})
    stop()
    stop()
    hub.announce("cycle", {})
    assert heard == ["agent"]


def test_a_broken_listener_hinders_nobody() -> None:
    hub, heard = EventHub(), list[str]()

    def broken(kind: str, payload: Mapping[str, Any]) -> None:
        raise RuntimeError("no")

    hub.subscribe(broken)
    hub.subscribe(lambda kind, _: heard.append(kind))
    hub.announce("stock", {})
    assert heard == ["stock"]


def test_a_listener_may_leave_while_it_is_told() -> None:
    hub, heard = EventHub(), list[str]()

    def once(kind: str, payload: Mapping[str, Any]) -> None:
        heard.append(kind)
        stop()

    stop = hub.subscribe(once)
    hub.announce("agent", {})
    hub.announce("agent", {})
    assert heard == ["agent"]


def test_events_from_many_threads_all_arrive() -> None:
    hub, heard = EventHub(), list[str]()
    hub.subscribe(lambda kind, _: heard.append(kind))
    threads = [
        threading.Thread(target=lambda: deque(map(hub.announce, ["agent"] * 50, [{}] * 50), 0))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard) == 200
