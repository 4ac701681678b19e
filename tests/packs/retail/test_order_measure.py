"""Tests of measuring an order: the same figure as living both quantities in the simulator."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maestro.packs.retail.demand_source import ReplayedDemand
from maestro.packs.retail.order_measure import Realised, realised_gain
from maestro.packs.retail.order_policy import LineTerms
from maestro.packs.retail.simulator import ShopSimulator

LEAD_DAYS, REVIEW_DAYS = 3, 7


def terms(holding: float = 0.0) -> LineTerms:
    one, zero = np.ones(1), np.zeros(1, dtype=np.int64)
    lead = np.zeros((1, LEAD_DAYS + 1))
    lead[0, LEAD_DAYS] = 1.0
    return LineTerms(
        price=10 * one,
        unit_cost=6 * one,
        order_cost=2 * one,
        holding_rate_per_week=holding * one,
        salvage_share=0.5 * one,
        min_order=zero,
        pack_size=zero + 1,
        lead_time_chance=lead,
        product=zero,
        location=zero,
        supplier=zero,
    )


def happened(demand: list[int], on_hand: int = 5, under_way: tuple[tuple[int, int], ...] = ()) -> Realised:
    return Realised(
        on_hand=on_hand,
        under_way=under_way,
        arrives=LEAD_DAYS,
        following=REVIEW_DAYS + LEAD_DAYS,
        demand=np.array(demand, dtype=np.float64),
        rest_demand=0.0,
        rest_days=0.0,
    )


def lived(of: LineTerms, quantity: int, realised: Realised) -> float:
    """Profit of ordering a quantity, lived day by day until the next order could arrive."""
    count = len(realised.under_way)
    shop = ShopSimulator(
        terms=of,
        source=ReplayedDemand(realised.demand[None, :], of.price, np.zeros(1)),
        seed=0,
        on_hand=np.array([realised.on_hand], dtype=np.int64),
        open_line=np.zeros(count, dtype=np.int64),
        open_quantity=np.array([pieces for pieces, _ in realised.under_way], dtype=np.int64),
        open_placed=np.zeros(count, dtype=np.int64),
        open_arrives=np.array([day for _, day in realised.under_way], dtype=np.int64),
    )
    shop.order(np.array([quantity]))
    for _ in range(realised.following):
        shop.step()
    assert shop.on_hand[0] == 0, "nothing is left to be valued"
    return float(shop.accounts.profit[0])


PIECES = st.integers(0, 20)


@settings(deadline=None, max_examples=60)
@given(
    mine=PIECES,
    other=PIECES,
    on_hand=PIECES,
    early=st.tuples(PIECES, st.integers(0, 9)),
    demand=st.lists(st.integers(0, 6), min_size=10, max_size=10),
)
def test_the_gain_is_that_of_living_both_where_nothing_is_left(
    mine: int, other: int, on_hand: int, early: tuple[int, int], demand: list[int]
) -> None:
    demand[-1] += 60
    realised = happened(demand, on_hand, (early,))
    gain = realised_gain(terms(), mine, other, realised)
    assert gain == pytest.approx(lived(terms(), mine, realised) - lived(terms(), other, realised))


def test_holding_is_charged_from_arrival_at_an_even_pace() -> None:
    costly = terms(holding=0.35)
    realised = happened([0, 0, 0] + [2] * 7, on_hand=0)
    gain = realised_gain(costly, 14, 0, realised)
    margin, ordering = 14 * 4, 2
    pieces_days = 14 * 7 / 2
    assert gain == pytest.approx(margin - ordering - pieces_days * 6 * 0.35 / 7)


@pytest.mark.parametrize("quantity", [0, 12])
def test_the_same_quantity_gains_nothing(quantity: int) -> None:
    assert realised_gain(terms(), quantity, quantity, happened([1] * 10)) == 0.0


def test_what_sells_gains_and_what_nobody_wants_loses() -> None:
    assert realised_gain(terms(), 10, 0, happened([4] * 10)) > 0
    assert realised_gain(terms(), 10, 0, happened([0] * 10)) < 0


@settings(deadline=None, max_examples=30)
@given(mine=PIECES, other=PIECES, demand=st.lists(st.integers(0, 6), min_size=10, max_size=10))
def test_what_one_gains_the_other_loses(mine: int, other: int, demand: list[int]) -> None:
    realised = happened(demand)
    there, back = (realised_gain(terms(0.02), a, b, realised) for a, b in ((mine, other), (other, mine)))
    assert there == pytest.approx(-back)


def test_left_over_pieces_are_valued_by_what_was_expected_later() -> None:
    slow = happened([0] * 10)
    wanted = replace(slow, rest_demand=40.0, rest_days=40.0)
    assert realised_gain(terms(), 10, 0, wanted) > realised_gain(terms(), 10, 0, slow)
