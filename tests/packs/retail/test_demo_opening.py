"""Tests of opening the demo shop: its tables hold its past, its stock and its orders, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from maestro.database import Base, Database
from maestro.packs.retail import demo_opening, demo_shop, ledger
from maestro.packs.retail.entities import (
    DailySale,
    Location,
    Product,
    PurchaseOrder,
    Shop,
    StockLevel,
    Supplier,
)
from maestro.packs.retail.sales import first_and_last_day, read_panel
from maestro.packs.retail.shop_records import read_records, shop_settings
from maestro.packs.retail.simulation_record import SimulationRow

from .conftest import SEED, SMALL

MONDAY = date(2026, 1, 5)


@pytest.fixture
def demo(demo_file: Path, copied: Callable[[Path], Database]) -> Database:
    return copied(demo_file)


def count(database: Database, table: type[Base]) -> int:
    with database.reader() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_it_writes_the_whole_shop(demo: Database) -> None:
    tables = (Product, Location, Supplier, StockLevel, DailySale)
    assert [count(demo, table) for table in tables] == [120, 2, 4, 240, 240 * 728]
    with demo.reader() as session:
        shop = session.scalars(select(Shop)).one()
        assert (shop.currency, shop.simulated) == ("GBP", True)
        assert shop.started_at == datetime(2026, 1, 5, 6, tzinfo=UTC)
        assert first_and_last_day(session) == (date(2024, 1, 8), date(2026, 1, 4))
        categories = session.scalars(select(Product.category).distinct())
        assert len(set(categories)) == 10


def test_stock_and_ledger_agree(demo: Database) -> None:
    with demo.reader() as session:
        assert ledger.discrepancies(session) == []
        under_way = sum(line.quantity for order in orders(demo) for line in order.lines)
        assert session.scalar(select(func.sum(StockLevel.on_order))) == under_way > 0


def orders(database: Database) -> list[PurchaseOrder]:
    with database.reader() as session:
        found = list(session.scalars(select(PurchaseOrder)))
        assert all(order.lines for order in found)
        return found


def test_orders_under_way_were_sent_on_past_mornings(demo: Database) -> None:
    for order in orders(demo):
        assert order.status == "sent"
        assert order.sent_at is not None
        assert order.sent_at < datetime(2026, 1, 5, tzinfo=UTC)


def test_the_records_are_the_demo_shop(small: Database) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_shop, "CATALOGUE", SMALL)
        invented = demo_shop.demo_shop(SEED, MONDAY)
    with small.reader() as session:
        situation = read_records(session, shop_settings(session), MONDAY).situation
        panel = read_panel(session)
    observed = invented.simulator.observe()
    np.testing.assert_array_equal(situation.sales, observed.sales)
    np.testing.assert_array_equal(situation.in_stock, observed.in_stock)
    np.testing.assert_array_equal(situation.position, observed.position)
    for name in ("price", "unit_cost", "pack_size", "min_order"):
        np.testing.assert_array_equal(getattr(situation.terms, name), getattr(observed.terms, name))
    np.testing.assert_allclose(situation.terms.lead_time_chance, observed.terms.lead_time_chance)
    np.testing.assert_allclose(panel.revenue, observed.sales * observed.terms.price[:, None])


def test_it_remembers_where_the_future_begins(small: Database) -> None:
    with small.reader() as session:
        state = session.scalars(select(SimulationRow)).one()
    assert (state.seed, state.first_day) == (SEED, date(2024, 1, 8))
    assert (state.live_from, state.closed_day) == (MONDAY, date(2026, 1, 4))
    assert set(state.start) == {
        "on_hand", "open_line", "open_quantity", "open_placed", "baseline", "review_days",
    }  # fmt: skip
    assert len(state.start["on_hand"]) == 24


def test_an_opening_that_fails_leaves_nothing_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(demo_shop, "CATALOGUE", SMALL)
    monkeypatch.setattr(demo_opening, "_simulation", broken)
    with pytest.raises(OSError, match="no space"):
        demo_opening.open_demo_shop(database, SEED, datetime(2026, 1, 7, tzinfo=UTC))
    assert [count(database, table) for table in (Shop, Product, DailySale, PurchaseOrder)] == [0, 0, 0, 0]
