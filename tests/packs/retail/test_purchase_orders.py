"""Purchase orders: their states, what receiving puts into stock, and undoing an order by cancelling it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from maestro.database import Database
from maestro.errors import ConflictError, InputError, NotFoundError
from maestro.packs.retail import ledger, purchase_orders
from maestro.packs.retail.entities import PurchaseOrder, StockLevel, Supplier
from maestro.packs.retail.purchase_orders import OrderLine

NOW = datetime(2026, 1, 5, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
LINES = (OrderLine(1, 10, 3.0, "d_1"), OrderLine(2, 4, 24.0, "d_2"))


def ordered(database: Database, status: str = "draft", key: str = "d_1") -> int:
    with database.session() as session:
        order = purchase_orders.create(session, supplier_id=1, location_id=1, lines=LINES, key=key, at=NOW)
        if status in {"approved", "sent"}:
            purchase_orders.approve(session, order.id, at=NOW)
        if status == "sent":
            purchase_orders.send(session, order.id, at=NOW)
        return order.id


def stock(database: Database, product: int = 1) -> tuple[int, int]:
    with database.reader() as session:
        level = session.get(StockLevel, (product, 1))
        return (level.on_hand, level.on_order) if level else (0, 0)


def status(database: Database, order_id: int) -> str:
    with database.reader() as session:
        return session.get_one(PurchaseOrder, order_id).status


def test_an_order_goes_from_draft_over_approved_and_sent_to_received(any_shop: Database) -> None:
    order_id = ordered(any_shop)
    assert stock(any_shop) == (0, 0)
    with any_shop.session() as session:
        assert purchase_orders.approve(session, order_id, at=NOW).number == "PO-000001"
    assert stock(any_shop) == (0, 10)
    with any_shop.session() as session:
        order = purchase_orders.send(session, order_id, at=NOW)
        assert order.expected_at == NOW + timedelta(days=8.5)
    with any_shop.session() as session:
        order = purchase_orders.receive(session, order_id, at=LATER)
        assert (order.status, order.received_at) == ("received", LATER)
    assert stock(any_shop) == (10, 0)
    assert stock(any_shop, 2) == (4, 0)
    with any_shop.reader() as session:
        [movement] = ledger.movements(session, 1)
        assert (movement.kind, movement.quantity, movement.reference) == ("receipt", 10, "PO-000001")


def test_the_days_an_order_took_are_added_to_the_suppliers_lead_times(shop: Database) -> None:
    order_id = ordered(shop, "sent")
    with shop.session() as session:
        purchase_orders.receive(session, order_id, at=LATER)
    with shop.reader() as session:
        assert session.get_one(Supplier, 1).lead_time_samples_days == [7]


def test_the_same_key_is_the_same_order(any_shop: Database) -> None:
    assert ordered(any_shop) == ordered(any_shop)
    with pytest.raises(ConflictError, match="already used"), any_shop.session() as session:
        purchase_orders.create(session, supplier_id=1, location_id=2, lines=LINES, key="d_1", at=NOW)


def test_the_same_key_in_parallel_is_one_order(any_shop: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: ordered(any_shop), range(8)))) == 1


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (OrderLine(1, 1, 1.0), OrderLine(1, 2, 1.0)),
        (OrderLine(1, 0, 1.0),),
        (OrderLine(1, 1, -1.0),),
        (OrderLine(99, 1, 1.0),),
    ],
)
def test_lines_that_make_no_sense_are_refused(shop: Database, lines: tuple[OrderLine, ...]) -> None:
    with pytest.raises(InputError), shop.session() as session:
        purchase_orders.create(session, supplier_id=1, location_id=1, lines=lines, key="k", at=NOW)


def test_an_unknown_supplier_or_location_is_named_with_a_remedy(shop: Database) -> None:
    with pytest.raises(InputError, match=r"no supplier 9.*Create the supplier"), shop.session() as session:
        purchase_orders.create(session, supplier_id=9, location_id=1, lines=LINES, key="k", at=NOW)
    with pytest.raises(InputError, match="no location 9"), shop.session() as session:
        purchase_orders.create(session, supplier_id=1, location_id=9, lines=LINES, key="k", at=NOW)


def test_a_delivery_in_two_parts_keeps_the_rest_on_order(shop: Database) -> None:
    order_id = ordered(shop, "sent")
    with shop.session() as session:
        purchase_orders.receive(session, order_id, at=LATER, quantities={1: 6})
    assert stock(shop) == (6, 4)
    assert status(shop, order_id) == "sent"
    with shop.session() as session:
        purchase_orders.receive(session, order_id, at=LATER)
    assert stock(shop) == (10, 0)
    assert status(shop, order_id) == "received"


def test_a_delivery_with_a_key_is_booked_once(shop: Database) -> None:
    order_id = ordered(shop, "sent")
    for _ in range(2):
        with shop.session() as session:
            purchase_orders.receive(session, order_id, at=LATER, quantities={1: 6}, key="note-1")
    assert stock(shop) == (6, 4)


def test_more_than_is_missing_cannot_arrive(shop: Database) -> None:
    order_id = ordered(shop, "sent")
    with pytest.raises(ConflictError, match="10 are missing"), shop.session() as session:
        purchase_orders.receive(session, order_id, at=LATER, quantities={1: 11})
    assert stock(shop) == (0, 10)


@pytest.mark.parametrize("start", ["draft", "approved", "sent"])
def test_an_order_that_has_not_arrived_can_be_cancelled_and_leaves_nothing_on_order(
    shop: Database, start: str
) -> None:
    order_id = ordered(shop, start)
    for _ in range(2):
        with shop.session() as session:
            assert purchase_orders.cancel(session, order_id, at=LATER).status == "cancelled"
    assert stock(shop) == (0, 0)


def test_an_order_that_has_partly_or_wholly_arrived_cannot_be_cancelled(shop: Database) -> None:
    order_id = ordered(shop, "sent")
    with shop.session() as session:
        purchase_orders.receive(session, order_id, at=LATER, quantities={1: 6})
    with pytest.raises(ConflictError, match="partly arrived"), shop.session() as session:
        purchase_orders.cancel(session, order_id, at=LATER)
    with shop.session() as session:
        purchase_orders.receive(session, order_id, at=LATER)
    with pytest.raises(ConflictError, match="is received and cannot be cancelled"), shop.session() as session:
        purchase_orders.cancel(session, order_id, at=LATER)


@pytest.mark.parametrize("start", ["draft", "approved", "sent"])
def test_only_the_next_state_is_reachable(shop: Database, start: str) -> None:
    order_id = ordered(shop, start)
    with shop.session() as session:
        if start != "draft":
            with pytest.raises(ConflictError):
                purchase_orders.approve(session, order_id, at=NOW)
        if start != "approved":
            with pytest.raises(ConflictError):
                purchase_orders.send(session, order_id, at=NOW)
        if start != "sent":
            with pytest.raises(ConflictError):
                purchase_orders.receive(session, order_id, at=NOW)


def test_approving_in_parallel_counts_once(any_shop: Database) -> None:
    order_id = ordered(any_shop)

    def approve(_: int) -> bool:
        try:
            with any_shop.session() as session:
                purchase_orders.approve(session, order_id, at=NOW)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(approve, range(8))) == 1
    assert stock(any_shop) == (0, 10)


def test_the_orders_of_a_decision_are_found_by_its_id(shop: Database) -> None:
    order_id = ordered(shop)
    with shop.reader() as session:
        [order] = purchase_orders.for_decision(session, "d_2")
        assert order.id == order_id
        assert order.decision_ids == ["d_1", "d_2"]
        assert order.total == 10 * 3.0 + 4 * 24.0
        assert purchase_orders.for_decision(session, "d_9") == []


def test_the_list_is_newest_first_filtered_and_in_pages(shop: Database) -> None:
    ids = [ordered(shop, "approved" if index % 2 else "draft", key=f"k{index}") for index in range(5)]
    with shop.reader() as session:
        page = purchase_orders.list_orders(session, limit=2)
        assert ([order.id for order in page.items], page.total) == ([ids[4], ids[3]], 5)
        page = purchase_orders.list_orders(session, limit=3, cursor=page.next_cursor)
        assert ([order.id for order in page.items], page.next_cursor) == ([ids[2], ids[1], ids[0]], None)
        assert purchase_orders.list_orders(session, status="approved", supplier_id=1).total == 2
        assert purchase_orders.list_orders(session, product_id=2).total == 5
        with pytest.raises(InputError, match="not a status"):
            purchase_orders.list_orders(session, status="lost")
        with pytest.raises(InputError, match="cursor"):
            purchase_orders.list_orders(session, cursor="x")


def test_an_unknown_order_is_not_found(shop: Database) -> None:
    with pytest.raises(NotFoundError, match="no purchase order 9"), shop.session() as session:
        purchase_orders.cancel(session, 9, at=NOW)
