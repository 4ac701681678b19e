"""Tests of the demo shop: believable, the same for the same seed, with stock-outs in its past."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pytest

from maestro.packs.retail.demo_catalogue import CATALOGUE
from maestro.packs.retail.demo_shop import (
    HISTORY_DAYS,
    LOCATIONS,
    SUPPLIERS,
    DemoShop,
    demo_shop,
    demo_source,
)

TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def shop() -> DemoShop:
    """One demo shop for all."""
    return demo_shop(7, TODAY)


def test_it_has_120_products_at_2_locations_from_4_suppliers(shop: DemoShop) -> None:
    assert len(shop.products) == 120
    assert len({product.sku for product in shop.products}) == 120
    assert len({product.name for product in shop.products}) == 120
    assert (len(LOCATIONS), len(SUPPLIERS)) == (2, 4)
    assert {product.supplier for product in shop.products} == {0, 1, 2, 3}
    assert {product.category for product in shop.products} == set(CATALOGUE)
    assert shop.sold.shape == shop.stock_out.shape == shop.stock_end.shape == (240, HISTORY_DAYS)


def test_every_product_is_named_in_korean_and_sells_above_its_cost(shop: DemoShop) -> None:
    for product in shop.products:
        assert any("가" <= letter <= "힣" for letter in product.name_ko)
        assert 0 < product.unit_cost < product.price


def test_its_past_knows_stock_outs_but_not_too_many(shop: DemoShop) -> None:
    assert 0.005 < shop.stock_out.mean() < 0.35
    assert (shop.stock_end >= 0).all()
    assert (shop.stock_end[shop.stock_out] == 0).all()


def test_weekends_december_and_intermittent_sellers_can_be_seen(shop: DemoShop) -> None:
    by_day = shop.sold.sum(axis=0)
    weekday = (np.arange(HISTORY_DAYS) + shop.first_day.weekday()) % 7
    assert by_day[weekday == 5].mean() > 1.2 * by_day[weekday == 1].mean()
    month = np.array(
        [(date.fromordinal(shop.first_day.toordinal() + day)).month for day in range(HISTORY_DAYS)]
    )
    assert by_day[month == 12].mean() > 1.1 * by_day[month == 7].mean()
    assert ((shop.sold > 0).mean(axis=1) < 0.3).sum() > 20


def test_the_simulator_goes_on_where_the_record_ends(shop: DemoShop) -> None:
    assert shop.simulator.day == HISTORY_DAYS
    assert shop.simulator.on_hand.tolist() == shop.stock_end[:, -1].tolist()
    assert shop.simulator.observe().on_order.sum() > 0


def test_the_same_seed_gives_the_same_shop_and_customers(shop: DemoShop) -> None:
    again, other = demo_shop(7, TODAY), demo_shop(8, TODAY)
    assert np.array_equal(again.sold, shop.sold)
    assert not np.array_equal(other.sold, shop.sold)
    price = shop.simulator.terms.price
    source = demo_source(7, shop.first_day)
    assert source.wanted(800, price).tolist() == shop.source.wanted(800, price).tolist()


def test_it_is_made_in_a_few_seconds() -> None:
    began = time.process_time()
    demo_shop(9, TODAY)
    assert time.process_time() - began < 5.0
