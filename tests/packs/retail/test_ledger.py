"""The stock ledger: never below zero, never oversold, same key same movement, all lines or none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.database import Base, Database
from maestro.errors import ConflictError, InputError, NotFoundError
from maestro.packs.retail import ledger
from maestro.packs.retail.entities import Location, Product
from maestro.packs.retail.ledger import Kind, Line

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def receive(database: Database, quantity: int, *, product: int = 1, location: int = 1) -> None:
    with database.session() as session:
        line = Line(product, location, quantity)
        ledger.record(session, Kind.RECEIPT, [line], key=f"r{product}-{location}", at=NOW)


def there(database: Database, product: int = 1, location: int = 1) -> int:
    with database.reader() as session:
        return ledger.on_hand(session, product, location)


def test_a_receipt_adds_and_a_sale_takes_away_with_the_balance_on_each_movement(any_shop: Database) -> None:
    with any_shop.session() as session:
        ledger.record(session, Kind.RECEIPT, [Line(1, 1, 10)], key="a", at=NOW, reference="PO-1")
        [sale] = ledger.record(session, Kind.SALE, [Line(1, 1, -3)], key="b", at=NOW)
    assert (sale.quantity, sale.balance) == (-3, 7)
    with any_shop.reader() as session:
        newest = ledger.movements(session, 1, location_id=1)
        assert [(row.kind, row.balance) for row in newest] == [("sale", 7), ("receipt", 10)]
        assert ledger.discrepancies(session) == []


def test_stock_never_falls_below_zero_and_the_message_says_what_is_there(any_shop: Database) -> None:
    receive(any_shop, 5)
    with pytest.raises(ConflictError, match="5 are there"), any_shop.session() as session:
        ledger.record(session, Kind.SALE, [Line(1, 1, -6)], key="s", at=NOW)
    assert there(any_shop) == 5


def test_a_product_that_was_never_kept_cannot_be_sold(shop: Database) -> None:
    with pytest.raises(ConflictError, match="0 are there"), shop.session() as session:
        ledger.record(session, Kind.SALE, [Line(2, 2, -1)], key="s", at=NOW)


def test_all_lines_of_a_call_move_or_none(any_shop: Database) -> None:
    receive(any_shop, 5)
    lines = [Line(1, 1, -2), Line(2, 1, -1)]
    with any_shop.session() as session:
        ledger.record(session, Kind.SALE, [Line(1, 1, -1)], key="first", at=NOW)
        with pytest.raises(ConflictError):
            ledger.record(session, Kind.SALE, lines, key="s", at=NOW)
    assert there(any_shop) == 4, (
        "the caller goes on with its transaction; nothing of the failed call is in it"
    )
    with any_shop.reader() as session:
        assert len(ledger.movements(session, 1)) == 2


def test_two_lines_of_one_sale_share_the_stock(shop: Database) -> None:
    receive(shop, 5)
    with pytest.raises(ConflictError), shop.session() as session:
        ledger.record(session, Kind.SALE, [Line(1, 1, -3), Line(1, 1, -3)], key="s", at=NOW)
    assert there(shop) == 5


def test_the_same_key_moves_stock_once(any_shop: Database) -> None:
    receive(any_shop, 5)
    for _ in range(2):
        with any_shop.session() as session:
            [sale] = ledger.record(session, Kind.SALE, [Line(1, 1, -2)], key="receipt-7", at=NOW)
            assert sale.balance == 3
    assert there(any_shop) == 3


def test_a_key_cannot_be_used_for_another_movement(shop: Database) -> None:
    receive(shop, 5)
    with shop.session() as session:
        ledger.record(session, Kind.SALE, [Line(1, 1, -2)], key="k", at=NOW)
    with pytest.raises(ConflictError, match="already used"), shop.session() as session:
        ledger.record(session, Kind.SALE, [Line(1, 1, -3)], key="k", at=NOW)
    assert there(shop) == 3


@pytest.mark.parametrize(
    ("kind", "quantity"), [(Kind.SALE, 1), (Kind.RECEIPT, -1), (Kind.RETURN, -1), (Kind.ADJUSTMENT, 0)]
)
def test_a_quantity_that_the_kind_does_not_allow_is_refused(
    shop: Database, kind: Kind, quantity: int
) -> None:
    with pytest.raises(InputError, match="not possible"), shop.session() as session:
        ledger.record(session, kind, [Line(1, 1, quantity)], key="k", at=NOW)


def test_a_movement_without_lines_is_refused(shop: Database) -> None:
    with pytest.raises(InputError), shop.session() as session:
        ledger.record(session, Kind.SALE, [], key="k", at=NOW)


def test_an_unknown_product_is_named(shop: Database) -> None:
    with pytest.raises(NotFoundError, match="no product 99"), shop.session() as session:
        ledger.record(session, Kind.RECEIPT, [Line(99, 1, 1)], key="k", at=NOW)


def test_a_transfer_moves_pieces_and_creates_none(shop: Database) -> None:
    receive(shop, 5)
    with shop.session() as session:
        ledger.transfer(session, 1, source_id=1, destination_id=2, quantity=2, key="t", at=NOW)
    assert (there(shop, 1, 1), there(shop, 1, 2)) == (3, 2)
    with pytest.raises(ConflictError), shop.session() as session:
        ledger.transfer(session, 1, source_id=1, destination_id=2, quantity=4, key="t2", at=NOW)
    with pytest.raises(InputError), shop.session() as session:
        ledger.transfer(session, 1, source_id=1, destination_id=1, quantity=1, key="t3", at=NOW)
    assert (there(shop, 1, 1), there(shop, 1, 2)) == (3, 2)


def test_200_parallel_orders_on_the_last_50_pieces_sell_exactly_50(any_shop: Database) -> None:
    receive(any_shop, 50)

    def order(number: int) -> bool:
        try:
            with any_shop.session() as session:
                ledger.record(session, Kind.SALE, [Line(1, 1, -1)], key=f"o{number}", at=NOW)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        sold = sum(pool.map(order, range(200)))
    assert sold == 50
    assert there(any_shop) == 0
    with any_shop.reader() as session:
        assert ledger.discrepancies(session) == []
        assert min(row.balance for row in ledger.movements(session, 1, limit=500)) == 0


def test_the_same_key_in_parallel_is_one_movement(any_shop: Database) -> None:
    receive(any_shop, 50)

    def order(_: int) -> int:
        with any_shop.session() as session:
            return ledger.record(session, Kind.SALE, [Line(1, 1, -1)], key="same", at=NOW)[0].id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(order, range(32)))
    assert len(ids) == 1
    assert there(any_shop) == 49


def test_parallel_orders_over_the_same_two_products_never_lock_each_other_out(any_shop: Database) -> None:
    receive(any_shop, 40, product=1)
    receive(any_shop, 40, product=2)

    def order(number: int) -> None:
        first, second = (1, 2) if number % 2 else (2, 1)
        with any_shop.session() as session:
            lines = [Line(first, 1, -1), Line(second, 1, -1)]
            ledger.record(session, Kind.SALE, lines, key=f"o{number}", at=NOW)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(order, range(40)))
    assert (there(any_shop, 1), there(any_shop, 2)) == (0, 0)


@settings(max_examples=25, deadline=None)
@given(moves=st.lists(st.tuples(st.integers(1, 2), st.integers(-6, 6)), max_size=12))
def test_stock_is_always_the_sum_of_its_movements(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, int]]
) -> None:
    database = Database.open(f"sqlite:///{Path(tmp_path_factory.mktemp('ledger')) / 'x.db'}")
    Base.metadata.create_all(database.engine)
    model = {1: 0, 2: 0}
    with database.session() as session:
        session.add(Location(id=1, code="S", name="S"))
        session.add_all([Product(id=number, sku=str(number), name="x") for number in model])
    for index, (product, quantity) in enumerate(moves):
        allowed = quantity != 0 and model[product] + quantity >= 0
        try:
            with database.session() as session:
                line = Line(product, 1, quantity)
                ledger.record(session, Kind.ADJUSTMENT, [line], key=str(index), at=NOW)
        except (ConflictError, InputError):
            assert not allowed
        else:
            assert allowed
            model[product] += quantity
    assert {product: there(database, product) for product in model} == model
    with database.reader() as session:
        assert ledger.discrepancies(session) == []
    database.close()
