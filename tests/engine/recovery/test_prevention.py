"""Prevention: it acts on figures that head for a limit and on predicted failures, and measures itself."""

from __future__ import annotations

import numpy as np
import pytest

from maestro.clock import VirtualClock
from maestro.database import Database
from maestro.engine.recovery.action import Action
from maestro.engine.recovery.dependencies import Component, Dependencies
from maestro.engine.recovery.diary import Diary
from maestro.engine.recovery.layers import Layer
from maestro.engine.recovery.playbook import Playbooks
from maestro.engine.recovery.prevention import Limit, Prediction, Prevention
from maestro.engine.recovery.signals import Signals
from maestro.engine.recovery.trend import seconds_to_limit
from maestro.settings import RecoverySettings


class Leaky:
    """A model whose memory grows until it is restarted."""

    def __init__(self, clock: VirtualClock, records: Database, *, cure: bool = True) -> None:
        self.clock, self.cure, self.share, self.restarts = clock, cure, 0.5, 0
        self.likely = 0.0
        self.diary, self.signals = Diary(), Signals()
        graph = Dependencies([Component("model", "model"), Component("api", "api", ("model",))])
        self.playbooks = Playbooks(records, np.random.default_rng(1), self.diary)
        self.prevention = Prevention(
            limits=[Limit("model", "memory_share", 0.9)],
            signals=self.signals,
            actions=[
                Action("restart", ("model",), Layer.REROUTE, self.restart, settle_s=2.0, preventive=True),
                Action("replace", ("model",), Layer.ALTERNATIVE, self.restart),
            ],
            dependencies=graph,
            playbooks=self.playbooks,
            records=records,
            diary=self.diary,
            clock=clock,
            settings=RecoverySettings(),
            predictions=lambda: [Prediction("model", self.likely)],
        )

    async def restart(self, _: str) -> None:
        self.restarts += 1
        await self.clock.sleep(1)
        if self.cure:
            self.share, self.likely = 0.5, 0.0

    async def live(self, seconds: int, growth: float, troubled: tuple[str, ...] = ()) -> None:
        for _ in range(seconds):
            self.share += growth
            self.signals.add("model", "memory_share", self.clock.now(), self.share)
            await self.prevention.round(troubled)
            await self.clock.advance(seconds=1)
        self.diary.flush_now()


async def test_a_leak_is_stopped_before_it_hurts(clock: VirtualClock, records: Database) -> None:
    leaky = Leaky(clock, records)
    await leaky.live(60, 0.004)
    assert (leaky.restarts, leaky.share < 0.75) == (1, True)
    listing = leaky.prevention.listing()
    assert (listing[0]["component"], listing[0]["action"], listing[0]["helped"]) == ("model", "restart", True)
    assert "memory_share would reach 0.9" in listing[0]["reason"]["en"]
    assert leaky.playbooks.experience("model/memory_share", "restart").successes == 1


async def test_an_action_that_does_not_help_is_known_as_such(clock: VirtualClock, records: Database) -> None:
    leaky = Leaky(clock, records, cure=False)
    await leaky.live(30, 0.004)
    assert [row["helped"] for row in leaky.prevention.listing()][:1] == [False]
    assert leaky.playbooks.experience("model/memory_share", "restart").successes == 0


async def test_nothing_is_done_about_a_steady_figure_or_during_an_incident(
    clock: VirtualClock, records: Database
) -> None:
    leaky = Leaky(clock, records)
    await leaky.live(40, 0.0)
    await leaky.live(30, 0.004, troubled=("model",))
    assert leaky.restarts == 0


async def test_a_predicted_failure_is_acted_upon(clock: VirtualClock, records: Database) -> None:
    leaky = Leaky(clock, records)
    leaky.likely = 0.7
    await leaky.live(3, 0.0)
    assert leaky.restarts == 0
    leaky.likely = 0.9
    await leaky.live(1, 0.0)
    assert leaky.prevention.disturbed() == {"model", "api"}
    await leaky.live(4, 0.0)
    assert leaky.restarts == 1
    assert leaky.prevention.disturbed() == set()
    assert "predicted to fail with 90 %" in leaky.prevention.listing()[0]["reason"]["en"]


async def test_what_is_under_way_is_stopped(clock: VirtualClock, records: Database) -> None:
    leaky = Leaky(clock, records)
    leaky.likely = 0.9
    await leaky.prevention.round(())
    await leaky.prevention.stop()
    assert leaky.prevention.steps[0].task.cancelled()


@pytest.mark.parametrize(("limit", "expected"), [(100.0, 41.0), (-10.0, None)])
def test_a_trend_tells_when_the_limit_is_reached(limit: float, expected: float | None) -> None:
    times = np.arange(30.0)
    found = seconds_to_limit(times, 2 * times + 1 - 1, limit + 40 if expected else limit)
    assert found == (None if expected is None else pytest.approx(expected))


def test_noise_is_no_trend() -> None:
    generator = np.random.default_rng(2)
    times = np.arange(30.0)
    assert seconds_to_limit(times, generator.normal(5, 1, 30), 10.0) is None
    assert seconds_to_limit(times[:5], times[:5], 10.0) is None
