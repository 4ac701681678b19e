"""Opening of the demo shop: writes its products, stock, orders and two years of sales into the tables."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from maestro.database import Database
from maestro.packs.retail import ledger, purchase_orders
from maestro.packs.retail.demo_shop import HISTORY_DAYS, LOCATIONS, SUPPLIERS, DemoShop, demo_shop
from maestro.packs.retail.entities import DailySale, Location, Product, Shop, Supplier
from maestro.packs.retail.ledger import Kind, Line
from maestro.packs.retail.purchase_orders import OrderLine
from maestro.packs.retail.settings import RetailSettings
from maestro.packs.retail.shop_records import end_of_day, opening
from maestro.packs.retail.simulation_record import SimulationRow
from maestro.packs.retail.stock import refresh_sold

_ROWS_A_BATCH = 20_000


def open_demo_shop(database: Database, seed: int, now: datetime) -> None:
    """Create the demo shop as of the latest Monday, all of it in one transaction.

    Args:
        seed: decides the shop, its past and its future.
        now: the real moment; history ends on the Sunday before its week.
    """
    today = now.date() - timedelta(days=now.weekday())
    demo = demo_shop(seed, today)
    with database.session() as session:
        session.add(
            Shop(name="Maestro Gifts", currency="GBP", simulated=True, started_at=opening(today), options={})
        )
        places, suppliers, products = _nouns(session, demo)
        _history(session, demo, places, products)
        _stock(session, demo, places, products, opening(today) - timedelta(hours=12))
        _orders_under_way(session, demo, places, suppliers, products)
        refresh_sold(session, today - timedelta(days=1))
        session.add(_simulation(demo, seed, today))


def _nouns(session: Session, demo: DemoShop) -> tuple[list[int], list[int], list[int]]:
    """Ids of the locations, suppliers and products, in the order of the demo."""
    locations = [Location(code=place.code, name=place.name) for place in LOCATIONS]
    suppliers = [
        Supplier(
            code=each.code,
            name=each.name,
            lead_time_min_days=each.least_days,
            lead_time_mean_days=each.mean_days,
            lead_time_max_days=each.most_days,
            minimum_order_quantity=each.minimum_pieces,
        )
        for each in SUPPLIERS
    ]
    session.add_all([*locations, *suppliers])
    session.flush()
    products = [
        Product(
            sku=each.sku,
            name=each.name,
            name_ko=each.name_ko,
            category=each.category,
            price=each.price,
            unit_cost=each.unit_cost,
            pack_size=each.pack_size,
            supplier_id=suppliers[each.supplier].id,
        )
        for each in demo.products
    ]
    session.add_all(products)
    session.flush()
    return [row.id for row in locations], [row.id for row in suppliers], [row.id for row in products]


def _history(session: Session, demo: DemoShop, places: list[int], products: list[int]) -> None:
    terms = demo.simulator.terms
    days = [demo.first_day + timedelta(days=number) for number in range(HISTORY_DAYS)]
    rows: list[dict[str, Any]] = []
    for line in range(len(terms)):
        product, place = products[terms.product[line]], places[terms.location[line]]
        price = float(terms.price[line])
        figures = zip(
            days,
            demo.sold[line].tolist(),
            demo.stock_out[line].tolist(),
            demo.stock_end[line].tolist(),
            strict=True,
        )
        rows += [
            {
                "product_id": product,
                "location_id": place,
                "day": day,
                "quantity": sold,
                "revenue": sold * price,
                "stock_out": out,
                "stock_end": end,
            }
            for day, sold, out, end in figures
        ]
        if len(rows) >= _ROWS_A_BATCH:
            session.execute(insert(DailySale), rows)
            rows = []
    if rows:
        session.execute(insert(DailySale), rows)


def _stock(session: Session, demo: DemoShop, places: list[int], products: list[int], at: datetime) -> None:
    terms, on_hand = demo.simulator.terms, demo.simulator.on_hand
    lines = []
    for line in range(len(terms)):
        product, place = products[terms.product[line]], places[terms.location[line]]
        ledger.ensure_level(session, product, place)
        if on_hand[line]:
            lines.append(Line(product, place, int(on_hand[line])))
    ledger.record(session, Kind.OPENING, lines, key="opening", at=at, reference="opening stock")


def _orders_under_way(
    session: Session,
    demo: DemoShop,
    places: list[int],
    suppliers: list[int],
    products: list[int],
) -> None:
    """One purchase order for each supplier, location and day of ordering."""
    simulator, terms = demo.simulator, demo.simulator.terms
    groups: dict[tuple[int, int, int], list[OrderLine]] = {}
    for line, quantity, placed in zip(
        simulator.open_line, simulator.open_quantity, simulator.open_placed, strict=True
    ):
        key = (int(placed), int(terms.supplier[line]), int(terms.location[line]))
        item = OrderLine(products[terms.product[line]], int(quantity), float(terms.unit_cost[line]))
        groups.setdefault(key, []).append(item)
    for (placed, supplier, place), items in sorted(groups.items()):
        at = opening(demo.first_day + timedelta(days=placed))
        order = purchase_orders.create(
            session,
            supplier_id=suppliers[supplier],
            location_id=places[place],
            lines=items,
            key=f"demo {placed} {supplier} {place}",
            at=at,
        )
        purchase_orders.approve(session, order.id, at=at)
        purchase_orders.send(session, order.id, at=at)


def _simulation(demo: DemoShop, seed: int, today: date) -> SimulationRow:
    simulator = demo.simulator
    assert np.all(simulator.open_arrives >= simulator.day), "what has arrived is not under way"
    return SimulationRow(
        seed=seed,
        first_day=demo.first_day,
        live_from=today,
        closed_day=today - timedelta(days=1),
        clock_until=end_of_day(today - timedelta(days=1)),
        start={
            "on_hand": simulator.on_hand.tolist(),
            "open_line": simulator.open_line.tolist(),
            "open_quantity": simulator.open_quantity.tolist(),
            "open_placed": simulator.open_placed.tolist(),
            "baseline": RetailSettings().baseline,
            "review_days": simulator.review_days,
        },
    )
