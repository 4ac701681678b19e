"""The stock table: cover, health, filters, sorting and pages, quick with thousands of products."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert

from maestro.database import Database
from maestro.errors import InputError
from maestro.packs.retail import ledger, sales, stock
from maestro.packs.retail.entities import Location, Product, StockLevel
from maestro.packs.retail.ledger import Kind, Line
from maestro.packs.retail.sales import DaySale
from maestro.packs.retail.stock import Health

NOW = datetime(2026, 1, 5, tzinfo=UTC)
TODAY = date(2026, 1, 5)


def keep(database: Database, product: int, location: int, on_hand: int, *, sold: int = 0) -> None:
    with database.session() as session:
        session.add(StockLevel(product_id=product, location_id=location, on_hand=on_hand, sold_28d=sold))


def only(database: Database, **filters: object) -> stock.StockRow:
    with database.reader() as session:
        [row] = stock.stock_page(session, **filters).items  # type: ignore[arg-type]  # each is checked inside
        return row


@pytest.mark.parametrize(
    ("on_hand", "sold", "health", "cover"),
    [
        (0, 28, Health.OUT, 0.0),
        (8, 28, Health.LOW, 8.0),
        (9, 28, Health.HEALTHY, 9.0),
        (90, 28, Health.HEALTHY, 90.0),
        (91, 28, Health.OVERSTOCK, 91.0),
        (5, 0, Health.OVERSTOCK, None),
        (0, 0, Health.OUT, None),
    ],
)
def test_health_follows_days_of_cover_against_the_suppliers_mean_lead_time(
    any_shop: Database, on_hand: int, sold: int, health: Health, cover: float | None
) -> None:
    keep(any_shop, 1, 1, on_hand, sold=sold)
    row = only(any_shop)
    assert (row.health, row.days_of_cover) == (health, cover)
    assert only(any_shop, health=health.value) == row
    with any_shop.reader() as session:
        summary = stock.stock_summary(session)
    assert getattr(summary, health.value) == summary.places == 1


def test_pieces_on_order_cure_low_stock(shop: Database) -> None:
    keep(shop, 1, 1, 4, sold=28)
    assert only(shop).health == Health.LOW
    with shop.session() as session:
        session.get_one(StockLevel, (1, 1)).on_order = 20
    assert only(shop).health == Health.HEALTHY


def test_stock_up_to_its_target_is_not_too_much(shop: Database) -> None:
    keep(shop, 1, 1, 5)
    assert only(shop).health == Health.OVERSTOCK
    with shop.session() as session:
        stock.set_targets(session, {(1, 1): 5})
        stock.set_targets(session, {})
    row = only(shop)
    assert (row.health, row.target) == (Health.HEALTHY, 5)


def test_a_row_carries_names_supplier_and_value_at_cost(shop: Database) -> None:
    keep(shop, 1, 1, 4, sold=7)
    row = only(shop)
    assert (row.sku, row.name, row.category) == ("CUP", {"en": "Cup", "ko": "컵"}, "Kitchen")
    assert (row.location_code, row.supplier, row.value) == ("SHOP", (1, "Acme"), 12.0)


def test_a_product_without_a_supplier_and_an_inactive_one(shop: Database) -> None:
    keep(shop, 2, 1, 4)
    assert only(shop).supplier is None
    with shop.session() as session:
        session.get_one(Product, 2).active = False
    with shop.reader() as session:
        assert stock.stock_page(session).total == 0


def test_search_finds_parts_of_names_in_any_case_and_any_language(shop: Database) -> None:
    keep(shop, 1, 1, 1)
    keep(shop, 2, 1, 1)
    for words in ("cu", "컵", "KITCH", " Cup "):
        assert only(shop, q=words).sku == "CUP"
    with shop.reader() as session:
        assert stock.stock_page(session, q="%").total == 0


def test_filters_by_location_and_product(shop: Database) -> None:
    for product in (1, 2):
        for location in (1, 2):
            keep(shop, product, location, 10 * product + location)
    assert only(shop, location_id=2, product_id=1).on_hand == 12


def test_pages_together_hold_every_row_once_in_order(shop: Database) -> None:
    with shop.session() as session:
        session.execute(
            insert(Product), [{"id": i, "sku": f"S{i}", "name": f"n{i % 3}"} for i in range(10, 33)]
        )
        session.execute(
            insert(StockLevel),
            [{"product_id": i, "location_id": 1, "on_hand": i % 5, "sold_28d": i % 2} for i in range(10, 33)],
        )
    for sort in ("on_hand", "-on_hand", "-days_of_cover", "name", "health"):
        seen: list[int] = []
        cursor: str | None = None
        while True:
            with shop.reader() as session:
                page = stock.stock_page(session, sort=sort, limit=7, cursor=cursor)
            seen += [row.product_id for row in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert (sorted(seen), page.total) == (list(range(10, 33)), 23), sort
    with shop.reader() as session:
        covers = [row.days_of_cover for row in stock.stock_page(session, sort="-days_of_cover").items]
    assert covers == sorted(covers, key=lambda cover: (cover is None, -(cover or 0))), "unknown comes last"


@pytest.mark.parametrize("wrong", [{"sort": "colour"}, {"health": "fine"}, {"cursor": "abc"}])
def test_a_wrong_question_says_what_is_allowed(shop: Database, wrong: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        only(shop, **wrong)
    assert caught.value.remedy


def test_the_28_days_before_a_day_count_as_recent_sales(any_shop: Database) -> None:
    keep(any_shop, 1, 1, 10)
    with any_shop.session() as session:
        for back, quantity in ((0, 1), (27, 2), (28, 100)):
            sales.record_day(session, TODAY - timedelta(days=back), [DaySale(1, 1, quantity, 1.0)])
        stock.refresh_sold(session, TODAY)
    assert only(any_shop).sold_28d == 3


def test_the_summary_adds_up_money_in_stock_and_on_order(shop: Database) -> None:
    keep(shop, 1, 1, 10, sold=28)
    keep(shop, 2, 1, 2, sold=1)
    with shop.session() as session:
        session.get_one(StockLevel, (2, 1)).on_order = 3
    with shop.reader() as session:
        summary = stock.stock_summary(session)
    assert (summary.value, summary.on_order_value) == (10 * 3.0 + 2 * 24.0, 3 * 24.0)
    assert summary.places == summary.healthy + summary.low + summary.out + summary.overstock == 2


def test_an_empty_shop_has_an_empty_summary(database: Database) -> None:
    with database.reader() as session:
        assert stock.stock_summary(session) == stock.StockSummary(0, 0, 0, 0, 0, 0.0, 0.0)


def test_the_ledger_changes_the_table_at_once(shop: Database) -> None:
    with shop.session() as session:
        ledger.record(session, Kind.RECEIPT, [Line(1, 1, 8)], key="a", at=NOW)
    assert only(shop).on_hand == 8


def test_a_page_of_4000_products_at_two_locations_comes_quickly(database: Database) -> None:
    with database.session() as session:
        session.add_all([Location(id=1, code="A", name="A"), Location(id=2, code="B", name="B")])
        session.execute(
            insert(Product), [{"id": i, "sku": f"S{i}", "name": f"Thing {i}"} for i in range(4000)]
        )
        session.execute(
            insert(StockLevel),
            [
                {"product_id": i, "location_id": at, "on_hand": i % 50, "sold_28d": i % 90}
                for i in range(4000)
                for at in (1, 2)
            ],
        )
    with database.reader() as session:
        best = 9.0
        for _ in range(5):
            started = time.perf_counter()
            page = stock.stock_page(session, sort="-days_of_cover", health="low", q="thing", limit=50)
            best = min(best, time.perf_counter() - started)
    assert len(page.items) == 50
    assert best < 0.25
