"""Loop: a cycle runs once, levels and guardrails decide who allows, and skill alone earns autonomy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from maestro.agents import autonomy
from maestro.agents.decision import Decision, GuardResult, Status
from maestro.agents.decision_list import DecisionFilter
from maestro.agents.guardrails.approval import Approval
from maestro.agents.guardrails.base import GuardContext
from maestro.agents.guardrails.budget import Budget
from maestro.agents.guardrails.price_band import PriceBand
from maestro.agents.guardrails.rate_limit import RateLimit
from maestro.agents.loop import Cycle
from maestro.agents.role import CycleReport
from maestro.agents.track_record import Level
from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.errors import ConflictError, InputError, NotFoundError, PolicyError
from maestro.testing.loop import LoopBench
from maestro.testing.two_price_shop import LOW_PRICE, PriceCutter, TwoPriceShop

MONDAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
GOOD = {"cup": 0.6, "lamp": 0.65, "rug": 0.62, "vase": 0.6}
NEUTRAL = dict.fromkeys(GOOD, 0.525)
"""At this share the low price earns exactly what the full price does: 4 x .525 = 7 x .3."""


def bench_of(
    database: Database, clock: VirtualClock, level: Level = Level.BOUNDED, **options: Any
) -> LoopBench:
    shop = TwoPriceShop(options.pop("products", GOOD))
    role = options.pop("role", None) or PriceCutter(shop, learns=options.pop("learns", True))
    return LoopBench.open(role, database, clock, level=level, **options)


def run_days(bench: LoopBench, clock: VirtualClock, days: int) -> list[CycleReport]:
    reports = []
    for _ in range(days):
        reports.append(bench.loop.run_cycle())
        clock.set(clock.now() + timedelta(days=1))
    return reports


def only(bench: LoopBench, status: Status) -> tuple[Decision, ...]:
    return bench.store.select(agent="price_cutter", status=(status,))


class TestCycle:
    def test_a_bounded_agent_acts_by_itself_when_every_guardrail_passes(
        self, any_database: Database, clock: VirtualClock
    ) -> None:
        bench = bench_of(any_database, clock)
        report = bench.loop.run_cycle()
        assert (report.proposed, report.executed) == (4, 4)
        decision = only(bench, Status.EXECUTED)[0]
        assert decision.allowed_by == "level:bounded"
        assert decision.outcome == {"price": LOW_PRICE}
        assert decision.executed_at == MONDAY
        assert [result.guard for result in decision.guards] == ["kill_switch"]
        events = [event.event for event in bench.store.timeline(decision.id)]
        assert events == ["proposed", "approved", "executing", "executed"]
        assert bench.audit.verify().ok

    def test_the_same_moment_again_changes_nothing(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock)
        bench.loop.run_cycle()
        before, rows = bench.store.list(), bench.audit.verify().rows
        again = bench.loop.run_cycle()
        assert (again.proposed, again.executed) == (0, 0)
        assert bench.store.list() == before
        assert bench.audit.verify().rows == rows

    def test_each_step_may_run_twice_and_in_a_new_process(
        self, database: Database, clock: VirtualClock
    ) -> None:
        cycle = Cycle.from_dict(Cycle.starting(MONDAY).to_dict())
        shop = TwoPriceShop(GOOD)
        for name in ("observe", "propose", "simulate", "guard", "act", "measure"):
            for _ in range(2):
                fresh = bench_of(database, clock, role=PriceCutter(shop))
                getattr(fresh.loop, name)(cycle)
        assert fresh.loop.learn(cycle, []) == {"level": "bounded"}
        assert fresh.store.list().total == 4
        assert sorted(shop.acts.values()) == [1, 1, 1, 1]

    def test_proposals_that_a_crash_left_behind_are_judged_in_the_next_cycle(
        self, database: Database, clock: VirtualClock
    ) -> None:
        bench = bench_of(database, clock, guardrails=[Budget(limit=6, hard_limit=9)])
        bench.loop.simulate(Cycle.starting(MONDAY))
        clock.set(MONDAY + timedelta(hours=1))
        report = bench.loop.run_cycle()
        assert report.executed == 4, "two of each cycle are within its budget"
        assert bench.store.list(DecisionFilter(status=("proposed",))).total == 0

    def test_measures_after_the_horizon_and_lets_the_role_learn(
        self, database: Database, clock: VirtualClock
    ) -> None:
        bench = bench_of(database, clock, products={"cup": 0.6, "dud": 0.31})
        reports = run_days(bench, clock, 6)
        assert reports[0].measured == 0
        assert reports[1].measured == 2
        assert reports[-1].proposed == 1, "three losing days teach it to leave the dud alone"
        measured = only(bench, Status.MEASURED)
        assert {decision.measured.method for decision in measured if decision.measured} == {
            "common_random_numbers"
        }
        assert bench.loop.cycles.gains("price_cutter")[-1].cycle == "2026-01-05T06:00:00Z"
        assert bench.loop.cycles.last_at("price_cutter") == MONDAY + timedelta(days=5)

    def test_tells_decisions_and_cycles_as_plain_json(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock)
        bench.loop.run_cycle()
        kinds = [kind for kind, _ in bench.events]
        assert kinds.count("cycle") == 1
        decisions = [payload for kind, payload in bench.events if kind == "decision"]
        assert [payload["status"] for payload in decisions[:4]] == ["proposed"] * 4
        assert decisions[-1]["status"] == "executed"
        count = bench.metrics.registry.get_sample_value(
            "maestro_decisions_total", {"agent": "price_cutter", "status": "executed"}
        )
        assert count == 4

    def test_a_cycle_without_proposals_is_settled_without_evidence(
        self, database: Database, clock: VirtualClock
    ) -> None:
        bench = bench_of(database, clock, products={})
        report = bench.loop.run_cycle()
        assert report.proposed == 0
        assert bench.loop.cycles.gains("price_cutter") == ()
        assert bench.autonomy.record("price_cutter").cycles == 0

    def test_refuses_a_role_whose_largest_loss_is_not_positive(
        self, database: Database, clock: VirtualClock
    ) -> None:
        class Careless(PriceCutter):
            def max_loss_per_cycle(self, now: datetime) -> float:
                return 0.0

        bench = bench_of(database, clock, role=Careless(TwoPriceShop(GOOD)))
        with pytest.raises(InputError, match="largest loss"):
            bench.loop.run_cycle()
        assert bench.store.list().total == 0

    def test_refuses_a_gain_that_is_not_a_number(self, database: Database, clock: VirtualClock) -> None:
        class Confused(PriceCutter):
            def measure(self, decision: Decision, now: datetime) -> Any:
                measured = super().measure(decision, now)
                return measured and type(measured)(float("nan"), False, "guess", now)

        bench = bench_of(database, clock, role=Confused(TwoPriceShop(GOOD)))
        with pytest.raises(InputError, match="measured a gain of nan"):
            run_days(bench, clock, 2)


class TestLevels:
    def test_shadow_records_and_measures_what_would_have_happened(
        self, database: Database, clock: VirtualClock
    ) -> None:
        bench = bench_of(database, clock, Level.SHADOW)
        assert bench.loop.run_cycle().shadowed == 4
        role = bench.loop.role
        assert isinstance(role, PriceCutter)
        assert role.shop.acts == {}
        clock.set(MONDAY + timedelta(days=1))
        assert bench.loop.run_cycle().measured == 4
        assert all(decision.allowed_by == "" for decision in only(bench, Status.MEASURED))
        assert len(bench.loop.cycles.gains("price_cutter")) == 1

    def test_advise_waits_for_a_person(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock, Level.ADVISE)
        assert bench.loop.run_cycle().waiting == 4

    def test_bounded_asks_where_a_guardrail_asks_and_full_does_not(
        self, database: Database, clock: VirtualClock
    ) -> None:
        asks = [Approval(kinds=frozenset({"price"}))]
        bench = bench_of(database, clock, guardrails=asks)
        assert bench.loop.run_cycle().waiting == 4
        bench.loop.change(lambda record: autonomy.set_level(record, Level.FULL, "ann@shop.example", MONDAY))
        clock.set(MONDAY + timedelta(hours=1))
        assert bench.loop.run_cycle().executed == 4

    def test_what_a_hard_limit_blocks_no_level_allows(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock, Level.FULL, guardrails=[PriceBand(limit=5, hard_limit=20)])
        assert bench.loop.run_cycle().blocked == 4
        decision = only(bench, Status.BLOCKED)[0]
        assert "hard limit of 20 %" in bench.store.timeline(decision.id)[-1].words["en"]

    def test_the_budget_runs_out_in_the_order_of_the_proposals(
        self, database: Database, clock: VirtualClock
    ) -> None:
        bench = bench_of(database, clock, guardrails=[Budget(limit=6, hard_limit=9)])
        report = bench.loop.run_cycle()
        assert (report.executed, report.waiting, report.blocked) == (2, 2, 0)
        assert {decision.subject.id for decision in only(bench, Status.EXECUTED)} == {"cup", "lamp"}

    def test_the_rate_counts_what_this_cycle_and_those_before_it_allowed(
        self, database: Database, clock: VirtualClock
    ) -> None:
        rates = [
            RateLimit(limit=3, hard_limit=6, window_days=2),
            RateLimit(limit=1, hard_limit=2, window_days=1, per_subject=True, name="subject_rate"),
        ]
        bench = bench_of(database, clock, Level.FULL, guardrails=rates)
        first = bench.loop.run_cycle()
        clock.set(MONDAY + timedelta(hours=12))
        second = bench.loop.run_cycle()
        clock.set(MONDAY + timedelta(hours=18))
        third = bench.loop.run_cycle()
        assert [(report.executed, report.blocked) for report in (first, second, third)] == [
            (4, 0),
            (2, 2),
            (0, 4),
        ]

    def test_a_stopped_agent_does_nothing(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock)
        bench.loop.change(lambda record: autonomy.stop(record, "ann@shop.example", MONDAY))
        assert bench.loop.run_cycle().blocked == 4
        assert ("agent", "stopped") in [(kind, payload.get("kind")) for kind, payload in bench.events]

    def test_the_kill_switch_of_the_system_stops_every_agent(
        self, database: Database, clock: VirtualClock
    ) -> None:
        bench = bench_of(database, clock)
        bench.autonomy.stop_everyone("ann@shop.example", MONDAY)
        assert bench.loop.run_cycle().blocked == 4
        bench.autonomy.resume_everyone("ann@shop.example", MONDAY)
        clock.set(MONDAY + timedelta(hours=1))
        assert bench.loop.run_cycle().executed == 4

    def test_a_guardrail_that_breaks_blocks(self, database: Database, clock: VirtualClock) -> None:
        class Broken(Approval):
            def check(self, decision: Decision, context: GuardContext) -> GuardResult:
                raise ZeroDivisionError("no limit")

        bench = bench_of(database, clock, guardrails=[Broken(kinds=frozenset())])
        assert bench.loop.run_cycle().blocked == 4

    def test_a_person_changes_a_limit(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock, guardrails=[Budget(limit=6, hard_limit=9)])
        bench.loop.set_limit("budget", 0, "ann@shop.example")
        assert bench.loop.run_cycle().waiting == 4
        assert bench.loop.guardrails[1].limit == 0
        with pytest.raises(InputError):
            bench.loop.set_limit("budget", 10, "ann@shop.example")
        with pytest.raises(NotFoundError):
            bench.loop.set_limit("charm", 1, "ann@shop.example")

    def test_new_guardrails_count_at_once_and_keep_a_persons_limit_where_they_allow_it(
        self, database: Database, clock: VirtualClock
    ) -> None:
        bench = bench_of(database, clock, guardrails=[Budget(limit=6, hard_limit=9)])
        bench.loop.set_limit("budget", 5, "ann@shop.example")
        bench.loop.guard_by([Budget(limit=8, hard_limit=20)])
        assert bench.loop.guardrails[1].limit == 5
        bench.loop.guard_by([Budget(limit=2, hard_limit=3)])
        assert bench.loop.guardrails[1].limit == 2


class TestPeople:
    def test_approves_and_it_is_done(self, any_database: Database, clock: VirtualClock) -> None:
        bench = bench_of(any_database, clock, Level.ADVISE)
        bench.loop.run_cycle()
        waiting = only(bench, Status.WAITING)[0]
        done = bench.loop.approve(waiting.id, "ann@shop.example", "fine with me")
        assert done.status is Status.EXECUTED
        assert done.allowed_by == "person:ann@shop.example"
        assert bench.store.get(done.id) == done
        approved = bench.store.timeline(done.id)[2]
        assert approved.actor == "person:ann@shop.example"
        assert approved.words["en"] == "Approved by ann@shop.example. fine with me"
        with pytest.raises(ConflictError):
            bench.loop.approve(waiting.id, "bob@shop.example")

    def test_rejects_and_it_is_never_done(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock, Level.ADVISE)
        bench.loop.run_cycle()
        waiting = only(bench, Status.WAITING)[0]
        assert bench.loop.reject(waiting.id, "ann@shop.example", "no").status is Status.REJECTED
        with pytest.raises(ConflictError):
            bench.loop.approve(waiting.id, "ann@shop.example")
        with pytest.raises(NotFoundError):
            bench.loop.reject("d_0", "ann@shop.example")

    def test_takes_an_executed_decision_back(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock)
        bench.loop.run_cycle()
        executed = only(bench, Status.EXECUTED)[0]
        undone = bench.loop.undo(executed.id, "ann@shop.example", "customers complained")
        assert undone.status is Status.UNDONE
        assert undone.outcome == {"price": 9.0, "undo": {"price": 12.0}}
        with pytest.raises(ConflictError):
            bench.loop.undo(executed.id, "ann@shop.example")

    def test_what_waits_too_long_expires(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock, Level.ADVISE)
        bench.loop.run_cycle()
        first = only(bench, Status.WAITING)[0]
        clock.set(MONDAY + timedelta(days=1))
        with pytest.raises(ConflictError, match="expired"):
            bench.loop.approve(first.id, "ann@shop.example")
        assert len(only(bench, Status.EXPIRED)) == 4
        assert bench.loop.run_cycle().waiting == 4
        clock.set(MONDAY + timedelta(days=2))
        assert bench.loop.run_cycle().expired == 4

    def test_cannot_approve_for_a_stopped_agent_nor_against_a_hard_limit(
        self, database: Database, clock: VirtualClock
    ) -> None:
        bench = bench_of(database, clock, Level.ADVISE, guardrails=[Budget(limit=3, hard_limit=6)])
        bench.loop.run_cycle()
        ids = [decision.id for decision in reversed(only(bench, Status.WAITING))]
        assert len(ids) == 4, "what waits commits no money yet"
        bench.loop.change(lambda record: autonomy.stop(record, "ann@shop.example", MONDAY))
        with pytest.raises(ConflictError, match="stopped"):
            bench.loop.approve(ids[0], "ann@shop.example")
        bench.loop.change(lambda record: autonomy.resume(record, "ann@shop.example", MONDAY))
        for decision_id in ids[:2]:
            bench.loop.approve(decision_id, "ann@shop.example")
        with pytest.raises(PolicyError, match="hard budget"):
            bench.loop.approve(ids[2], "ann@shop.example")
        assert bench.store.get(ids[2]).status is Status.WAITING


class TestTrust:
    def test_skill_is_promoted_and_luck_is_not(self, database: Database, clock: VirtualClock) -> None:
        bench = bench_of(database, clock, Level.SHADOW)
        noise = LoopBench.open(
            PriceCutter(TwoPriceShop(NEUTRAL), "noise", learns=False), database, clock, level=Level.SHADOW
        )
        for _ in range(75):
            bench.loop.run_cycle()
            noise.loop.run_cycle()
            clock.set(clock.now() + timedelta(days=1))
        assert bench.autonomy.record("price_cutter").level >= Level.ADVISE
        assert noise.autonomy.record("noise").level is Level.SHADOW
        promoted = bench.autonomy.history("price_cutter")[-1]
        assert (promoted.kind, promoted.before, promoted.after) == (
            "promoted",
            Level.SHADOW,
            Level.ADVISE,
        )
        told = [payload for kind, payload in bench.events if kind == "agent"]
        assert told[0]["to"] == "advise"
        assert bench.audit.verify().ok

    def test_a_loss_beyond_the_limits_stops_the_agent(self, database: Database, clock: VirtualClock) -> None:
        class Reckless(PriceCutter):
            def max_loss_per_cycle(self, now: datetime) -> float:
                return 1.0

        role = Reckless(TwoPriceShop({"dud": 0.31}))
        bench = bench_of(database, clock, role=role)
        run_days(bench, clock, 2)
        assert bench.autonomy.record("price_cutter").stopped
        assert bench.loop.run_cycle().blocked >= 1

    def test_a_cycle_nobody_can_measure_is_settled_after_two_horizons(
        self, database: Database, clock: VirtualClock
    ) -> None:
        class Silent(PriceCutter):
            def measure(self, decision: Decision, now: datetime) -> None:
                return None

        bench = bench_of(database, clock, role=Silent(TwoPriceShop(GOOD)))
        run_days(bench, clock, 4)
        assert bench.autonomy.record("price_cutter").cycles == 0
        page = bench.store.list(DecisionFilter(status=("executed",)))
        assert page.total == 16


def test_payloads_are_mappings(database: Database, clock: VirtualClock) -> None:
    bench = bench_of(database, clock)
    bench.loop.run_cycle()
    assert all(isinstance(payload, Mapping) for _, payload in bench.events)
