"""The retail tables: what they refuse, whatever code writes to them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from maestro.database import Database
from maestro.errors import PolicyError
from maestro.packs.retail import ledger
from maestro.packs.retail.entities import Product, StockLevel, StockMovement, Supplier
from maestro.packs.retail.ledger import Kind, Line

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def test_stock_below_zero_is_refused_by_the_table_itself(any_shop: Database) -> None:
    with any_shop.session() as session:
        ledger.record(session, Kind.RECEIPT, [Line(1, 1, 5)], key="a", at=NOW)
    with pytest.raises(IntegrityError), any_shop.session() as session:
        session.execute(update(StockLevel).values(on_hand=-1))


def test_a_lead_time_whose_least_exceeds_its_most_is_refused(any_shop: Database) -> None:
    with pytest.raises(IntegrityError), any_shop.session() as session:
        session.add(Supplier(code="X", name="X", lead_time_min_days=9, lead_time_max_days=3))


def test_a_movement_can_be_neither_changed_nor_deleted(shop: Database) -> None:
    with shop.session() as session:
        ledger.record(session, Kind.RECEIPT, [Line(1, 1, 5)], key="a", at=NOW)
    with pytest.raises(PolicyError, match="cannot be changed"), shop.session() as session:
        session.get_one(StockMovement, 1).quantity = 50
    with pytest.raises(PolicyError), shop.session() as session:
        session.delete(session.get_one(StockMovement, 1))


def test_a_product_without_a_korean_name_shows_its_only_name(shop: Database) -> None:
    with shop.reader() as session:
        assert session.get_one(Product, 1).words == {"en": "Cup", "ko": "컵"}
        assert session.get_one(Product, 2).words == {"en": "Lamp", "ko": "Lamp"}
