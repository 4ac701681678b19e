"""Tests of what if: both policies live the same futures, drawn from the shop's own past."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from maestro.errors import InputError
from maestro.packs.retail.baselines import DeliveriesTimesFactor
from maestro.packs.retail.order_policy import (
    IntArray,
    LineTerms,
    OpenOrders,
    Situation,
    uniform_lead_time,
)
from maestro.packs.retail.what_if import Comparison, compare

N, DAYS = 4, 84
RULE = DeliveriesTimesFactor()


@dataclass
class Nothing:
    """Orders nothing and remembers what it was shown."""

    name: str = "nothing"
    seen: list[Situation] = field(default_factory=list)

    def quantities(self, situation: Situation) -> IntArray:
        self.seen.append(situation)
        return np.zeros(len(situation.terms), dtype=np.int64)


def situation(days: int = DAYS) -> Situation:
    one, number = np.ones(N), np.arange(N, dtype=np.int64)
    terms = LineTerms(
        price=10 * one,
        unit_cost=6 * one,
        order_cost=2 * one,
        holding_rate_per_week=0.02 * one,
        salvage_share=0.7 * one,
        min_order=np.zeros(N, dtype=np.int64),
        pack_size=np.ones(N, dtype=np.int64),
        lead_time_chance=uniform_lead_time(2, 6, N),
        product=number,
        location=np.zeros(N, dtype=np.int64),
        supplier=np.zeros(N, dtype=np.int64),
    )
    sales = np.random.default_rng(3).poisson(4.0, (N, days)).astype(np.float64)
    return Situation(
        day=days,
        terms=terms,
        sales=sales,
        in_stock=np.ones((N, days), dtype=np.bool_),
        on_hand=np.full(N, 30, dtype=np.int64),
        open_orders=OpenOrders(np.array([0, 1]), np.array([20, 20]), np.array([1, 30])),
    )


def compared(now: Situation, policy: object = RULE, *, futures: int = 3, weeks: int = 4) -> Comparison:
    return compare(now, lambda _: policy, RULE, weeks=weeks, futures=futures, seed=5)  # type: ignore


def test_the_same_policy_gains_nothing_in_any_future() -> None:
    comparison = compared(situation())
    assert comparison.gains.tolist() == [0.0, 0.0, 0.0]
    assert comparison.agent == comparison.rule
    assert comparison.weeks == 4


def test_futures_differ_and_the_seed_decides_them() -> None:
    once, again = compared(situation()), compared(situation())
    assert once == again
    assert len({outcome.profit for outcome in once.rule}) == 3


def test_who_orders_nothing_runs_out_and_loses() -> None:
    comparison = compared(situation(), Nothing(), weeks=8)
    assert (comparison.gains < 0).all()
    for mine, plain in zip(comparison.agent, comparison.rule, strict=True):
        assert mine.fill_rate < 0.5 < plain.fill_rate
        assert mine.stock_value < plain.stock_value


def test_each_policy_is_asked_once_a_review_within_the_budget() -> None:
    asked = Nothing()
    compared(replace(situation(), review_days=14, budget=99.0), asked, futures=1)
    assert [seen.day for seen in asked.seen] == [DAYS, DAYS + 14]
    assert {seen.budget for seen in asked.seen} == {99.0}
    odd = Nothing()
    compared(replace(situation(), review_days=5), odd, futures=1)
    assert [seen.day - DAYS for seen in odd.seen] == [0, 5, 10, 15, 20, 25]


def test_orders_under_way_arrive_when_they_are_expected() -> None:
    asked = Nothing()
    compared(replace(situation(), review_days=1), asked, futures=1)
    under_way = [seen.open_orders.line.tolist() for seen in asked.seen]
    assert under_way[:5] == [[0, 1], [0], [0], [0], []]


def test_days_with_an_empty_shelf_count_as_usual_days() -> None:
    now = situation()
    half = np.arange(DAYS) % 2 == 0
    empty = replace(now, sales=np.where(half, now.sales, 0.0), in_stock=np.tile(half, (N, 1)))
    stocked = replace(empty, on_hand=np.full(N, 10_000, dtype=np.int64))
    full = replace(now, on_hand=np.full(N, 10_000, dtype=np.int64))
    censored, known = (compared(each, Nothing(), weeks=12) for each in (stocked, full))
    sold = [np.mean([one.stock_value for one in each.agent]) for each in (censored, known)]
    assert sold[0] == pytest.approx(sold[1], rel=0.01)


def test_progress_is_told_to_the_end() -> None:
    heard: list[float] = []
    compare(situation(), lambda _: RULE, RULE, weeks=1, futures=2, seed=1, progress=heard.append)
    assert heard == [0.25, 0.5, 0.75, 1.0]


def test_less_than_four_weeks_of_history_are_refused() -> None:
    with pytest.raises(InputError, match="27 days is too short"):
        compared(situation(27))
