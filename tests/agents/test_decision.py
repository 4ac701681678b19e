"""Decision: immutable, the same after a journey as JSON, and moved only along its arrows."""

from __future__ import annotations

import dataclasses
import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from maestro.agents.decision import (
    NEXT,
    OPEN,
    Action,
    Decision,
    Effect,
    GuardResult,
    Measured,
    Proposal,
    Status,
    Subject,
    decision_id,
    number,
)
from maestro.errors import ConflictError, InputError
from maestro.testing.guardrail import decision_with

NOW = datetime(2026, 1, 5, 6, tzinfo=UTC)
WORDS = st.fixed_dictionaries({"en": st.text(max_size=10), "ko": st.text(max_size=10)})
FINITE = st.floats(-1e6, 1e6)
MOMENTS = st.integers(0, 10**9).map(lambda seconds: NOW + timedelta(seconds=seconds))


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    low, high = sorted((draw(FINITE), draw(FINITE)))
    action = Action(draw(st.text()), draw(st.dictionaries(st.text(), FINITE, max_size=3)), draw(WORDS))
    proposal = Proposal(
        Subject("product", draw(st.text(min_size=1)), draw(WORDS)),
        action,
        Action("none", {}, draw(WORDS)),
        draw(WORDS),
        {"history": draw(st.lists(FINITE, max_size=3))},
        "v1",
    )
    effect = Effect(draw(FINITE), low, high, horizon_days=draw(st.floats(0.1, 100)))
    decision = Decision.of(proposal, effect, agent="a", pack="p", cycle="c", now=draw(MOMENTS))
    return dataclasses.replace(
        decision,
        guards=(GuardResult("budget", "ask", draw(WORDS), draw(FINITE), None),),
        status=draw(st.sampled_from(Status)),
        decided_at=draw(st.none() | MOMENTS),
        measured=draw(st.none() | st.builds(Measured, FINITE, st.booleans(), st.text(), MOMENTS)),
    )


@settings(deadline=None, max_examples=60)
@given(decisions())
def test_survives_the_journey_as_json(decision: Decision) -> None:
    assert Decision.from_dict(json.loads(json.dumps(decision.to_dict()))) == decision


def test_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        decision_with().status = Status.EXECUTED  # type: ignore[misc]


class LifeOfADecision(RuleBasedStateMachine):
    """Tries every move from wherever it stands; only the arrows may succeed."""

    def __init__(self) -> None:
        super().__init__()
        self.decision = decision_with()
        self.path = [Status.PROPOSED]

    @rule(to=st.sampled_from(Status))
    def move(self, to: Status) -> None:
        before = self.decision
        if to in NEXT[before.status]:
            self.decision = before.move(to)
            self.path.append(to)
            assert self.decision.id == before.id
        else:
            with pytest.raises(ConflictError):
                before.move(to)
            assert self.decision is before

    @invariant()
    def nothing_is_executed_that_nobody_allowed(self) -> None:
        if Status.EXECUTING in self.path:
            assert self.path[self.path.index(Status.EXECUTING) - 1] is Status.APPROVED

    @invariant()
    def what_a_person_or_a_guardrail_refused_is_over(self) -> None:
        for final in (Status.REJECTED, Status.EXPIRED, Status.BLOCKED, Status.FAILED, Status.UNDONE):
            if final in self.path:
                assert self.path[-1] is final

    @invariant()
    def no_status_comes_twice(self) -> None:
        assert len(set(self.path)) == len(self.path)


TestLifeOfADecision = LifeOfADecision.TestCase
TestLifeOfADecision.settings = settings(deadline=None, max_examples=40, stateful_step_count=30)


def test_every_status_has_its_arrows_and_every_path_ends() -> None:
    assert set(NEXT) == set(Status)
    assert set(Status) - OPEN == {
        Status.REJECTED,
        Status.EXPIRED,
        Status.BLOCKED,
        Status.FAILED,
        Status.UNDONE,
        Status.MEASURED,
    }


def test_ids_are_ordered_by_time_then_by_rank_and_say_nothing_twice() -> None:
    subject = Subject("product", "P1", {})
    first = decision_id(NOW, "a", "c", subject, 0)
    assert first == decision_id(NOW, "a", "c", subject, 0)
    assert len(first) == 28
    assert decision_id(NOW, "a", "c", subject, 1) < first, "newest first shows the best first"
    assert first < decision_id(NOW + timedelta(milliseconds=1), "a", "c", subject, 9)
    others = [decision_id(NOW, *names, subject) for names in (("a", "d"), ("b", "c"))]
    assert len({first, *others}) == 3


def test_horizons_count_from_the_act() -> None:
    decision = decision_with()
    assert decision.due_at == decision.created_at + timedelta(days=7)
    acted = dataclasses.replace(decision, executed_at=decision.created_at + timedelta(days=2))
    assert acted.due_at - acted.created_at == timedelta(days=9)
    assert acted.measure_until - acted.created_at == timedelta(days=16)


def test_a_person_can_do_what_its_status_allows() -> None:
    waiting = decision_with().move(Status.WAITING)
    assert waiting.can == {"approve": True, "reject": True, "undo": False}
    assert dataclasses.replace(waiting, status=Status.EXECUTED).can["undo"]


@pytest.mark.parametrize(
    ("params", "cost"),
    [
        ({"cost": 12}, 12.0),
        ({"quantity": 3, "unit_cost": 2.5}, 7.5),
        ({"quantity": 3}, 0.0),
        ({}, 0.0),
    ],
)
def test_an_action_knows_what_it_commits(params: dict[str, Any], cost: float) -> None:
    assert Action("order", params, {}).cost == cost


@pytest.mark.parametrize("value", [None, "7", True, math.inf, math.nan, [1]])
def test_what_is_no_number_reads_as_nan(value: object) -> None:
    assert math.isnan(number(value))


@pytest.mark.parametrize(
    "figures",
    [
        {"mean": math.nan, "low": 0, "high": 1},
        {"mean": 0, "low": 1, "high": 0},
        {"mean": 0, "low": 0, "high": 1, "level": 1.0},
        {"mean": 0, "low": 0, "high": 1, "horizon_days": 0},
    ],
)
def test_refuses_a_prediction_that_says_nothing(figures: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Effect(**figures)  # type: ignore[arg-type]
