"""Sales history: arrays of product x location x day, and closing a day from the ledger."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.packs.retail import ledger, sales
from maestro.packs.retail.ledger import Kind, Line
from maestro.packs.retail.sales import DaySale

MONDAY = date(2026, 1, 5)


def days(start: date, count: int) -> list[date]:
    return [start + timedelta(days=number) for number in range(count)]


def test_an_empty_history_is_an_empty_panel(shop: Database) -> None:
    with shop.reader() as session:
        panel = sales.read_panel(session)
        assert (len(panel), panel.quantity.shape) == (0, (0, 0))
        assert sales.first_and_last_day(session) is None


def test_the_panel_fills_days_without_a_row_with_zero_sold_in_stock(any_shop: Database) -> None:
    first, second, third = days(MONDAY, 3)
    with any_shop.session() as session:
        sales.record_day(session, first, [DaySale(1, 1, 4, 20.0), DaySale(2, 1, 1, 40.0)])
        sales.record_day(session, third, [DaySale(1, 1, 2, 10.0, stock_out=True, stock_end=0)])
    with any_shop.reader() as session:
        panel = sales.read_panel(session)
        assert sales.first_and_last_day(session) == (first, third)
    assert panel.product_id.tolist() == [1, 2]
    assert panel.location_id.tolist() == [1, 1]
    assert panel.days.tolist() == [first, second, third]
    assert panel.quantity.tolist() == [[4, 0, 2], [1, 0, 0]]
    assert panel.revenue.tolist() == [[20, 0, 10], [40, 0, 0]]
    assert panel.in_stock.tolist() == [[True, True, False], [True, True, True]]


def test_the_first_sale_of_a_series_is_known(shop: Database) -> None:
    first, second, _ = days(MONDAY, 3)
    with shop.session() as session:
        sales.record_day(session, first, [DaySale(1, 1, 0, 0.0, stock_out=True)])
        sales.record_day(session, second, [DaySale(2, 1, 1, 40.0)])
    with shop.reader() as session:
        panel = sales.read_panel(session)
    assert panel.first_sale.tolist() == [2, 1]


def test_the_panel_can_be_cut_by_days_products_and_location(shop: Database) -> None:
    with shop.session() as session:
        for day in days(MONDAY, 10):
            sales.record_day(session, day, [DaySale(p, at, p, 1.0) for p in (1, 2) for at in (1, 2)])
    with shop.reader() as session:
        cut = sales.read_panel(
            session, since=MONDAY, until=MONDAY + timedelta(days=3), product_ids=[2], location_id=1
        )
        assert cut.quantity.tolist() == [[2, 2, 2, 2]]
        beyond = sales.read_panel(session, since=date(2027, 1, 1), until=date(2027, 1, 2))
        assert beyond.quantity.shape == (0, 2)


def test_recording_a_day_again_replaces_its_figures(any_shop: Database) -> None:
    with any_shop.session() as session:
        sales.record_day(session, MONDAY, [DaySale(1, 1, 4, 20.0)])
        sales.record_day(session, MONDAY, [DaySale(1, 1, 5, 25.0)])
    with any_shop.reader() as session:
        assert sales.read_panel(session).quantity.tolist() == [[5]]


def test_closing_a_day_sums_the_ledgers_sales_and_marks_empty_shelves(
    any_shop: Database, clock: VirtualClock
) -> None:
    with any_shop.session() as session:
        ledger.record(session, Kind.RECEIPT, [Line(1, 1, 10), Line(2, 1, 3)], key="in", at=clock.now())
    clock.set(clock.now() + timedelta(days=1))
    with any_shop.session() as session:
        ledger.record(session, Kind.SALE, [Line(1, 1, -4)], key="a", at=clock.now())
        ledger.record(session, Kind.SALE, [Line(1, 1, -2), Line(2, 1, -3)], key="b", at=clock.now())
        ledger.record(session, Kind.RETURN, [Line(1, 1, 1)], key="c", at=clock.now())
        assert sales.close_day(session, clock.now().date()) == 2
    with any_shop.session() as session:
        tomorrow = clock.now().date() + timedelta(days=1)
        assert sales.close_day(session, tomorrow) == 1, "only the lamp, whose shelf is still empty"
        panel = sales.read_panel(session)
    assert panel.quantity.tolist() == [[6, 0], [3, 0]]
    assert panel.revenue.tolist() == [[30, 0], [120, 0]]
    assert panel.in_stock.tolist() == [[True, True], [False, False]]
    assert panel.quantity.dtype == np.float64
