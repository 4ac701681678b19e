"""Guardrails: each passes the suite and says what its own page promises."""

from __future__ import annotations

import pytest

from maestro.agents.guardrails.approval import Approval
from maestro.agents.guardrails.base import GuardContext, Guardrail, plain_number, worst
from maestro.agents.guardrails.budget import Budget
from maestro.agents.guardrails.kill_switch import KillSwitch
from maestro.agents.guardrails.price_band import PriceBand
from maestro.agents.guardrails.quantity_band import QuantityBand
from maestro.agents.guardrails.rate_limit import RateLimit
from maestro.errors import InputError
from maestro.testing.guardrail import NOW, GuardrailSuite, decision_with

CALM = GuardContext(now=NOW)


class TestBudget(GuardrailSuite):
    guardrail: Guardrail = Budget(limit=100, hard_limit=150)
    passing = (
        ({"cost": 100}, CALM),
        ({"quantity": 10, "unit_cost": 2.5}, GuardContext(now=NOW, spent=75)),
        ({"cost": -20}, GuardContext(now=NOW, spent=500)),
        ({}, CALM),
    )
    asking = (({"cost": 100.01}, CALM), ({"cost": 50}, GuardContext(now=NOW, spent=100)))
    blocking = (({"cost": 151}, CALM), ({"cost": 1}, GuardContext(now=NOW, spent=150)))

    def test_blocks_a_cost_that_is_no_number(self) -> None:
        for params in ({"cost": "free"}, {"unit_cost": 2.0}, {"unit_cost": 2.0, "quantity": float("nan")}):
            assert self.guardrail.check(decision_with(**params), CALM).verdict == "block"

    def test_refuses_a_limit_above_its_hard_limit(self) -> None:
        with pytest.raises(InputError, match="hard limit 150"):
            self.guardrail.with_limit(151)


class TestQuantityBand(GuardrailSuite):
    guardrail: Guardrail = QuantityBand(limit=240, hard_limit=1000, low=1, kinds=frozenset({"order"}))
    passing = (({"quantity": 1}, CALM), ({"quantity": 240}, CALM))
    asking = (({"quantity": 241}, CALM), ({"quantity": 1000}, CALM))
    blocking = (({"quantity": 0}, CALM), ({"quantity": -5}, CALM), ({"quantity": 1001}, CALM), ({}, CALM))
    vital = ("quantity",)

    def test_leaves_other_kinds_of_action_alone(self) -> None:
        assert self.guardrail.check(decision_with("cancel"), CALM).verdict == "pass"


class TestPriceBand(GuardrailSuite):
    guardrail: Guardrail = PriceBand(limit=10, hard_limit=25, least_margin_pct=20)
    kind = "price"
    passing = (
        ({"price": 9.0, "reference_price": 10.0, "unit_cost": 7.5}, CALM),
        ({"price": 11.0, "reference_price": 10.0, "unit_cost": 7.5}, CALM),
    )
    asking = (
        ({"price": 12.5, "reference_price": 10.0}, CALM),
        ({"price": 7.5, "reference_price": 10.0}, CALM),
    )
    blocking = (
        ({"price": 12.6, "reference_price": 10.0}, CALM),
        ({"price": 8.9, "reference_price": 10.0, "unit_cost": 7.5}, CALM),
        ({"price": 0.0, "reference_price": 10.0}, CALM),
        ({"price": 9.0}, CALM),
    )
    vital = ("price", "reference_price", "unit_cost")

    def test_leaves_actions_without_a_price_alone(self) -> None:
        assert self.guardrail.check(decision_with("order"), CALM).verdict == "pass"


class TestRateLimit(GuardrailSuite):
    guardrail: Guardrail = RateLimit(limit=2, hard_limit=4, window_days=7)
    passing = (({}, CALM), ({}, GuardContext(now=NOW, acted=lambda since, subject: 1)))
    asking = (({}, GuardContext(now=NOW, acted=lambda since, subject: 2)),)
    blocking = (({}, GuardContext(now=NOW, acted=lambda since, subject: 4)),)

    def test_counts_its_own_window_and_subject(self) -> None:
        asked: list[tuple[float, str]] = []

        def acted(since: object, subject: str) -> int:
            asked.append(((NOW - since).days, subject))  # type: ignore[operator]
            return 0

        decision, context = decision_with(), GuardContext(now=NOW, acted=acted)
        RateLimit(limit=1, hard_limit=1, window_days=3, per_subject=True).check(decision, context)
        RateLimit(limit=1, hard_limit=1, window_days=1).check(decision, context)
        assert asked == [(3, "P1"), (1, "")]


class TestApproval(GuardrailSuite):
    guardrail: Guardrail = Approval(kinds=frozenset({"discontinue"}))
    kind = "discontinue"
    asking = (({}, CALM),)

    def test_declares_at_least_one_action_that_passes_and_one_that_does_not(self) -> None:
        assert self.guardrail.check(decision_with("order"), CALM).verdict == "pass"
        assert self.guardrail.check(decision_with("discontinue"), CALM).verdict == "ask"


class TestKillSwitch(GuardrailSuite):
    guardrail: Guardrail = KillSwitch()
    passing = (({}, CALM),)
    blocking = (({}, GuardContext(now=NOW, stopped=True)),)


def test_the_strictest_verdict_counts() -> None:
    passing = KillSwitch().check(decision_with(), CALM)
    asking = Approval(kinds=frozenset({"order"})).check(decision_with(), CALM)
    blocking = KillSwitch().check(decision_with(), GuardContext(now=NOW, stopped=True))
    assert worst(()) == "pass"
    assert worst((passing, asking)) == "ask"
    assert worst((blocking, passing, asking)) == "block"


def test_figures_read_well() -> None:
    assert [plain_number(value) for value in (1234.5, 12.0, 0.125, float("nan"))] == [
        "1,234",
        "12",
        "0.12",
        "nan",
    ]
