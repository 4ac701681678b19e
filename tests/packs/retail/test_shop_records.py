"""Tests of shop records: what a review may know of the tables, as arrays, and never of the future."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.database import Database
from maestro.packs.retail import ledger, purchase_orders
from maestro.packs.retail.entities import Product, Shop
from maestro.packs.retail.ledger import Kind, Line
from maestro.packs.retail.purchase_orders import OrderLine
from maestro.packs.retail.sales import DaySale, record_day
from maestro.packs.retail.settings import RetailSettings
from maestro.packs.retail.shop_records import (
    Records,
    lead_time_chance,
    opening,
    read_lines,
    read_records,
    shop_settings,
)

TODAY = date(2026, 1, 5)
NOW = opening(TODAY)


@pytest.fixture
def kept(shop: Database) -> Database:
    """Ten cups in the shop, four in the warehouse, and a lamp that nobody supplies."""
    with shop.session() as session:
        lines = [Line(1, 1, 10), Line(1, 2, 4), Line(2, 1, 3)]
        ledger.record(session, Kind.OPENING, lines, key="opening", at=NOW - timedelta(days=40))
    return shop


def sold(database: Database, day: date, pieces: int, *, empty: bool = False) -> None:
    with database.session() as session:
        record_day(session, day, [DaySale(1, 1, pieces, 5.0 * pieces, stock_out=empty)])


def seen(database: Database, today: date = TODAY) -> Records:
    with database.reader() as session:
        return read_records(session, RetailSettings(), today)


def test_a_day_opens_at_six() -> None:
    assert opening(TODAY) == datetime(2026, 1, 5, 6, tzinfo=UTC)


def test_choices_come_from_the_shop_and_defaults_where_there_is_none(shop: Database) -> None:
    with shop.session() as session:
        assert shop_settings(session) == RetailSettings()
        session.add(Shop(name="Mine", started_at=NOW, options={"order_cost": 9.0}))
    with shop.reader() as session:
        assert shop_settings(session).order_cost == 9.0


def test_lines_are_active_supplied_products_where_they_are_kept(kept: Database) -> None:
    with kept.reader() as session:
        found = read_lines(session, RetailSettings(holding_cost_pct_week=3, order_cost=4, salvage_share=0.5))
    assert [line.key for line in found.lines] == ["CUP@SHOP", "CUP@WH"]
    assert found.index() == {(1, 1): 0, (1, 2): 1}
    assert found.lines[0].name == {"en": "Cup", "ko": "컵"}
    assert found.lines[0].supplier == "Acme"
    terms = found.terms
    assert (terms.price[0], terms.unit_cost[0], terms.order_cost[0]) == (5.0, 3.0, 4.0)
    assert (terms.holding_rate_per_week[0], terms.salvage_share[0]) == (0.03, 0.5)
    assert terms.mean_lead_days == pytest.approx([8.5, 8.5])


def test_a_product_that_is_not_active_is_left_out(kept: Database) -> None:
    with kept.session() as session:
        session.get_one(Product, 1).active = False
    assert seen(kept).shop_lines.lines == ()
    assert seen(kept).situation.position.tolist() == []


def test_the_situation_holds_sales_up_to_yesterday(kept: Database) -> None:
    sold(kept, TODAY - timedelta(days=3), 2)
    sold(kept, TODAY - timedelta(days=1), 5, empty=True)
    sold(kept, TODAY, 99)
    records = seen(kept)
    assert records.first_day == TODAY - timedelta(days=3)
    assert records.situation.sales.tolist() == [[2, 0, 5], [0, 0, 0]]
    assert records.situation.in_stock.tolist() == [[True, True, False], [True, True, True]]
    assert records.situation.on_hand.tolist() == [10, 4]
    assert records.situation.day == 3


def test_a_shop_without_history_has_no_days(kept: Database) -> None:
    assert seen(kept).situation.sales.shape == (2, 0)


def test_what_is_missing_of_sent_orders_is_under_way_with_its_age(kept: Database) -> None:
    sent = NOW - timedelta(days=4)
    with kept.session() as session:
        orders = [
            purchase_orders.create(
                session, supplier_id=1, location_id=1, lines=[OrderLine(1, 8, 3.0)], key=key, at=sent
            )
            for key in ("arriving", "draft", "cancelled")
        ]
        for order in (orders[0], orders[2]):
            purchase_orders.approve(session, order.id, at=sent)
            purchase_orders.send(session, order.id, at=sent + timedelta(hours=9))
        purchase_orders.receive(session, orders[0].id, at=NOW, quantities={1: 3})
        purchase_orders.cancel(session, orders[2].id, at=NOW)
    orders_seen = seen(kept).situation.open_orders
    assert (orders_seen.line.tolist(), orders_seen.quantity.tolist()) == ([0], [5])
    assert orders_seen.age_days.tolist() == [4]


@pytest.mark.parametrize("days", [1_092, 1_093, 1_120, 1_121, 2_000])
def test_beyond_three_years_whole_months_are_forgotten(kept: Database, days: int) -> None:
    sold(kept, TODAY - timedelta(days=days), 1)
    sold(kept, TODAY - timedelta(days=1), 1)
    records = seen(kept)
    assert records.situation.day <= 1_092
    assert records.situation.day > 1_092 - 28
    assert (days - records.situation.day) % 28 == 0
    assert records.first_day == TODAY - timedelta(days=records.situation.day)


@settings(deadline=None, max_examples=80)
@given(least=st.integers(0, 12), spread=st.integers(0, 20), place=st.floats(0.02, 0.98))
def test_lead_times_have_the_mean_that_the_supplier_names(least: int, spread: int, place: float) -> None:
    most = least + spread
    mean = least + spread * place
    chance = lead_time_chance(least, mean, most)
    days = np.arange(len(chance))
    assert chance.sum() == pytest.approx(1.0)
    assert (chance[: max(1, least)] == 0).all()
    assert (chance >= 0).all()
    if least >= 1 and spread:
        assert chance @ days == pytest.approx(mean, abs=0.02)


def test_without_a_lean_every_lead_time_is_alike() -> None:
    assert lead_time_chance(2, 4.0, 6)[2:] == pytest.approx([0.2] * 5)
