"""Guardrail suite: what every guardrail must do; a new one subclasses it and names its cases."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from maestro.agents.decision import Action, Decision, Effect, Proposal, Subject
from maestro.agents.guardrails.base import GuardContext, Guardrail
from maestro.errors import InputError

NOW = datetime(2026, 1, 5, 6, tzinfo=UTC)
_STRICTNESS = {"pass": 0, "ask": 1, "block": 2}


def decision_with(kind: str = "order", **params: Any) -> Decision:
    """A proposed decision whose action has these parameters."""
    proposal = Proposal(
        subject=Subject("product", "P1", {"en": "Lamp", "ko": "램프"}),
        action=Action(kind, params, {"en": "Order lamps.", "ko": "램프를 주문합니다."}),
        baseline=Action("none", {}, {"en": "Nothing.", "ko": "아무것도 하지 않습니다."}),
        reason={"en": "They run out.", "ko": "곧 품절됩니다."},
    )
    return Decision.of(
        proposal, Effect(10.0, 0.0, 20.0), agent="keeper", pack="test", cycle="2026-01-05", now=NOW
    )


class GuardrailSuite:
    """Subclass it in a test module as `TestMyGuardrail` and give the members below.

    `passing`, `asking` and `blocking` are parameters of actions, and the context in which they are judged so;
    leave out what the guardrail never says. `vital` names parameters without which it must block.
    """

    guardrail: Guardrail
    kind = "order"
    passing: tuple[tuple[Mapping[str, Any], GuardContext], ...] = ()
    asking: tuple[tuple[Mapping[str, Any], GuardContext], ...] = ()
    blocking: tuple[tuple[Mapping[str, Any], GuardContext], ...] = ()
    vital: tuple[str, ...] = ()

    def test_passes_asks_and_blocks_as_declared(self) -> None:
        for verdict, cases in (("pass", self.passing), ("ask", self.asking), ("block", self.blocking)):
            for params, context in cases:
                result = self.guardrail.check(decision_with(self.kind, **params), context)
                assert result.verdict == verdict, (params, context, result)

    def test_declares_at_least_one_action_that_passes_and_one_that_does_not(self) -> None:
        assert self.passing
        assert self.asking or self.blocking

    def test_explains_every_verdict_in_english_and_korean_under_its_own_name(self) -> None:
        for params, context in (*self.passing, *self.asking, *self.blocking):
            result = self.guardrail.check(decision_with(self.kind, **params), context)
            assert result.guard == self.guardrail.name
            assert result.words["en"].strip()
            assert result.words["ko"].strip()
        assert self.guardrail.words["en"].strip()
        assert self.guardrail.words["ko"].strip()

    def test_says_the_same_twice(self) -> None:
        for params, context in (*self.passing, *self.asking, *self.blocking):
            decision = decision_with(self.kind, **params)
            assert self.guardrail.check(decision, context) == self.guardrail.check(decision, context)

    def test_blocks_what_it_cannot_read(self) -> None:
        for params, context in self.passing:
            for name in self.vital:
                for unusable in (math.nan, math.inf, "many", None, True):
                    decision = decision_with(self.kind, **{**params, name: unusable})
                    assert self.guardrail.check(decision, context).verdict == "block", (name, unusable)

    def test_a_tighter_limit_is_never_laxer(self) -> None:
        limit = self.guardrail.limit
        if limit is None:
            with pytest.raises(InputError):
                self.guardrail.with_limit(1.0)
            return
        tighter = self.guardrail.with_limit(limit / 2)
        assert tighter.limit == limit / 2
        for params, context in (*self.passing, *self.asking, *self.blocking):
            decision = decision_with(self.kind, **params)
            before, after = self.guardrail.check(decision, context), tighter.check(decision, context)
            assert _STRICTNESS[after.verdict] >= _STRICTNESS[before.verdict]

    def test_refuses_a_limit_that_guards_nothing(self) -> None:
        for nonsense in (-1.0, math.nan, math.inf):
            with pytest.raises(InputError):
                self.guardrail.with_limit(nonsense)
