"""Fixtures of the retail tests: an empty shop on SQLite, and one on each kind of database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from maestro.agents.audit_log import AuditLog
from maestro.agents.autonomy_store import AutonomyStore
from maestro.agents.decision_store import DecisionStore
from maestro.agents.loop import DecisionLoop
from maestro.agents.track_record import Level
from maestro.clock import VirtualClock
from maestro.database import Base, Database
from maestro.packs.retail import demo_shop
from maestro.packs.retail.agents import replenishment
from maestro.packs.retail.demo_catalogue import CATALOGUE
from maestro.packs.retail.demo_opening import open_demo_shop
from maestro.packs.retail.entities import Location, Product, Supplier
from maestro.packs.retail.simulated_shop import SimulatedShop
from maestro.packs.retail.simulation_record import SimulationRow
from maestro.telemetry import Metrics

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands on a Monday morning."""
    return VirtualClock(START)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty shop's tables on SQLite."""
    opened = Database.open(f"sqlite:///{tmp_path / 'shop.db'}")
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The same empty tables, once on SQLite and once on PostgreSQL."""
    url = (
        f"sqlite:///{tmp_path / 'shop.db'}"
        if request.param == "sqlite"
        else str(request.getfixturevalue("postgres_url"))
    )
    opened = Database.open(url)
    Base.metadata.create_all(opened.engine)
    yield opened
    opened.close()


def stocked(database: Database) -> None:
    """Two products (ids 1, 2), two locations (1, 2) and a supplier (1) of an otherwise empty shop."""
    with database.session() as session:
        session.add(Supplier(id=1, code="ACME", name="Acme"))
        session.add_all(
            [Location(id=1, code="SHOP", name="Shop"), Location(id=2, code="WH", name="Warehouse")]
        )
        session.flush()
        session.add_all(
            [
                Product(
                    id=1,
                    sku="CUP",
                    name="Cup",
                    name_ko="컵",
                    category="Kitchen",
                    price=5.0,
                    unit_cost=3.0,
                    supplier_id=1,
                ),
                Product(id=2, sku="LAMP", name="Lamp", category="Light", price=40.0, unit_cost=24.0),
            ]
        )


@pytest.fixture
def shop(database: Database) -> Database:
    """A small shop on SQLite."""
    stocked(database)
    return database


@pytest.fixture
def any_shop(any_database: Database) -> Database:
    """The same small shop, once on SQLite and once on PostgreSQL."""
    stocked(any_database)
    return any_database


SEED = 7
SMALL = {category: CATALOGUE[category][:4] for category in ("Candles", "Kitchen", "Garden")}


def opened_demo(path: Path, catalogue: dict[str, tuple[tuple[str, str], ...]], seed: int = SEED) -> Path:
    """A demo shop with these products, opened on a Wednesday."""
    opened = Database.open(f"sqlite:///{path}")
    Base.metadata.create_all(opened.engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_shop, "CATALOGUE", catalogue)
        open_demo_shop(opened, seed, START + timedelta(days=2))
    opened.close()
    return path


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole demo shop, opened once; only read it."""
    return opened_demo(tmp_path_factory.mktemp("demo") / "demo.db", CATALOGUE)


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo shop of twelve products at two locations, opened once; only read it."""
    return opened_demo(tmp_path_factory.mktemp("demo") / "small.db", SMALL)


@pytest.fixture
def copied(tmp_path: Path) -> Iterator[Callable[[Path], Database]]:
    """Opens a fresh copy of a database file; as many as a test asks for."""
    opened: list[Database] = []

    def copy(file: Path) -> Database:
        target = tmp_path / f"copy{len(opened)}.db"
        shutil.copy(file, target)
        opened.append(Database.open(f"sqlite:///{target}"))
        return opened[-1]

    yield copy
    for database in opened:
        database.close()


@pytest.fixture
def small(small_file: Path, copied: Callable[[Path], Database]) -> Database:
    """A copy of the small demo shop, to change freely."""
    return copied(small_file)


def reopened(database: Database) -> SimulatedShop:
    """The small demo shop as a process finds it that starts now."""
    with database.reader() as session:
        state = session.scalars(select(SimulationRow)).one()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_shop, "CATALOGUE", SMALL)
        source = demo_shop.demo_source(state.seed, state.first_day)
    return SimulatedShop(database, source, seconds_per_day=1.0)


def looped(database: Database, shop: SimulatedShop, level: Level) -> DecisionLoop:
    """The replenishment agent at work in a shop."""
    spec = replenishment.spec(database, shop, shop.clock, currency="GBP", seed=SEED)
    audit = AuditLog(database, shop.clock)
    return DecisionLoop(
        spec.role,
        store=DecisionStore(database),
        guardrails=spec.guardrails(),
        autonomy_store=AutonomyStore(database, audit),
        audit=audit,
        clock=shop.clock,
        metrics=Metrics(),
        starting_level=level,
    )


def live(shop: SimulatedShop, days: int, loop: DecisionLoop | None = None) -> None:
    """Let days pass; the agent, where there is one, reviews when it is due."""
    for _ in range(days):
        moment = shop.next_moment()
        if loop is not None and shop.reviews_at(moment, "replenishment"):
            loop.run_cycle(moment)
        shop.pass_day(moment)


@pytest.fixture(scope="session")
def lived_file(small_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small demo shop after eight weeks in which the agent acted by itself; only read it."""
    file = tmp_path_factory.mktemp("demo") / "lived.db"
    shutil.copy(small_file, file)
    database = Database.open(f"sqlite:///{file}")
    shop = reopened(database)
    live(shop, 56, looped(database, shop, Level.BOUNDED))
    database.close()
    return file


@pytest.fixture
def lived(lived_file: Path, copied: Callable[[Path], Database]) -> Database:
    """A copy of the shop that lived eight weeks."""
    return copied(lived_file)
