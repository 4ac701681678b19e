"""Tests of the demo shop: the same seed gives the same shop, and its two years look like a shop's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from maestro.packs.retail import demo_shop as module
from maestro.packs.retail.demo_shop import (
    HISTORY_DAYS,
    LOCATIONS,
    SUPPLIERS,
    DemoShop,
    demo_shop,
    demo_source,
)

from .conftest import SMALL

MONDAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def demo() -> DemoShop:
    return demo_shop(7, MONDAY)


@pytest.fixture
def small_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CATALOGUE", SMALL)


@pytest.mark.usefixtures("small_catalogue")
def test_the_seed_decides_everything() -> None:
    one, again, other = demo_shop(7, MONDAY), demo_shop(7, MONDAY), demo_shop(8, MONDAY)
    assert one.products == again.products
    for name in ("sold", "stock_out", "stock_end"):
        np.testing.assert_array_equal(getattr(one, name), getattr(again, name))
    np.testing.assert_array_equal(one.simulator.open_arrives, again.simulator.open_arrives)
    assert one.products != other.products
    assert not np.array_equal(one.sold, other.sold)


@pytest.mark.usefixtures("small_catalogue")
def test_the_customers_alone_are_those_of_the_shop() -> None:
    demo = demo_shop(7, MONDAY)
    alone = demo_source(7, demo.first_day)
    for day in (0, 400, HISTORY_DAYS + 30):
        price = demo.simulator.price
        np.testing.assert_array_equal(alone.wanted(day, price), demo.source.wanted(day, price))


def test_it_has_120_products_at_two_locations_from_four_suppliers_and_two_years(demo: DemoShop) -> None:
    assert len(demo.products) == len({product.sku for product in demo.products}) == 120
    assert len(LOCATIONS) == 2
    assert {product.supplier for product in demo.products} == set(range(len(SUPPLIERS))) == {0, 1, 2, 3}
    assert demo.sold.shape == demo.stock_out.shape == demo.stock_end.shape == (240, 728)
    assert demo.first_day == date(2024, 1, 8)
    assert demo.first_day.weekday() == 0


def test_prices_leave_a_margin(demo: DemoShop) -> None:
    terms = demo.simulator.terms
    assert (terms.unit_cost > 0).all()
    assert (terms.price > 1.4 * terms.unit_cost).all()


def test_its_year_has_seasons(demo: DemoShop) -> None:
    category = np.repeat([product.category for product in demo.products], len(LOCATIONS))
    weekly = demo.sold.reshape(240, 104, 7).sum(axis=2)
    december, may = slice(46, 50), slice(17, 22)
    gifts, garden = weekly[category == "Season"], weekly[category == "Garden"]
    assert gifts[:, december].mean() > 2 * gifts[:, may].mean()
    assert garden[:, may].mean() > 1.15 * garden[:, december].mean()


def test_its_week_peaks_on_saturday(demo: DemoShop) -> None:
    by_weekday = demo.sold.reshape(240, 104, 7).sum(axis=(0, 1))
    assert by_weekday.argmax() == 5
    assert by_weekday.max() > 1.4 * by_weekday.min()


def test_it_grows(demo: DemoShop) -> None:
    assert demo.sold[:, 364:].sum() > 1.03 * demo.sold[:, :364].sum()


def test_promotions_lift_demand(demo: DemoShop) -> None:
    source, price = demo.source, demo.simulator.price
    promoted = np.stack([source.promotion_on(day) for day in range(364)], axis=1)
    weeks = promoted.reshape(240, 52, 7)
    assert np.isin(weeks.sum(axis=2), (0, 7)).all()
    assert np.isin(weeks.any(axis=2).sum(axis=1), (2, 3, 4)).all()
    line, day = np.argwhere(promoted)[0]
    plain = replace(source, promoted=np.zeros_like(source.promoted)).mean(int(day), price)
    assert source.mean(int(day), price)[line] == pytest.approx(plain[line] * source.promotion_lift[line])
    assert (source.promotion_lift >= 1.5).all()


def test_some_products_sell_only_now_and_then(demo: DemoShop) -> None:
    sold_on = (demo.sold > 0).mean(axis=1)
    intermittent = demo.source.visit_chance < 1
    assert 0.1 < intermittent.mean() < 0.4
    assert sold_on[intermittent].max() < 0.45
    assert np.median(sold_on[~intermittent]) > 0.6


def test_shelves_ran_empty_at_times_and_then_sold_nothing_more(demo: DemoShop) -> None:
    assert 0.005 < demo.stock_out.mean() < 0.2
    assert (demo.stock_end[demo.stock_out] == 0).all()
    assert (demo.stock_end[~demo.stock_out] > 0).all()


def test_stock_is_what_came_less_what_was_sold(demo: DemoShop) -> None:
    before = demo.stock_end[:, :-1]
    arrived = demo.stock_end[:, 1:] - before + demo.sold[:, 1:]
    assert (arrived >= 0).all()
    np.testing.assert_array_equal(demo.simulator.on_hand, demo.stock_end[:, -1])


def test_goods_are_under_way_when_the_agents_take_over(demo: DemoShop) -> None:
    simulator = demo.simulator
    assert len(simulator.open_line) > 20
    assert (simulator.open_arrives >= simulator.day).all()
    assert (simulator.open_placed < simulator.day).all()
