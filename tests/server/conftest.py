"""Fixtures of the server: a small real shop on SQLite, its web application, and people of every role."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from maestro.agents.audit_log import AuditLog
from maestro.agents.autonomy_store import AutonomyStore
from maestro.agents.decision import Action, Decision, Effect, Measured, Proposal, Subject
from maestro.agents.decision_store import DecisionStore
from maestro.agents.events import EventHub
from maestro.agents.loop import DecisionLoop
from maestro.agents.track_record import Level
from maestro.clock import AcceleratedClock, Clock, VirtualClock
from maestro.database import Base, Database
from maestro.engine.executor_registry import ExecutorRegistry
from maestro.engine.scheduling.eta_book import EtaBook
from maestro.engine.tables import create_tables
from maestro.engine.workflow import Engine
from maestro.errors import ConflictError
from maestro.packs.base import AgentSpec
from maestro.packs.retail import ledger
from maestro.packs.retail.entities import Location, Product, Shop, StockLevel, Supplier
from maestro.packs.retail.environment import cancel_order, place_order
from maestro.packs.retail.ledger import Kind, Line
from maestro.packs.retail.sales import DaySale, record_day
from maestro.server.app import create_app
from maestro.settings import ServerSettings, Settings
from maestro.telemetry import Metrics

from .engine_room import learning_advisor, memory_control, recovery_records, scheduler, two_threads

BASE = "http://127.0.0.1:8321"
PASSWORD = "correct horse battery"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PRODUCTS = 6
ON_HAND = 50


class Restock:
    """An agent that orders a pack of every product, for the shop's real tables."""

    name = "replenishment"
    pack = "retail"

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def observe(self, now: datetime) -> date:
        return now.date()

    def propose(self, observation: date) -> Sequence[Proposal]:
        return [self._proposal(number, observation) for number in range(1, PRODUCTS + 1)]

    def simulate(self, proposal: Proposal, observation: date) -> Effect:
        return Effect(mean=12.0, low=-3.0, high=30.0, horizon_days=7.0)

    def act(self, decision: Decision) -> Mapping[str, Any]:
        return place_order(self._database, decision, self._clock.now())

    def undo(self, decision: Decision) -> Mapping[str, Any]:
        return cancel_order(self._database, decision, self._clock.now())

    def measure(self, decision: Decision, now: datetime) -> Measured | None:
        return Measured(9.5, True, "holdout", now) if now >= decision.due_at else None

    def learn(self, measured: Sequence[Decision]) -> None:
        return None

    def max_loss_per_cycle(self, now: datetime) -> float:
        return 60.0

    def _proposal(self, number: int, today: date) -> Proposal:
        params = {
            "product_id": number,
            "location_id": 1,
            "supplier_id": 1,
            "quantity": 24,
            "unit_cost": 2.0,
        }
        days = [today + timedelta(days=ahead) for ahead in range(3)]
        return Proposal(
            subject=Subject("product", f"SKU-{number}@SEOUL", {"en": f"Tea {number}", "ko": f"차 {number}"}),
            action=Action(
                "order", params, {"en": f"Order 24 of tea {number}", "ko": f"차 {number} 24개 주문"}
            ),
            baseline=Action("none", {}, {"en": "Order nothing", "ko": "주문 안 함"}),
            reason={"en": "It runs out on Friday.", "ko": "금요일에 떨어집니다."},
            evidence={
                "forecast": [{"date": day.isoformat(), "mean": 4.0, "low": 1.0, "high": 8.0} for day in days]
            },
            forecast_version="f1",
        )


class Week:
    """A world in which the agent decides every Monday."""

    simulated = True

    def __init__(self, clock: AcceleratedClock) -> None:
        self.clock = clock
        self.agents: Sequence[AgentSpec] = ()

    def next_moment(self) -> datetime:
        return NOON + timedelta(days=1)

    def let_day_come(self, moment: datetime) -> None:
        """The tests move its clock."""

    def stop_time(self) -> None:
        """Its clock is paused."""

    def due(self, moment: datetime) -> Sequence[str]:
        return [Restock.name] if moment.weekday() == 0 else []

    def cycle_days(self, agent: str) -> float:
        return 7.0

    def pass_day(self, moment: datetime) -> Mapping[str, Any]:
        return {}


@dataclass
class Handle:
    """The agent at work."""

    spec: AgentSpec
    loop: DecisionLoop
    state: str = "running"
    last_error: str = ""


@dataclass
class SmallSystem:
    """A system of one agent in a shop of six teas; its clock is paused at noon."""

    settings: Settings
    database: Database
    level: Level = Level.ADVISE
    wall: VirtualClock = field(default_factory=lambda: VirtualClock(NOON))
    clock: AcceleratedClock = field(default_factory=lambda: AcceleratedClock(NOON, 43_200.0))
    metrics: Metrics = field(default_factory=Metrics)
    events: EventHub = field(default_factory=EventHub)

    def __post_init__(self) -> None:
        self.clock.pause()
        self.world = Week(self.clock)
        self.decisions = DecisionStore(self.database)
        self.audit = AuditLog(self.database, self.wall)
        engine_url = f"sqlite:///{self.settings.data_dir / 'engine.db'}"
        self.engine = Engine(engine_url, self.settings.engine, self.clock)
        create_tables(self.engine.records)
        self.pool = two_threads(self.wall)
        self.executors = ExecutorRegistry(self.engine.records, self.wall)
        self.estimates = EtaBook(self.clock)
        self.scheduler = scheduler(self.engine, self.wall, self.settings)
        self.recovery = recovery_records(self.engine.records, self.wall, self.settings)
        self.memory = memory_control(self.wall, self.settings)
        self.adaptation = learning_advisor(self.engine.records, self.wall, self.settings)
        self.autonomy = AutonomyStore(self.database, self.audit)
        role = Restock(self.database, self.clock)
        self.loop = DecisionLoop(
            role,
            store=self.decisions,
            guardrails=(),
            autonomy_store=self.autonomy,
            audit=self.audit,
            clock=self.clock,
            metrics=self.metrics,
            on_event=self.events.announce,
            starting_level=self.level,
        )
        words = {"en": "Replenishment", "ko": "재고 보충"}
        self.agents = {role.name: Handle(AgentSpec(role, words, words, tuple), self.loop)}

    def release(self, name: str) -> None:
        """As a supervisor does it: only what is not at work, and only where a task can be started."""
        asyncio.get_running_loop()
        if self.agents[name].state == "running":
            raise ConflictError(f"{name} is running.")
        self.agents[name].state = "running"


def make_shop(url: str) -> None:
    """A new database with a shop: six products at two locations, a supplier and a month of sales."""
    database = Database.open(url)
    Base.metadata.create_all(database.engine)
    with database.session() as session:
        session.add(Shop(name="Tea House", simulated=True, started_at=NOON, options={}))
        session.add(Supplier(code="LEAF", name="Leaf & Co"))
        session.add_all([Location(code="SEOUL", name="Seoul"), Location(code="BUSAN", name="Busan")])
        session.flush()
        for number in range(1, PRODUCTS + 1):
            session.add(
                Product(
                    sku=f"SKU-{number}",
                    name=f"Tea {number}",
                    name_ko=f"차 {number}",
                    category="tea",
                    price=5.0,
                    unit_cost=2.0,
                    supplier_id=1,
                )
            )
        session.flush()
        lines = [Line(number, place, ON_HAND) for number in range(1, PRODUCTS + 1) for place in (1, 2)]
        ledger.record(session, Kind.OPENING, lines, key="opening", at=NOON - timedelta(days=40))
        for back in range(1, 31):
            day = NOON.date() - timedelta(days=back)
            record_day(session, day, [DaySale(number, 1, number, 5.0 * number) for number in range(1, 4)])
        session.get_one(StockLevel, (1, 1)).sold_28d = 28
    database.close()


def small_system(folder: Path, url: str = "", level: Level = Level.ADVISE, **server: Any) -> SmallSystem:
    """A small system in a folder, which may hold its shop already; settings of the server by name."""
    settings = Settings(data_dir=folder, server=ServerSettings(**server))
    if url or not (folder / "maestro.db").exists():
        make_shop(url or settings.database_url)
    return SmallSystem(settings, Database.open(url or settings.database_url), level)


OpenSystem = Callable[..., SmallSystem]


@pytest.fixture(scope="session")
def shop_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a fresh shop, made once and copied for each test."""
    file = tmp_path_factory.mktemp("shop") / "maestro.db"
    make_shop(f"sqlite:///{file}")
    return file


@pytest.fixture
def open_system(tmp_path: Path, shop_file: Path) -> Iterator[OpenSystem]:
    """Opens small systems and closes them after the test."""
    opened: list[SmallSystem] = []
    shutil.copy(shop_file, tmp_path)

    def open_one(url: str = "", level: Level = Level.ADVISE, **server: Any) -> SmallSystem:
        opened.append(small_system(tmp_path, url, level, **server))
        return opened[-1]

    yield open_one
    for system in opened:
        system.database.close()
        system.adaptation.close()
        system.engine.records.close()


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


@contextlib.contextmanager
def served(api: FastAPI) -> Iterator[str]:
    """The address of a real server of this application, on a free port of this machine."""
    config = uvicorn.Config(api, port=0, log_config=None, access_log=False, ws_max_size=65_536)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join(10)


SignInAs = Callable[[str], dict[str, str]]


def headers_of(api: FastAPI, role: str) -> dict[str, str]:
    """The headers of a person of this role, made on first use."""
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


@pytest.fixture
def signed_in_as(api: FastAPI) -> SignInAs:
    """Signs a person of a role in and gives their headers."""
    return partial(headers_of, api)
