"""Execution: an action happens exactly once, over retries and a kill -9 between effect and record."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from maestro.agents import autonomy
from maestro.agents.decision import Decision, Status
from maestro.agents.execution import MAX_ATTEMPTS
from maestro.agents.loop import Cycle
from maestro.agents.track_record import Level
from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.errors import ConflictError, PermanentError, PolicyError, TemporaryError
from maestro.testing.loop import LoopBench
from maestro.testing.two_price_shop import PriceCutter, TwoPriceShop

MONDAY = datetime(2026, 1, 5, 6, tzinfo=UTC)


class Moody(PriceCutter):
    """Raises what it is told to before it acts."""

    def __init__(self, *moods: Exception) -> None:
        super().__init__(TwoPriceShop({"cup": 0.6}))
        self.moods = list(moods)
        self.calls = 0

    def simulate(self, proposal: Any, observation: Any) -> Any:
        effect = super().simulate(proposal, observation)
        return type(effect)(effect.mean, effect.low, effect.high, horizon_days=30)

    def propose(self, observation: Any) -> Any:
        return super().propose(observation) if observation == MONDAY else ()

    def act(self, decision: Decision) -> Mapping[str, Any]:
        self.calls += 1
        if self.moods:
            raise self.moods.pop(0)
        return super().act(decision)


def opened(database: Database, clock: VirtualClock, *moods: Exception) -> tuple[LoopBench, Moody]:
    role = Moody(*moods)
    return LoopBench.open(role, database, clock, level=Level.BOUNDED), role


def the_only(bench: LoopBench) -> Decision:
    (item,) = bench.store.list().items
    return bench.store.get(item.id)


@pytest.mark.parametrize("mood", [TemporaryError("The supplier is down.", delay_s=60), KeyError("bug")])
def test_what_fails_for_now_is_tried_again_when_its_delay_has_passed(
    database: Database, clock: VirtualClock, mood: Exception
) -> None:
    bench, role = opened(database, clock, mood)
    assert bench.loop.run_cycle().postponed == 1
    waiting = the_only(bench)
    assert waiting.status is Status.EXECUTING
    assert waiting.outcome["retry_at"] == "2026-01-05T06:01:00Z"
    clock.set(MONDAY + timedelta(seconds=59))
    bench.loop.run_cycle()
    assert role.calls == 1
    clock.set(MONDAY + timedelta(seconds=60))
    assert bench.loop.run_cycle().executed == 1
    assert the_only(bench).outcome == {"price": 9.0}
    assert [line.event for line in bench.store.timeline(waiting.id)][-2:] == ["postponed", "executed"]


def test_patience_doubles_and_ends(database: Database, clock: VirtualClock) -> None:
    bench, role = opened(database, clock, *[TemporaryError("Down.", delay_s=60) for _ in range(9)])
    for minutes in (0, 1, 3, 7, 15):
        clock.set(MONDAY + timedelta(minutes=minutes))
        bench.loop.run_cycle()
    assert role.calls == MAX_ATTEMPTS == 5
    failed = the_only(bench)
    assert failed.status is Status.FAILED
    assert failed.outcome == {"reason": "Down.", "attempts": 5}
    clock.set(MONDAY + timedelta(days=1))
    bench.loop.run_cycle()
    assert role.calls == 5


@pytest.mark.parametrize(
    ("mood", "status"),
    [
        (PolicyError("The listing broke a rule."), Status.BLOCKED),
        (PermanentError("No such supplier."), Status.FAILED),
    ],
)
def test_what_is_refused_or_fails_for_good_is_never_tried_again(
    database: Database, clock: VirtualClock, mood: Exception, status: Status
) -> None:
    bench, role = opened(database, clock, mood)
    bench.loop.run_cycle()
    clock.set(MONDAY + timedelta(days=1))
    report = bench.loop.run_cycle()
    assert the_only(bench).status is status
    assert (role.calls, report.executed) == (1, 0)


def test_a_stopped_agent_does_not_go_on_with_what_it_began(database: Database, clock: VirtualClock) -> None:
    bench, role = opened(database, clock, TemporaryError("Down.", delay_s=1))
    bench.loop.run_cycle()
    bench.loop.change(lambda record: autonomy.stop(record, "ann@shop.example", MONDAY))
    clock.set(MONDAY + timedelta(days=1))
    assert bench.loop.run_cycle().postponed == 1
    assert role.calls == 1
    bench.loop.change(lambda record: autonomy.resume(record, "ann@shop.example", MONDAY))
    clock.set(MONDAY + timedelta(days=2))
    assert bench.loop.run_cycle().executed == 1


def test_what_was_approved_but_never_begun_expires_with_its_horizon(
    database: Database, clock: VirtualClock
) -> None:
    bench, role = opened(database, clock)
    for step in (bench.loop.observe, bench.loop.propose, bench.loop.simulate, bench.loop.guard):
        step(Cycle.starting(MONDAY))
    clock.set(MONDAY + timedelta(days=31))
    assert bench.loop.run_cycle().expired == 1
    assert (the_only(bench).status, role.calls) == (Status.EXPIRED, 0)


def test_undoing_too_late_changes_nothing(database: Database, clock: VirtualClock) -> None:
    class Late(Moody):
        def undo(self, decision: Decision) -> Mapping[str, Any]:
            raise ConflictError("The goods have arrived.")

    bench = LoopBench.open(Late(), database, clock, level=Level.BOUNDED)
    bench.loop.run_cycle()
    executed = the_only(bench)
    with pytest.raises(ConflictError, match="arrived"):
        bench.loop.undo(executed.id, "ann@shop.example")
    assert the_only(bench) == executed


SHOP_THAT_DIES = """
    import json, os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path

    from maestro.agents.track_record import Level
    from maestro.clock import VirtualClock
    from maestro.database import Database
    from maestro.testing.loop import LoopBench
    from maestro.testing.two_price_shop import PriceCutter, TwoPriceShop

    folder, dies = Path(sys.argv[1]), sys.argv[2]

    class Ledger(PriceCutter):
        def act(self, decision):
            effects = folder / "effects.txt"
            done = effects.read_text().split() if effects.exists() else []
            if dies == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            if decision.id not in done:
                with effects.open("a") as file:
                    file.write(decision.id + chr(10))
                    file.flush()
                    os.fsync(file.fileno())
            if dies == "after":
                os.kill(os.getpid(), signal.SIGKILL)
            return {"entry": decision.id}

    clock = VirtualClock(datetime(2026, 1, 5, 6, tzinfo=UTC))
    database = Database.open(f"sqlite:///{folder / 'shop.db'}")
    role = Ledger(TwoPriceShop({"cup": 0.6}))
    bench = LoopBench.open(role, database, clock, level=Level.FULL)
    bench.loop.run_cycle()
    (item,) = bench.store.list().items
    print(json.dumps({"status": item.status, "chain": bench.audit.verify().ok,
                      "events": [line.event for line in bench.store.timeline(item.id)]}))
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_between_effect_and_record_leaves_exactly_one_effect(tmp_path: Path, moment: str) -> None:
    program = tmp_path / "shop.py"
    program.write_text(textwrap.dedent(SHOP_THAT_DIES), encoding="utf-8")

    def start(dies: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(program), str(tmp_path), dies]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=dict(os.environ))

    for _ in range(2):
        assert start(moment).returncode == -signal.SIGKILL
    last = start("never")
    assert last.returncode == 0, last.stderr
    assert json.loads(last.stdout) == {
        "status": "executed",
        "chain": True,
        "events": ["proposed", "approved", "executing", "executed"],
    }
    assert len((tmp_path / "effects.txt").read_text().split()) == 1
    assert start("never").returncode == 0
    assert len((tmp_path / "effects.txt").read_text().split()) == 1
