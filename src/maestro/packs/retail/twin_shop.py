"""Twin shop: the same simulated shop run by the plain rule, on the same customers, without agents."""

from __future__ import annotations

from typing import Any

import numpy as np

from maestro.packs.retail.demand_source import DemandSource
from maestro.packs.retail.order_policy import FloatArray, IntArray, LineTerms, OrderPolicy
from maestro.packs.retail.simulator import Accounts, DayResult, ShopSimulator


class TwinShop:
    """What would have happened without the agents.

    It starts from the stock and the orders under way on the day the agents took over, and is lived again from
    there at each start of the program: cheap, and never out of step with the records.

    Args:
        terms: the lines and their terms on that day.
        source: the customers.
        seed: decides the suppliers' lead times.
        rule: the plain rule, as it was set up on that day.
        start: on_hand, open_line, open_quantity and open_placed (day numbers), as `start_of` wrote them.
        day: number of that day.
        history: pieces sold before that day, shape [n, days].
    """

    def __init__(
        self,
        *,
        terms: LineTerms,
        source: DemandSource,
        seed: int,
        rule: OrderPolicy,
        start: dict[str, Any],
        day: int,
        history: FloatArray,
        review_days: int,
    ) -> None:
        self.rule = rule
        self._from = day
        self._simulator = ShopSimulator(
            terms=terms,
            source=source,
            seed=seed,
            on_hand=np.array(start["on_hand"], dtype=np.int64),
            day=day,
            sales=[column.astype(np.int64) for column in history.T],
            in_stock=[np.ones(len(terms), dtype=np.bool_) for _ in history.T],
            review_days=review_days,
            open_line=np.array(start["open_line"], dtype=np.int64),
            open_quantity=np.array(start["open_quantity"], dtype=np.int64),
            open_placed=np.array(start["open_placed"], dtype=np.int64),
        )
        self._simulator.open_arrives = arrivals(self._simulator)
        self._last: tuple[DayResult, float] | None = None

    @property
    def terms(self) -> LineTerms:
        """The terms that the twin lives under."""
        return self._simulator.terms

    def lead_times(self, day: int) -> IntArray:
        """How long an order of each line placed on a day takes, whoever places it, shape [n]."""
        return self._simulator.lead_times(day)

    def pass_day(self, day: int, terms: LineTerms) -> tuple[DayResult, float]:
        """Live up to and including `day`; gives that day and the profit it made, in the shop's currency.

        The last day may be asked for again, by a shop that could not write its own.

        Args:
            terms: what keeping and ordering cost now, the same as in the shop itself.
        """
        self._simulator.terms = terms
        while self._simulator.day <= day:
            before = operating_profit(self._simulator)
            if (self._simulator.day - self._from) % self._simulator.review_days == 0:
                self._simulator.order(self.rule.quantities(self._simulator.observe()))
            result = self._simulator.step()
            self._last = result, operating_profit(self._simulator) - before
        assert self._last is not None, "the twin has lived since the agents took over"
        assert self._last[0].day == day, "the twin never lives backwards"
        return self._last


def operating_profit(simulator: ShopSimulator) -> float:
    """Sales less the cost of what was sold, of holding and of ordering; stock bought early is no loss."""
    accounts: Accounts = simulator.accounts
    sold_at_cost = accounts.sold * simulator.terms.unit_cost
    return float((accounts.revenue - sold_at_cost - accounts.holding - accounts.ordering).sum())


def arrivals(simulator: ShopSimulator) -> IntArray:
    """The day on which each order under way arrives: its own day plus the lead time drawn for that day."""
    drawn = {int(placed): simulator.lead_times(int(placed)) for placed in np.unique(simulator.open_placed)}
    return np.array(
        [
            placed + drawn[int(placed)][line]
            for line, placed in zip(simulator.open_line, simulator.open_placed, strict=True)
        ],
        dtype=np.int64,
    )
