"""Fixtures of the retail tests: an empty shop on SQLite, and one on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from maestro.clock import VirtualClock
from maestro.database import Base, Database
from maestro.packs.retail.entities import Location, Product, Supplier

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
