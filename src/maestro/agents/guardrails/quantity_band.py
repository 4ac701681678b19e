"""Quantity band: how much one action may move before a person is asked, and at most."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Self

from maestro.agents.decision import Decision, GuardResult, Words, number
from maestro.agents.guardrails.base import GuardContext, checked_limit, plain_number, unreadable


@dataclass(frozen=True, kw_only=True)
class QuantityBand:
    """Bounds a quantity in the action's parameters; actions without it are none of its business.

    Args:
        limit: quantity beyond which a person is asked.
        hard_limit: quantity that is never exceeded, at any level.
        low: quantity below which the action is blocked.
        param: name of the parameter.
        kinds: kinds of action that must carry the parameter; empty means any that does.
        unit: unit of the quantity.
        noun: what the quantity is, as people read it.
    """

    limit: float
    hard_limit: float
    low: float = 0.0
    param: str = "quantity"
    kinds: frozenset[str] = frozenset()
    unit: str = "pieces"
    name: str = "quantity_band"
    noun: Words = field(default_factory=lambda: {"en": "Quantity", "ko": "수량"})

    def __post_init__(self) -> None:
        checked_limit(self.name, self.limit, self.hard_limit)

    @property
    def words(self) -> Words:
        """What it guards."""
        return {"en": f"{self.noun['en']} of one action.", "ko": f"한 번 실행할 때의 {self.noun['ko']}."}

    def with_limit(self, limit: float) -> Self:
        """The same band with another limit; its hard limit stays."""
        return replace(self, limit=limit)

    def check(self, decision: Decision, context: GuardContext) -> GuardResult:
        """Pass inside the band, ask beyond the limit, block below `low` and beyond the hard limit."""
        params, noun = decision.action.params, self.noun
        if self.param not in params and decision.action.kind not in self.kinds:
            nothing = {"en": "No quantity to check.", "ko": "확인할 수량이 없습니다."}
            return GuardResult(self.name, "pass", nothing)
        value = number(params.get(self.param))
        if math.isnan(value):
            return unreadable(self.name, self.noun)
        figure = plain_number(value)
        if value < self.low:
            bound = plain_number(self.low)
            too_low = {
                "en": f"{noun['en']} {figure} is below the least allowed, {bound}.",
                "ko": f"{noun['ko']} {figure}은(는) 최소 허용치 {bound}보다 작습니다.",
            }
            return GuardResult(self.name, "block", too_low, value, self.low)
        if value > self.hard_limit:
            bound = plain_number(self.hard_limit)
            too_high = {
                "en": f"{noun['en']} {figure} is beyond the hard limit, {bound}.",
                "ko": f"{noun['ko']} {figure}은(는) 절대 한도 {bound}을(를) 넘습니다.",
            }
            return GuardResult(self.name, "block", too_high, value, self.hard_limit)
        bound = plain_number(self.limit)
        if value > self.limit:
            high = {
                "en": f"{noun['en']} {figure} is beyond {bound}: a person decides.",
                "ko": f"{noun['ko']} {figure}이(가) {bound}을(를) 넘어 사람이 결정합니다.",
            }
            return GuardResult(self.name, "ask", high, value, self.limit)
        inside = {
            "en": f"{noun['en']} {figure} is within {bound}.",
            "ko": f"{noun['ko']} {figure}은(는) 한도 {bound} 안입니다.",
        }
        return GuardResult(self.name, "pass", inside, value, self.limit)
