"""Fixtures of the server: a small real system on SQLite, its web application, and people of every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from maestro.agents.audit_log import AuditLog
from maestro.agents.decision_store import DecisionStore
from maestro.clock import AcceleratedClock, VirtualClock
from maestro.database import Base, Database
from maestro.server.app import create_app
from maestro.settings import ServerSettings, Settings
from maestro.telemetry import Metrics

BASE = "http://127.0.0.1:8321"
PASSWORD = "correct horse battery"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Announcements:
    """The events of a system: whoever subscribes is called."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[str, Mapping[str, Any]], None]] = []

    def subscribe(self, callback: Callable[[str, Mapping[str, Any]], None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def publish(self, kind: str, payload: Mapping[str, Any]) -> None:
        for listener in list(self.listeners):
            listener(kind, payload)


@dataclass
class SmallSystem:
    """A system without packs: what the routes of people, sign-in, audit and time need."""

    settings: Settings
    database: Database
    wall: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    clock: AcceleratedClock = field(default_factory=lambda: AcceleratedClock(NOON, 43_200.0))
    metrics: Metrics = field(default_factory=Metrics)
    events: Announcements = field(default_factory=Announcements)

    def __post_init__(self) -> None:
        self.decisions = DecisionStore(self.database)
        self.audit = AuditLog(self.database, self.wall)


OpenSystem = Callable[..., SmallSystem]


@pytest.fixture
def open_system(tmp_path: Path) -> Iterator[OpenSystem]:
    """Opens a small system; settings of the server by name."""
    opened: list[Database] = []

    def open_one(url: str = "", **server: Any) -> SmallSystem:
        settings = Settings(data_dir=tmp_path, server=ServerSettings(**server))
        database = Database.open(url or settings.database_url)
        Base.metadata.create_all(database.engine)
        opened.append(database)
        return SmallSystem(settings, database)

    yield open_one
    for database in opened:
        database.close()


@pytest.fixture
def system(open_system: OpenSystem) -> SmallSystem:
    """A small system with default settings."""
    return open_system()


@pytest.fixture
def api(system: SmallSystem) -> FastAPI:
    """Its web application."""
    return create_app(system)


@pytest.fixture
def client(api: FastAPI) -> TestClient:
    """A program on this machine that is not signed in."""
    return TestClient(api, base_url=BASE)


SignInAs = Callable[[str], dict[str, str]]


@pytest.fixture
def signed_in_as(api: FastAPI) -> SignInAs:
    """The headers of a person of this role, made on first use."""

    def headers(role: str) -> dict[str, str]:
        desk = api.state.authentication
        email = f"{role}@example.com"
        known = [person for person in desk.accounts.everyone() if person.email == email]
        person = (
            known[0]
            if known
            else desk.accounts.add(email=email, name=role.title(), role=role, language="en", password=None)
        )
        signed = desk.sign_in_with_link(desk.sessions.new_link(person.id))
        return {"Authorization": f"Bearer {signed.access_token}"}

    return headers
