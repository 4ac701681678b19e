"""Tests of what a reordering rule sees and answers: terms, open orders, whole packs, lead times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.errors import InputError
from maestro.packs.retail.order_policy import (
    LineTerms,
    OpenOrders,
    Situation,
    arrival_in_time,
    demand_rate,
    sampled_days,
    uniform_lead_time,
    whole_packs,
)


def terms(n: int = 3, *, min_order: int = 1, pack_size: int = 1, low: int = 2, high: int = 4) -> LineTerms:
    one, zero = np.ones(n), np.zeros(n, dtype=np.int64)
    return LineTerms(
        price=10 * one,
        unit_cost=6 * one,
        order_cost=2 * one,
        holding_rate_per_week=0.02 * one,
        salvage_share=0.7 * one,
        min_order=zero + min_order,
        pack_size=zero + pack_size,
        lead_time_chance=uniform_lead_time(low, high, n),
        product=np.arange(n),
        location=zero,
        supplier=zero,
    )


def situation(n: int = 3, days: int = 10) -> Situation:
    return Situation(
        day=days,
        terms=terms(n),
        sales=np.ones((n, days)),
        in_stock=np.ones((n, days), dtype=np.bool_),
        on_hand=np.zeros(n, dtype=np.int64),
    )


def test_terms_of_unequal_length_are_refused() -> None:
    with pytest.raises(InputError, match="pack_size has 2 lines where price has 3"):
        replace(terms(3), pack_size=np.ones(2, dtype=np.int64))


def test_an_empty_pack_is_refused() -> None:
    with pytest.raises(InputError, match="at least one piece"):
        terms(pack_size=0)


def test_lead_time_chances_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(InputError, match="must sum to 1"):
        replace(terms(1), lead_time_chance=np.array([[0.0, 0.5]]))


def test_a_lead_time_of_no_days_is_refused() -> None:
    with pytest.raises(InputError, match="impossible"):
        uniform_lead_time(0, 3, 1)


def test_lead_times_know_their_mean_and_their_longest_day() -> None:
    lines = terms(2, low=5, high=12)
    assert lines.mean_lead_days.tolist() == [8.5, 8.5]
    assert lines.longest_lead_days.tolist() == [12, 12]


def test_a_wider_table_of_lead_times_changes_neither() -> None:
    assert uniform_lead_time(2, 4, 1, width=9).shape == (1, 9)
    wide = replace(terms(1), lead_time_chance=uniform_lead_time(2, 4, 1, width=9))
    assert wide.longest_lead_days.tolist() == [4]


def test_some_lines_can_be_taken_out_in_any_order() -> None:
    taken = terms(3).take(np.array([2, 0]))
    assert len(taken) == 2
    assert taken.product.tolist() == [2, 0]


def test_pieces_under_way_are_summed_by_line() -> None:
    orders = OpenOrders(np.array([1, 1, 2]), np.array([5, 7, 1]), np.array([0, 3, 1]))
    now = replace(situation(), on_hand=np.array([1, 1, 1]), open_orders=orders)
    assert now.on_order.tolist() == [0, 12, 1]
    assert now.position.tolist() == [1, 13, 2]
    assert OpenOrders.none().pieces(2).tolist() == [0, 0]


def test_a_budget_can_be_set_on_a_situation() -> None:
    assert situation().with_budget(50.0).budget == 50.0


@settings(deadline=None, max_examples=60)
@given(
    wanted=st.floats(0, 500),
    min_order=st.integers(0, 50),
    pack_size=st.integers(1, 24),
)
def test_orders_are_whole_packs_of_at_least_the_minimum(
    wanted: float, min_order: int, pack_size: int
) -> None:
    quantity = int(whole_packs(np.array([wanted]), terms(1, min_order=min_order, pack_size=pack_size))[0])
    assert quantity % pack_size == 0
    if quantity:
        assert quantity >= min_order
        assert quantity >= wanted - 1e-6
    else:
        assert wanted < 1e-6


def test_an_order_that_cannot_arrive_before_the_end_is_not_in_time() -> None:
    assert arrival_in_time(situation()).all()
    assert arrival_in_time(replace(situation(), days_left=3)).all()
    assert not arrival_in_time(replace(situation(), days_left=2)).any()


def test_the_demand_rate_leaves_out_days_with_an_empty_shelf() -> None:
    in_stock = np.ones((1, 10), dtype=np.bool_)
    in_stock[0, 5:] = False
    sales = np.where(in_stock, 4.0, 1.0)
    now = replace(situation(1), sales=sales, in_stock=in_stock)
    assert demand_rate(now, 10).tolist() == [4.0]


def test_draws_follow_the_chances_of_lead_times() -> None:
    chance = np.array([[0.0, 0.25, 0.0, 0.75]])
    draw = np.array([[0.0, 0.2, 0.3, 0.999999999]])
    assert sampled_days(chance, draw).tolist() == [[1, 1, 3, 3]]
