"""Price band: how far one action may move a price before a person is asked, and at most; never below cost."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Self

from maestro.agents.decision import Decision, GuardResult, Words, number
from maestro.agents.guardrails.base import GuardContext, checked_limit, unreadable


@dataclass(frozen=True, kw_only=True)
class PriceBand:
    """Bounds the change of `price` against `reference_price`, both of them parameters of the action.

    Args:
        limit: change in percent, up or down, beyond which a person is asked.
        hard_limit: change in percent that is never exceeded, at any level.
        least_margin_pct: margin over `unit_cost`, in percent of it, below which the price is blocked; checked
            where the action carries a unit cost.
        unit: unit of the limits.
    """

    limit: float
    hard_limit: float
    least_margin_pct: float = 0.0
    unit: str = "%"
    name: str = "price_band"

    def __post_init__(self) -> None:
        checked_limit(self.name, self.limit, self.hard_limit)

    @property
    def words(self) -> Words:
        """What it guards."""
        return {"en": "Change of a price at once.", "ko": "한 번에 바꾸는 가격 폭."}

    def with_limit(self, limit: float) -> Self:
        """The same band with another limit; its hard limit stays."""
        return replace(self, limit=limit)

    def check(self, decision: Decision, context: GuardContext) -> GuardResult:
        """Pass inside the band, ask beyond the limit, block beyond the hard limit or without a margin."""
        params = decision.action.params
        if "price" not in params:
            return GuardResult(
                self.name, "pass", {"en": "No price to check.", "ko": "확인할 가격이 없습니다."}
            )
        price, reference = number(params["price"]), number(params.get("reference_price"))
        if math.isnan(price) or price <= 0:
            return unreadable(self.name, {"en": "price", "ko": "가격"})
        if math.isnan(reference) or reference <= 0:
            return unreadable(self.name, {"en": "reference price", "ko": "기준 가격"})
        if "unit_cost" in params:
            floor = number(params["unit_cost"]) * (1 + self.least_margin_pct / 100)
            if math.isnan(floor):
                return unreadable(self.name, {"en": "unit cost", "ko": "원가"})
            if price < floor:
                below = {
                    "en": f"Price {price:,.2f} is below the lowest with a margin, {floor:,.2f}.",
                    "ko": f"가격 {price:,.2f}은(는) 마진을 지키는 최저가 {floor:,.2f}보다 낮습니다.",
                }
                return GuardResult(self.name, "block", below, price, floor)
        return self._of_change(100 * (price / reference - 1))

    def _of_change(self, change: float) -> GuardResult:
        size = round(abs(change), 9)  # 9 / 10 - 1 is not quite -10 %
        if size <= self.limit:
            inside = {
                "en": f"The price moves by {change:+.1f} %, within {self.limit:g} %.",
                "ko": f"가격 변동 {change:+.1f} %: 한도 {self.limit:g} % 안입니다.",
            }
            return GuardResult(self.name, "pass", inside, change, self.limit)
        if size <= self.hard_limit:
            far = {
                "en": f"The price moves by {change:+.1f} %, beyond {self.limit:g} %: a person decides.",
                "ko": f"가격 변동 {change:+.1f} %이(가) {self.limit:g} %를 넘어 사람이 결정합니다.",
            }
            return GuardResult(self.name, "ask", far, change, self.limit)
        too_far = {
            "en": f"The price moves by {change:+.1f} %, beyond the hard limit of {self.hard_limit:g} %.",
            "ko": f"가격 변동 {change:+.1f} %이(가) 절대 한도 {self.hard_limit:g} %를 넘습니다.",
        }
        return GuardResult(self.name, "block", too_far, change, self.hard_limit)
